"""A scheduler without a queue: sbatch, scontrol and scancel as programs that really run, ask about and end jobs."""

from pathlib import Path

PROGRAMS = {
    "sbatch": """
        job=$$
        printf '%s\\n' "$@" > "$QUEUE/$job.asked"
        for script; do :; done
        setsid sh -c 'sh "$1" > "$2.printed" 2>&1; echo $? > "$2.part"; mv "$2.part" "$2.ended"' - "$script" \\
          "$QUEUE/$job" < /dev/null > /dev/null 2>&1 &
        echo $! > "$QUEUE/$job.pid"
        echo $job
    """,
    "scontrol": """
        job=$3
        if [ -e "$QUEUE/$job.ended" ]; then
          [ "$(cat "$QUEUE/$job.ended")" = 0 ] && echo "   JobState=COMPLETED Reason=None" || echo "   JobState=FAILED"
        elif [ -e "$QUEUE/$job.pid" ]; then
          echo "   JobState=RUNNING Reason=None"
        else
          echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1
        fi
    """,
    "scancel": """
        for job; do kill -- "-$(cat "$QUEUE/$job.pid")"; done
    """,
}


def install(folder: Path) -> Path:
    """Write the programs into a folder, which also keeps the queue; gives it, for PATH."""
    folder.mkdir()
    for name, lines in PROGRAMS.items():
        program = folder / name
        program.write_text(f'#!/bin/sh\nQUEUE="{folder}"\n{lines}', encoding="utf-8")
        program.chmod(0o755)
    return folder


def submissions(folder: Path) -> list[dict[str, str]]:
    """The options of every job that was submitted, in the order of time."""
    asked = sorted(folder.glob("*.asked"), key=lambda path: path.stat().st_mtime_ns)
    lines = [path.read_text(encoding="utf-8").splitlines()[:-1] for path in asked]
    return [dict(line.removeprefix("--").partition("=")[::2] for line in some) for some in lines]
