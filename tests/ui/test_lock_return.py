"""After a lock each person finds again what was open, and nobody else finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program
from ctdild_desktop.config import InboxSettings, Settings, load
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import access, drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import JobRunner
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from ctdild_desktop.ui.visits.visit_sheet import VisitSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, PASSPHRASE, fill
from tests.support.holloway import record as holloway
from tests.support.locking import Secret, patient_id, signed_in, unlock, work
from tests.support.programs import end
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


@pytest.mark.parametrize("room", ["patients", "import"])
def test_the_room_is_the_same_after_unlocking(program: Program, qtbot: QtBot, room: str) -> None:
    bench = program.bench
    assert bench is not None
    if room == "import":
        bench.act(room)
    else:
        bench.window.show_room(room)
        bench.act("new_patient")
        bench.patients.sheet.fields["given_name"].set_text("Ida")
    bench.act("lock")
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    assert program.bench.window.shown == room
    if room == "patients":
        assert program.bench.patients.sheet.text("given_name") == "Ida"


def test_every_page_that_an_act_opens_is_come_back_to(bench: Workbench) -> None:
    pages = ("inbox", "export", "log", "removed_patients", "quality", "carried_out")
    bench.window.show_room("registry")
    places = [bench.place()]
    for page in pages:
        bench.act(page)
        places.append(bench.place())
    for place, page in zip(places, ("registry", *pages), strict=True):
        bench.window.show_room("today")
        bench.go_to(place)
        assert bench.window.shown == page


def test_the_folder_of_devices_is_remembered_and_watched_while_somebody_is_signed_in(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "devices"
    folder.mkdir()
    bench = program.bench
    assert bench is not None
    bench.inbox.settings_changed.emit(InboxSettings(folder=folder, watching=True))
    assert load(program._settings.source, {}).inbox == InboxSettings(folder=folder, watching=True)
    bench.act("lock")
    assert not bench.inbox.watcher.watching
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    again = program.bench
    assert again is not None
    assert again.inbox.watcher.watching


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
    qtbot.waitUntil(lambda: program.bench is not None)
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
    end(program)
