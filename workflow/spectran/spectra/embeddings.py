"""The spectrum of a dataset's text embeddings: decompositions, singular values and diagnostics on disk."""

import logging
from pathlib import Path

import pandas as pd

from spectran.io import write_json, write_parquet
from spectran.spectra.collapse import diagnose
from spectran.spectra.decomposition import FORMS, Form, decompose
from spectran.spectra.matrix import read_embeddings

_log = logging.getLogger(__name__)


def decompose_file(embeddings: Path, decompositions: dict[Form, Path], spectrum: Path, diagnostics: Path) -> None:
    """Decompose and diagnose the unit rows of an npy file of shape (N, l), raw and centred.

    Args:
        embeddings: the matrix.
        decompositions: where the SVD of each form goes.
        spectrum: table of form, index (from 1) and singular_value.
        diagnostics: an object for each form with its rank and collapse diagnostics. Most of them are of the centred
            table whichever the form; rankme, mean_cosine and uniformity tell the forms apart.

    Raises:
        MatrixError: naming the file, if it is no matrix of finite non-zero rows.
    """
    rows = read_embeddings(embeddings)
    tables = {"raw": rows, "centred": rows - rows.mean(axis=0)}
    parts, facts = [], {}
    for form in FORMS:
        found = decompose(rows, form)
        found.save(decompositions[form])
        facts[form] = {"rank": found.rank, **diagnose(tables[form]).as_dict()}
        parts.append(pd.DataFrame({"form": form, "index": range(1, found.rank + 1), "singular_value": found.S}))
        _log.info("%s embeddings of shape %s: numerical rank %d", form, rows.shape, found.rank)
    write_parquet(spectrum, pd.concat(parts, ignore_index=True))
    write_json(diagnostics, facts)
