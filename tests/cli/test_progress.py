"""How a command tells on a terminal how far long work is, and that it is silent elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from ctdild_desktop.cli import common


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_change_is_told_on_one_line_which_is_taken_away_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with common.progress() as progress:
        progress.step(0, 0, "Reading tests.csv")
        progress.step(500, 1000, "Reading tests.csv")
        progress.step(501, 1000, "Reading tests.csv")
        progress.step(0, 0, "Keeping")
    first, second, third = "Reading tests.csv...", "Reading tests.csv: 50 %", "Keeping..."
    assert shown.getvalue() == f"\r{first}\r{second}\r{third}{' ' * 13}\r{' ' * 10}\r"


def test_nothing_is_told_where_standard_error_is_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with common.progress() as progress:
        progress.step(1, 2, "Reading tests.csv")
    assert capsys.readouterr().err == ""
