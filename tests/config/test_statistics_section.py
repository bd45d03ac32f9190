"""How methods are compared: which reference, what is refused, and that nothing is trained again for it."""

import pytest

from spectran.config.cells import expand, settings_of
from spectran.config.load import parse_study
from spectran.config.statistics import reference_method
from studies import changed, refusal

RANDOM = {"kind": "spectran", "vectors": "random", "row": "spectran_random"}


def reference(methods, **statistics):
    study = parse_study(changed(methods=methods, statistics=statistics))
    return reference_method(study.statistics, study.methods)


def test_the_reference_is_the_papers_method_unless_said():
    assert reference({"base": {}, "random": RANDOM, "mine": {"kind": "spectran"}}) == "mine"
    assert reference({"base": {}, "spectran": {}}, reference="base") == "base"
    assert reference({"base": {}, "random": RANDOM}) is None


@pytest.mark.parametrize(
    ("statistics", "line"),
    [
        ({"reference": "spectra"}, "statistics: reference: one of base, spectran expected, found spectra"),
        ({"confidence": 95}, "statistics.confidence: a number less than 1 expected, found 95"),
        ({"alpha": 0}, "statistics.alpha: a number greater than 0 expected, found 0"),
        ({"resamples": 0}, "statistics.resamples: a number greater than 0 expected, found 0"),
    ],
)
def test_refused(statistics, line):
    assert line in refusal(changed(methods={"base": {}, "spectran": {}}, statistics=statistics))


def test_another_way_to_compare_trains_nothing_again():
    first, second = (
        parse_study(changed(statistics=statistics))
        for statistics in ({}, {"reference": "base", "resamples": 10, "seed": 3, "alpha": 0.01})
    )
    for cell in expand(first):
        assert settings_of(first, cell).numbers() == settings_of(second, cell).numbers()
