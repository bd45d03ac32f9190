"""The paper's counts on the real data, from tables and from the raw form."""

import importlib.util
from pathlib import Path

import pytest

from data.server import Answer, Site
from spectran.config.data import Amazon, Expected, Files, Protocol
from spectran.data.amazon import parse_amazon
from spectran.data.download import download
from spectran.data.files import read_files
from spectran.data.prepare import Prepared, prepare
from spectran.data.split import by_users
from spectran.data.tables import write_tables

pytestmark = pytest.mark.real_data

OFFICE = Expected(users=4895, items=2414, interactions=41462)
TOYS = Expected(users=19124, items=11757, interactions=141630)


def from_files(folder: Path, data: Path, expected: Expected) -> Prepared:
    source = Files(interactions=str(data / "interactions.csv.gz"), items=str(data / "items.csv.gz"))
    paths = folder / "interactions.parquet", folder / "titles.parquet"
    write_tables(read_files(source), *paths)
    return prepare(*paths, Protocol(), expected)


@pytest.fixture
def mirror(shared: Path, tmp_path: Path) -> Path:
    """Office Products in the raw form, written by the tool beside the data."""
    path = shared / "tools/make_amazon_mirror.py"
    if not path.is_file():
        pytest.skip("the tool that writes the raw form is not beside the project (../shared/tools)")
    spec = importlib.util.spec_from_file_location("make_amazon_mirror", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.main(str(shared / "data/office"), "Office_Products", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def test_toys_have_the_papers_counts(shared: Path, tmp_path: Path):
    prepared = from_files(tmp_path, shared / "data/toys", TOYS)
    statistics = prepared.statistics
    assert [tuple(count.values())[1:] for count in statistics["rounds"]] == [
        (19412, 11924, 167597),
        (19406, 11758, 166220),
        (19124, 11758, 165247),
        (19124, 11757, 141630),
    ]
    assert statistics["distinct_titles"] == 11694
    parts = vars(by_users(prepared.interactions, seed=0)).values()
    assert [part["user"].nunique() for part in parts] == [15299, 1912, 1913]


def test_office_is_the_same_from_files_and_from_a_mirror(shared: Path, mirror: Path, site: Site, tmp_path: Path):
    for path in mirror.iterdir():
        site.answers[f"/{path.name}"] = Answer(path.read_bytes(), cuts=[30_000])
    source = Amazon(category="Office_Products", mirrors=(site.url,))
    raw = {part: tmp_path / f"{part}.json.gz" for part in ("reviews", "metadata")}
    for part, path in raw.items():
        download(source, part, path, path.with_suffix(".record"))
    paths = tmp_path / "a.parquet", tmp_path / "b.parquet"
    write_tables(parse_amazon(raw["reviews"], raw["metadata"]), *paths)
    prepare(*paths, Protocol(), OFFICE).write(tmp_path / "amazon")
    from_files(tmp_path, shared / "data/office", OFFICE).write(tmp_path / "files")
    written = sorted((tmp_path / "files").iterdir())
    assert len(written) == 4
    for path in written:
        assert path.read_bytes() == (tmp_path / "amazon" / path.name).read_bytes()
