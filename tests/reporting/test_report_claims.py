"""Claims on Tables 2 and 3 and on Figure 1: each can hold, fail and be undecided."""

import json
from pathlib import Path

import pytest

from reporting.handmade import PARTS, TABLE2, by_hand, changed, level, published
from spectran.config.cells import Cell
from spectran.reporting.adapters import ADAPTERS
from spectran.reporting.claims import CLAIMS, judge, write_claims
from spectran.reporting.claims.load import read_claims
from spectran.reporting.claims.verdict import Verdict
from spectran.reporting.findings import Findings

#: Trained adapters that collapse: ten of 64 values carry 1 - 0.6 ** 10 = 99.4 %.
COLLAPSED = {"morec": 0.6, "unisrec": 0.6, "llm-esr": 0.6, "rlmrec": 0.6, "whitenrec": 0.6}
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def full() -> Findings:
    return by_hand(published(), rates=COLLAPSED)


def verdict(findings: Findings, name: str) -> Verdict:
    (claim,) = [claim for claim in CLAIMS if claim.__name__ == name]
    found = claim(findings)
    assert found.name == name
    return found


def outcome(findings: Findings, name: str) -> str:
    return verdict(findings, name).outcome


def only(*methods: str, seeds: int = 1, rates: dict[str, float] | None = None) -> Findings:
    """Findings whose main part has these methods only."""
    main = {"methods": list(methods), "dimensions": [128]}
    return by_hand(published(seeds=seeds, parts={"main": main}), rates=rates)


def ablation(*methods: str) -> Findings:
    return by_hand(published(parts={"ablation": {"methods": list(methods), "dimensions": [128]}, "main": None}))


def scaled(findings: Findings, method: str, factor: float, score: str = "cosine", backbone: str = "") -> Findings:
    """The same with another accuracy of one method, on one backbone if it is given."""

    def change(metrics):
        chosen = (metrics["method"] == method) & (metrics["score"] == score)
        metrics.loc[chosen & metrics["backbone"].str.startswith(backbone), "value"] *= factor
        return metrics

    return changed(findings, "metrics", change)


def test_best(full: Findings):
    assert outcome(full, "spectran_best") == "holds"
    assert "Best in 12 of 12" in verdict(full, "spectran_best").evidence
    worse = verdict(scaled(full, "spectran", 0.9, backbone="hstu"), "spectran_best")
    assert worse.outcome == "fails"
    assert "Best in 8 of 12" in worse.evidence
    assert "Toy · HSTU NDCG@10: 0.0396 against AlphaFuse 0.0400" in worse.evidence
    assert outcome(scaled(full, "no-attention", 9.0), "spectran_best") == "holds"  # an ablation is no rival
    assert outcome(scaled(full, "random", 9.0), "spectran_best") == "holds"  # and a control neither
    assert outcome(only("spectran"), "spectran_best") == "undecided"
    assert outcome(only("base", "morec"), "spectran_best") == "undecided"


def test_best_is_of_the_main_part_alone(full: Findings):
    """At another dimension SpecTran may lose: Table 2 has one."""

    def change(metrics):
        metrics.loc[(metrics["method"] == "alphafuse") & (metrics["dim"] < 128), "value"] *= 9
        return metrics

    assert outcome(changed(full, "metrics", change), "spectran_best") == "holds"


def test_what_was_not_run_is_said():
    found = verdict(only("base", "morec", "alphafuse", "spectran"), "spectran_best")
    assert found.outcome == "holds"
    assert "Not run: LLM-ESR, LLMInit, RLMRec, UniSRec and WhitenRec." in found.evidence


def test_a_tie_is_not_best(full: Findings):
    assert outcome(changed(full, "metrics", lambda frame: frame.assign(value=0.25)), "spectran_best") == "fails"


def test_average_gain(full: Findings):
    found = verdict(full, "average_gain")
    assert found.outcome == "holds"  # 0.044 / 0.040
    assert f"Mean gain here +10.0{NBSP}% over 12 cells" in found.evidence
    assert f"printed +9.17{NBSP}%" in found.evidence  # as the paper has it
    assert f"about 9{NBSP}%" in found.statement
    assert outcome(scaled(full, "spectran", 1.1), "average_gain") == "fails"  # 21 % is another size
    assert outcome(scaled(full, "spectran", 0.95), "average_gain") == "fails"
    one = verdict(scaled(full, "spectran", 1.1, backbone="hstu"), "average_gain")
    assert f"Mean gain here +13.7{NBSP}% over 12 cells (from +10.0{NBSP}% to +21.0{NBSP}%)" in one.evidence
    assert outcome(only("morec", "spectran"), "average_gain") == "undecided"  # not the best of all baselines
    assert outcome(only("base", "morec"), "average_gain") == "undecided"


def test_adapters_below_the_backbone(full: Findings):
    found = verdict(full, "adapters_below_backbone")
    assert found.outcome == "holds"
    assert f"MoRec in 12 of 12 (mean change −3.3{NBSP}%)" in found.evidence
    assert "UniSRec in 0 of 12" in found.evidence
    better = scaled(scaled(full, "morec", 1.5), "llm-esr", 1.5)
    assert outcome(better, "adapters_below_backbone") == "fails"
    assert outcome(scaled(better, "llminit", 0.1), "adapters_below_backbone") == "fails"  # no adapter
    assert outcome(only("morec", "spectran"), "adapters_below_backbone") == "undecided"
    assert outcome(only("base", "llminit"), "adapters_below_backbone") == "undecided"


def test_adapters_collapse(full: Findings):
    found = verdict(full, "adapters_collapse")
    assert found.outcome == "holds"
    assert f"MoRec 99.4{NBSP}% of 64 columns, collapsed in 3 of 3" in found.evidence
    for row in ADAPTERS:
        assert f"{row} (" in found.evidence  # why it counts
    one_flat = by_hand(published(), rates=COLLAPSED | {"whitenrec": 0.98})
    assert outcome(one_flat, "adapters_collapse") == "fails"
    assert outcome(only("base", "alphafuse", "spectran"), "adapters_collapse") == "undecided"
    assert outcome(by_hand(published(), rates=COLLAPSED | {"llminit": 0.999}), "adapters_collapse") == "holds"


def test_a_narrow_table_decides_nothing():
    narrow = by_hand(published(parts={"main": {"methods": ["morec", "spectran"], "dimensions": [32]}}))
    assert outcome(narrow, "adapters_collapse") == "undecided"  # 16 columns
    assert outcome(narrow, "spectran_collapses_less") == "undecided"


def test_spectran_collapses_less(full: Findings):
    found = verdict(full, "spectran_collapses_less")
    assert found.outcome == "holds"
    assert f"MoRec: share 19.8{NBSP}% against 99.4{NBSP}%, lower in 3 of 3" in found.evidence
    other_way = by_hand(published(), rates=dict.fromkeys(COLLAPSED, 0.99) | {"spectran": 0.6})
    assert outcome(other_way, "spectran_collapses_less") == "fails"
    assert outcome(only("base", "spectran"), "spectran_collapses_less") == "undecided"
    assert outcome(only("base", "morec"), "spectran_collapses_less") == "undecided"


def test_the_effective_rank_is_compared_as_a_part_of_the_width():
    """Ten of 64 equal values are twice the share of ten of 128; the rank over the width says the contrary."""
    alike = only("morec", "spectran", rates={"morec": 0.999, "spectran": 0.995})
    found = verdict(alike, "spectran_collapses_less")
    assert found.outcome == "undecided"
    assert found.evidence.endswith("The two measures disagree.")


def test_ablations_below_full(full: Findings):
    found = verdict(full, "ablations_below_full")
    assert found.outcome == "holds"
    assert f"SpecTran w/o A below in 12 of 12, mean change −22.7{NBSP}%" in found.evidence  # 0.034 / 0.044
    assert outcome(scaled(full, "sigma", 1.2, backbone="hstu"), "ablations_below_full") == "fails"
    assert outcome(ablation("base", "spectran"), "ablations_below_full") == "undecided"
    assert outcome(only(*TABLE2), "ablations_below_full") == "undecided"


def test_the_two_orders_of_the_ablations(full: Findings):
    """The text and the printed table name different ones."""
    assert outcome(full, "positional_costs_most") == "holds"
    assert outcome(full, "identity_costs_most") == "fails"
    other = scaled(full, "identity", 0.9)  # 0.0324
    assert outcome(other, "positional_costs_most") == "fails"
    assert outcome(other, "identity_costs_most") == "holds"
    mixed = scaled(full, "identity", 0.9, backbone="hstu")  # the claim is on every backbone
    assert outcome(mixed, "positional_costs_most") == "fails"
    assert outcome(mixed, "identity_costs_most") == "fails"
    assert "HSTU: SpecTran, D → I −26.4" in verdict(mixed, "identity_costs_most").evidence
    three = ablation("spectran", "no-attention", "identity", "no-positional")
    for name in ("identity_costs_most", "positional_costs_most"):
        assert outcome(three, name) == "undecided"


def test_equal_losses_are_not_the_largest(full: Findings):
    even = scaled(full, "identity", 0.034 / 0.036)
    flat = changed(even, "metrics", lambda frame: frame.assign(value=frame["value"].round(6)))
    assert outcome(flat, "identity_costs_most") == "fails"
    assert outcome(flat, "positional_costs_most") == "fails"


def test_attention_matters(full: Findings):
    """A standard error of 0.001 a difference; Holm's factor is 3 for the last ablation of three backbones."""
    found = verdict(full, "attention_matters")
    assert found.outcome == "undecided"  # 0.002 at NDCG@10 is not (p = 0.046), 0.0025 at NDCG@20 is
    assert f"SASRec −4.5{NBSP}%" in found.evidence
    assert "SpecTran is ahead in 9 and behind in 0 of 12; with one seed" in found.evidence
    assert outcome(scaled(full, "no-attention", 0.95), "attention_matters") == "holds"  # 0.0041
    assert outcome(scaled(full, "no-attention", 1.04), "attention_matters") == "fails"  # none is
    assert outcome(scaled(full, "no-attention", 1.1, backbone="hstu"), "attention_matters") == "fails"  # no loss
    assert outcome(ablation("spectran", "identity"), "attention_matters") == "undecided"
    untested = changed(full, "comparisons", lambda frame: frame.head(0))
    assert outcome(untested, "attention_matters") == "undecided"


def test_with_seeds_attention_must_matter_beyond_them_too():
    parts = {"ablation": PARTS["ablation"], "main": None}
    clear = scaled(by_hand(published(seeds=2, parts=parts)), "no-attention", 0.9)
    assert outcome(clear, "attention_matters") == "holds"
    noisy = changed(clear, "comparisons", lambda frame: frame.assign(significant_total=False))
    assert outcome(noisy, "attention_matters") == "fails"


def test_score_order(full: Findings):
    assert outcome(full, "score_keeps_order") == "holds"  # both scores are alike
    assert outcome(scaled(full, "spectran", 0.5, score="dot"), "score_keeps_order") == "fails"
    assert outcome(scaled(full, "random", 9.0, score="dot"), "score_keeps_order") == "holds"  # not of Table 2
    assert outcome(only("base"), "score_keeps_order") == "undecided"
    assert outcome(ablation("base", "spectran"), "score_keeps_order") == "undecided"


def test_one_seed_is_no_ground_for_small_differences():
    close = verdict(only("alphafuse", "spectran"), "spectran_best")
    assert "One seed" not in close.evidence  # 10 % apart
    near = scaled(only("alphafuse", "spectran"), "alphafuse", 1.08)
    assert (
        "One seed: differences of a few per cent mean nothing, and 12 of 12" in verdict(near, "spectran_best").evidence
    )
    two = scaled(only("alphafuse", "spectran", seeds=2), "alphafuse", 1.08)
    assert "One seed" not in verdict(two, "spectran_best").evidence


def test_nothing_is_decided_where_nothing_was_run():
    """Every claim but the part's own is undecided, and says what is needed."""
    of_part = {
        "ablation": {"ablations_below_full", "identity_costs_most", "positional_costs_most", "attention_matters"},
        "dimension": {"gain_grows_as_d_falls", "gain_over_adapter"},
        "efficiency": {"cheaper_than_adapters", "dearer_than_backbone"},
        "case_study": {"principal_below_subordinate", "principal_above_each_subordinate"},
        "controls": {"vectors_matter"},
    }
    for part, own in of_part.items():
        methods = PARTS[part]["methods"]
        backbones = {name: {} for name in PARTS[part].get("backbones", ["bert4rec", "sasrec", "hstu"])}
        alone = by_hand(published(parts={"main": None, part: {**PARTS[part], "methods": methods}}, backbones=backbones))
        decided = {found.name for found in judge(alone) if "needed" not in found.evidence}
        assert decided == own


def test_a_zero_is_no_division(full: Findings):
    nothing = changed(full, "metrics", lambda frame: frame.assign(value=0.0))
    assert {found.name: found.outcome for found in judge(nothing)}["spectran_best"] == "fails"


def test_level_is_what_the_tests_say():
    assert level(Cell("toys", "minilm", "sasrec", "spectran", 128)) == 0.044


def test_claims_file(full: Findings, tmp_path: Path):
    path = tmp_path / "claims.json"
    write_claims(path, full)
    assert read_claims(path) == judge(full)
    first = path.read_bytes()
    write_claims(path, full)
    assert path.read_bytes() == first
    assert {record["outcome"] for record in json.loads(first)} <= {"holds", "fails", "undecided"}


def test_every_claim_has_a_name_of_its_own_and_a_source(full: Findings):
    verdicts = judge(full)
    assert len({found.name for found in verdicts}) == len(CLAIMS)
    assert all(found.source and found.statement.endswith(".") and found.evidence.endswith(".") for found in verdicts)
