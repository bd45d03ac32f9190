"""Check: adapters that fall below their backbone (Table 2)."""

from spectran.reporting.adapters import ADAPTERS
from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import say
from spectran.reporting.audit.paper import BASE, PaperTables

#: The example that the text gives: backbone and dataset.
EXAMPLE = ("hstu", "toys")


def adapters_below(paper: PaperTables) -> Check:
    """The text says that adapters are sometimes below the backbone alone, as on Toy with HSTU."""
    cell, table = ["backbone", "dataset", "metric"], paper.accuracy
    alone = table[table["method"] == BASE].rename(columns={"value": "backbone_alone"})[[*cell, "backbone_alone"]]
    both = table[table["method"].isin(ADAPTERS)].merge(alone, on=cell, validate="many_to_one")
    below = both[both["value"] < both["backbone_alone"]]
    example = below[(below["backbone"] == EXAMPLE[0]) & (below["dataset"] == EXAMPLE[1])]
    counted = [f"{method} in {int((below['method'] == method).sum())}" for method in ADAPTERS]
    place = f"{say(EXAMPLE[1])} with {say(EXAMPLE[0])}"
    return Check(
        name="adapters_below",
        title="Adapters below the backbone (Table 2)",
        done="Cells of Table 2 in which an adapter is below the same backbone without text. Agrees if there are some "
        "in the text's example.",
        printed=f"sometimes below, for instance {place}",
        recomputed=f"below in {len(below)} of {len(both)} cells",
        outcome="disagrees" if example.empty else "agrees",
        evidence=(
            f"Below the backbone: {', '.join(counted)} of {len(alone)} cells.",
            f"{place}: {', '.join(example['method'].unique()) or 'none'}, on at least one metric.",
        ),
        details=below.assign(**{column: below[column].map(say) for column in cell}).reset_index(drop=True),
        keys=("backbone", "method", "dataset", "metric"),
    )
