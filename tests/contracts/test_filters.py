"""Filters over time and on the item graph change nothing that packs, interruptions, padding and devices owe."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from hidden import hidden_states, hidden_states_of_everything
from made_splits import VALIDATION, write_splits
from small import BACKBONES, HISTORY, METHODS, N_ITEMS, PARTS, STUDY, Small, data, member, sequences
from spectran.config.cells import settings_of
from spectran.config.graph import GraphFilter
from spectran.config.temporal import TemporalFilter
from spectran.config.training import Compute, Training
from spectran.data.sequences import read_train
from spectran.evaluation.ranking import rank_targets
from spectran.training import epoch as epochs
from spectran.training.epoch import train_epoch
from spectran.training.inputs import TrainingInputs
from spectran.training.pack import CHECKPOINT, PackRun

MEMBERS = (
    member(0, dropout=0.3, weight_decay=1e-3, mask_ratio=0.2),
    member(1, dropout=0.0, learning_rate=3e-2, mask_ratio=0.6),
    member(2, dropout=0.1, id_scale=1.0, mask_ratio=0.4),
)
#: Every backbone with learned filters; the last one with the paper's form, and the members' own dropout.
CELLS = [(backbone, {"form": "causal"}) for backbone in BACKBONES]
CELLS.append(("sasrec", {"form": "circular", "mode": "residual", "dropout": None}))
every_cell = pytest.mark.parametrize(("backbone", "options"), CELLS, ids=lambda value: str(value))
SHARES = ("cutoff.logit", "alpha.logit")


def small(folder, backbone, options, **settings):
    temporal = TemporalFilter(cutoff=0.3, learned=True, **options)
    method = METHODS["spectran"].model_copy(update={"graph_filter": GraphFilter(learned=True)})
    training = Training(batch=16, negatives=5, epochs=5, patience=1)
    filtered = BACKBONES[backbone].model_copy(update={"temporal_filter": temporal})
    return replace(Small(folder, method, filtered, training), **settings)


def run_of(cell, *, dense=False):
    schedule = cell.schedule()
    run = PackRun(schedule.blueprint, MEMBERS, schedule.data, schedule.training, schedule.evaluation)
    run.model.dense = dense
    return run


def shares_of(state):
    return {name: value for name, value in state.items() if name.endswith(SHARES)}


@every_cell
def test_a_pack_equals_single_runs_and_members_that_leave_keep_what_they_learned(tmp_path, backbone, options):
    cell = small(tmp_path, backbone, options)
    single = cell.schedule("single").train(MEMBERS)
    packed = replace(cell, compute=Compute(device="cpu", pack=3)).schedule("packed").train(MEMBERS)
    for one in MEMBERS:
        assert [row["epoch"] for row in single[one].rows] == [row["epoch"] for row in packed[one].rows]
        for name, tensor in single[one].state.items():
            if "key.bias" not in name:  # which softmax forgets
                torch.testing.assert_close(tensor, packed[one].state[name], rtol=1e-9, atol=1e-9, msg=name)
        assert len(shares_of(single[one].state)) == 3
    learned = [torch.cat(list(shares_of(outcome.state).values())) for outcome in packed.values()]
    assert not torch.equal(learned[0], learned[1])


def test_the_example_has_members_that_leave(tmp_path):
    packed = small(tmp_path, *CELLS[-1], compute=Compute(device="cpu", pack=3)).schedule().train(MEMBERS)
    assert len({len(outcome.rows) for outcome in packed.values()}) > 1


@every_cell
def test_an_interrupted_run_resumes_to_the_same_bits(tmp_path, backbone, options):
    cell = small(tmp_path, backbone, options)
    schedule = cell.schedule()
    unbroken = run_of(cell)
    unbroken.advance()
    unbroken.save(tmp_path / CHECKPOINT, "fingerprint")
    unbroken.advance()
    plan, known = schedule.blueprint, (schedule.data, schedule.training, schedule.evaluation)
    resumed = PackRun.resume(tmp_path / CHECKPOINT, "fingerprint", plan, *known)
    resumed.advance()
    for (name, mine), other in zip(unbroken.model.named_parameters(), resumed.model.parameters(), strict=True):
        assert mine.detach().numpy().tobytes() == other.detach().numpy().tobytes(), name
    assert [record.rows for record in unbroken.records] == [record.rows for record in resumed.records]


@every_cell
def test_gradient_reaches_every_learned_share_from_its_start(tmp_path, backbone, options):
    run = run_of(small(tmp_path, backbone, options))
    started = {name: value.detach().clone() for name, value in shares_of(dict(run.model.named_parameters())).items()}
    assert len(started) == 3
    for name, value in started.items():
        wanted = 0.3 if "cutoff" in name else 0.7
        torch.testing.assert_close(value.sigmoid(), torch.full_like(value, wanted))
    run.advance()
    for name, value in shares_of(dict(run.model.named_parameters())).items():
        assert (run.adam.second[name] > 0).all(), name
        assert (value != started[name]).all(), name
    assert set(started) <= run.model.undecayed()


@every_cell
def test_no_state_depends_on_what_it_may_not_read(tmp_path, backbone, options):
    model = small(tmp_path, backbone, options).schedule().blueprint.build(MEMBERS).eval()
    table = model.method.item_table().detach()
    ids = model.backbone.query(data().histories[:6].expand(3, -1, -1), N_ITEMS)
    real = ids != N_ITEMS
    allowed = model.backbone.allowed(real)
    before, leaks = hidden_states(model, ids, table), False
    for place in range(HISTORY):
        there = real[:, :, place]
        other = ids.clone()
        other[:, :, place] = torch.where(there, (ids[:, :, place] + 5) % N_ITEMS, N_ITEMS)
        after = hidden_states(model, other, table)
        out_of_sight = real & ~allowed[..., place]
        leaks |= not torch.equal(before[out_of_sight], after[out_of_sight])
        assert ((before - after)[:, :, -1].abs().amax(dim=-1)[there] > 1e-12).all()
    assert leaks == (options["form"] == "circular")


@every_cell
@pytest.mark.parametrize("dense", [False, True])
def test_padding_changes_nothing(tmp_path, backbone, options, dense):
    model = small(tmp_path, backbone, options).schedule().blueprint.build(MEMBERS).eval()
    model.dense = dense
    table = model.method.item_table().detach()
    histories = torch.stack([data().histories[start : start + 5] for start in (0, 5, 10)])
    histories[0, 3], histories[1, 2, :-1] = N_ITEMS, N_ITEMS
    ids = model.backbone.query(histories, N_ITEMS)
    real = ids != N_ITEMS
    everything = hidden_states_of_everything(model, ids, table)
    torch.testing.assert_close(hidden_states(model, ids, table)[real], everything[real], rtol=1e-12, atol=1e-12)
    items = torch.tensor([[3, 7], [5, 2]]).expand(3, -1, -1)
    for count in (1, 2):
        short = items[..., :count]
        padded = torch.nn.functional.pad(short, (HISTORY - count, 0), value=N_ITEMS)
        found = [model.user_vectors(known, table) for known in (short, padded)]
        torch.testing.assert_close(*found, rtol=1e-12, atol=1e-12)
    nothing = model.user_vectors(torch.full((3, 2, HISTORY), N_ITEMS), table)
    assert nothing.isfinite().all()


@every_cell
def test_dense_steps_give_the_same_numbers(tmp_path, backbone, options, monkeypatch):
    monkeypatch.setattr(epochs, "GRAIN", 7)
    one, other = (run_of(small(tmp_path, backbone, options), dense=dense) for dense in (False, True))
    torch.testing.assert_close(*(train_epoch(run.learner, 1) for run in (one, other)), rtol=1e-10, atol=1e-10)
    for (name, mine), theirs in zip(one.model.named_parameters(), other.model.parameters(), strict=True):
        if "key.bias" not in name:
            torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-8, msg=name)
    ranks = [rank_targets(run.model.eval(), run.data.known, run.data.validation, "cosine") for run in (one, other)]
    assert torch.equal(ranks[0].rank, ranks[1].rank)


@pytest.mark.parametrize("method", ["llm-esr", "rlmrec", "unisrec", "spectran"])
def test_a_filter_of_no_strength_trains_what_none_does(tmp_path, method):
    """What a method does beside its table, in context and in its own loss, is done under a filter too."""
    runs = []
    for options in (None, GraphFilter(alpha=0.0)):
        filtered = METHODS[method].model_copy(update={"graph_filter": options})
        runs.append(run_of(Small(tmp_path, filtered)))
        runs[-1].advance()
    for one, other in zip(*(run.records for run in runs), strict=True):
        assert one.rows[0] == pytest.approx(other.rows[0], rel=1e-10)
    for (name, mine), other in zip(runs[0].model.named_parameters(), runs[1].model.parameters(), strict=True):
        if "key.bias" not in name:
            torch.testing.assert_close(mine, other, rtol=1e-8, atol=1e-8, msg=name)


def test_no_validation_or_test_target_enters_the_graph(tmp_path):
    write_splits(tmp_path)
    plain = settings_of(STUDY, PARTS["main"][0])
    method = METHODS["base"].model_copy(update={"graph_filter": GraphFilter()})
    settings = plain.model_copy(update={"method": method})
    inputs = TrainingInputs.of({name: str(tmp_path / f"{name}.parquet") for name in ("train", "valid")}, settings)
    train = read_train(inputs.train)
    graph = inputs.blueprint(settings, train).features.item_graph(GraphFilter()).toarray()
    together = np.eye(N_ITEMS, dtype=bool)
    for items in sequences().sequences:
        together[np.ix_(items, items)] = True
    assert ((graph > 0) == together).all()
    last = [items[-1] for items in sequences().sequences]
    assert not together[last, VALIDATION].all(), "the example must have targets that would make an edge"
