"""The audit of the real data: figures that plain loops over the CSV files gave, with no code of the project in them."""

from pathlib import Path

import pytest

from evaluation.handmade_splits import values
from spectran.config.data import Files, Protocol
from spectran.config.groups import Groups
from spectran.data.files import read_files
from spectran.data.prepare import prepare
from spectran.data.split import leave_one_out
from spectran.data.tables import write_tables
from spectran.evaluation.audit.checks import CHECKS
from spectran.evaluation.audit.popularity import popularity
from spectran.evaluation.audit.splits import Splits, read_splits

pytestmark = pytest.mark.real_data

OFFICE = {
    "users whose whole sequence another user has": 0,
    "pairs of users with nearly the same items": 0,
    "different titles": 2411,
    "items whose title another item has": 6,
    "share of test targets whose title another item has": 32 / 4895,
    "items with a short title": 0,
    "items with an HTML entity in the title": 190,
    "share of neighbouring interactions with one and the same time": 7389 / 36567,
    "share of test targets with the time of the item before": 1156 / 4895,
    "share of validation targets with the time of the item before": 1205 / 4895,
    "share of users all of whose interactions have one time": 100 / 4895,
    "share of users with an item more than once": 0,
    "test targets never in the train part": 115,
    "validation targets never in the train part": 34,
    "items never in the train part": 18,
    "share of test targets whose item others have later in the train part": 3144 / 4895,
    "share of test targets with anything later in the train part": 4794 / 4895,
    "mean share of the train part that is later than a test target": 0.16212845997315178,
    "first time of the train part": 996105600,
    "last time of the train part": 1405900800,
    "first time of a test target": 1070582400,
    "last time of a test target": 1406073600,
    "NDCG@20 in true order": 0.06571958123961211,
    "HR@20 in true order": 0.12786387204068514,
    "train interactions of a test target's item, median": 13,
    "train interactions of a test target's item, most": 114,
    "share of test targets in the head": 2007 / 4895,
    "share of train interactions in the head": 0.6122442535993938,
    "share of items in the head": 511 / 2414,
    "Gini coefficient of item popularity": 0.5342617829019194,
}
TOYS = {
    "users whose whole sequence another user has": 35,
    "most users with one sequence": 11,
    "pairs of users with nearly the same items": 300,
    "users with nearly the same items as another": 76,
    "test targets in the train part of such another user": 31,
    "different titles": 11694,
    "items with a short title": 113,
    "share of test targets with the time of the item before": 9381 / 19124,
    "share of test targets whose item others have later in the train part": 13576 / 19124,
    "NDCG@20 in true order": 0.055750670276584986,
}


def splits_of(dataset: str, folder: Path) -> Splits:
    data = Path(__file__).resolve().parents[3] / "../shared/data" / dataset
    if not data.is_dir():
        pytest.skip("the real data are not beside the project (../shared/data)")
    tables = folder / "interactions.parquet", folder / "titles.parquet"
    source = Files(interactions=str(data / "interactions.csv.gz"), items=str(data / "items.csv.gz"))
    write_tables(read_files(source), *tables)
    prepared = prepare(*tables, Protocol(), None)
    prepared.write(folder)
    leave_one_out(prepared.interactions).write(folder)
    return read_splits(*(folder / f"{name}.parquet" for name in ("items", "train", "valid", "test")))


@pytest.mark.parametrize(("dataset", "expected"), [("office", OFFICE), ("toys", TOYS)])
def test_figures_are_those_of_plain_loops(dataset, expected, tmp_path):
    splits = splits_of(dataset, tmp_path)
    found = values([*(measure for check in CHECKS for measure in check(splits)), *popularity(splits, Groups())])
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-9)
    assert 0.5 < found["NDCG@20 lost by shuffling, 95 % low"] < found["NDCG@20 lost by shuffling, 95 % high"] < 0.8
