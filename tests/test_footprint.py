"""Memory that jobs ask for: by hand, larger for what is larger, and more than a really trained cell takes."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from made_splits import write_part
from spectran.config.backbones import LanguageModel, SASRec
from spectran.config.cells import CellSettings
from spectran.config.control_cells import ControlSettings
from spectran.config.controls import Ease, TextKnn
from spectran.config.methods import Base, FreLLM4Rec, MoRec, UniSRec, WhitenRec
from spectran.config.training import Compute, Evaluation, Training, Tuning
from spectran.footprint import control_mib, frequencies_mib, grown, measuring_mib, ranking_mib, training_mib
from spectran.input_sizes import Sizes, sizes_of

ROOT = Path(__file__).parents[1]
CPU = Compute(device="cpu")
CELL = CellSettings(
    backbone=SASRec(),
    method=Base(),
    dim=64,
    history=10,
    training=Training(batch=100, negatives=9),
    tuning=Tuning(),
    evaluation=Evaluation(),
    seeds=(0,),
)
SIZES = Sizes(items=1000, users=2000, interactions=10_000)
#: Stages of a cell's job.
STAGES = [training_mib, measuring_mib, ranking_mib, frequencies_mib]


def cell(**changes) -> CellSettings:
    return CELL.model_copy(update=changes)


def test_by_hand():
    parameters = 1000 * 64 + 12 * 64**2 * 2
    states = 100 * 10 * (2 * (10 + 10) * 64 + 8 * 10)
    held = 8 * parameters + 6 * 1000 * 64 + states + 2 * 512 * 1000
    tables = 300 * 10_000 + (400 + 240) * 2000
    assert 720 + (10 * held + tables) / 2**20 == pytest.approx(775.07, abs=0.01)
    assert training_mib(CELL, CPU, SIZES) == measuring_mib(CELL, CPU, SIZES) == 776
    ranks = 2 * parameters + 3 * 1000 * 64 + 512 * 10 * (10 + 10) * 64 + 2 * 2 * 512 * 1000
    assert ranking_mib(CELL, CPU, SIZES) == 720 + round((10 * ranks + tables) / 2**20 + 0.5)


def test_a_grid_of_points_is_trained_four_together_on_a_cpu_and_by_twos_where_packs_are_of_two():
    alone = training_mib(CELL, CPU, SIZES)
    grid = cell(tuning=Tuning(weight_decay=(0.0, 0.1), dropout=(0.1, 0.2, 0.3)))
    packs = {pack: training_mib(grid, Compute(device="cpu", pack=pack), SIZES) - alone for pack in (1, 2, 4, 6, "auto")}
    assert packs[1] == 0
    assert packs["auto"] == packs[4] == pytest.approx(3 * packs[2], abs=2)
    assert packs[6] == pytest.approx(5 * packs[2], abs=3)
    assert measuring_mib(grid, CPU, SIZES) == alone


@pytest.mark.parametrize(
    "larger",
    [
        {"dim": 128},
        {"history": 50},
        {"training": Training(batch=500, negatives=9)},
        {"training": Training(batch=100, negatives=200)},
        {"training": Training(batch=100, negatives="all")},
        {"backbone": SASRec(blocks=6)},
        {"seeds": (0, 1, 2)},
        {"method": UniSRec()},
        {"method": WhitenRec()},
        {"method": FreLLM4Rec()},
        {"backbone": LanguageModel(preset="minilm"), "dim": 384},
    ],
    ids=str,
)
def test_larger_settings_need_more(larger):
    sizes = replace(SIZES, single=1000 * 384 * 4, width=384)
    assert training_mib(cell(**larger), CPU, sizes) > training_mib(CELL, CPU, sizes)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", ["items", "users", "interactions", "single", "double"])
def test_larger_data_need_more(stage, name):
    assert stage(CELL, CPU, replace(SIZES, **{name: 100_000_000})) > stage(CELL, CPU, SIZES) + 100


def test_a_language_model_of_billions_needs_its_weights_twice():
    """Llama 3.1 8B: 8.0e9 parameters of which 0.5e9 are a head that is not read, 2 bytes each."""
    large = cell(backbone=LanguageModel(preset="llama-3.1-8b"), dim=4096)
    found = ranking_mib(large, CPU, SIZES) * 2**20
    assert 2 * 2 * 7.5e9 < found < 1.4 * 2 * 2 * 7.5e9


def test_on_a_gpu_hidden_states_are_not_in_main_memory():
    on_gpu = Compute(device="cuda")
    assert training_mib(CELL, on_gpu, SIZES) > 3000
    many = cell(training=Training(batch=100_000))
    assert training_mib(many, on_gpu, SIZES) == training_mib(CELL, on_gpu, SIZES)


def test_ease_on_clothing():
    """Its 22,948 x 22,948 weights of 8 bytes are 4.2 GB, scores 0.6 GB."""
    sizes = Sizes(items=22_948, users=39_387, interactions=278_677, single=22_948 * 384 * 4, width=384)
    ease = control_mib(ControlSettings(control=Ease(), history=10, ties="expected"), sizes)
    text = control_mib(ControlSettings(control=TextKnn(), history=10, ties="expected"), sizes)
    assert 4_800 < ease < 8_000
    assert 700 < text < 2_000


def test_every_attempt_is_given_half_as_much_again_and_parts_are_rounded_up():
    assert [grown(1001, attempt) for attempt in (1, 2, 3)] == [1001, 1502, 2253]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """1,000 users' ten items each of 4,000, of which the last is nobody's; and titles' vectors of width 256."""
    rng = np.random.default_rng(1)
    users, places = np.repeat(np.arange(1000), 10), {}
    parts = {"train": users, "valid": np.arange(1000)}
    for name, column in parts.items():
        table = pd.DataFrame({"user": column, "item": rng.integers(0, 3999, len(column))})
        places[name] = tmp_path / f"{name}.parquet"
        write_part(places[name], table, n_items=4000)
    places["embeddings"] = tmp_path / "embeddings.npy"
    np.save(places["embeddings"], rng.normal(size=(4000, 256)).astype(np.float32))
    return {name: str(path) for name, path in places.items()}


def test_sizes_are_read_from_footers_and_files(files):
    assert sizes_of(files) == Sizes(4000, 1000, 10_000, single=128 + 4000 * 256 * 4, width=256)
    del files["embeddings"]
    assert sizes_of(files) == Sizes(4000, 1000, 10_000)


@pytest.mark.parametrize("name", ["train", "embeddings"])
def test_of_a_file_that_is_not_there_snakemake_is_told_by_its_own_name(files, name):
    Path(files[name]).unlink()
    with pytest.raises(FileNotFoundError) as caught:
        sizes_of(files)
    assert caught.value.filename == files[name]


def test_a_damaged_file_stops_no_plan_and_is_read_again_when_it_is_whole(files):
    whole = Path(files["train"]).read_bytes()
    Path(files["train"]).write_bytes(b"not a table" * 100)
    assert sizes_of(files).interactions == 1100
    Path(files["train"]).write_bytes(whole)
    assert sizes_of(files).interactions == 10_000


@pytest.mark.parametrize(
    "metadata", [{}, {"PANDAS_ATTRS": "{}"}, {"PANDAS_ATTRS": '{"items": null}'}, {"PANDAS_ATTRS": "{"}]
)
def test_a_part_that_does_not_say_how_many_items_there_are_stops_no_plan(files, metadata):
    pq.write_table(pq.read_table(files["train"]).replace_schema_metadata(metadata), files["train"])
    assert sizes_of(files) == Sizes(10_000, 1000, 10_000, single=128 + 4000 * 256 * 4, width=4000 * 256 // 10_000)


def test_a_plan_whose_files_are_still_to_be_made_imports_neither_torch_nor_pyarrow():
    code = (
        "import sys, spectran.footprint, spectran.input_sizes; sys.exit(bool({'torch', 'pyarrow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], env=paths(), check=False).returncode == 0


#: Trains a cell as its job does, and prints the peaks of the resident sets of both processes.
JOB = """
import json, resource, sys
from pathlib import Path
from spectran.config.cells import CellSettings
from spectran.config.training import Compute
from spectran.supervision.run import Limits, run
from spectran.training.inputs import TrainingInputs
from spectran.training.job import run_training
settings, files, folder = json.loads(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3])
settings = CellSettings.model_validate(settings)
def work():
    inputs = TrainingInputs.of(files, settings)
    run_training(settings, Compute(device="cpu"), inputs, results=folder, state=folder / ".state", label="cell")
failure = run(work, Limits())
assert failure is None, failure
# Not getrusage of this process: there Linux counts who started it, up to exec.
(own,) = [int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")]
print((own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are in KiB on Linux only")
def test_a_trained_cell_takes_less_than_predicted_and_more_than_a_third(tmp_path, files):
    settings = cell(method=MoRec(), dim=128, training=Training(batch=256, epochs=1), seeds=(0, 1, 2, 3))
    arguments = [json.dumps(settings.model_dump(mode="json")), json.dumps(files), str(tmp_path)]
    run = subprocess.run(
        [sys.executable, "-c", JOB, *arguments], env=paths(), check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    peak, predicted = float(run.stdout), training_mib(settings, CPU, sizes_of(files))
    print(f"{peak:.0f} MiB of {predicted}")
    assert predicted / 3 < peak < predicted
    assert peak > 720 + 100, "a cell that takes more than its programs alone"


def paths() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT / "workflow"), "OMP_NUM_THREADS": "1"}
