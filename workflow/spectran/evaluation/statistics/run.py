"""All statistics of a study: every cell's ranks are read once, one cell at a time."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from spectran.config.cells import Cell, cells_of_parts, expand, settings_of
from spectran.config.frequency_cells import PART as FREQUENCIES
from spectran.config.statistics import reference_method
from spectran.config.study import Study
from spectran.evaluation.statistics.across import compare_across
from spectran.evaluation.statistics.aggregates import aggregate_rows
from spectran.evaluation.statistics.comparison import compare
from spectran.evaluation.statistics.families import judged
from spectran.evaluation.statistics.frames import frame, keyed
from spectran.evaluation.statistics.group_rows import rows_of_groups
from spectran.evaluation.statistics.values import Array, Values, read_ranks, require_same_users, values_of
from spectran.evaluation.statistics.variance import variance_rows
from spectran.io import write_parquet
from spectran.progress import Progress

_log = logging.getLogger(__name__)

#: Parts whose methods are compared within a backbone and dimension; the one that aggregates are of. Cells of
#: FreLLM4Rec's part are compared across these.
COMPARED = ("main", "ablation", "dimension", "controls")
MAIN = "main"
#: Name in the printed tables of the bare backbone, which aggregates are measured by.
BASE_ROW = "Base"


class Collected:
    """What has been worked out of the blocks read so far (a block: one dataset, backbone and dimension)."""

    def __init__(self, study: Study, results: Path) -> None:
        self.study, self.results = study, results
        self.reference = reference_method(study.statistics, study.methods)
        parts = cells_of_parts(study)
        self.parts = {name: parts[name] for name in COMPARED if name in parts}
        self.progress = Progress("statistics", len(expand(study)), "cells")
        self.comparisons: dict[Cell, pd.DataFrame] = {}
        self.variance: dict[Cell, pd.DataFrame] = {}
        self.groups: dict[Cell, pd.DataFrame] = {}
        self.seed_means: dict[Cell, Array] = {}
        self.frequencies = parts.get(FREQUENCIES, [])
        self.across: dict[Cell, Values] = {}
        self.metrics: tuple[str, ...] = ()

    def read_block(self, cells: Sequence[Cell]) -> None:
        """Read the cells of one block, the reference first, and compare."""
        found: dict[Cell, Values] = {}
        reference_ranks = None
        for cell in sorted(cells, key=lambda cell: cell.method != self.reference):
            read = self._read(cell)
            self.progress.advance()
            if read is None:
                continue
            ranks, found[cell] = read
            require_same_users(next(iter(found.values())), found[cell])
            if cell.method == self.reference:
                reference_ranks = ranks
            self._of_cell(cell, ranks, found[cell], reference_ranks)
        self.across |= {cell: values for cell, values in found.items() if cell in self.frequencies}
        reference = next((cell for cell in found if cell.method == self.reference), None)
        if reference is not None:
            rivals = [cell for cell in found if self._parts_of(cell, reference)]
            tables = compare(found[reference], [found[cell] for cell in rivals], self.study.statistics)
            self.comparisons |= dict(zip(rivals, tables, strict=True))

    def frames(self) -> dict[str, pd.DataFrame]:
        """The four frames; rows in the order of the study."""
        study, order = self.study, expand(self.study)
        compared = [
            keyed(self.comparisons[cell], cell).assign(part=part, reference=self.reference)
            for part, cells in self.parts.items()
            for cell in cells
            if cell in self.comparisons and part in self._parts_of(cell, self._reference_of(cell))
        ]
        compared += compare_across(study, {cell: self.across[cell] for cell in self.frequencies if cell in self.across})
        main = {cell: means for cell in self.parts.get(MAIN, ()) if (means := self._aggregated(cell)) is not None}
        base = next((name for name, method in study.methods.items() if method.row == BASE_ROW), None)
        aggregates = aggregate_rows(
            main, self.metrics, part=MAIN, reference=self.reference, base=base, statistics=study.statistics
        )
        return {
            "comparisons": frame(
                "comparisons", [judged(pd.concat(compared), study.statistics.alpha)] if compared else []
            ),
            "variance": frame("variance", [self.variance[cell] for cell in order if cell in self.variance]),
            "aggregates": frame("aggregates", [aggregates] if len(aggregates) else []),
            "groups": frame("groups", [self.groups[cell] for cell in order if cell in self.groups]),
        }

    def _read(self, cell: Cell) -> tuple[pd.DataFrame, Values] | None:
        path = self.results / cell.path / "ranks.parquet"
        ranks = read_ranks(path, self.study.evaluation.score)
        if ranks is None:
            _log.info("%s is empty: a cell that failed is left out", path)
            return None
        evaluation = self.study.evaluation
        seeds = settings_of(self.study, cell).seeds
        return ranks, values_of(ranks, path, seeds, evaluation.cutoffs, evaluation.ties)

    def _of_cell(self, cell: Cell, ranks: pd.DataFrame, values: Values, reference: pd.DataFrame | None) -> None:
        """What one cell gives by itself, and its groups beside the reference's."""
        study = self.study
        self.variance[cell] = keyed(variance_rows(values, study.statistics.confidence), cell)
        self.seed_means[cell], self.metrics = values.seed_means(), values.metrics
        against = None if cell.method == self.reference else reference
        self.groups[cell] = keyed(rows_of_groups(ranks, against, study), cell)

    def _aggregated(self, cell: Cell) -> Array | None:
        """Means of a cell with all of the study's seeds, for the strata of a resample have as many each."""
        means = self.seed_means.get(cell)
        return means if means is not None and len(means) == len(self.study.seeds) else None

    def _reference_of(self, cell: Cell) -> Cell:
        assert self.reference is not None
        return Cell(cell.dataset, cell.encoder, cell.backbone, self.reference, cell.dim)

    def _parts_of(self, cell: Cell, reference: Cell) -> list[str]:
        """The parts in which the cell is compared with the reference: both must be in it."""
        if cell == reference:
            return []
        return [name for name, cells in self.parts.items() if cell in cells and reference in cells]


def blocks(cells: Sequence[Cell]) -> Mapping[tuple[str, str, str, int], list[Cell]]:
    """Cells that rank the same users with the same backbone and dimension, in the order given."""
    found: dict[tuple[str, str, str, int], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.dataset, cell.encoder, cell.backbone, cell.dim), []).append(cell)
    return found


def run_statistics(study: Study, results: Path, folder: Path) -> None:
    """Write comparisons, variance, aggregates and groups (see `frames`).

    Args:
        study: names the cells and parts, cutoffs, score and rule for ties, and how to compare.
        results: the study's results folder, with ranks.parquet of every cell; an empty file is a cell that failed.
        folder: where the four files go.

    Raises:
        RanksError: naming the file whose ranks are not those of the study's seeds, or not of its dataset's users.
    """
    collected = Collected(study, results)
    # Sums of floating-point numbers depend on how many threads share them; one thread gives the same bytes anywhere.
    with threadpool_limits(1):
        for cells in blocks(expand(study)).values():
            collected.read_block(cells)
        for name, table in collected.frames().items():
            write_parquet(folder / f"{name}.parquet", table)
