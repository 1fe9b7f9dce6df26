"""A7 in the window: what a role may not do is not offered, and nothing that is offered is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from sqlalchemy import update

from ctdild_desktop.app import build_window, close_window, dress
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import desk as desk_room
from ctdild_desktop.services import drafts, permissions
from ctdild_desktop.services.demo.papers import with_papers
from ctdild_desktop.services.demo.samples import with_samples
from ctdild_desktop.services.desk import Change, Desk, Role
from ctdild_desktop.ui.actions import ACTIONS
from ctdild_desktop.ui.dialogs.ask import Choice
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import as_user, fill
from tests.support.holloway import record as holloway
from tests.ui.test_elsewhere import FakeWatch

PATIENT = holloway().patient.id
BARE = PatientRecord(patient=Patient(id="b" * 32, mrn="55-2", family_name="Åkerlund"))
KINDS = (
    *("test", "therapy", "adverse_event", "hrct", "visit", "diagnosis"),
    *("lab", "serology", "heart_test", "pro", "procedure", "consent", "attachment"),
)
NEEDS_NONE = {
    "lock",
    "quit",
    "undo",
    "room_today",
    "room_patients",
    "room_mdt",
    "room_registry",
    "room_cohort",
    "room_evidence",
    "manual",
    "shortcuts",
    "open_demo",
    "practice_steps",
    "leave_practice",
    "about",
    "diagnosis",
    "licences",
    "plot_key",
    "evidence",
    "commands",
    "settings",
}
"""Actions that touch no record: leaving, moving about, reading the program's own texts."""


class Anyone:
    """Answers every question with its first choice, and leaves every file dialog."""

    def question(
        self, _title: str, _text: str, choices: Sequence[Choice], on_answer: Callable[[str], None]
    ) -> None:
        on_answer(choices[0].key)

    def open_files(self, *_given: object, **_named: object) -> None: ...

    def save_file(self, *_given: object) -> None: ...

    def open_folder(self, *_given: object) -> None: ...

    def error(self, *_given: object) -> None: ...

    def show_folder(self, _folder: Path) -> None: ...

    def show_file(self, _file: Path) -> bool:
        return True


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every act that was refused because of the role."""
    found: list[str] = []
    usual = desk_room.refusal

    def told(role: str, allowed: frozenset[Role], words: str) -> str:
        found.append(usual(role, allowed, words))
        return found[-1]

    monkeypatch.setattr(desk_room, "refusal", told)
    return found


@pytest.fixture
def window_of(qapp: QApplication, desk: Desk) -> Iterator[Callable[[str], Workbench]]:
    """Makes the window of a person with a role."""
    fill(desk, with_papers(with_samples(holloway())), BARE)
    made: list[Workbench] = []

    def make(role: str) -> Workbench:
        dress(qapp, SiteSettings(theme="light"))
        bench = build_window(as_user(desk, "person", "P. Person", role), ImmediateRunner(), Anyone())
        made.append(bench)
        bench.window.resize(1366, 740)
        bench.window.show()
        return bench

    yield make
    for bench in made:
        close_window(bench)
    settle()


def settle() -> None:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def press_everything(within: QWidget, before: set[str] | None = None) -> None:
    """Press every push button that is offered, once; those that appear meanwhile too.

    Args:
        before: names that were pressed elsewhere; those pressed here are added.
    """
    pressed: set[str] = set() if before is None else before
    pressed.update(_NOT_PRESSED)
    while True:
        offered = (
            button
            for button in within.findChildren(QPushButton)
            if button.isVisible() and button.isEnabled() and button.objectName() not in pressed
        )
        button = next(offered, None)
        if button is None:
            return
        if not button.objectName():
            button.setObjectName(f"pressed_{id(button)}")
        pressed.add(button.objectName())
        button.click()


_NOT_PRESSED = ("lock_button", "empty_open_demo", "verify_button")
"""Locking ends the walk; a demonstration is made in a folder; checking is for everybody and takes long."""


@pytest.mark.parametrize("role", Role)
def test_a7_nothing_that_is_offered_is_refused_for_the_role(
    window_of: Callable[[str], Workbench], refusals: list[str], role: Role
) -> None:
    bench = window_of(role)
    bench.open_patient(PATIENT)
    triggered = []
    for spec in ACTIONS:
        if bench.window.shown != "patient":
            bench.open_patient(PATIENT)
        if (
            spec.id in {"lock", "quit", "open_demo", "verify"}
            or not bench.window.qaction(spec.id).isEnabled()
        ):
            continue
        bench.window.qaction(spec.id).trigger()
        triggered.append(spec.id)
        for dialog in bench.window.findChildren(QDialog):
            dialog.close()
        if isinstance(bench.patient.sheet, FormSheet):
            press_everything(bench.patient.sheet)
    assert len(triggered) > 7
    for kind in KINDS:
        bench.open_patient(PATIENT)
        bench.open_record(kind, held(bench, kind)[-1].id)
        assert isinstance(bench.patient.sheet, FormSheet)
        press_everything(bench.patient.sheet)
    bench.open_patient(BARE.patient.id)
    pressed: set[str] = set()
    for name in bench.patient.tab_names:
        bench.patient.close_sheet()
        bench.patient.show_tab(name)
        press_everything(bench.patient, pressed)
    for room in (bench.patients, bench.registry.page):
        bench.window.show_room("patients" if room is bench.patients else "registry")
        press_everything(room)
    assert refusals == []


def held(bench: Workbench, kind: str) -> tuple[Any, ...]:
    """The records of a kind of the patient in sight."""
    record = bench.patient.view.record
    return {
        "test": record.tests,
        "therapy": record.therapy,
        "adverse_event": record.adverse_events,
        "hrct": record.hrct,
        "visit": record.visits,
        "diagnosis": record.diagnoses,
        "lab": record.labs,
        "serology": record.serology,
        "heart_test": record.heart_tests,
        "pro": record.pros,
        "procedure": record.procedures,
        "consent": record.consents,
        "attachment": record.attachments,
    }[kind]


def test_a7_a_viewer_is_told_who_may(window_of: Callable[[str], Workbench]) -> None:
    bench = window_of("viewer")
    bench.open_patient(PATIENT)
    for action_id in ("new_patient", "log_pft", "add_visit", "edit_patient", "remove_patient", "import"):
        act = bench.window.qaction(action_id)
        assert not act.isEnabled()
        assert "Your role (viewer) does not allow this" in act.toolTip()
        assert "administrator" in act.toolTip()
        bench.act(action_id)
        assert bench.window.said == act.toolTip()
        assert bench.patient.sheet is None
    for name in ("log_pft_button", "add_tests", "add_visit", "add_diagnosis", "why_add_test"):
        for button in bench.window.findChildren(QPushButton, name):
            assert not button.isEnabled(), name
            assert "viewer" in button.toolTip()
    assert bench.window.qaction("print_page").isEnabled()


@pytest.mark.parametrize("kind", KINDS)
def test_a7_a_viewer_reads_every_record_and_can_change_none(
    window_of: Callable[[str], Workbench], desk: Desk, keyboard: Any, kind: str
) -> None:
    bench = window_of("viewer")
    bench.open_patient(PATIENT)
    shown = held(bench, kind)[-1]
    bench.open_record(kind, shown.id)
    sheet = bench.patient.sheet
    assert isinstance(sheet, FormSheet)
    if kind == "therapy":
        assert sheet.findChild(QLabel, "line_history").text()
        sheet.findChild(QPushButton, "correct_line").click()
        sheet = bench.patient.sheet
    assert sheet.reading
    assert "viewer" in sheet.notice.text
    assert any(field.text_value() for field in sheet.fields.values())
    assert not sheet.save_button.isVisible()
    buttons = [b.objectName() for b in sheet.foot_frame.findChildren(QPushButton) if b.isVisible()]
    assert buttons == ["sheet_close"]
    before = sheet.payload()
    for field in sheet.fields.values():
        if isinstance(field, QLineEdit):
            assert field.isReadOnly()
        else:
            assert not field.isEnabled()
    sheet.save()
    sheet.discard_draft()
    assert sheet.payload() == before
    sheet.close_sheet()
    assert bench.patient.sheet is None
    assert drafts.load_draft(bench.desk, f"{kind}:{shown.id}", PATIENT) is None


def test_a7_a_recorder_corrects_a_patient_and_may_not_remove_one(
    window_of: Callable[[str], Workbench],
) -> None:
    bench = window_of("recorder")
    bench.open_patient(PATIENT)
    bench.act("edit_patient")
    sheet = bench.patient.sheet
    assert not sheet.reading
    removal = sheet.findChild(QPushButton, "sheet_remove")
    assert not removal.isEnabled()
    assert "recorder" in removal.toolTip()
    assert not bench.window.qaction("remove_patient").isEnabled()


def test_a7_empty_places_say_whom_to_ask(window_of: Callable[[str], Workbench]) -> None:
    bench = window_of("viewer")
    bench.open_patient(BARE.patient.id)
    for name in bench.patient.tab_names:
        bench.patient.show_tab(name)
    said = [state.text.text() for state in bench.patient.findChildren(EmptyState)]
    assert sum("Ask a recorder or clinician" in text for text in said) == 12
    assert "Ask a recorder" in bench.patient.overview.chart._timeline.panel.empty_text
    assert "Ask a recorder" in bench.patients._empty.text.text()
    bench.act("shortcuts")
    (sheet,) = bench.window.findChildren(QDialog)
    words = [label.text() for label in sheet.findChildren(QLabel)]
    assert "Log PFT (not for your role)" in words
    assert "Find patient" in words
    sheet.close()


def test_a7_a_role_that_was_changed_elsewhere_counts_at_once(
    window_of: Callable[[str], Workbench], desk: Desk, qtbot: Any
) -> None:
    watch = FakeWatch()
    bench = window_of("recorder")
    bench.news.listen(watch)
    bench.open_patient(PATIENT)
    assert bench.window.qaction("log_pft").isEnabled()
    with desk.registry.write(desk.login) as session:
        session.execute(update(UserRow).where(UserRow.login == "person").values(role="viewer"))
    watch.change(Change.PEOPLE, patient_id=None)
    qtbot.waitUntil(lambda: not bench.window.qaction("log_pft").isEnabled())
    assert bench.window.findChild(QLabel, "signed_in_user").text() == "P. Person, viewer"
    assert not bench.window.findChild(QPushButton, "log_pft_button").isEnabled()
    assert "viewer" in bench.window.said


def test_every_action_names_the_act_behind_it() -> None:
    for spec in ACTIONS:
        assert bool(spec.acts) is (spec.id not in NEEDS_NONE), spec.id


@pytest.mark.parametrize("role", list(Role))
def test_a_menu_refuses_an_act_in_the_words_of_the_act_itself(role: Role) -> None:
    for spec in ACTIONS:
        for name in spec.acts:
            module, _, act = name.partition(".")
            declared = getattr(import_module(f"ctdild_desktop.services.{module}"), act)
            assert permissions.why_not_offered(role, name) == permissions.why_not(role, declared), name


def test_the_roles_of_every_offered_act_are_known_and_of_no_other() -> None:
    assert {name for spec in ACTIONS for name in spec.acts} == set(permissions._NEEDED)


def test_permits_forget_buttons_that_are_gone(qapp: QApplication, desk: Desk) -> None:
    permits = Permits(desk)
    button = QPushButton()
    button.setToolTip("Ctrl+T")
    permits.fit(button, "log_pft")
    assert button.isEnabled()
    assert button.toolTip() == "Ctrl+T"
    desk.role = "viewer"
    permits.renew()
    assert not button.isEnabled()
    del button
    permits.renew()
    permits.fit(QPushButton(), "log_pft")
    assert len(permits._fitted) == 1
