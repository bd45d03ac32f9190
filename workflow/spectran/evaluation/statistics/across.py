"""FreLLM4Rec against every other cell of its part, user by user: also of other backbones and dimensions."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from spectran.config.cells import Cell
from spectran.config.frequency_cells import PART, reference_of
from spectran.config.study import Study
from spectran.evaluation.statistics.comparison import compare
from spectran.evaluation.statistics.frames import keyed
from spectran.evaluation.statistics.values import Values


def compare_across(study: Study, found: Mapping[Cell, Values]) -> list[pd.DataFrame]:
    """Every test of FreLLM4Rec against each other cell of the part, one table a cell.

    A backbone may be trained with fewer seeds than another. Of two cells with as many, seeds are paired as everywhere;
    of two with different numbers, each user's mean over each cell's own seeds is compared, as if there were one seed,
    so that nothing is said of the chance of seeds.

    Args:
        study: says which cells are compared with which, and how.
        found: metrics of the part's cells that have not failed.

    Returns:
        Columns of `frames.COMPARISONS` but those that follow from a family.

    Raises:
        RanksError: if two cells of one dataset did not rank the same users' same targets.
    """
    tables: dict[Cell, pd.DataFrame] = {}
    how = study.statistics
    references = {cell: reference_of(study, cell) for cell in found}
    for reference in dict.fromkeys(references.values()):
        if reference is None or reference not in found:
            continue
        rivals = [cell for cell in found if cell != reference and references[cell] == reference]
        own = found[reference]
        paired = [cell for cell in rivals if len(found[cell].values) == len(own.values)]
        others = [cell for cell in rivals if cell not in paired]
        compared = [
            *zip(paired, compare(own, [found[cell] for cell in paired], how), strict=True),
            *zip(others, compare(_of_users(own), [_of_users(found[cell]) for cell in others], how), strict=True),
        ]
        tables |= {cell: keyed(table, cell).assign(part=PART, reference=reference.method) for cell, table in compared}
    return [tables[cell] for cell in found if cell in tables]


def _of_users(values: Values) -> Values:
    """Means over the seeds, as one seed."""
    return replace(values, values=values.values.mean(axis=0, keepdims=True))
