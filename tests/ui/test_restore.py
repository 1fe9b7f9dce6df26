"""Restoring from the window: choosing, refusing, and going on at the restored registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program, dress
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.config import Settings
from ctdild_desktop.registry import restoring as registry_restoring
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, backups, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.registry.restore_dialog import RestoreDialog
from ctdild_desktop.ui.start.recovery_card import RecoveryCard
from tests.support import holloway
from tests.support.desks import LOGIN, NAME, PASSPHRASE, fill
from tests.support.fake_ask import FakeAsk
from tests.support.people import WOMAN
from tests.support.programs import end


@pytest.fixture
def code(tmp_path: Path) -> str:
    """The recovery code of a registry that is made here."""
    desk, made = access.create_registry(
        tmp_path / "clinic" / "clinic.ctdild",
        login=LOGIN,
        display_name=NAME,
        passphrase=PASSPHRASE,
        cost=CHEAPEST,
    )
    fill(desk, holloway.record())
    desk.close()
    return made


@pytest.fixture
def program(
    qtbot: QtBot, qapp: QApplication, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Program]:
    """The program with a window on a registry that was backed up with one patient and has two by now."""
    monkeypatch.setattr(registry_restoring, "calibrated_cost", lambda: CHEAPEST)
    ask: Any = FakeAsk()
    ask.set_parent = lambda _parent: None
    settings = Settings(registry=tmp_path / "clinic" / "clinic.ctdild", login=LOGIN)
    dress(qapp, settings.site)
    made = Program(qapp, settings, ImmediateRunner(), ask)  # type: ignore[arg-type]
    made.begin(login=LOGIN, passphrase=PASSPHRASE)
    assert made.bench is not None
    desk = made.bench.desk
    backups.back_up_now(desk)
    fill(desk, PatientRecord(patient=replace(WOMAN, id="b" * 32, mrn="LATER-1")))
    yield made
    end(made)


def dialog_of(program: Program) -> RestoreDialog:
    assert program.bench is not None
    program.bench.act("restore")
    found = program.bench.window.findChild(RestoreDialog)
    assert isinstance(found, RestoreDialog)
    return found


def said(dialog: RestoreDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def desk_of(program: Program) -> Desk:
    assert program.bench is not None
    return program.bench.desk


def test_the_chosen_backup_takes_the_place_of_the_registry(program: Program, qtbot: QtBot) -> None:
    dialog = dialog_of(program)
    assert dialog.list.rows.rowCount() == 1
    assert said(dialog, "restore_skipped") == ""
    old, path = program.bench, desk_of(program).registry.path
    dialog.passphrase.setText(PASSPHRASE)
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert program.bench is not None
    assert program.bench is not old
    fresh = desk_of(program)
    assert fresh.registry.path == path
    assert patients.count(fresh) == 1
    assert program.bench.window.said.startswith("The backup was restored. The registry that was here is kept")
    assert program.bench.window.isVisible()
    newest = backups.generations(fresh)[0]
    assert (newest.why, newest.count("patient")) == ("before restore", 2)


def test_a_wrong_passphrase_is_said_in_the_dialog_and_nothing_changes(program: Program, qtbot: QtBot) -> None:
    dialog = dialog_of(program)
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert said(dialog, "restore_problem") == "The passphrase of that day is needed."
    dialog.passphrase.setText("not the passphrase")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert "passphrase is wrong" in said(dialog, "restore_problem")
    assert dialog.go.isEnabled()
    assert dialog.passphrase.selectedText() == dialog.passphrase.text()
    assert patients.count(desk_of(program)) == 2
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert desk_of(program).registry.path.exists()


def test_d6_a_damaged_newest_one_is_skipped_in_words(program: Program, qtbot: QtBot) -> None:
    desk = desk_of(program)
    newest = backups.back_up_now(desk).value
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(bytes(content))
    dialog = dialog_of(program)
    assert said(dialog, "restore_skipped").startswith(
        f"{newest.name} is damaged and was skipped. The one of "
    )
    assert dialog.list.selected is not None
    assert dialog.list.selected.path != newest
    dialog.list.select(0)
    assert not dialog.go.isEnabled()


def test_with_the_recovery_code_a_new_code_is_shown_before_the_window(
    program: Program, qtbot: QtBot, code: str
) -> None:
    dialog = dialog_of(program)
    dialog.lost.setChecked(True)
    assert not dialog.passphrase.isVisible()
    dialog.code.setText(code)
    dialog.fresh.setText("a fresh passphrase")
    dialog.again.setText("a fresh passphrasf")
    qtbot.keyClick(dialog.again, Qt.Key.Key_Return)
    assert said(dialog, "restore_problem") == "The two passphrases differ."
    dialog.again.setText("a fresh passphrase")
    qtbot.keyClick(dialog.again, Qt.Key.Key_Return)
    assert program.bench is None
    assert program.start is not None
    card = program.start.card
    assert isinstance(card, RecoveryCard)
    assert code not in card.findChild(QLabel, "recovery_code").text()
    card.noted.emit()
    assert patients.count(desk_of(program)) == 1


def test_what_goes_wrong_after_leaving_leads_to_the_lock_screen(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ctdild_desktop.registry import swap
    from ctdild_desktop.registry.errors import DiskError

    def refuse(*_: object) -> None:
        raise DiskError("The disk did not take it.")

    monkeypatch.setattr(swap, "exchange", refuse)
    dialog = dialog_of(program)
    dialog.passphrase.setText(PASSPHRASE)
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert program.bench is None
    assert program.start is not None
    assert "The disk did not take it." in program.start.card.text.text()
    monkeypatch.undo()
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    assert patients.count(desk_of(program)) == 2
