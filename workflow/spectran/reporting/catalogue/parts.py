"""Parts of the study as the page names them, and what is made for a study."""

from collections.abc import Mapping

from spectran.config.frequency_cells import PART as FREQUENCIES
from spectran.config.study import Study
from spectran.reporting.catalogue.items import Item

#: Stands for all parts of the first paper together: FreLLM4Rec's cells have tables of their own.
SPECTRAN = "spectran"
#: What is missing from the page where a part of the study is not run.
PART_TITLES = {
    "main": "main (Table 2, ranking scores)",
    "ablation": "ablation (Table 3)",
    "dimension": "dimension (Table 4)",
    "efficiency": "efficiency (Table 5)",
    "case_study": "case_study (Table 6)",
    "controls": "controls",
    "sensitivity": "sensitivity (readings of the protocol)",
    "frellm4rec": "frellm4rec (FreLLM4Rec: graph frequencies, language models as backbones)",
}


def parts_shown(study: Study) -> tuple[str, ...]:
    """The parts that the report shows: those that are run, and `controls` where there are untrained ones alone."""
    run = {name for name, _ in study.parts.named()} | ({"controls"} if study.controls else set())
    return tuple(name for name in PART_TITLES if name in run)


def first_paper_shown(study: Study) -> bool:
    """Whether any part of the first paper is run, so that what is of `SPECTRAN` is made."""
    return any(name != FREQUENCIES for name, _ in study.parts.named())


def shown(items: Mapping[str, Item], study: Study) -> dict[str, Item]:
    """The tables or figures that are made for a study: those of no part, and of the parts that are run.

    Those of `SPECTRAN` are made where any part of the first paper is.
    """
    parts = {"", *parts_shown(study)}
    if first_paper_shown(study):
        parts.add(SPECTRAN)
    return {
        name: item
        for name, item in items.items()
        if item.part in parts and (study.tuning.searches or not item.searched)
    }
