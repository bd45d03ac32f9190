"""The spectrum of a dataset's text embeddings: decompositions, singular values and diagnostics on disk."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from spectran.io import write_json, write_parquet
from spectran.spectra.collapse import diagnose
from spectran.spectra.decomposition import FORMS, Form, decompose, unit_rows

_log = logging.getLogger(__name__)


def decompose_file(embeddings: Path, decompositions: dict[Form, Path], spectrum: Path, diagnostics: Path) -> None:
    """Decompose the unit rows of an npy file of shape (N, l), raw and centred.

    Args:
        embeddings: the matrix.
        decompositions: where the SVD of each form goes.
        spectrum: table of form, index (from 1) and singular_value.
        diagnostics: rank of each form, and the collapse diagnostics of the unit rows.

    Raises:
        ValueError: if a row is zero or not finite.
    """
    matrix = np.load(embeddings, allow_pickle=False)
    parts, facts = [], {}
    for form in FORMS:
        found = decompose(matrix, form)
        found.save(decompositions[form])
        facts[form] = {"rank": found.rank}
        parts.append(pd.DataFrame({"form": form, "index": range(1, found.rank + 1), "singular_value": found.S}))
        _log.info("%s embeddings of shape %s: numerical rank %d", form, matrix.shape, found.rank)
    write_parquet(spectrum, pd.concat(parts, ignore_index=True))
    write_json(diagnostics, {**facts, "diagnostics": diagnose(unit_rows(matrix)).as_dict()})
