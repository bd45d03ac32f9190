"""Claims of FreLLM4Rec: each holds, fails or is left open for a reason that a test makes."""

from dataclasses import replace

import pandas as pd
import pytest

from reporting.handmade import by_hand, changed, published
from reporting.handmade_frequencies import ACCURACY, BACKBONES, BLOCKS, bands, frequency_level, frequency_study
from spectran.reporting.claims import CLAIMS, FREQUENCY_CLAIMS, judge
from spectran.reporting.claims.verdict import Verdict
from spectran.reporting.findings import Findings

NBSP = "\u00a0"
FULL, VANILLA = ("tfm", "frellm4rec"), ("llm", "fusion")
NAMES = [claim.__name__ for claim in FREQUENCY_CLAIMS]


def verdict(findings: Findings, name: str) -> Verdict:
    (claim,) = [claim for claim in FREQUENCY_CLAIMS if claim.__name__ == name]
    return claim(findings)


def outcome(findings: Findings, name: str) -> str:
    return verdict(findings, name).outcome


def with_accuracy(findings: Findings, levels: dict[tuple[str, str], float], dataset: str = "toys") -> Findings:
    """The same with these NDCG@10 of some cells of a dataset."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        for (backbone, method), level in levels.items():
            own = (frame["backbone"] == backbone) & (frame["method"] == method) & (frame["dataset"] == dataset)
            frame.loc[own, "value"] *= level / ACCURACY[backbone, method]
        return frame

    return changed(findings, "metrics", change)


@pytest.fixture(scope="module")
def findings() -> Findings:
    return by_hand(frequency_study(), frequency_level)


def with_last(findings: Findings, cell: tuple[str, str], share: float) -> Findings:
    """The low-frequency share behind the last block of a cell."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        own = (frame["backbone"] == cell[0]) & (frame["method"] == cell[1]) & (frame["scope"] == "user")
        own &= frame["layer"] == frame.loc[own, "layer"].max()
        frame.loc[own, "energy"] = bands(share) * (int(own.sum()) // 10)
        return frame

    return changed(findings, "frequencies", change)


def test_more_than_seventy_percent_is_lost(findings: Findings):
    found = verdict(findings, "low_frequencies_lost")
    assert found.outcome == "holds"
    assert f"Toy · LLM · Fusion w/o G-LPF 50.0{NBSP}% to 10.0{NBSP}% (−80.0{NBSP}%)" in found.evidence
    assert outcome(with_last(findings, VANILLA, 0.149), "low_frequencies_lost") == "holds"
    assert outcome(with_last(findings, VANILLA, 0.151), "low_frequencies_lost") == "fails"
    assert outcome(with_last(findings, ("llm", "frellm4rec"), 0.6), "low_frequencies_lost") == "holds", "not vanilla"


@pytest.mark.parametrize("cell", [FULL, ("sasrec", "base")])
def test_kept_is_to_lose_less_than_ten_percent(cell: tuple[str, str], findings: Findings):
    first = {FULL: 0.6, ("sasrec", "base"): 0.4}[cell]
    assert outcome(findings, "low_frequencies_kept") == "holds"
    assert outcome(with_last(findings, cell, 0.901 * first), "low_frequencies_kept") == "holds"
    assert outcome(with_last(findings, cell, 0.899 * first), "low_frequencies_kept") == "fails"
    assert outcome(with_last(findings, cell, 0.9), "low_frequencies_kept") == "holds", "more is not lost"


def test_both_filters_contribute_beyond_chance(findings: Findings):
    """A standard error of 0.001 of each difference, and Holm's correction over 18 cells."""
    apart = {("llm", "frellm4rec"): 0.026, ("tfm", "fusion"): 0.027}
    found = verdict(with_accuracy(findings, apart), "both_filters_contribute")
    assert found.outcome == "holds"
    assert f"without TFM −23.5{NBSP}%" in found.evidence
    assert f"without G-LPF −20.6{NBSP}%. Within chance" in found.evidence
    near = verdict(with_accuracy(findings, apart | {("tfm", "fusion"): 0.0335}), "both_filters_contribute")
    assert near.outcome == "undecided"
    assert f"without G-LPF −1.5{NBSP}% (within chance)" in near.evidence
    assert (
        outcome(with_accuracy(findings, apart | {("tfm", "fusion"): 0.0345}), "both_filters_contribute") == "undecided"
    )
    assert outcome(with_accuracy(findings, apart | {("tfm", "fusion"): 0.040}), "both_filters_contribute") == "fails"


def test_the_peak_is_between_the_ends_beyond_chance(findings: Findings):
    """Kept: 25 % without TFM, 60 % at a cut-off of 0.5, 80, 91 and 95 % with both filters."""
    found = verdict(findings, "peak_between")
    assert found.outcome == "holds"
    assert "Toy: the best of 5 is between" in found.evidence
    assert f"LLM + TFM, ω_c 0.5 · FreLLM4Rec 0.0360 at 60{NBSP}%" in found.evidence
    near = verdict(with_accuracy(findings, {("half", "frellm4rec"): 0.0355}), "peak_between")  # 0.0015 < 1.96 * 0.001
    assert near.outcome == "undecided"
    assert "not beyond the chance of users" in near.evidence
    assert outcome(with_accuracy(findings, {("half", "frellm4rec"): 0.0335, FULL: 0.038}), "peak_between") == "fails"
    # Neither cell is FreLLM4Rec itself: both errors count, 1.96 * 0.002.
    end = {("llm", "frellm4rec"): 0.040, ("half", "frellm4rec"): 0.0365}
    assert outcome(with_accuracy(findings, end), "peak_between") == "undecided"
    assert outcome(with_accuracy(findings, end | {("llm", "frellm4rec"): 0.041}), "peak_between") == "fails"


def test_a_peak_needs_four_cells():
    blocks = {name: BLOCKS[name] for name in ("references", "ablation")}
    found = verdict(by_hand(frequency_study(blocks=blocks), frequency_level), "peak_between")
    assert found.outcome == "undecided"
    assert found.evidence == "At least 4 cells of the sweeps on one dataset are needed: 3."


def test_the_gain_may_be_eight_percent(findings: Findings):
    """Standard error 0.001; the interval is 12.25 percentage points wide around the gain over 0.032."""
    found = verdict(findings, "gain_over_language_model")
    assert found.outcome == "holds"
    assert f"Toy +6.3{NBSP}% (interval over users +0.1{NBSP}% to +12.4{NBSP}%)" in found.evidence
    assert "One seed" not in found.evidence, "6 % is not small"
    assert outcome(with_accuracy(findings, {VANILLA: 0.0335}), "gain_over_language_model") == "fails"  # −4.4 to 7.3 %
    assert (
        outcome(with_accuracy(findings, {VANILLA: 0.0325}), "gain_over_language_model") == "undecided"
    )  # −1.4 to 10.6 %
    assert outcome(with_accuracy(findings, {VANILLA: 0.020}), "gain_over_language_model") == "holds"  # more than 8 %


def test_the_largest_gain_of_all_datasets_counts():
    two = by_hand(frequency_study(datasets=2), frequency_level)
    found = verdict(with_accuracy(two, {VANILLA: 0.028}, "beauty"), "gain_over_language_model")
    assert found.outcome == "holds"
    assert "Toy +6.3" in found.evidence
    assert "Beauty +21.4" in found.evidence


def test_one_seed_is_warned_of_though_the_study_has_more(findings: Findings):
    near = with_accuracy(findings, {VANILLA: 0.0335})
    assert "One seed: differences of a few per cent mean nothing" in verdict(near, "gain_over_language_model").evidence


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("low_frequencies_lost", VANILLA),
        ("low_frequencies_kept", FULL),
        ("low_frequencies_kept", ("sasrec", "base")),
        ("both_filters_contribute", ("tfm", "fusion")),
        ("both_filters_contribute", FULL),
        ("gain_over_language_model", VANILLA),
        ("gain_over_language_model", FULL),
    ],
)
def test_without_its_cells_nothing_is_decided(name: str, lost: tuple[str, str], findings: Findings):
    found = verdict(without(findings, lost), name)
    assert found.outcome == "undecided"
    assert "needed" in found.evidence


def without(findings: Findings, cell: tuple[str, str]) -> Findings:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["backbone"] != cell[0]) | (frame["method"] != cell[1])].reset_index(drop=True)

    for name in ("metrics", "frequencies", "filters", "sampled", "locality"):
        findings = changed(findings, name, change)
    return findings


def test_the_loss_of_frellm4rec_itself_leaves_the_peak_open(findings: Findings):
    assert outcome(without(findings, FULL), "peak_between") == "undecided"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_left_is_undecided(name: str, findings: Findings):
    for frame in ("metrics", "frequencies", "filters", "sampled", "locality"):
        findings = changed(findings, frame, lambda rows: rows.iloc[:0])
    assert outcome(findings, name) == "undecided"


def test_they_are_judged_where_the_part_is_run(findings: Findings):
    assert [found.name for found in judge(findings)] == [claim.__name__ for claim in (*CLAIMS, *FREQUENCY_CLAIMS)]
    other = replace(findings, study=published())
    assert [found.name for found in judge(other)] == [claim.__name__ for claim in CLAIMS]


def test_roles_follow_options_not_names():
    """The same cells with their names changed over."""
    blocks = {name: BLOCKS[name] for name in ("references", "ablation")}
    swapped = {"sasrec": {}, "llm": BACKBONES["tfm"], "tfm": BACKBONES["llm"]}
    other = by_hand(frequency_study(blocks=blocks, backbones=swapped), frequency_level)
    # What is called tfm has none, and keeps 40 of 50 %.
    found = verdict(other, "low_frequencies_lost")
    assert f"Toy · LLM · Fusion w/o G-LPF 50.0{NBSP}% to 40.0{NBSP}%" in found.evidence
    assert found.outcome == "fails"
