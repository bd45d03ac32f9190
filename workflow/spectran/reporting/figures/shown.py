"""What a figure shows where a study has more than fits: one backbone, one dimension, the largest K."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.printed import PRINTED_BACKBONE, PRINTED_DIM

#: The published study has so many places (datasets x backbones); with more, one backbone is drawn.
MOST_PANELS = 12


def shown_backbone(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are of the one backbone that is shown: that of the paper's Tables 4 and 5, SASRec, else the first."""
    found = frame.loc[frame["backbone_row"] == PRINTED_BACKBONE, "backbone"]
    names = frame["backbone"] if found.empty else found
    return frame["backbone"].isin(names.head(1))


def shown_dimension(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are of the one dimension that is shown: the paper's where present, else the first."""
    dims = frame["dim"]
    return dims.isin([PRINTED_DIM] if dims.eq(PRINTED_DIM).any() else dims.head(1))


def shown_places(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are drawn where every `place` has a panel: one dimension, and one backbone if there are many."""
    drawn = shown_dimension(frame)
    return drawn & shown_backbone(frame) if frame.loc[drawn, "place"].nunique() > MOST_PANELS else drawn


def with_places(findings: Findings, frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows with `place`, the name of the panel that a cell belongs to (`Findings.place_of`)."""
    cells = findings.frames.cells
    places = cells[KEYS].assign(place=[findings.place_of(row) for _, row in cells.iterrows()])
    return frame.merge(places, on=KEYS, how="left", validate="many_to_one")


def panels_of(table: pd.DataFrame, column: str = "place") -> dict[str, pd.DataFrame]:
    """The rows of each panel by its title, in the order of the table."""
    return {str(title): rows for title, rows in table.groupby(column, sort=False)}


def largest(findings: Findings, kind: str) -> str:
    """The metric of this kind ('ndcg' or 'hr') at the study's largest K: NDCG@20 unless it was changed."""
    return f"{kind}@{max(findings.study.evaluation.cutoffs)}"
