"""What another project's Snakefile sees of the workflow: two studies of it beside each other, planned only."""

import pytest
import yaml

from workflow_runs import ROOT, TINY, planned, snakemake

pytestmark = pytest.mark.workflow
MODULE = """
module {name}:
    snakefile:
        {snakefile!r}
    config:
        config[{name!r}]
    prefix:
        "external/{name}"


use rule * from {name} as {name}_*
"""
HEAD = 'configfile: "config.yaml"\n'
TARGET = """
rule both:
    default_target: True
    input:
        rules.first_all.input,
        rules.second_all.input,
"""


def importer(folder, text, **studies):
    """A project in `folder` whose Snakefile has a module of each study."""
    modules = [MODULE.format(name=name, snakefile=str(ROOT / "workflow/Snakefile")) for name in studies]
    (folder / "Snakefile").write_text("".join([HEAD, *modules, text]), encoding="utf-8")
    # Keys of its own that a study has too.
    (folder / "config.yaml").write_text(yaml.safe_dump({"name": "ours", "seeds": "none"} | studies), encoding="utf-8")
    return folder


def test_two_studies_are_planned_beside_each_other(tmp_path):
    second = TINY | {
        "name": "second",
        "results": "results/second",
        "methods": {"base": {}, "morec": {}, "alphafuse": {}},
    }
    folder = importer(tmp_path, TARGET, first=TINY, second=second)
    # A folder and a --config of the importing project, which mean nothing to the module.
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text("samples: samples.tsv\n")
    run = snakemake("--dry-run", "--directory", folder, "--config", "dimensions=7", "note=x", cwd=folder)
    assert run.returncode == 0, run.stdout
    jobs = planned(run.stdout)
    assert (jobs["first_training_cell"], jobs["second_training_cell"]) == (2, 3)
    assert jobs["both"] == jobs["first_reporting_complete"] == jobs["second_reporting_complete"] == 1
    assert "external/first/results/cells/toy/minilm/sasrec/spectran/d8/ranks.parquet" in run.stdout
    assert "external/second/results/second/cells/toy/minilm/sasrec/alphafuse/d8/ranks.parquet" in run.stdout
    assert "localrules" not in run.stdout, "rules that are not found under their new names"


def test_a_wrong_study_is_named_by_its_module(tmp_path):
    folder = importer(tmp_path, "", repro=TINY | {"trainng": {}})
    run = snakemake("--dry-run", "--directory", folder, cwd=folder)
    assert run.returncode == 1
    assert "module repro: 1 problem\n  trainng: unknown key; did you mean 'training'?" in run.stdout, run.stdout
    assert "Traceback" not in run.stdout
