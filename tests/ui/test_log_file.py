"""The file of the log: kept small, in the per-user folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop.ui import bugs


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[bugs.SmallLog]:
    monkeypatch.setattr(bugs, "_LOG_BYTES", 100)
    made = bugs.SmallLog(tmp_path / "ctdild.log")
    yield made
    made.close()


def said(number: int) -> logging.LogRecord:
    return logging.LogRecord("t", logging.INFO, "t.py", 1, f"line {number:03d} ".ljust(60, "."), None, None)


def test_a_full_file_is_put_aside_and_two_older_ones_stay(log: bugs.SmallLog, tmp_path: Path) -> None:
    for number in range(9):
        log.handle(said(number))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ctdild.log", "ctdild.log.1", "ctdild.log.2"]
    lines = [path.read_text().count("line") for path in sorted(tmp_path.iterdir())]
    assert lines == [1, 2, 2]
    assert "line 008" in (tmp_path / "ctdild.log").read_text()
    assert "line 004" in (tmp_path / "ctdild.log.2").read_text()


def test_what_an_earlier_start_wrote_counts(log: bugs.SmallLog, tmp_path: Path) -> None:
    log.handle(said(0))
    log.handle(said(1))
    log.close()
    again = bugs.SmallLog(tmp_path / "ctdild.log")
    again.handle(said(2))
    again.close()
    assert "line 002" in (tmp_path / "ctdild.log").read_text()
    assert "line 001" in (tmp_path / "ctdild.log.1").read_text()
