from __future__ import annotations

from functools import partial
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.actions import ACTIONS
from ctdild_desktop.ui.models.patient_table import COLUMNS, PatientTable
from ctdild_desktop.ui.printing.print_dialog import PrintDialog
from ctdild_desktop.ui.search.patient_search import HitModel
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk
from tests.support.holloway import record as holloway


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway(), PatientRecord(patient=Patient(id="b" * 32, mrn="55-2", family_name="Åkerlund")))
    bench.patients.refresh()
    bench.open_patient(holloway().patient.id)
    return bench


def test_the_title_names_no_patient(opened: Workbench) -> None:
    assert opened.patient.view.header.name == "HOLLOWAY, Ingrid"
    assert "HOLLOWAY" not in opened.window.windowTitle()


@pytest.mark.parametrize(
    ("key", "room"),
    [
        (Qt.Key.Key_3, "mdt"),
        (Qt.Key.Key_4, "cohort"),
        (Qt.Key.Key_5, "evidence"),
        (Qt.Key.Key_6, "registry"),
    ],
)
def test_a_room_is_made_when_it_is_first_shown_and_is_the_same_afterwards(
    bench: Workbench, keyboard, key: Qt.Key, room: str
) -> None:
    assert not list(bench.made(room))
    keyboard.ctrl(key)
    assert bench.window.shown == room
    (made,) = bench.made(room)
    assert made.page.isVisible()
    keyboard.ctrl(Qt.Key.Key_1)
    keyboard.ctrl(key)
    assert list(bench.made(room)) == [made]
    assert bench.window.findChildren(type(made.page)) == [made.page]


def test_what_is_typed_and_forgotten_is_asked_of_the_rooms_that_were_made_alone(bench: Workbench) -> None:
    bench.keep_drafts()
    assert bench.leave() == ()
    bench.forget()
    assert not list(bench.made("patient_room", "sheets", "mdt", "papers", "presenting", "cohort", "registry"))


def test_every_action_is_done_by_the_room_that_has_it(bench: Workbench) -> None:
    offered = {spec.id for spec in ACTIONS}
    called: list[tuple[QObject, str]] = []
    for room in (bench.mdt, bench.papers, bench.registry, bench.reports, bench.patient_room, bench.inbox):
        ids = set(room.by_id())
        assert ids <= offered
        acts = {action_id: partial(called.append, (room, action_id)) for action_id in ids}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(room), "by_id", lambda _room, acts=acts: acts)
            for action_id in ids:
                bench.act(action_id)
                assert called.pop() == (room, action_id)
    assert called == []


def test_the_registry_room_knows_how_many_there_are_though_it_is_made_later(
    opened: Workbench, keyboard
) -> None:
    opened.count.refresh()
    keyboard.ctrl(Qt.Key.Key_6)
    assert opened.registry.page.findChild(QLabel, "registry_patients").text() == "2"


def test_find_a_patient_from_anywhere(opened: Workbench, keyboard) -> None:
    opened.window.show_room("registry")
    keyboard.ctrl(Qt.Key.Key_K)
    assert keyboard.focus() == "patient_search"
    keyboard.type("aker")
    assert opened.search.hits.rowCount() == 1
    keyboard.enter()
    assert opened.patient.patient_id == "b" * 32
    assert opened.window.shown == "patient"


def test_the_empty_search_shows_the_last_patients(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_K)
    first = opened.search.hits.index(0)
    assert first.data() == "HOLLOWAY, Ingrid"
    assert "18.09.1970" in first.data(HitModel.DETAIL)
    keyboard.press(Qt.Key.Key_Down)
    keyboard.enter()
    assert opened.patient.patient_id == "b" * 32


def test_nobody_found_says_so_and_opens_nobody(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_K)
    keyboard.type("zzz")
    keyboard.enter()
    assert opened.search.hits.rowCount() == 0
    assert opened.patient.patient_id == holloway().patient.id
    keyboard.press(Qt.Key.Key_Escape)
    assert not opened.search.hasFocus()


def test_ctrl_k_works_while_a_field_has_the_keyboard(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_T)
    keyboard.ctrl(Qt.Key.Key_K)
    assert keyboard.focus() == "patient_search"


def test_the_list_sorts_marks_what_is_incomplete_and_opens_by_enter(opened: Workbench, keyboard) -> None:
    opened.window.show_room("patients")
    table = opened.patients.table
    model = table.model()
    assert [model.index(row, 0).data() for row in range(2)] == ["HOLLOWAY, Ingrid", "ÅKERLUND"]
    table.sortByColumn(COLUMNS.index("tests"), Qt.SortOrder.AscendingOrder)
    assert model.index(0, 0).data() == "ÅKERLUND"
    assert "birth date" in model.index(0, COLUMNS.index("missing")).data()
    table.setCurrentIndex(model.index(0, 0))
    table.setFocus()
    keyboard.enter()
    assert opened.patient.patient_id == "b" * 32


def test_the_table_model_is_sound(opened: Workbench, qtmodeltester) -> None:
    model = PatientTable()
    rows = patients.list_patients(opened.desk)
    model.show_patients([row.id for row in rows], rows)
    qtmodeltester.check(model)
    assert model.row_of("b" * 32) == 1
    assert model.row_of("unknown") == -1


def test_an_empty_registry_says_what_to_do_first(bench: Workbench, keyboard) -> None:
    bench.window.show_room("patients")
    empty = bench.patients.findChild(EmptyState)
    assert empty.isVisible()
    empty.chosen.emit("new_patient")
    assert keyboard.focus() == "family_name"


def test_what_was_refused_for_one_patient_is_not_read_beside_another(opened: Workbench) -> None:
    opened.window.inform("your change was not saved")
    opened.open_patient(opened.patient.patient_id)
    assert opened.window.said == "your change was not saved"
    opened.open_patient("b" * 32)
    assert opened.window.said == ""
    opened.window.say("Saved something.", undo=lambda: None)
    opened.open_patient(holloway().patient.id)
    assert opened.window.said == "Saved something."


def test_undo_is_offered_for_the_last_act_only_once(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    before = len(patients.load(opened.desk, opened.patient.patient_id).visits)
    opened.patient.sheet.fields["date"].set_text("01.03.2026")
    opened.patient.sheet.fields["mmrc"].set_text("1")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert len(patients.load(opened.desk, opened.patient.patient_id).visits) == before + 1
    opened.window.inform("something else")
    keyboard.ctrl(Qt.Key.Key_Z)
    assert len(patients.load(opened.desk, opened.patient.patient_id).visits) == before
    assert opened.window.said.startswith("Undone")


def test_the_mdt_page_is_previewed_and_written_where_it_is_asked(
    qtbot: QtBot, opened: Workbench, keyboard, ask: FakeAsk, tmp_path: Path
) -> None:
    target = tmp_path / "page.pdf"
    ask.saves.append(target)
    keyboard.ctrl(Qt.Key.Key_P)
    assert keyboard.focus() == "question"
    keyboard.line("FVC falling: what next?")
    keyboard.ctrl(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: keyboard.focus() == "sheet_view")
    assert opened.window.findChild(PrintDialog).windowTitle() == "Print: MDT page", "it names nobody"
    keyboard.ctrl(Qt.Key.Key_S)
    assert target.read_bytes().startswith(b"%PDF")
    assert "HOLLOWAY" not in ask.suggested[0].name.upper()
    assert "DEMO" not in ask.suggested[0].name.upper()
    assert opened.patient.sheet is None
    assert opened.window.said == "Written, not encrypted: page.pdf."
    opened.window.findChild(QPushButton, "follow_button").click()
    assert ask.folders == [tmp_path]
    with pypdfium2.PdfDocument(target) as document:
        told = document[0].get_textpage().get_text_bounded()
    assert "HOLLOWAY, Ingrid" in told
    assert "FVC falling: what next?" in told


def test_a_page_that_cannot_be_written_is_one_sentence_and_keeps_the_question(
    qtbot: QtBot, opened: Workbench, keyboard, ask: FakeAsk, tmp_path: Path
) -> None:
    ask.saves.append(tmp_path / "nowhere" / "page.pdf")
    keyboard.ctrl(Qt.Key.Key_P)
    keyboard.line("Why?")
    keyboard.ctrl(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: keyboard.focus() == "sheet_view")
    keyboard.ctrl(Qt.Key.Key_S)
    assert "page.pdf could not be written" in opened.window.said
    keyboard.press(Qt.Key.Key_Escape)
    assert opened.patient.sheet.text("question") == "Why?"


def test_backup_and_verify_say_what_they_found(opened: Workbench, ask: FakeAsk, tmp_path: Path) -> None:
    ask.saves.append(tmp_path / "copy.ctdild-backup")
    opened.act("backup")
    assert (tmp_path / "copy.ctdild-backup").stat().st_size > 0
    assert "verified" in opened.window.said
    opened.act("verify")
    assert "all checks passed" in opened.window.said
    assert opened.window.shown == "registry"


def test_the_window_fits_the_smallest_screen(opened: Workbench) -> None:
    hint = opened.window.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 690


def test_leaving_the_patient_turns_its_actions_off(opened: Workbench) -> None:
    assert opened.window.qaction("log_pft").isEnabled()
    opened.window.show_room("registry")
    assert not opened.window.qaction("log_pft").isEnabled()
    opened.act("log_pft")
    assert opened.patient.sheet is None


class Painted(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt names it
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_a_patient_who_is_opened_from_another_page_is_painted_once(opened: Workbench) -> None:
    row = holloway().patient
    opened.open_patient(row.id)
    settle()
    opened.window.show_room("today")
    settle()
    plot = opened.patient.overview.chart.findChild(QAbstractScrollArea)
    assert plot is not None
    painted = Painted(plot.viewport())
    opened.open_patient(row.id)
    settle()
    assert opened.window.shown == "patient"
    assert painted.count == 1


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def test_alt_and_the_letter_of_a_caption_leads_to_its_field(bench: Workbench, keyboard) -> None:
    """Height has the letter I: Alt+H opens Help from everywhere."""
    bench.act("new_patient")
    keyboard.press(Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    assert keyboard.focus() == "height_cm"
    keyboard.press(Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    assert keyboard.focus() == "family_name"
