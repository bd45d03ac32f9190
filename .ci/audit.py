"""Looks the pinned packages up among known vulnerabilities; 1 if one has any.

Needs pip-audit, in an environment of its own: `make audit` makes it. Where the service that knows cannot be asked,
that is said in one line, and it is no failure.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each vulnerability, or what could not be said."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("requirements", type=Path, nargs="?", default=ROOT / "envs/requirements.txt")
    given = parser.parse_args(arguments)
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(given.requirements), "--format", "json"]
    command += ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "15"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and a path
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (run.stderr.strip().splitlines() or ["no answer"])[-1]
        return say(f"not done, for the service of known vulnerabilities cannot be asked ({last.partition(':')[0]})")
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        return say(f"not done, for the service of known vulnerabilities knows none of {len(packages)} packages")
    found = [(package, flaw) for package in asked for flaw in package["vulns"]]
    for package, flaw in found:
        better = ", ".join(flaw["fix_versions"]) or "no version"
        say(f"{package['name']} {package['version']} has {flaw['id']}, mended in {better}")
    say(f"{len(asked)} of {len(packages)} packages looked up, {len(found)} known vulnerabilities")
    return 1 if found else 0


def say(line: str) -> int:
    """Print a line; 0."""
    sys.stdout.write(f"audit: {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
