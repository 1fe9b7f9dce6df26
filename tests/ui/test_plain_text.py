"""What a person typed is shown as it was typed, never as markup: Qt takes text that looks like HTML for it.

An image in such a text would be opened from the disk, or from a share of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.ui.actions import ACTIONS, When
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.dialogs.ask import Choice, WindowAsk
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import as_user, fill
from tests.support.fake_ask import FakeAsk
from tests.support.hostile import MARKUP, spoilt
from tests.support.importing import write

ROOMS = tuple(spec.id.removeprefix("room_") for spec in ACTIONS if spec.id.startswith("room_"))
OF_PATIENT = tuple(
    spec.id for spec in ACTIONS if spec.when is When.PATIENT and spec.id not in {"remove_patient"}
)


ANYWHERE = tuple(
    spec.id
    for spec in ACTIONS
    if spec.when is When.ALWAYS
    and not spec.id.startswith("room_")
    and spec.id not in {"quit", "lock", "open_demo", "undo", "commands", "backup", "verify", "import"}
)


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    record = spoilt(MARKUP)
    fill(desk, record)
    bench.patients.refresh()
    bench.open_patient(record.patient.id)
    return bench


def takes_for_markup(text: str) -> bool:
    """Whether Qt would draw this text as markup with something typed in it that is not escaped."""
    return "<img" in text or "<b>bold" in text


def parts(window: QWidget) -> Iterator[QWidget]:
    yield window
    yield from window.findChildren(QWidget)


def offenders(window: QWidget) -> list[str]:
    """Labels and tool tips that would draw a typed text as markup."""
    found = []
    for part in parts(window):
        if isinstance(part, QLabel):
            plain = part.textFormat() == Qt.TextFormat.PlainText
            if not plain and takes_for_markup(part.text()):
                found.append(f"label {part.objectName() or type(part.parent()).__name__}: {part.text()}")
        if takes_for_markup(part.toolTip()):
            found.append(f"tip of {type(part).__name__} {part.objectName()}: {part.toolTip()}")
        if isinstance(part, QAbstractItemView) and part.model() is not None:
            found += [
                f"tip in {part.objectName()}: {text}" for text in tips_of(part) if takes_for_markup(text)
            ]
    return found


def tips_of(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    columns = 1 if isinstance(view, QListView) else model.columnCount(QModelIndex())
    for row in range(model.rowCount(QModelIndex())):
        for column in range(columns):
            yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


def test_no_screen_draws_a_typed_text_as_markup(opened: Workbench, qtbot: QtBot) -> None:
    assert "<img" in opened.patient.view.header.name
    assert offenders(opened.window) == []
    for room in ROOMS:
        opened.window.show_room(room)
        qtbot.wait(0)
        assert offenders(opened.window) == [], room


@pytest.mark.parametrize("action", OF_PATIENT)
def test_no_form_draws_a_typed_text_as_markup(
    opened: Workbench, qtbot: QtBot, ask: FakeAsk, tmp_path: Path, action: str
) -> None:
    ask.saves.append(tmp_path / "page.pdf")
    letter = tmp_path / "<img src=x> letter.txt"
    letter.write_text("invented")
    ask.files.append((letter,))
    opened.act(action)
    qtbot.wait(0)
    assert offenders(opened.window) == []


def test_no_page_and_no_dialog_draws_a_typed_text_as_markup(
    opened: Workbench, desk: Desk, qtbot: QtBot
) -> None:
    """With a person of such a name, a patient removed for such a reason, and all of it in the log."""
    as_user(desk, "mole", MARKUP, "viewer")
    gone = patients.add_patient(desk, Patient(id=new_id(), mrn=f"2{MARKUP}", family_name=MARKUP)).value
    patients.remove_patient(desk, gone.id, MARKUP)
    for action in ANYWHERE:
        opened.act(action)
        qtbot.wait(0)
        shown = [window for window in windows() if window.isVisible()]
        found = [one for window in shown for one in offenders(window)]
        for window in shown:
            if window is not opened.window:
                window.close()
        assert found == [], action


def test_no_record_opened_draws_a_typed_text_as_markup(opened: Workbench, qtbot: QtBot) -> None:
    names = {"tests": "test", "adverse_events": "adverse_event", "visits": "visit", "diagnoses": "diagnosis"}
    record = opened.patient.view.record
    for kind in ("tests", "therapy", "adverse_events", "visits", "hrct", "diagnoses"):
        for item in getattr(record, kind)[:2]:
            before = opened.patient.sheet
            opened.open_record(names.get(kind, kind), item.id)
            qtbot.wait(0)
            assert opened.patient.sheet not in {None, before}
            assert offenders(opened.window) == [], kind


def test_no_message_and_no_import_draws_a_typed_text_as_markup(
    opened: Workbench, qtbot: QtBot, ask: FakeAsk, tmp_path: Path
) -> None:
    opened.window.say(f"Added patient {MARKUP}.", undo=lambda: None)
    opened.window.set_registry_note(MARKUP)
    ask.files.append((write(tmp_path, f'mrn,test_date,fvc_l,"{MARKUP}"\n"{MARKUP}",soon,x,y\n', "<b>x.csv"),))
    opened.act("import")
    page = opened.window.findChild(QWidget, "import_page")
    page.findChild(QWidget, "import_choose").click()
    qtbot.wait(0)
    assert offenders(opened.window) == []


def test_a_question_and_an_error_show_their_text_as_it_is(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    door = WindowAsk(window)
    door.question("Title", MARKUP, [Choice("a", "A & B")], lambda _answer: None)
    door.error(MARKUP, MARKUP)
    boxes = [box for box in windows() if isinstance(box, QMessageBox)]
    assert len(boxes) == 2
    formats = [box.textFormat() for box in boxes]
    for box in boxes:
        box.done(0)
    assert formats == [Qt.TextFormat.PlainText] * 2


def test_a_tip_shows_its_text_as_it_is() -> None:
    assert tip("FVC 2.31 L\n-12 %") == "FVC 2.31 L\n-12 %"
    shown = tip(MARKUP)
    assert "<img" not in shown
    assert "&lt;img" in shown
    assert tip("") == ""
