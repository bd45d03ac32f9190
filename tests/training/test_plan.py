"""Which members are trained: the same grid for every method, the best point with every seed."""

import pytest

from small import BACKBONES, METHODS, STUDY, Small
from spectran.config.backbones import BERT4Rec, SASRec
from spectran.config.training import Training, Tuning
from spectran.training.cell import train_cell
from spectran.training.plan import choose, final_members, search_members

GRID = Tuning(weight_decay=(0.0, 1e-4), dropout=(0.0, 0.5), id_scale=(1.0, 0.02), seed=7)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gets_the_same_grid(method):
    members = search_members(GRID, Training(), METHODS[method], SASRec())
    assert len(members) == len(set(members)) == 8
    assert members == search_members(GRID, Training(), METHODS["base"], SASRec())
    assert {member.seed for member in members} == {7}


def test_without_a_scale_in_the_grid_each_method_has_its_own():
    scale = {
        name: search_members(Tuning(), Training(), METHODS[name], SASRec())[0].id_scale for name in ("base", "spectran")
    }
    assert scale == {"base": 1.0, "spectran": 0.02}


@pytest.mark.parametrize(("backbone", "points"), [("bert4rec", 72), ("sasrec", 24), ("hstu", 24)])
def test_mask_ratios_are_an_axis_for_the_backbone_that_masks(backbone, points):
    printed = STUDY.tuning.model_copy(update={"id_scale": None})
    members = search_members(printed, Training(), METHODS["base"], BACKBONES[backbone])
    assert len(members) == len(set(members)) == points
    assert {one.mask_ratio for one in members} == ({0.2, 0.4, 0.6} if backbone == "bert4rec" else {0.0})


def test_without_mask_ratios_in_the_grid_the_backbone_has_its_own():
    (one,) = search_members(Tuning(), Training(), METHODS["base"], BERT4Rec(mask_ratio=0.3))
    assert one.mask_ratio == 0.3


def test_the_best_point_wins_and_the_first_among_equals():
    members = search_members(GRID, Training(), METHODS["base"], SASRec())
    values = dict.fromkeys(members, 0.1)
    assert choose(values) == members[0]
    assert choose(values | {members[5]: 0.2}) == members[5]


def test_final_members_differ_in_the_seed_only():
    chosen = search_members(GRID, Training(), METHODS["base"], SASRec())[3]
    finals = final_members(chosen, (3, 7))
    assert [member.seed for member in finals] == [3, 7]
    assert finals[1] == chosen


def test_a_cell_searches_then_trains_every_seed(tmp_path):
    small = Small(tmp_path, METHODS["base"])
    tuning = Tuning(dropout=(0.0, 0.9), id_scale=(1.0,), seed=0)
    trained = train_cell(small.schedule(), tuning, (0, 1))
    choice = trained.choice()
    best = max(trained.searched, key=lambda outcome: outcome.best)
    assert choice["dropout"] == best.member.dropout
    assert choice["trials"] == 2
    assert set(choice["best_epoch"]) == {"0", "1"}
    trials = trained.trials()
    assert set(trials["phase"]) == {"search", "final"}
    assert trials.groupby(["phase", "member"]).ngroups == 4
    searched = trials[(trials["phase"] == "search") & (trials["dropout"] == choice["dropout"])]
    taken_over = trials[(trials["phase"] == "final") & (trials["seed"] == 0)]
    assert searched["loss"].tolist() == taken_over["loss"].tolist()


def test_one_point_means_no_search(tmp_path):
    trained = train_cell(Small(tmp_path, METHODS["base"]).schedule(), Tuning(seed=9), (0, 1))
    assert trained.choice()["trials"] == 1
    assert set(trained.trials()["phase"]) == {"final"}
    assert [outcome.member.seed for outcome in trained.final] == [0, 1]
