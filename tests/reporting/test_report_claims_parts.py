"""Claims on Tables 4 to 6 and on the controls: each can hold, fail and be undecided."""

from typing import Any

import pytest

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.test_report_claims import NBSP, outcome, scaled, verdict
from spectran.config.cells import Cell
from spectran.reporting.findings import Findings


@pytest.fixture(scope="module")
def full() -> Findings:
    return by_hand(published())


def without(part: str, *methods: str, **changes: Any) -> Findings:
    """Findings of one part alone, without some of its methods."""
    kept = [name for name in PARTS[part]["methods"] if name not in methods]
    parts = {"main": None, part: {**PARTS[part], "methods": kept, "backbones": ["sasrec"]}}
    return by_hand(published(parts=parts, backbones={"sasrec": {}}, **changes))


def with_gains(*gains: float) -> Findings:
    """Gains over AlphaFuse in percent, at d = 128, 64 and 16."""
    lead = dict(zip((128, 64, 16), gains, strict=True))

    def made(cell: Cell) -> float:
        return 0.03 * (1 + lead[cell.dim] / 100) if cell.method == "spectran" else 0.03

    parts = {"main": None, "dimension": PARTS["dimension"]}
    return by_hand(published(parts=parts, backbones={"sasrec": {}}), level=made)


@pytest.mark.parametrize(
    ("gains", "expected", "shape"),
    [
        ((8, 9, 12), "holds", "grows at every step"),
        ((8, 7, 12), "undecided", "not at every step, but from the first to the last"),
        ((8, 8, 12), "undecided", "not at every step"),
        ((8, 12, 8), "fails", "does not"),
        ((8, 9, 4), "fails", "does not"),
        ((-2, 3, 12), "holds", "grows at every step"),
    ],
)
def test_gain_grows_as_d_falls(gains: tuple[float, ...], expected: str, shape: str):
    found = verdict(with_gains(*gains), "gain_grows_as_d_falls")
    assert found.outcome == expected
    assert shape in found.evidence
    assert f"d = 16 {'+' if gains[2] > 0 else '−'}{abs(gains[2]):.1f}{NBSP}%" in found.evidence


def test_a_trend_needs_two_dimensions_and_its_rival():
    assert outcome(without("dimension", "alphafuse"), "gain_grows_as_d_falls") == "undecided"
    assert outcome(without("dimension", dimensions=[128]), "gain_grows_as_d_falls") == "undecided"


def test_gain_over_an_adapter(full: Findings):
    found = verdict(full, "gain_over_adapter")
    assert found.outcome == "holds"
    assert "Above in 12 of 12" in found.evidence
    assert f"d = 128 +29.4{NBSP}%" in found.evidence  # 0.044 / 0.034

    def narrow(metrics):
        metrics.loc[(metrics["method"] == "rlmrec") & (metrics["dim"] == 16), "value"] *= 2
        return metrics

    worse = verdict(changed(full, "metrics", narrow), "gain_over_adapter")
    assert worse.outcome == "fails"
    assert "Toy · SASRec · d = 16 NDCG@10" in worse.evidence
    assert outcome(without("dimension", "rlmrec"), "gain_over_adapter") == "undecided"


def costing(findings: Findings, method: str, column: str, factor: float) -> Findings:
    def change(frame):
        frame[column] = frame[column].astype(float)
        frame.loc[frame["method"] == method, column] *= factor
        return frame

    return changed(findings, "efficiency", change)


def test_cheaper_than_adapters(full: Findings):
    """SpecTran at 1.2, every adapter at 1.5."""
    found = verdict(full, "cheaper_than_adapters")
    assert found.outcome == "holds"
    assert "parameters 1,200,000, UniSRec 1,500,000" in found.evidence
    assert "training seconds 36.00" in found.evidence  # 30 epochs
    for column in ("trainable_parameters", "epoch_seconds", "inference_seconds"):
        assert outcome(costing(full, "whitenrec", column, 0.7), "cheaper_than_adapters") == "fails"
    close = costing(full, "whitenrec", "inference_seconds", 0.82)  # 1.23 against 1.2
    assert outcome(close, "cheaper_than_adapters") == "undecided"
    assert outcome(costing(full, "base", "inference_seconds", 0.1), "cheaper_than_adapters") == "holds"
    none = without("efficiency", "unisrec", "llm-esr", "rlmrec", "whitenrec")
    assert outcome(none, "cheaper_than_adapters") == "undecided"
    assert outcome(without("efficiency", "spectran"), "cheaper_than_adapters") == "undecided"


def test_training_time_is_that_of_all_epochs(full: Findings):
    """An adapter whose epochs are longer but that stops early is the cheaper one to train."""

    def early(trials):
        return trials[~((trials["method"] == "unisrec") & (trials["epoch"] > 20))]

    assert outcome(changed(full, "trials", early), "cheaper_than_adapters") == "fails"  # 20 * 1.5 against 30 * 1.2


def test_dearer_than_the_backbone(full: Findings):
    assert outcome(full, "dearer_than_backbone") == "holds"
    assert outcome(costing(full, "spectran", "epoch_seconds", 0.5), "dearer_than_backbone") == "fails"
    assert outcome(costing(full, "spectran", "epoch_seconds", 0.85), "dearer_than_backbone") == "undecided"  # 2 %
    assert outcome(without("efficiency", "base"), "dearer_than_backbone") == "undecided"


def weighing(findings: Findings, **columns: float) -> Findings:
    return changed(findings, "weights", lambda frame: frame.assign(**columns))


def test_principal_and_subordinate(full: Findings):
    """150 components, 128 of them principal: 22 subordinate ones."""
    both = ("principal_below_subordinate", "principal_above_each_subordinate")
    sums = weighing(full, principal=40.0, subordinate=200.0)  # 200 / 22 = 9.1
    assert [outcome(sums, name) for name in both] == ["holds", "holds"]
    assert "Toy · SASRec: 40.000 against 200.000" in verdict(sums, both[0]).evidence
    assert "Toy · SASRec: 40.000 against 9.091" in verdict(sums, both[1]).evidence
    high = weighing(full, principal=300.0, subordinate=200.0)
    assert [outcome(high, name) for name in both] == ["fails", "holds"]
    low = weighing(full, principal=1.0, subordinate=200.0)
    assert [outcome(low, name) for name in both] == ["holds", "fails"]
    even = weighing(full, principal=200.0, subordinate=200.0)
    assert outcome(even, both[0]) == "fails"


def test_only_the_trained_weights_count(full: Findings):
    def change(frame):
        start = frame["moment"] == "init"
        return frame.assign(principal=frame["principal"].where(start, 1.0), subordinate=9.0)

    assert outcome(changed(full, "weights", change), "principal_below_subordinate") == "holds"


def test_without_subordinate_components_nothing_is_decided_of_one():
    """Where d = r there are none to divide by."""
    square = weighing(by_hand(published()), components=0, subordinate=0.0)
    assert outcome(square, "principal_above_each_subordinate") == "undecided"
    assert outcome(square, "principal_below_subordinate") == "undecided"


def test_vectors_matter(full: Findings):
    found = verdict(full, "vectors_matter")
    assert found.outcome == "holds"
    assert f"SpecTran, random vectors below in 4 of 4, mean change −29.5{NBSP}%" in found.evidence  # 0.031 / 0.044
    assert outcome(scaled(full, "shuffled", 1.5), "vectors_matter") == "fails"
    controls = {**PARTS["controls"], "methods": ["spectran", "random", "no-attention"]}
    other = by_hand(published(parts={"main": None, "controls": controls | {"backbones": None}}))
    assert outcome(scaled(other, "no-attention", 1.5), "vectors_matter") == "holds"  # it reads the titles
    assert outcome(without("controls", "random", "shuffled"), "vectors_matter") == "undecided"
    assert outcome(without("controls", "spectran"), "vectors_matter") == "undecided"


def test_stand_ins_are_known_by_their_vectors_not_their_names():
    """Any SpecTran that reads other vectors counts, whatever its entry and row are called."""
    named = {"base": {}, "spectran": {}, "x": {"kind": "spectran", "vectors": "random", "label": "X", "row": "y"}}
    controls = {"methods": list(named), "dimensions": [128]}
    found = by_hand(published(parts={"main": None, "controls": controls}, methods=named))
    assert outcome(found, "vectors_matter") == "holds"  # 0.030 against 0.044


def test_trained_beat_untrained(full: Findings):
    """Popularity at 0.01 and EASE at 0.02; the lowest trained method of Table 2 is LLM-ESR, 0.028."""
    found = verdict(full, "trained_beat_untrained")
    assert found.outcome == "holds"
    assert "Popularity in 108 of 108; EASE in 108 of 108" in found.evidence

    def stronger(frame):
        return frame.assign(value=frame["value"].where(frame["control"] != "ease", frame["value"] * 1.425))

    strong = verdict(changed(full, "controls", stronger), "trained_beat_untrained")  # 0.0285
    assert strong.outcome == "fails"
    assert "EASE in 96 of 108" in strong.evidence  # below it: LLM-ESR, 3 backbones and 4 metrics
    assert "LLM-ESR on Toy · BERT4Rec NDCG@10: 0.0280 against EASE 0.0285" in strong.evidence
    assert outcome(by_hand(published(controls={})), "trained_beat_untrained") == "undecided"
