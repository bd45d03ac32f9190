"""A Slurm cluster to throw away: all its nodes are this host, its GPUs are made up, and it listens on 127.0.0.1 alone.

By hand, as root: `python tests/slurm/cluster.py install`, then `start FOLDER` and `stop FOLDER`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

#: Slurm's programs look for their configuration here, and so must they: the plugin drops SLURM_CONF within a job.
CONFIGURATION = Path("/etc/slurm")
FILES = ("slurm.conf", "gres.conf")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")
PACKAGES = ("slurm-wlm", "munge")
#: Each has two CPUs; those named g have two GPUs, too, and make the partition gpu.
NODES = ("c1", "g1", "g2", "g3")
FIRST_PORT = 17001

SLURM_CONF = """\
ClusterName=throwaway
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17000
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A dead node's job is queued again once its permission to run has surely ended, after these seconds.
AuthInfo=socket={folder}/run/munge.socket,cred_expire=5
CredType=cred/munge
# Neither cgroups nor accounts, mail or MPI.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
MpiDefault=none
# Cores, memory and GPUs are what jobs are packed by; nodes may claim more than the host has.
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory,CR_LLN
SlurmdParameters=config_overrides
GresTypes=gpu
# Quick to see what is new, and a dead node; ended jobs stay known.
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0
SlurmdTimeout=6
KillWait=2
MinJobAge=600
ReturnToService=0
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
{nodes}
PartitionName=cpu Nodes=ALL Default=YES State=UP
PartitionName=gpu Nodes=g[1-3] State=UP
"""


def missing() -> str:
    """Why no such cluster can be started here; "" if one can."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if os.getuid() != 0:
        return "a Slurm cluster is started by root alone"
    if absent:
        return f"{', '.join(absent)} not found: apt-get install {' '.join(PACKAGES)}, or make test-slurm as root"
    real = [str(path) for path in map(CONFIGURATION.joinpath, FILES) if path.exists() and not path.is_symlink()]
    if real or "SLURM_CONF" in os.environ:
        return (
            f"this host belongs to a real Slurm cluster, which is left alone: {', '.join(real) or 'SLURM_CONF is set'}"
        )
    if running := [process.pid for process in psutil.process_iter(["name"]) if process.info["name"] in PROGRAMS[:3]]:
        return f"another cluster runs on this host (processes {running})"
    return ""


def install() -> None:
    """Install Debian's packages where there is root and apt; else say why not."""
    if all(map(shutil.which, PROGRAMS)):
        return
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        print("Slurm is not installed, and only root can install it, with apt-get")
        return
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        if subprocess.run(["apt-get", "-qq", *words], check=False, **quiet).returncode != 0:
            print(f"apt-get {' '.join(words)} failed, so Slurm cannot be installed")
            return


class Cluster:
    """The cluster whose files are all in one folder, but for two links in /etc/slurm that lead there.

    Attributes:
        folder: absolute, and empty before the cluster is started.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def start(self) -> None:
        """Start every daemon and wait until all nodes are idle."""
        self._write()
        self._munged()
        subprocess.run(["slurmctld", "-i"], check=True)
        self._until(lambda: "is UP" in _said("scontrol", "ping"))
        for node in NODES:
            subprocess.run(["slurmd", "-N", node], check=True)
        self._until(lambda: len(_said("sinfo", "-hN", "-t", "idle", "-p", "cpu", "-o", "%N").split()) == len(NODES))

    def stop(self) -> None:
        """End every daemon and every job, and remove the links."""
        _said("scancel", "--state=RUNNING", "--signal=KILL", "--full", "--user=root")
        _said("scancel", "--user=root")
        for name in (*(f"slurmd.{node}" for node in NODES), "slurmctld", "munged"):
            self._end(name)
        for link in map(CONFIGURATION.joinpath, FILES):
            if link.is_symlink() and link.readlink().parent == self.folder:
                link.unlink()

    def kill_node(self, node: str) -> None:
        """End a node as a power cut would: its daemon and all that its jobs run, at once and without a word."""
        jobs = _said("squeue", "-h", "-w", node, "-t", "RUNNING", "-o", "%i").split()
        psutil.Process(int((self.folder / f"run/slurmd.{node}.pid").read_text())).kill()
        stepds = tuple(f"slurmstepd: [{job}." for job in jobs)
        for process in psutil.process_iter(["cmdline"]):
            if " ".join(process.info["cmdline"] or []).startswith(stepds):
                process.kill()
        for job in jobs:
            self.kill_job(job)

    def kill_job(self, job: str) -> None:
        """Kill all processes of a job, as the system does when memory is short."""
        for process in processes_with({"SLURM_JOB_ID": job}):
            process.kill()

    def _write(self) -> None:
        for name in ("run", "log", "state", "dev", *(f"spool/{node}" for node in NODES)):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        host, gres = socket.gethostname().partition(".")[0], []
        places = f"NodeHostname={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=32000 State=UNKNOWN"
        nodes = [f"NodeName={node} Port={port} {places}" for port, node in enumerate(NODES, FIRST_PORT)]
        for number, node in enumerate(NODES):
            if node.startswith("g"):
                nodes[number] += " Gres=gpu:2"
                gres.append(f"NodeName={node} Name=gpu File={self.folder}/dev/{node}-[0-1]")
                for gpu in range(2):
                    # slurmd wants a device; these are like /dev/null.
                    os.mknod(self.folder / f"dev/{node}-{gpu}", 0o20666, os.makedev(1, 3))
        text = SLURM_CONF.format(host=host, folder=self.folder, nodes="\n".join(nodes))
        for name, content in zip(FILES, (text, "\n".join(gres) + "\n"), strict=True):
            (self.folder / name).write_text(content)
            CONFIGURATION.mkdir(exist_ok=True)
            (CONFIGURATION / name).unlink(missing_ok=True)
            (CONFIGURATION / name).symlink_to(self.folder / name)

    def _munged(self) -> None:
        key, run = self.folder / "munge.key", self.folder / "run"
        key.touch(0o400)
        key.write_bytes(os.urandom(1024))
        names = {"socket": "munge.socket", "pid-file": "munged.pid", "seed-file": "munged.seed"}
        options = [f"--{option}={run / name}" for option, name in names.items()]
        subprocess.run(
            ["munged", "--force", f"--key-file={key}", f"--log-file={self.folder}/log/munged.log", *options], check=True
        )
        self._until((run / "munge.socket").exists)

    def _end(self, name: str) -> None:
        try:
            process = psutil.Process(int((self.folder / f"run/{name}.pid").read_text()))
            process.terminate()
            process.wait(10)
        except psutil.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            pass

    def _until(self, condition, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                logs = [f"{path}:\n{path.read_text()[-2000:]}" for path in sorted((self.folder / "log").iterdir())]
                raise RuntimeError("the cluster does not start\n" + "\n".join(logs))
            time.sleep(0.1)


def processes_with(environment: dict[str, str]) -> list[psutil.Process]:
    """Processes that were started with these variables."""
    found = []
    for process in psutil.process_iter():
        try:
            if environment.items() <= process.environ().items():
                found.append(process)
        except psutil.Error:
            continue
    return found


def _said(*command: str) -> str:
    return subprocess.run(command, check=False, text=True, capture_output=True).stdout


if __name__ == "__main__":
    verb, *folder = sys.argv[1:]
    if verb == "install":
        install()
    elif verb == "start" and (reason := missing()):
        sys.exit(reason)
    else:
        {"start": Cluster.start, "stop": Cluster.stop}[verb](Cluster(Path(*folder)))
