"""Spectra of a cell: E_s and the item table, as they started and as they were trained."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import torch

from spectran.io import write_parquet
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.spectra.collapse import Table, covariance_spectrum, diagnose, singular_values


def tables_of(model: Recommender) -> Iterator[tuple[int, str, Table]]:
    """Each member's place in the pack, the kind of table, and the table of real items in float64, shape (N, width)."""
    with torch.no_grad():
        semantic = model.method.semantic_table()
        kinds = {"item": model.method.item_table()[:, :-1]} | ({} if semantic is None else {"semantic": semantic})
    for kind in sorted(kinds, reverse=True):
        for k, table in enumerate(kinds[kind]):
            yield k, kind, table.detach().double().cpu().numpy()


def write_spectra(folder: Path, members: tuple[Member, ...], moments: dict[str, Recommender]) -> None:
    """Write spectrum.parquet: singular values of every table, and beside each of them the table's diagnostics.

    Args:
        folder: the cell's.
        members: the members, for their seeds.
        moments: the model `init` and `trained`, read as evaluation does: without dropout or noise.
    """
    spectra = []
    for moment, model in moments.items():
        for k, kind, table in tables_of(model.eval()):
            key = {"seed": members[k].seed, "table": kind, "moment": moment}
            values = {
                "covariance": covariance_spectrum(table),
                "centred": singular_values(table, centred=True),
                "raw": singular_values(table, centred=False),
            }
            index = range(1, len(values["raw"]) + 1)
            spectra.append(pd.DataFrame({**key, "index": index, **values, **diagnose(table).as_dict()}))
    write_parquet(folder / "spectrum.parquet", pd.concat(spectra, ignore_index=True))
