"""The audit of one dataset as files."""

import logging
from pathlib import Path

from spectran.config.groups import Groups
from spectran.evaluation.audit.checks import audit
from spectran.evaluation.audit.popularity import popularity_frame
from spectran.evaluation.audit.splits import Splits
from spectran.io import write_json, write_parquet

_log = logging.getLogger(__name__)


def write_audit(dataset: str, splits: Splits, groups: Groups, *, record: Path, popularity: Path) -> None:
    """Run every check, and write what came out.

    Args:
        dataset: its name.
        splits: of all users, leave-one-out.
        groups: what the head is.
        record: where audit.json goes.
        popularity: where the popularity of every item goes (Parquet).
    """
    found = audit(dataset, splits, groups)
    write_json(record, found)
    write_parquet(popularity, popularity_frame(splits))
    unknown = sum(entry["value"] is None for entry in found["checks"])
    _log.info("%s: %d numbers about the data, %d more cannot be said", dataset, len(found["checks"]) - unknown, unknown)
