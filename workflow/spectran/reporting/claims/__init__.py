"""Claims of the paper, each a small named check on our results."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from spectran.io import write_json
from spectran.reporting.claims.ablations import (
    ablations_below_full,
    attention_matters,
    identity_costs_most,
    positional_costs_most,
)
from spectran.reporting.claims.backbone import adapters_below_backbone
from spectran.reporting.claims.best import average_gain, spectran_best
from spectran.reporting.claims.collapse import adapters_collapse, spectran_collapses_less
from spectran.reporting.claims.components import principal_above_each_subordinate, principal_below_subordinate
from spectran.reporting.claims.controls import trained_beat_untrained, vectors_matter
from spectran.reporting.claims.costs import cheaper_than_adapters, dearer_than_backbone
from spectran.reporting.claims.dimensions import gain_grows_as_d_falls, gain_over_adapter
from spectran.reporting.claims.filters import both_filters_contribute, gain_over_language_model
from spectran.reporting.claims.frequencies import low_frequencies_kept, low_frequencies_lost, peak_between
from spectran.reporting.claims.score import score_keeps_order
from spectran.reporting.claims.verdict import Verdict
from spectran.reporting.findings import Findings

#: Every claim about SpecTran, in the order in which the report shows them: the paper's by table, then the controls' and
#: ours.
CLAIMS: tuple[Callable[[Findings], Verdict], ...] = (
    spectran_best,
    average_gain,
    adapters_below_backbone,
    adapters_collapse,
    spectran_collapses_less,
    ablations_below_full,
    identity_costs_most,
    positional_costs_most,
    attention_matters,
    gain_grows_as_d_falls,
    gain_over_adapter,
    cheaper_than_adapters,
    dearer_than_backbone,
    principal_below_subordinate,
    principal_above_each_subordinate,
    vectors_matter,
    trained_beat_untrained,
    score_keeps_order,
)

#: Those of the second paper, which are judged where its part is run.
FREQUENCY_CLAIMS: tuple[Callable[[Findings], Verdict], ...] = (
    low_frequencies_lost,
    low_frequencies_kept,
    both_filters_contribute,
    peak_between,
    gain_over_language_model,
)


def judge(findings: Findings) -> list[Verdict]:
    """The verdict of every claim, of the second paper where it is looked at."""
    further = FREQUENCY_CLAIMS if findings.study.parts.frellm4rec else ()
    return [claim(findings) for claim in (*CLAIMS, *further)]


def write_claims(path: Path, findings: Findings) -> None:
    """Write all verdicts to a JSON file."""
    write_json(path, [asdict(verdict) for verdict in judge(findings)])
