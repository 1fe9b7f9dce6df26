"""A6: after a lock no window, model, clipboard or engine holds anything of a patient."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QModelIndex, QObject, Qt
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

from ctdild_desktop.app import Program, close_window
from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft
from ctdild_desktop.config import Settings, UpkeepSettings
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import access, drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import Choice, WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner, JobRunner
from ctdild_desktop.ui.models.patient_table import PatientTable
from ctdild_desktop.ui.patients.patient_form import PatientForm
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.search.patient_search import HitModel
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from ctdild_desktop.ui.today.work_model import WorkModel
from ctdild_desktop.ui.visits.visit_sheet import VisitSheet
from tests.registry.test_soundness import page_of, spoil
from tests.support.desks import LOGIN, PASSPHRASE, as_user, fill
from tests.support.holloway import record as holloway
from tests.ui.test_idle import Seconds


class Secret:
    """A name and number that are nowhere in the source, so that finding them means that they leaked."""

    def __init__(self) -> None:
        token = secrets.token_hex(5)
        self.letters = [f"Q{token}", f"7{secrets.randbelow(10**9):09}"]

    def record(self) -> PatientRecord:
        known = holloway()
        name, mrn = self.letters
        return replace(known, patient=replace(known.patient, family_name=name, mrn=mrn))

    def within(self, text: str) -> bool:
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.letters)


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
    fill(desk, secret.record())
    as_user(desk, "brandt", "B. Brandt", "recorder")
    path = desk.registry.path
    desk.close()
    settings = Settings(
        registry=path,
        login=LOGIN,
        source=tmp_path / "settings.toml",
        upkeep=UpkeepSettings(lock_minutes=5),
    )
    made = Program(qapp, settings, ImmediateRunner(), WindowAsk(), clock=seconds)
    made.begin(login=LOGIN, passphrase=PASSPHRASE)
    yield made
    if made.bench is not None:
        close_window(made.bench)
    if made.start is not None:
        made.start.close()
    made.end()
    settle()


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def patient_id(program: Program) -> str:
    assert program.bench is not None
    return patients.list_patients(program.bench.desk)[0].id


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
    for window in QApplication.topLevelWidgets():
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


def work(program: Program, secret: Secret, keyboard: Any) -> None:
    """Leave the secret wherever a working day leaves it."""
    bench = program.bench
    assert bench is not None
    bench.open_patient(patient_id(program))
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    keyboard.line("10.3")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "Saved visit" in bench.window.said
    bench.window.show_room("patients")
    bench.act("log")
    assert any(secret.within(entry.about) for entry in bench.registry.log.acts.acts.entries)
    bench.open_patient(patient_id(program))
    bench.act("history")
    assert secret.within(bench.history.acts.acts.entries[-1].text)
    bench.act("edit_patient")
    assert isinstance(bench.patient.sheet, PatientForm)
    bench.patient.sheet.fields["family_name"].selectAll()
    bench.patient.sheet.fields["family_name"].copy()
    keyboard.ctrl(Qt.Key.Key_K)
    keyboard.type(secret.letters[0][:4])
    assert bench.search.hits.rowCount() == 1
    bench.act("log_pft")
    keyboard.enter()
    keyboard.type("2.24")


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
    opened = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    assert sum(isinstance(w, QMessageBox) for w in opened) == 2
    assert sum(isinstance(w, QFileDialog) for w in opened) == 2
    assert sum(isinstance(w, QDialog) for w in opened) == 6
    program.system.left.emit()
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [program.start]
    settle()
    assert not any(isinstance(w, QDialog) for w in QApplication.topLevelWidgets())
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


def unlock(program: Program, login: str, passphrase: str, qtbot: QtBot) -> None:
    start = program.start
    assert start is not None
    assert isinstance(start.card, UnlockCard)
    start.card.login.setText(login)
    start.card.passphrase.setText(passphrase)
    start.card.go.click()
    qtbot.waitUntil(lambda: program.bench is not None)


def test_the_lock_screen_knows_who_was_there_and_brings_the_person_back_to_the_draft(
    program: Program, seconds: Seconds, secret: Secret, qtbot: QtBot, keyboard: Any
) -> None:
    bench = program.bench
    assert bench is not None
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    work(program, secret, keyboard)
    seconds.now += 300
    program.idle.look()
    start = program.start
    assert start is not None
    card = start.card
    assert isinstance(card, UnlockCard)
    assert card.login.text() == LOGIN
    assert "Locked after 5 minutes" in card.text.text()
    assert "R. Amsel was signed in" in card.text.text()
    assert not secret.within(card.text.text())
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    again = program.bench
    assert again is not None
    assert isinstance(again.patient.sheet, PftSheet)
    assert again.patient.sheet.text("fvc_l") == "2.24"
    assert program.idle.running
    program.bench.act("lock")
    assert "Locked after" not in program.start.card.text.text()


def test_a_record_that_was_being_corrected_is_open_again(program: Program, qtbot: QtBot) -> None:
    bench = program.bench
    assert bench is not None
    bench.open_patient(patient_id(program))
    visit = bench.patient.view.record.visits[0]
    bench.open_record("visit", visit.id)
    bench.patient.sheet.fields["note"].set_text("half a sent")
    bench.act("lock")
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    sheet = program.bench.patient.sheet
    assert isinstance(sheet, VisitSheet)
    assert sheet.text("note") == "half a sent"
    assert sheet.build().id == visit.id


@pytest.mark.parametrize("room", ["patients", "registry", "import"])
def test_the_room_is_the_same_after_unlocking(program: Program, qtbot: QtBot, room: str) -> None:
    bench = program.bench
    assert bench is not None
    if room == "import":
        bench.act("import")
    else:
        bench.window.show_room(room)
    if room == "patients":
        bench.act("new_patient")
        bench.patients.sheet.fields["given_name"].set_text("Ida")
    bench.act("lock")
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    assert program.bench.window.shown == room
    if room == "patients":
        assert program.bench.patients.sheet.text("given_name") == "Ida"


def test_somebody_else_may_sign_in_and_finds_nothing_of_it(program: Program, qtbot: QtBot) -> None:
    """A second person of the same registry: their own window, and the first one's place waits."""
    bench = program.bench
    assert bench is not None
    bench.open_patient(patient_id(program))
    bench.act("log_pft")
    bench.patient.sheet.fields["fvc_l"].set_text("2.24")
    bench.act("lock")

    own = access.unlock(program._settings.registry, login=LOGIN, passphrase=PASSPHRASE)
    other = Desk(own.registry, "brandt", "B. Brandt", "recorder")
    program._on_opened(other)
    assert program.bench.window.shown == "today"
    assert program.bench.patient.sheet is None
    program.bench.act("lock")
    assert "B. Brandt was signed in" in program.start.card.text.text()
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    assert isinstance(program.bench.patient.sheet, PftSheet)
    assert program.bench.patient.sheet.text("fvc_l") == "2.24"


def test_what_the_registry_does_not_take_at_the_lock_waits_sealed_for_its_person(
    program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = program.bench
    assert bench is not None
    bench.act("new_patient")
    bench.patients.sheet.fields["given_name"].set_text("Ida")
    registry = bench.desk.registry

    def full(*_args: object, **_named: object) -> None:
        raise RegistryError("The disk is full; nothing of this was saved.")

    monkeypatch.setattr(registry, "write", full)
    bench.act("lock")
    assert "do not close it" in program.start.card.problem.text()
    assert not any(registry.data_key)
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    assert program.bench.patients.sheet.text("given_name") == "Ida"
    assert program._sealed == ()


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
    program.end()
    assert clipboard.text() == ""


def test_a_real_runner_locks_while_an_act_is_being_saved(
    qtbot: QtBot, qapp: QApplication, desk: Desk, tmp_path: Path, keyboard: Any
) -> None:
    """What was saved after all is not offered as a draft again: it would be entered twice."""
    fill(desk, holloway())
    path = desk.registry.path
    desk.close()
    runner = JobRunner()
    settings = Settings(registry=path, login=LOGIN, source=tmp_path / "settings.toml")
    program = Program(qapp, settings, runner, WindowAsk())
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    qtbot.waitUntil(lambda: program.bench is not None, timeout=10_000)
    bench = program.bench
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    bench.open_patient(holloway().patient.id)
    qtbot.waitUntil(lambda: bench.window.shown == "patient" and runner.pending == 0)
    bench.act("add_visit")
    qtbot.waitUntil(lambda: runner.pending == 0)
    sheet = bench.patient.sheet
    sheet.fields["note"].set_text("seen once")
    sheet.save()
    bench.act("lock")
    qtbot.waitUntil(lambda: runner.pending == 0)
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    qtbot.waitUntil(lambda: runner.pending == 0)
    again = program.bench
    notes = [visit.note for visit in patients.load(again.desk, holloway().patient.id).visits]
    assert notes.count("seen once") == 1
    assert drafts.load_draft(again.desk, "visit", holloway().patient.id) is None
    close_window(again)
    program.end()
    settle()
