"""What it takes to plan a study by its number of cells: `snakemake --dry-run`, when nothing is made yet."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bare_plan import LEAST, SAME, snakefile
from benchmarks.child import ROOT, run
from benchmarks.measurement import Measurement, measured
from benchmarks.settings import Settings, SkippedError

TOPIC = "planning"
#: Methods, backbones, dimensions and datasets of the studies that are planned.
SHAPES = {1000: (25, 5, 4, 2), 5000: (50, 5, 5, 4), 20_000: (100, 10, 5, 4)}
TINY = {4: (2, 2, 1, 1), 8: (2, 2, 2, 1)}


def measure(settings: Settings) -> Iterator[Measurement]:
    """The default study, then studies of so many cells, up to what the settings say, each beside bare Snakefiles.

    Raises:
        SkippedError: on a GPU, which has no part in it.
    """
    if settings.device.type == "cuda":
        raise SkippedError("planning is the processor's; measure it with --device cpu")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not settings.quick:
            shipped = ["--configfile", str(ROOT / "config/config.yaml")]
            yield from _planned(settings, folder, shipped, "the default study")
        for cells, shape in (TINY if settings.quick else SHAPES).items():
            if cells <= settings.cells:
                path = folder / f"{cells}.yaml"
                path.write_text(yaml.safe_dump(study(*shape), sort_keys=False), encoding="utf-8")
                yield from _planned(settings, folder, ["--configfile", str(path)], f"{cells} cells")
                for files, said in ((SAME, "as many files"), (LEAST, "one file in, one out")):
                    bare = folder / "Snakefile"
                    bare.write_text(snakefile(cells, files), encoding="utf-8")
                    options = ["--snakefile", str(bare), "--workflow-profile", "none"]
                    yield from _planned(settings, folder, options, f"{cells} cells, bare Snakefile, {said}")


def study(methods: int, backbones: int, dimensions: int, datasets: int) -> dict[str, Any]:
    """A study of the product of so many entries, most of them of one kind."""
    return {
        "name": "planned",
        "description": "Nothing but cells.",
        "datasets": {
            f"toy-{k}": {
                "label": f"Toy {k}",
                "source": "synthetic",
                "synthetic": {"users": 250, "items": 80, "seed": k},
            }
            for k in range(datasets)
        },
        "encoder": {"preset": "minilm"},
        "backbones": {f"sasrec-{k}": {"kind": "sasrec"} for k in range(backbones)},
        "methods": {"base": {}} | {f"spectran-{k}": {"kind": "spectran", "order": k} for k in range(1, methods)},
        "dimensions": [8 * k for k in range(1, dimensions + 1)],
        "seeds": [0],
        "training": {"epochs": 3, "batch": 64},
        "compute": {"device": "cpu"},
    }


def _planned(settings: Settings, folder: Path, plan: list[str], case: str) -> Iterator[Measurement]:
    options = ["--dry-run", "--quiet", "all", "--cores", "2", "--directory", str(folder), *plan]
    used = [run([sys.executable, "-m", "snakemake", *options]) for _ in range(min(3, settings.runs))]
    yield measured(TOPIC, case, "processor seconds", [one.processor for one in used], "s")
    yield measured(TOPIC, case, "wall seconds", [one.wall for one in used], "s")
    yield measured(TOPIC, case, "peak memory", [one.megabytes for one in used], "MB")
