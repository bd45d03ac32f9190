"""Every claim can hold, fail and be undecided."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reporting.made import make_findings
from reporting.tree import study
from spectran.reporting.claims import judge, write_claims
from spectran.reporting.claims.load import read_claims
from spectran.reporting.findings import Findings

ABLATION = {"kind": "spectran", "label": "w/o attention", "row": "without_attention", "attention": False}
FULL = {"base": {}, "morec": {}, "spectran": {}, "without_attention": ABLATION}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return make_findings(study(methods=FULL), tmp_path_factory.mktemp("claims"))


def outcome(findings: Findings, name: str) -> str:
    (verdict,) = [verdict for verdict in judge(findings) if verdict.name == name]
    return verdict.outcome


def only(findings: Findings, *methods: str) -> Findings:
    """The same findings without the other methods' cells."""
    frames = findings.frames
    kept = {
        name: getattr(frames, name)[getattr(frames, name)["method"].isin(methods)]
        for name in ("cells", "metrics", "choice", "cost", "spectrum", "collapse", "trials", "provenance")
    }
    return replace(findings, frames=replace(frames, **kept))


def scaled(findings: Findings, method: str, factor: float, score: str = "cosine") -> Findings:
    metrics = findings.frames.metrics.copy()
    metrics.loc[(metrics["method"] == method) & (metrics["score"] == score), "value"] *= factor
    return replace(findings, frames=replace(findings.frames, metrics=metrics))


def ranked(findings: Findings, method: str, rank: float) -> Findings:
    """The same with another effective rank of this method's tables."""
    collapse = findings.frames.collapse.copy()
    collapse.loc[(collapse["method"] == method) & (collapse["measure"] == "effective_rank"), "value"] = rank
    return replace(findings, frames=replace(findings.frames, collapse=collapse))


def halved(findings: Findings, method: str) -> Findings:
    """The same with the semantic table of this method half as wide."""
    spectrum = findings.frames.spectrum
    cut = (spectrum["method"] == method) & (spectrum["table"] == "semantic") & (spectrum["index"] > 64)
    return replace(findings, frames=replace(findings.frames, spectrum=spectrum[~cut]))


def flat(findings: Findings, method: str) -> Findings:
    spectrum = findings.frames.spectrum.copy()
    spectrum.loc[spectrum["method"] == method, "covariance"] = 1.0
    return replace(findings, frames=replace(findings.frames, spectrum=spectrum))


def test_best(full: Findings):
    assert outcome(full, "spectran_best") == "holds"
    worse = scaled(full, "spectran", 0.1)
    assert outcome(worse, "spectran_best") == "fails"
    assert outcome(scaled(full, "without_attention", 9.0), "spectran_best") == "holds"  # an ablation is no rival
    assert outcome(only(full, "spectran", "without_attention"), "spectran_best") == "undecided"
    assert outcome(only(full, "base", "morec"), "spectran_best") == "undecided"
    (verdict,) = [v for v in judge(worse) if v.name == "spectran_best"]
    assert "Best in 0 of 8" in verdict.evidence
    assert "Office · SASRec NDCG@10: 0.0450 against MoRec 0.1500" in verdict.evidence


def test_a_tie_is_not_best(full: Findings):
    metrics = full.frames.metrics.assign(value=0.25)
    assert outcome(replace(full, frames=replace(full.frames, metrics=metrics)), "spectran_best") == "fails"


def test_adapters_collapse(full: Findings):
    assert outcome(full, "adapters_collapse") == "holds"
    (verdict,) = [v for v in judge(full) if v.name == "adapters_collapse"]
    assert "Office · SASRec: 99.9\u00a0% of 128 columns" in verdict.evidence  # 1 - 0.5 ** 10
    assert outcome(flat(full, "morec"), "adapters_collapse") == "fails"  # 10 of 128 equal values: 7.8 %
    assert outcome(only(full, "base", "spectran"), "adapters_collapse") == "undecided"


def test_a_narrow_table_decides_nothing(tmp_path: Path):
    narrow = make_findings(study(dimensions=[16]), tmp_path)
    assert outcome(narrow, "adapters_collapse") == "undecided"
    assert outcome(narrow, "spectran_collapses_less") == "undecided"


def test_spectran_collapses_less(full: Findings):
    assert outcome(full, "spectran_collapses_less") == "holds"
    assert outcome(ranked(flat(full, "morec"), "morec", 127.0), "spectran_collapses_less") == "fails"
    assert outcome(flat(full, "morec"), "spectran_collapses_less") == "undecided"  # by the share only
    assert outcome(ranked(full, "morec", 127.0), "spectran_collapses_less") == "undecided"  # by the rank only
    assert outcome(only(full, "morec"), "spectran_collapses_less") == "undecided"


def test_the_effective_rank_is_compared_as_a_part_of_the_width(full: Findings):
    alike = ranked(ranked(full, "spectran", 40.0), "morec", 30.0)
    assert outcome(alike, "spectran_collapses_less") == "holds"
    half = halved(alike, "morec")  # 40 of 128 columns are less than 30 of 64
    assert outcome(half, "spectran_collapses_less") == "undecided"
    (verdict,) = [v for v in judge(half) if v.name == "spectran_collapses_less"]
    nbsp = "\u00a0"
    assert f"effective rank over width 31.2{nbsp}% of 128 against 46.9{nbsp}% of 64" in verdict.evidence
    assert f"top-10 share 19.8{nbsp}% against 99.9{nbsp}%" in verdict.evidence
    assert verdict.evidence.endswith("The two measures disagree.")


def test_ablations(full: Findings):
    assert outcome(full, "ablations_below_full") == "holds"
    assert outcome(scaled(full, "without_attention", 9.0), "ablations_below_full") == "fails"
    assert outcome(only(full, "base", "spectran"), "ablations_below_full") == "undecided"


def test_score_order(full: Findings):
    assert outcome(full, "score_keeps_order") == "fails"
    cosine = full.frames.metrics[full.frames.metrics["score"] == "cosine"]
    both = pd.concat([cosine, cosine.assign(score="dot")])
    assert outcome(replace(full, frames=replace(full.frames, metrics=both)), "score_keeps_order") == "holds"
    assert outcome(only(full, "base"), "score_keeps_order") == "undecided"


def test_claims_file(full: Findings, tmp_path: Path):
    path = tmp_path / "claims.json"
    write_claims(path, full)
    assert read_claims(path) == judge(full)
    first = path.read_bytes()
    write_claims(path, full)
    assert path.read_bytes() == first
    assert {record["outcome"] for record in json.loads(first)} <= {"holds", "fails", "undecided"}
