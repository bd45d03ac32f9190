"""In which keys two studies differ."""

from collections.abc import Iterator
from typing import Any

from spectran.config.study import Study
from spectran.provenance.record import Record, identity_of
from spectran.provenance.spelling import plain

_ABSENT = "nothing"


def differing(now: Any, then: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The dotted key of every value that differs, with both values; "nothing" where one has no such key."""
    if isinstance(now, dict) and isinstance(then, dict):
        for name in [*now, *(name for name in then if name not in now)]:
            inner = f"{key}.{name}" if key else str(name)
            yield from differing(now.get(name, _ABSENT), then.get(name, _ABSENT), inner)
    elif now != then:
        yield key, now, then


def study_differences(study: Study, jobs: list[Record]) -> Iterator[tuple[str, str]]:
    """A key and a sentence for every setting of a study that is not what the results were made with.

    The jobs of the report have the whole study among their settings. Where none has run yet, only the study's hash can
    be compared.

    Args:
        study: as it is now.
        jobs: records of the results.
    """
    now, told = plain(study.model_dump(mode="json")), set()
    whole = [record for record in jobs if isinstance(record.settings.get("study"), dict)]
    for record in reversed(whole):
        for key, here, there in differing(now, record.settings["study"]):
            if key not in told:
                told.add(key)
                yield key, f"{_brief(here)} now, {_brief(there)} when {next(iter(record.outputs))} was made"
    if not whole and all(record.study != identity_of(study) for record in jobs):
        names = ", ".join(sorted({record.study.name for record in jobs}))
        yield "study", f"not the one of any job ({names}); no report was made that would tell the differing keys"


def _brief(value: Any, most: int = 60) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
