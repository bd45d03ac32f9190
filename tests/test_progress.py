"""Progress lines: not too many, never none at the end, and right."""

import logging

import pytest

from spectran import progress
from spectran.progress import Pace, Progress


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_line_is_due_every_few_seconds(clock):
    pace = Pace(5.0)
    assert not pace.due()
    clock[0] += 5
    assert pace.due()
    assert not pace.due()


def test_lines_tell_count_rate_and_time_left(clock, caplog):
    caplog.set_level(logging.INFO)
    work = Progress("text", 40, "titles", done=10)
    for _ in range(10):
        clock[0] += 1
        work.advance(note="fine")
    assert [record.message for record in caplog.records] == [
        "text: 15/40 titles, 1 titles/s, at most 25 s left, fine",
        "text: 20/40 titles, 1 titles/s, at most 20 s left, fine",
    ]


def test_the_end_is_always_told(clock, caplog):
    caplog.set_level(logging.INFO)
    work = Progress("text", 2, "titles")
    work.advance()
    clock[0] += 1
    work.advance()
    assert [record.message for record in caplog.records] == ["text: 2/2 titles, 2 titles/s, at most 0 s left"]
