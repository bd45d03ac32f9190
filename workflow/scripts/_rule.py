"""The rule that a script belongs to."""

import sys
from pathlib import Path


def own_name() -> str:
    """The rule's name in this workflow: its script is called as it is.

    What Snakemake says is the name that the rule has in the workflow that runs, which may have imported this one as a
    module and called it otherwise.
    """
    return Path(str(sys.modules["__main__"].__file__)).stem
