"""A study on a real Slurm with several nodes: one node dies, one job is killed, and every result is as without."""

import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import pytest
import yaml

from slurm import cluster as throwaway
from slurm.cluster import Cluster, missing
from workflow_runs import ROOT, result_bytes, snakemake, write_study

pytestmark = pytest.mark.slurm
PROFILE = ROOT / "profiles/slurm"
STUDY = {
    "parts": {"main": {"methods": ["base", "spectran"]}, "efficiency": {"methods": ["base"]}},
    "training": {"epochs": 40, "patience": 40, "batch": 64},
    # Not cpu, or no job would take a GPU; torch finds none behind these, so what is computed is the same.
    "compute": {"device": "auto"},
}
#: Where GPUs are real, `auto` asks for them by itself.
ASKING = ("text_encode", "training_cell", "training_efficiency", "evaluation_cell")


@pytest.fixture
def cluster(tmp_path_factory):
    if reason := missing():
        pytest.skip(reason)
    if find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("snakemake-executor-plugin-slurm is not installed")
    made = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Jobs(dict):
    """What Slurm says of each job: its latest word, with the GPU that it had while it ran."""

    def look(self):
        """Ask Slurm."""
        said = subprocess.run(
            ["scontrol", "show", "job", "--details", "--oneliner"], check=False, text=True, capture_output=True
        )
        for line in filter(lambda line: line.startswith("JobId="), said.stdout.splitlines()):
            job = dict(re.findall(r"(\w+)=(\S*)", line))
            gpu = re.search(r"IDX:(\d+)", line)
            job["GPU"] = gpu[1] if gpu else self.get(job.get("JobId"), {}).get("GPU")
            self[job["JobId"]] = job

    def of(self, name):
        """Jobs whose rule and wildcards, as the plugin joins them, end like this, by age."""
        return [job for _, job in sorted(self.items(), key=lambda item: int(item[0])) if job["Comment"].endswith(name)]

    def until_running(self, name, log, run):
        """The job of this name, as soon as its script has a GPU; its log begins with that."""
        while not run.done():
            self.look()
            running = [job for job in self.of(name) if job["JobState"] == "RUNNING"]
            if running and log.exists() and "GPU" in log.read_text():
                return running[-1]
            time.sleep(0.1)
        return pytest.fail(f"{name} was never seen running\n{run.result().stdout}")


def asking():
    """Options that let rules ask for the GPUs that are not there, and keep what the profile says of them."""
    said = yaml.safe_load((PROFILE / "config.yaml").read_text())["set-resources"]
    return [f"{rule}:{name}={value}" for rule in ASKING for name, value in (said[rule] | {"gpu": 1}).items()]


def play(folder, *options):
    """Run the study there; a busy machine may take its time."""
    study = write_study(folder, **STUDY)
    return snakemake("--directory", folder, "--configfile", study, *options, timeout=1200)


def on_slurm(folder):
    quickly = ("--slurm-init-seconds-before-status-checks", "10", "--latency-wait", "5")
    return play(folder, "--workflow-profile", PROFILE, *quickly, "--set-resources", *asking())


def test_a_dead_node_and_a_killed_job_change_no_byte(cluster, tmp_path):
    local, remote, jobs = tmp_path / "local", tmp_path / "remote", Jobs()
    cell, logs = "cells_toy_minilm_sasrec_base_d8", remote / "results/logs/training"
    local.mkdir()
    data = play(local, "--cores", "2", "--until", "data_prepare")
    assert data.returncode == 0, data.stdout
    shutil.copytree(local, remote)
    with ThreadPoolExecutor() as pool:
        run, reference = pool.submit(on_slurm, remote), pool.submit(play, local, "--cores", "2")
        log = "cells/toy/minilm/sasrec/base/d8.log"
        dead = jobs.until_running(f"training_cell_wildcards_{cell}", logs / "cell" / log, run)
        cluster.kill_node(dead["NodeList"])
        killed = jobs.until_running(f"training_efficiency_wildcards_{cell}", logs / "efficiency" / log, run)
        cluster.kill_job(killed["JobId"])
        while not run.done():
            jobs.look()
            time.sleep(0.5)
    assert run.result().returncode == 0, run.result().stdout
    assert reference.result().returncode == 0, reference.result().stdout

    ours, theirs = result_bytes(remote / "results"), result_bytes(local / "results")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    a_dead_nodes_job_was_run_on_another(jobs.of(f"training_cell_wildcards_{cell}"), dead)
    a_killed_job_was_submitted_again_with_more_memory(jobs.of(f"training_efficiency_wildcards_{cell}"), killed)
    jobs_had_the_gpus_that_slurm_gave_them(jobs, remote / "results/logs")
    finished = [job for job in jobs.values() if job["JobState"] == "COMPLETED"]
    assert len({job["NodeList"] for job in finished}) > 1


def test_a_real_clusters_configuration_is_left_alone(tmp_path, monkeypatch):
    if reason := missing():
        pytest.skip(reason)
    monkeypatch.setattr(throwaway, "CONFIGURATION", tmp_path)
    (tmp_path / "slurm.conf").write_text("ClusterName=real")
    assert missing() == f"this host belongs to a real Slurm cluster, which is left alone: {tmp_path}/slurm.conf"
    (tmp_path / "slurm.conf").unlink()
    monkeypatch.setenv("SLURM_CONF", "elsewhere")
    assert "SLURM_CONF is set" in missing()


def a_dead_nodes_job_was_run_on_another(jobs, dead):
    """Slurm itself starts it again."""
    (last,) = jobs
    assert (last["JobId"], last["Restarts"], last["JobState"]) == (dead["JobId"], "1", "COMPLETED")
    assert last["NodeList"] != dead["NodeList"]
    states = subprocess.run(["sinfo", "-hN", "-o", "%N %T"], check=True, text=True, capture_output=True).stdout
    assert f"{dead['NodeList']} down" in states


def a_killed_job_was_submitted_again_with_more_memory(jobs, killed):
    """Snakemake does that: `retries` of the profile."""
    first, last = jobs
    assert (first["JobId"], first["JobState"], last["JobState"]) == (killed["JobId"], "FAILED", "COMPLETED")
    memory = [int(re.search(r"mem=(\d+)M", job["TRES"])[1]) for job in (first, last)]
    assert memory[1] == pytest.approx(1.5 * memory[0], abs=1)


def jobs_had_the_gpus_that_slurm_gave_them(jobs, logs):
    """And no other rule's job had one."""
    had = {}
    for job in sorted(jobs.values(), key=lambda job: int(job["JobId"])):
        if job["Partition"] == "gpu":
            had[job["Comment"]] = job["GPU"]
    assert len(had) == 1 + 2 + 1 + 2
    said = {path: re.findall(r"^GPU (\d+)$", path.read_text(), flags=re.MULTILINE) for path in logs.rglob("*.log")}
    said = {path: found for path, found in said.items() if found}
    cell = "cells/toy/minilm/sasrec/{}/d8.log"
    places = {"text_encode": "text/toy-minilm.log", "training_efficiency": f"training/efficiency/{cell}"}
    places |= {"training_cell": f"training/cell/{cell}", "evaluation_cell": f"evaluation/cell/{cell}"}
    for comment, gpu in had.items():
        rule, _, wildcards = comment.removeprefix("rule_").partition("_wildcards_")
        log = logs / places[rule].format("spectran" if "spectran" in wildcards else "base")
        assert said.pop(log) == [gpu], comment
    assert said == {}
