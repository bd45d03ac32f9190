"""The data audit on splits written out by hand: every number by counting."""

import json

import numpy as np
import pandas as pd
import pytest

from evaluation.handmade_splits import made, values, write
from spectran.config.groups import Groups
from spectran.evaluation.audit.checks import audit
from spectran.evaluation.audit.cold import cold
from spectran.evaluation.audit.duplicate_sequences import duplicate_sequences
from spectran.evaluation.audit.explanations import EXPLANATIONS
from spectran.evaluation.audit.measure import audit_frame
from spectran.evaluation.audit.overlap import overlap
from spectran.evaluation.audit.popularity import gini, popularity, popularity_frame
from spectran.evaluation.audit.repeats import repeats
from spectran.evaluation.audit.splits import read_splits
from spectran.evaluation.audit.times import times
from spectran.evaluation.audit.titles import titles
from spectran.evaluation.audit.write import write_audit

#: Train part | validation target | test target of four users.
SEQUENCES = [
    [0, 1, 2, 3],  # 0 1 | 2 | 3
    [0, 1, 2, 3],
    [4, 4, 1, 0],  # 4 4 | 1 | 0
    [1, 0, 3, 1],  # 1 0 | 3 | 1
]
TIMES = [
    [100, 100, 100, 200],
    [150, 250, 300, 300],
    [100, 400, 500, 600],
    [50, 50, 50, 50],
]


def test_users_with_the_same_sequence():
    assert values(duplicate_sequences(made(SEQUENCES))) == {
        "users whose whole sequence another user has": 2,
        "share of users whose whole sequence another user has": 0.5,
        "most users with one sequence": 2,
    }


def test_the_same_items_in_another_order_are_not_the_same_sequence():
    found = values(duplicate_sequences(made([[0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 2, 4]])))
    assert found["users whose whole sequence another user has"] == 0
    assert found["most users with one sequence"] == 1


def test_titles():
    names = ["Pen &amp; paper", "A very long pen", "A very long pen", "Pen", "Caf&#233; de Paris"]
    assert values(titles(made(SEQUENCES, titles=names))) == {
        "different titles": 4,
        "items whose title another item has": 2,
        # Targets 3, 3, 0, 1; items 1 and 2 have one title.
        "share of test targets whose title another item has": 0.25,
        "items with a short title": 1,
        "items with an HTML entity in the title": 2,
    }


def test_an_ampersand_alone_is_no_entity():
    names = ["R&D for beginners", "Pens & more; paper", "AT&T telephone", "A &; B &#x; C", "A &#x26; B and C"]
    assert values(titles(made(SEQUENCES, titles=names)))["items with an HTML entity in the title"] == 1


def test_times():
    assert values(times(made(SEQUENCES, TIMES))) == {
        "share of neighbouring interactions exactly one unit of time apart": 0,
        # 2 + 1 + 0 + 3 of the twelve pairs.
        "share of neighbouring interactions with one and the same time": 6 / 12,
        "share of test targets with the time of the item before": 2 / 4,
        "share of validation targets with the time of the item before": 2 / 4,
        "share of users all of whose interactions have one time": 1 / 4,
    }


def test_times_that_are_places_say_nothing():
    places = [[0, 1, 2, 3], [5, 6, 7, 8], [2, 3, 4, 5], [0, 1, 2, 4]]  # a filter took one interaction out
    splits = made(SEQUENCES, places)
    share, *others = values(times(splits)).values()
    assert share == pytest.approx(11 / 12)
    assert others == [None] * 4
    assert set(values(overlap(splits)).values()) == {None}
    assert all(measure.note.startswith("cannot be said") for measure in overlap(splits))


def test_repeats():
    assert values(repeats(made(SEQUENCES))) == {
        "share of neighbouring interactions with one and the same item": 1 / 12,
        "share of users with an item more than once": 2 / 4,
        "test targets that the history has already": 1,
        "share of test targets that the history has already": 1 / 4,
    }


def test_cold_targets_and_items():
    # The train part has items 0 1 0 1 4 4 1 0.
    assert values(cold(made(SEQUENCES))) == {
        "test targets never in the train part": 2,
        "share of test targets never in the train part": 2 / 4,
        "validation targets never in the train part": 3,
        "share of validation targets never in the train part": 3 / 4,
        "items never in the train part": 2,
    }


def test_one_train_interaction_is_enough_not_to_be_cold():
    found = values(cold(made([[0, 1, 2, 3], [2, 4, 0, 1]])))
    assert found["test targets never in the train part"] == 1
    assert found["validation targets never in the train part"] == 0
    assert found["items never in the train part"] == 1


def test_the_validation_target_is_of_the_history():
    assert values(repeats(made([[0, 1, 2, 2], [3, 4, 5, 6]])))["test targets that the history has already"] == 1


def test_overlap_in_time():
    found = values(overlap(made(SEQUENCES, TIMES)))
    # Train times 50 50 100 100 100 150 250 400; targets 3 at 200, 3 at 300, 0 at 600, 1 at 50. Item 3 is never in the
    # train part, item 0 at 150 at the latest, item 1 at 250: the last target's item is bought later.
    assert found["share of test targets whose item others have later in the train part"] == 1 / 4
    assert found["share of test targets with anything later in the train part"] == 3 / 4
    assert found["mean share of the train part that is later than a test target"] == (2 + 1 + 0 + 6) / 8 / 4
    assert [found[name] for name in list(found)[3:]] == [50, 400, 50, 600]


def test_popularity_of_targets():
    # Train counts 3 3 0 0 2 of items 0 to 4; test targets 3 3 0 1.
    found = values(popularity(made(SEQUENCES), Groups(head_share=0.4)))
    assert list(found.values())[:5] == [0, 0, 0, 3, 3]
    assert found["share of test targets in the head"] == 2 / 4
    assert found["share of train interactions in the head"] == 6 / 8
    assert found["share of items in the head"] == 2 / 5
    # 0 0 2 3 3: the mean absolute difference of all 25 pairs is 36 / 25, the mean 1.6.
    assert found["Gini coefficient of item popularity"] == pytest.approx(36 / 25 / (2 * 1.6))


def test_gini_is_the_mean_difference_of_pairs_and_keeps_its_bounds():
    counts = np.random.default_rng(0).integers(0, 50, 40)
    pairs = np.abs(counts[:, None] - counts).mean() / (2 * counts.mean())
    assert gini(counts) == pytest.approx(pairs)
    assert gini(np.full(9, 3)) == pytest.approx(0)
    assert gini(np.array([0] * 99 + [5])) == pytest.approx(0.99)


def test_the_frame_for_figures_has_every_item_and_every_target():
    frame = popularity_frame(made(SEQUENCES))
    assert frame["place"].tolist() == [0, 1, 2, 3, 4]
    assert frame["popularity"].tolist() == [3, 3, 2, 0, 0]
    assert frame["targets"].tolist() == [1, 1, 0, 0, 2]  # items 0 1 4 2 3
    assert frame["decile"].tolist() == [1, 3, 5, 7, 9]


def test_equally_popular_items_keep_their_order():
    frame = popularity_frame(made([[item, item + 1, 0, 150] for item in range(0, 150, 2)]))
    assert frame["popularity"].tolist() == [1] * 150 + [0]
    assert frame["targets"].tolist() == [0] * 150 + [75]
    frame = popularity_frame(made([[item, item + 1, 0, item] for item in range(0, 150, 2)]))
    assert frame["targets"].tolist() == [1, 0] * 75


def test_read_splits_are_those_that_were_written(tmp_path):
    splits = made(SEQUENCES, TIMES)
    read = read_splits(*write(tmp_path, splits))
    assert audit("made", read, Groups()) == audit("made", splits, Groups())
    pd.testing.assert_frame_equal(read.rows, splits.rows, check_dtype=False)
    assert read.rows["time"].tolist() == [time for moments in TIMES for time in moments]
    assert read.rows["item"].tolist() == [item for sequence in SEQUENCES for item in sequence]


def test_another_kind_of_split_is_refused(tmp_path):
    paths = write(tmp_path, made(SEQUENCES, TIMES))
    test = pd.read_parquet(paths[3])
    pd.concat([test, test.tail(1)]).to_parquet(paths[3])
    with pytest.raises(ValueError, match=r"test\.parquet: one validation and one test target of every user expected"):
        read_splits(*paths)


def test_titles_of_other_items_are_refused(tmp_path):
    paths = write(tmp_path, made(SEQUENCES, TIMES))
    items = pd.read_parquet(paths[0])
    items[:-1].to_parquet(paths[0])
    message = rf"items\.parquet: {len(items)} items expected, as .*train\.parquet says, found {len(items) - 1}"
    with pytest.raises(ValueError, match=message):
        read_splits(*paths)


def test_files_are_the_same_each_time_and_the_frame_says_what_the_record_says(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        splits = made(SEQUENCES, TIMES)
        write_audit("made", splits, Groups(), record=folder / "audit.json", popularity=folder / "popularity.parquet")
    for name in ("audit.json", "popularity.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    record = json.loads((tmp_path / "one/audit.json").read_text(encoding="utf-8"))
    frame = audit_frame(record)
    assert list(frame.columns) == ["dataset", "check", "measure", "value", "unit", "note"]
    assert set(frame["dataset"]) == {"made"}
    assert not frame.duplicated(["check", "measure"]).any()
    assert frame["value"].dtype == np.float64
    for (_, row), entry in zip(frame.iterrows(), record["checks"], strict=True):
        assert (row["check"], row["measure"]) == (entry["check"], entry["measure"])
        assert row["value"] == entry["value"] if entry["value"] is not None else np.isnan(row["value"])


def test_every_check_is_explained_and_nothing_else():
    record = audit("made", made(SEQUENCES, TIMES), Groups())
    assert list(dict.fromkeys(entry["check"] for entry in record["checks"])) == list(EXPLANATIONS)


def test_what_cannot_be_said_is_none_with_its_reason_and_shares_are_shares():
    for sequences_times in (TIMES, [[0, 1, 2, 3]] * 4):
        for entry in audit("made", made(SEQUENCES, sequences_times), Groups())["checks"]:
            if entry["value"] is None:
                assert entry["note"].startswith("cannot be said: ")
            elif entry["unit"] == "share" and "lost" not in entry["measure"]:
                assert 0 <= entry["value"] <= 1
