"""The estimate of a pack's memory: it grows with what costs memory, and covers what training takes."""

import pytest
import torch

from small import METHODS, blueprint, data, member
from spectran.config.training import Evaluation, Training
from spectran.training.memory import member_bytes, members_that_fit
from spectran.training.pack import PackRun


def test_more_memory_takes_more_members_and_one_is_always_tried(tmp_path):
    plan, inputs, training = blueprint(tmp_path, METHODS["spectran"]), data(), Training()
    one = member_bytes(plan, inputs, training)
    assert members_that_fit(0, plan, inputs, training) == 1
    assert members_that_fit(int(24.5 * one / 0.8), plan, inputs, training) == 24


@pytest.mark.parametrize("method", METHODS)
def test_the_estimate_covers_what_a_step_allocates(tmp_path, method):
    plan, inputs = blueprint(tmp_path, METHODS[method], dim=8), data()
    training = Training(batch=40, negatives=5)
    run = PackRun(plan, (member(),), inputs, training, Evaluation())
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        run.advance()
    running = peak = 0
    for event in profile.profiler.kineto_results.events():
        if event.name() == "[memory]":
            running += event.nbytes()
            peak = max(peak, running)
    kept = sum(p.numel() * p.element_size() for p in run.model.parameters()) * 3
    assert peak > 0
    assert peak + kept <= member_bytes(plan, inputs, training)
