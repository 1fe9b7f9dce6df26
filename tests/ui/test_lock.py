"""A6: after a lock no window, model, clipboard or engine holds anything of a patient."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from ctdild_desktop.app import Program
from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.dialogs.ask import Choice
from ctdild_desktop.ui.models.patient_table import PatientTable
from ctdild_desktop.ui.search.patient_search import HitModel
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from ctdild_desktop.ui.today.work_model import WorkModel
from tests.registry.test_soundness import page_of, spoil
from tests.support.desks import PASSPHRASE
from tests.support.locking import Secret, signed_in, work
from tests.support.programs import end, settle
from tests.ui.test_idle import Seconds


@pytest.fixture
def secret() -> Secret:
    return Secret()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def program(
    qapp: QApplication, desk: Desk, secret: Secret, seconds: Seconds, tmp_path: Path
) -> Iterator[Program]:
    yield from signed_in(qapp, desk, secret, seconds, tmp_path)


def texts(widget: QObject) -> Iterator[str]:
    """Every text that a widget shows or tells a screen reader."""
    for name in (
        *("text", "currentText", "toPlainText", "title", "placeholderText", "windowTitle", "toolTip"),
        *("statusTip", "whatsThis", "accessibleName", "accessibleDescription", "informativeText"),
    ):
        method = getattr(widget, name, None)
        if callable(method):
            try:
                said = method()
            except TypeError:
                continue
            if isinstance(said, str):
                yield said


def cells(model: QAbstractItemModel) -> Iterator[str]:
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.UserRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    parents = [QModelIndex()]
    for parent in parents:
        for row in range(model.rowCount(parent)):
            for column in range(columns):
                yield from (str(model.data(model.index(row, column, parent), role)) for role in roles)
            if not isinstance(model, QAbstractListModel) and not parent.isValid():
                parents.append(model.index(row, 0, parent))


def shown(secret: Secret) -> list[str]:
    """Widgets and models that still tell the secret."""
    found = []
    for window in windows():
        for widget in (window, *window.findChildren(QWidget)):
            if any(secret.within(text) for text in texts(widget)):
                found.append(f"{type(widget).__name__} {widget.objectName()}")
    for thing in gc.get_objects():
        model = thing if isinstance(thing, QAbstractItemModel) and isValid(thing) else None
        if model is not None and any(secret.within(text) for text in cells(model)):
            found.append(type(model).__name__)
    return found


def remembered(secret: Secret) -> list[str]:
    """Objects of the program that still refer to a text with the secret."""
    gc.collect()
    found = []
    for thing in gc.get_objects():
        if thing is secret.letters or isinstance(thing, FrameType | ModuleType):
            continue
        for part in gc.get_referents(thing):
            text = part.decode("utf-8", "replace") if isinstance(part, bytes) else part
            if isinstance(text, str) and len(text) < 10_000 and secret.within(text):
                found.append(f"{type(thing).__name__}: {type(part)!s}")
    return found


def test_d4_a_damaged_file_is_locked_and_refused_until_it_is_restored(program: Program) -> None:
    assert program.bench is not None
    registry = program.bench.desk.registry
    page = page_of(registry)
    program.lock()
    settle()
    spoil(registry.path, page)
    assert program.start is not None
    card = program.start.card
    assert isinstance(card, UnlockCard)
    card.passphrase.setText(PASSPHRASE)
    card.go.click()
    assert program.bench is not None
    program.bench.registry.safekeeping.keeper.look_over()
    assert program.bench is None
    settle()
    assert "is damaged. Restore the last good backup." in " ".join(texts_of(program.start))
    card = program.start.card
    assert isinstance(card, UnlockCard)
    card.passphrase.setText(PASSPHRASE)
    card.go.click()
    assert program.bench is None
    assert "is damaged." in card.problem.text()


def texts_of(widget: QWidget) -> list[str]:
    return [text for part in widget.findChildren(QWidget) for text in texts(part)]


def test_a6_after_a_lock_nothing_of_the_patient_is_left(
    program: Program, secret: Secret, seconds: Seconds, qtbot: QtBot, keyboard: Any
) -> None:
    bench = program.bench
    assert bench is not None
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    work(program, secret, keyboard)
    clipboard = QApplication.clipboard()
    assert secret.within(clipboard.text())
    settle()
    gc.collect()
    assert {"Banner patient_banner", "PftSheet form_sheet", "HitModel", "PatientTable", "WorkModel"} <= set(
        shown(secret)
    )
    registry, desk = bench.desk.registry, bench.desk
    assert any(registry.data_key)
    window = bench.window
    del bench

    seconds.now += 300
    program.idle.look()

    assert program.bench is None
    assert not window.isVisible()
    settle()
    assert not isValid(window)
    assert clipboard.text() == ""
    assert shown(secret) == []
    assert not any(registry.data_key)
    for read in (
        lambda: patients.list_patients(desk),
        lambda: patients.count(desk),
        registry.head,
        lambda: drafts.save_draft(desk, "pft", None, {}),
    ):
        with pytest.raises(RegistryError) as refused:
            read()
        assert not secret.within(str(refused.value))
    del refused, window
    models = [thing for thing in gc.get_objects() if isinstance(thing, HitModel | PatientTable | WorkModel)]
    assert all(model.rowCount() == 0 for model in models if isValid(model))
    assert remembered(secret) == []
    left = [thing for thing in gc.get_objects() if isinstance(thing, Patient | PatientRecord | Pft)]
    assert [one for one in left if isinstance(one, Patient) and secret.within(one.mrn)] == []


def test_a6_every_kind_of_dialog_goes_with_the_lock_and_nobody_acts_on_it(
    program: Program, qtbot: QtBot
) -> None:
    bench = program.bench
    assert bench is not None
    answers: list[object] = []
    program._ask.question("Title", "Text", (Choice("yes", "Yes"),), answers.append)
    program._ask.open_files("Title", "All (*)", answers.append)
    program._ask.save_file("Title", Path("x.pdf"), "PDF (*.pdf)", answers.append)
    program._ask.error("Words")
    bench.act("shortcuts")
    bench.act("about")
    menu = QMenu(bench.window)
    menu.addAction("One")
    menu.popup(bench.window.rect().center())
    opened = [w for w in windows() if w.isVisible()]
    assert sum(isinstance(w, QMessageBox) for w in opened) == 2
    assert sum(isinstance(w, QFileDialog) for w in opened) == 2
    assert sum(isinstance(w, QDialog) for w in opened) == 6
    program.system.left.emit()
    assert [w for w in windows() if w.isVisible()] == [program.start]
    settle()
    assert not any(isinstance(w, QDialog) for w in windows())
    assert answers == []


def test_a8_the_last_seconds_are_counted_down_in_the_status_bar(
    program: Program, seconds: Seconds, qtbot: QtBot, keyboard: Any
) -> None:
    bench = program.bench
    assert bench is not None
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    note = bench.window.findChild(QLabel, "lock_note")
    assert note.isHidden()
    seconds.now += 280
    program.idle.look()
    assert note.isVisible()
    assert note.text() == "Locks in 20 s; any key keeps it open."
    seconds.now += 1
    program.idle.look()
    assert note.text() == "Locks in 19 s; any key keeps it open."
    keyboard.press(Qt.Key.Key_Shift)
    assert note.isHidden()
    seconds.now += 299
    program.idle.look()
    assert program.bench is bench


def test_a_lock_is_not_stopped_by_a_bug(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = program.bench
    assert bench is not None
    told: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, _error, _trace: told.append(kind))

    def broken() -> None:
        raise ZeroDivisionError

    for name in ("place", "leave", "forget"):
        monkeypatch.setattr(bench, name, broken)
    registry = bench.desk.registry
    bench.act("lock")
    assert program.start.isVisible()
    assert not bench.window.isVisible()
    assert not any(registry.data_key)
    assert told == [ZeroDivisionError] * 3


def test_what_another_program_put_on_the_clipboard_stays(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = program.bench
    assert bench is not None
    clipboard = QApplication.clipboard()
    monkeypatch.setattr(QGuiApplication, "focusWindow", lambda: None)
    clipboard.setText("from elsewhere")
    bench.act("lock")
    assert clipboard.text() == "from elsewhere"


def test_a_recovery_code_that_was_copied_goes_at_the_end(
    program: Program, qtbot: QtBot, keyboard: Any
) -> None:
    bench = program.bench
    assert bench is not None
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    clipboard = QApplication.clipboard()
    clipboard.setText("ABCD-EFGH")
    end(program)
    assert clipboard.text() == ""


def test_after_the_end_a_computer_that_is_left_brings_no_start_screen(program: Program) -> None:
    end(program)
    program.system.left.emit()
    assert program.start is None
