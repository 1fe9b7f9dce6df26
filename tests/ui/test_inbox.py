"""The inbox by keyboard: from Today to a message that is taken, given to a patient, set aside; the folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QShortcut
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QListView, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Sex
from ctdild_desktop.config import InboxSettings
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import inbox, inbox_messages
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.ui.imports.import_rows import ImportRows
from ctdild_desktop.ui.inbox.folder_watcher import FolderWatcher
from ctdild_desktop.ui.inbox.inbox_page import InboxPage
from ctdild_desktop.ui.inbox.inbox_rows import InboxRows
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk
from tests.support.importing import mrns, record
from tests.support.late_runner import LateRunner
from tests.support.messages import DAY, WHO, gdt, value
from tests.ui.conftest import Keyboard

FVC = value("FVC", "2310", "mL")
KNOWN = gdt(*WHO, *DAY, *FVC)
NOBODY = gdt(("8402", "LUFU01"), ("8432", "07062024"), *FVC)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    patient = Patient(
        id=new_id(),
        mrn="P1",
        family_name="Holm",
        given_name="Ada",
        birth_date=PartialDate(1958, 3, 12),
        sex=Sex.FEMALE,
    )
    fill(desk, PatientRecord(patient=patient))
    sources = [source_of(name, data) for name, data in (("a.gdt", KNOWN), ("b.gdt", NOBODY), ("c.txt", b"x"))]
    inbox.receive(desk, sources, "folder")
    return desk


def page_of(bench: Workbench) -> InboxPage:
    page = bench.inbox.page
    assert page is not None
    return page


def words(bench: Workbench, name: str) -> str:
    found = page_of(bench).findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text()


def button(bench: Workbench, name: str) -> QPushButton:
    found = bench.window.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def states(desk: Desk) -> list[str]:
    found = sorted(inbox_messages.listing(desk), key=lambda message: message.said.name)
    return [message.state.value for message in found]


def lines(rows: InboxRows) -> list[list[str]]:
    return [
        [str(rows.index(row, column).data()) for column in range(2, rows.columnCount())]
        for row in range(rows.rowCount())
    ]


def test_messages_are_decided_by_keyboard(bench: Workbench, desk: Desk, keyboard: Keyboard) -> None:
    waiting = button(bench, "today_waiting")
    assert (waiting.isVisible(), waiting.text()) == (
        True,
        "3 messages of devices and laboratories wait  Ctrl+J",
    )
    keyboard.ctrl(Qt.Key.Key_J)
    assert (bench.window.shown, keyboard.focus()) == ("inbox", "inbox_messages")
    page = page_of(bench)
    QAbstractItemModelTester(page.rows)
    assert lines(page.rows) == [
        ["Holm, Ada · F · 12.03.1958 · P1", "06.05.2024", "beyond doubt: HOLM, Ada (P1)"],
        ["nobody", "07.06.2024", "waits: the file does not say whose test it is; choose the patient"],
        [
            "nobody",
            "",
            "cannot be read: This is no message of a device or a laboratory. A table is imported on the "
            "import page.",
        ],
    ]
    assert words(bench, "inbox_says") == "The message says: Holm, Ada · F · 12.03.1958 · P1"
    values = page.pane.panel.readings
    assert [str(values.index(0, column).data()) for column in range(4)] == ["FVC", "2310", "mL", "2.310 L"]
    keyboard.ctrl(Qt.Key.Key_Return)
    assert bench.window.said == "Took 1 message of HOLM, Ada: 1 new test."
    assert states(desk) == ["taken", "waiting", "unreadable"]

    assert words(bench, "inbox_says") == "The message says: nobody"
    keyboard.enter()
    assert keyboard.focus() == "import_find"
    keyboard.type("holm")
    keyboard.enter()
    assert keyboard.focus() == "inbox_take"
    assert words(bench, "inbox_state") == "beyond doubt: HOLM, Ada (P1)"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert len(record(desk, "P1").tests) == 2
    keyboard.ctrl(Qt.Key.Key_Z)
    assert (len(record(desk, "P1").tests), states(desk)) == (1, ["taken", "waiting", "unreadable"])
    assert page.rows.messages[0].said.name == "b.gdt"

    page.focus_first()
    keyboard.press(Qt.Key.Key_Up)
    reason = page.findChild(QComboBox, "inbox_reason")
    assert isinstance(reason, QComboBox)
    assert not button(bench, "inbox_set_aside").isEnabled()
    reason.setFocus()
    keyboard.type("calib")
    keyboard.press(Qt.Key.Key_Tab)
    assert keyboard.focus() == "inbox_set_aside"
    keyboard.press(Qt.Key.Key_Space)
    assert bench.window.said == "Set aside 1 message: calibration or check of the device."
    assert states(desk) == ["taken", "set_aside", "unreadable"]
    assert waiting.text() == "1 message of a device or a laboratory waits  Ctrl+J"


def test_what_is_beyond_doubt_is_taken_together_and_files_are_put_in(
    bench: Workbench, desk: Desk, ask: FakeAsk, keyboard: Keyboard, tmp_path: Path
) -> None:
    other = tmp_path / "d.gdt"
    other.write_bytes(gdt(*WHO, ("8402", "LUFU01"), ("8432", "08062024"), *FVC))
    keyboard.ctrl(Qt.Key.Key_J)
    ask.files.append((other,))
    button(bench, "inbox_choose").click()
    assert bench.window.said == "1 message is in the inbox."
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    page_of(bench).dropEvent(
        QDropEvent(QPointF(1, 1), actions, data, buttons, Qt.KeyboardModifier.NoModifier)
    )
    assert bench.window.said == "1 was there already."
    assert button(bench, "inbox_take_ready").text() == "Take what is beyond doubt: 2  Ctrl+Shift+Enter"
    keyboard.ctrl(Qt.Key.Key_Return, shift=True)
    assert (len(record(desk, "P1").tests), states(desk)) == (2, ["taken", "waiting", "unreadable", "taken"])
    bench.window.undo()
    assert (record(desk, "P1").tests, states(desk)[0]) == ((), "waiting")


def test_the_watched_folder_fills_the_inbox_and_stops_with_the_window(
    bench: Workbench, desk: Desk, ask: FakeAsk, tmp_path: Path
) -> None:
    folder = tmp_path / "devices"
    folder.mkdir()
    chosen: list[Any] = []
    bench.inbox.settings_changed.connect(chosen.append)
    bench.act("inbox")
    ask.chosen_folders += [desk.registry.path.parent, folder]
    watch = page_of(bench).findChild(QCheckBox, "inbox_watch")
    assert isinstance(watch, QCheckBox)
    watch.click()
    assert (chosen, watch.isChecked()) == ([], False)
    assert bench.window.said.startswith("This folder holds the registry or its backups")
    watch.click()
    assert (chosen, watch.isChecked()) == ([InboxSettings(folder=folder, watching=True)], True)
    (folder / "e.gdt").write_bytes(gdt(*WHO, ("8402", "LUFU01"), ("8432", "09062024"), *FVC))
    undo = bench.window.can_undo
    for _look in range(2):
        bench.inbox.watcher.look()
    assert (bench.window.said, bench.window.can_undo) == ("1 message is in the inbox.", undo)
    assert [path.name for path in folder.glob("*/*")] == ["e.gdt"]
    assert page_of(bench).rows.messages[-1].said.name == "e.gdt"
    (folder / "f.gdt").write_bytes(KNOWN + b"\r\n")
    bench.inbox.watcher.look()
    bench.leave()
    bench.inbox.watcher.look()
    assert (folder / "f.gdt").exists()
    bench.forget()
    page = page_of(bench)
    pane = page.pane
    assert (page.rows.rowCount(), pane.tests.rowCount(), pane.panel.readings.rowCount()) == (0, 0, 0)
    assert words(bench, "inbox_says") == ""


def test_d3_what_the_registry_does_not_take_stays_in_the_folder_and_is_told_once(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = FolderWatcher(desk, ImmediateRunner())
    said: list[str] = []
    watcher.said.connect(said.append)
    watcher.watch(InboxSettings(folder=tmp_path, watching=True))
    path = tmp_path / "g.gdt"
    path.write_bytes(KNOWN + b"\r\n")

    def full(*_given: object) -> None:
        raise RegistryError("The disk is full; nothing of this was saved.")

    with monkeypatch.context() as without_room:
        without_room.setattr(inbox, "receive", full)
        for _look in range(4):
            watcher.look()
    assert (said, path.exists()) == (["The disk is full; nothing of this was saved."], True)
    watcher.look()
    assert (len(said), [one.name for one in tmp_path.glob("processed/*")]) == (1, ["g.gdt"])
    watcher.stop()


def test_a_key_that_comes_before_its_message_decides_nothing(desk: Desk, qtbot: QtBot) -> None:
    """Not the message before the marked one, not one twice, and a key that is held down counts once."""
    runner = LateRunner(all_wait=True)
    page = InboxPage(desk, runner, FakeAsk())
    refused: list[str] = []
    page.refused.connect(refused.append)
    qtbot.addWidget(page)
    page.show()
    page.start()
    runner.go_on_to_the_end()
    assert page.pane.parts.isColumnHidden(2)  # the number of the only test
    shortcuts = {one.key().toString(): one for one in page.findChildren(QShortcut)}
    assert [one.autoRepeat() for one in shortcuts.values()] == [False, False]
    take = shortcuts["Ctrl+Return"].activated.emit
    page.table.selectRow(1)
    take()
    runner.go_on_to_the_end()
    assert states(desk) == ["waiting", "waiting", "unreadable"]
    page.table.selectRow(0)
    runner.go_on_to_the_end()
    take()
    take()
    runner.go_on_to_the_end()
    assert (states(desk), refused) == (["taken", "waiting", "unreadable"], [])


def test_whom_a_person_looks_for_stays_when_another_message_comes(
    bench: Workbench, desk: Desk, keyboard: Keyboard
) -> None:
    keyboard.ctrl(Qt.Key.Key_J)
    keyboard.press(Qt.Key.Key_Down)
    keyboard.enter()
    keyboard.type("hol")
    found = page_of(bench).findChild(QListView, "import_found")
    assert isinstance(found, QListView)
    more = inbox.receive(desk, [source_of("d.gdt", gdt(("8402", "LUFU01"), *DAY, *FVC))], "folder")
    bench.changes.announce(more.changes)
    assert page_of(bench).rows.rowCount() == 4
    assert keyboard.focus() == "import_find"
    assert words(bench, "inbox_says") == "The message says: nobody"
    assert found.currentIndex().data() == "HOLM, Ada · F · 12.03.1958 · P1"
    keyboard.enter()
    assert words(bench, "inbox_state") == "beyond doubt: HOLM, Ada (P1)"
    bench.changes.announce(more.changes)
    assert words(bench, "inbox_state") == "beyond doubt: HOLM, Ada (P1)"


def test_a_key_that_comes_before_the_choice_is_read_adds_no_patient(desk: Desk, qtbot: QtBot) -> None:
    inbox.receive(desk, [source_of("stranger.gdt", gdt(("3000", "P7"), *DAY, *FVC))], "window")
    runner = LateRunner(all_wait=True)
    page = InboxPage(desk, runner, FakeAsk())
    qtbot.addWidget(page)
    page.start()
    runner.go_on_to_the_end()
    names = [one.said.name for one in page.rows.messages]
    page.table.selectRow(names.index("stranger.gdt"))
    runner.go_on_to_the_end()
    take = next(one for one in page.findChildren(QShortcut) if one.key().toString() == "Ctrl+Return")
    page.pane.panel.chosen.emit(page.pane.parts.model().index(0, 0).data(ImportRows.DETAIL), "P1")
    take.activated.emit()
    runner.go_on_to_the_end()
    assert mrns(desk) == ["P1"]
    take.activated.emit()
    runner.go_on_to_the_end()
    assert (mrns(desk), len(record(desk, "P1").tests)) == (["P1"], 1)
