"""A registry of an older version is explained, brought up to date by Enter, and its backup is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program
from ctdild_desktop.config import Settings
from ctdild_desktop.registry import making
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from ctdild_desktop.ui.start.upgrade_card import UpgradeCard
from tests.support.programs import end
from tests.support.released import kept, next_program


def test_d11_an_older_registry_is_explained_and_brought_up_to_date_by_enter(
    qtbot: QtBot, tmp_path: Path, keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = kept()[-1]
    path = one.copied(tmp_path)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settings = Settings(registry=path, source=tmp_path / "settings.toml")
    program = Program(app, settings, ImmediateRunner(), WindowAsk())
    with next_program(tmp_path):
        program.begin(login=one.login)
        start = program.start
        assert start is not None
        with qtbot.waitActive(start):
            start.activateWindow()
        start.card.focus_first()
        keyboard.line(one.passphrase)
        assert isinstance(start.card, UpgradeCard)
        assert str(tmp_path / "backups") in start.card.text.text()
        assert "update the program on every computer" in start.card.text.text()
        keyboard.press(Qt.Key.Key_Escape)
        assert isinstance(start.card, UnlockCard)
        assert start.card.login.text() == one.login
        assert not (tmp_path / "backups").exists()
        keyboard.line(one.passphrase)
        with monkeypatch.context() as full:
            full.setattr(making, "pack", lambda *_args, **_named: _raise(OSError(28, os.strerror(28))))
            keyboard.enter()
        assert "no space left on device" in start.card.problem.text()
        keyboard.enter()
        bench = program.bench
        assert bench is not None
        (made,) = (tmp_path / "backups").glob("*.ctdild-backup")
        assert bench.window.said == f"The registry was brought up to date. The backup of before: {made.name}."
        end(program)


def _raise(error: Exception) -> None:
    raise error
