"""Changes of another desk reach the screen, and touch nothing that is being typed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import access, patients, therapy, visits
from ctdild_desktop.services import watch as real
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.ui.elsewhere import Elsewhere
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.therapy.line_act_sheet import LineActSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, PASSPHRASE, Clock, as_user, fill
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


@dataclass
class FakeWatch:
    """Keeps what it was given, and calls it from another thread when told."""

    stopped: int = 0
    calls: list[Callable[..., None]] = field(default_factory=list)

    def __call__(
        self,
        _desk: Desk,
        on_change: Callable[[ChangeSet], None],
        on_lost: Callable[[str], None] | None = None,
        on_back: Callable[[], None] | None = None,
    ) -> Callable[[], None]:
        assert on_lost is not None
        assert on_back is not None
        self.calls = [on_change, on_lost, on_back]
        return self._stop

    def _stop(self) -> None:
        self.stopped += 1

    def _call(self, which: int, *given: object) -> None:
        thread = threading.Thread(target=self.calls[which], args=given)
        thread.start()
        thread.join()

    def change(self, *kinds: Change, patient_id: str | None = PATIENT) -> None:
        self._call(0, ChangeSet(frozenset(kinds), patient_id))

    def lose(self) -> None:
        self._call(1, "The server cannot be reached; trying again.")

    def find(self) -> None:
        self._call(2)
        self._call(0, ChangeSet(frozenset(Change), None))


@pytest.fixture
def watch() -> FakeWatch:
    return FakeWatch()


@pytest.fixture
def opened(bench: Workbench, desk: Desk, watch: FakeWatch) -> Workbench:
    fill(desk, holloway())
    bench.open_patient(PATIENT)
    bench.news.listen(watch)
    return bench


@pytest.fixture
def second(opened: Workbench, desk: Desk) -> Desk:
    return as_user(desk, "brandt", "B. Brandt", "clinician")


def change_visit(desk: Desk, note: str) -> None:
    last = patients.load(desk, PATIENT).visits[-1]
    visits.amend_visit(desk, replace(last, note=note), confirmed=("mmrc",))


def test_what_is_heard_on_another_thread_is_told_on_the_main_one(qtbot: QtBot, watch: FakeWatch) -> None:
    listening = Elsewhere(Desk.__new__(Desk), ImmediateRunner(), watch)
    told: list[tuple[object, bool]] = []
    main = QThread.currentThread()
    for signal in (listening.changed, listening.lost, listening.back):
        signal.connect(lambda *given: told.append((given, QThread.currentThread() is main)))
    listening.start()
    news = ChangeSet(frozenset({Change.TEST}), "p")
    for number, given in ((0, (news,)), (1, ("lost",)), (2, ())):
        watch._call(number, *given)
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told == [((news,), True), ((), True), ((), True)]


def test_nothing_is_told_once_it_is_stopped(qtbot: QtBot, watch: FakeWatch) -> None:
    listening = Elsewhere(Desk.__new__(Desk), ImmediateRunner(), watch)
    told: list[object] = []
    listening.changed.connect(told.append)
    listening.start()
    watch.change(Change.TEST)
    listening.stop()
    assert watch.stopped == 1
    with qtbot.waitSignal(listening._heard):
        watch.change(Change.TEST)
    qtbot.waitUntil(lambda: told == [])


def test_who_began_to_listen_after_the_end_listens_no_more(watch: FakeWatch) -> None:
    jobs: list[Callable[[], None]] = []

    class Later(ImmediateRunner):
        """Keeps the job, and never delivers what it answers."""

        def run(self, work: Callable[[], Any], *_given: Any, **_more: Any) -> None:
            jobs.append(work)

    listening = Elsewhere(Desk.__new__(Desk), Later(), watch)
    listening.start()
    listening.stop()
    jobs[0]()
    assert watch.stopped == 1


def test_a_registry_that_cannot_be_read_at_first_counts_as_lost(qtbot: QtBot) -> None:
    def refuses(*_given: object) -> Callable[[], None]:
        raise RegistryError("The server cannot be reached; trying again.")

    listening = Elsewhere(Desk.__new__(Desk), ImmediateRunner(), refuses)
    with qtbot.waitSignal(listening.lost):
        listening.start()
    listening.stop()


def test_p3_the_patient_in_sight_is_shown_as_another_desk_left_it(
    opened: Workbench, second: Desk, watch: FakeWatch, qtbot: QtBot
) -> None:
    change_visit(second, "theirs")
    watch.change(Change.VISIT)
    qtbot.waitUntil(lambda: opened.patient.view.record.visits[-1].note == "theirs")


def test_a_patient_that_another_desk_removed_goes_out_of_sight(
    opened: Workbench, second: Desk, watch: FakeWatch, qtbot: QtBot
) -> None:
    patients.remove_patient(second, PATIENT, "registered twice")
    watch.change(Change.PATIENT)
    qtbot.waitUntil(lambda: opened.window.shown == "patients")
    assert opened.patients.model.rowCount() == 0


def test_a_sheet_that_is_being_typed_is_marked_and_not_touched(
    opened: Workbench, second: Desk, watch: FakeWatch, qtbot: QtBot
) -> None:
    visit = patients.load(second, PATIENT).visits[-1]
    opened.open_record("visit", visit.id)
    sheet = opened.patient.sheet
    sheet.fields["note"].set_text("mine")
    change_visit(second, "theirs")
    watch.change(Change.VISIT)
    qtbot.waitUntil(lambda: sheet.notice.text.startswith("Changed at another desk by B. Brandt at "))
    assert sheet.text("note") == "mine"
    assert opened.patient.sheet is sheet


@pytest.mark.parametrize("news", [(Change.TEST, PATIENT), (Change.VISIT, "another patient")])
def test_a_sheet_of_another_record_is_left_alone(
    opened: Workbench, second: Desk, watch: FakeWatch, qtbot: QtBot, news: tuple[Change, str]
) -> None:
    kind, patient_id = news
    visit = patients.load(second, PATIENT).visits[-1]
    opened.open_record("visit", visit.id)
    change_visit(second, "theirs")
    with qtbot.waitSignal(opened.changes.changed):
        watch.change(kind, patient_id=patient_id)
    assert opened.patient.sheet.notice.text == ""


def test_a_sheet_about_a_line_of_therapy_is_marked_too(
    opened: Workbench, second: Desk, watch: FakeWatch, qtbot: QtBot
) -> None:
    line = patients.load(second, PATIENT).therapy[0]
    opened.open_record("therapy", line.id)
    sheet = opened.patient.sheet
    assert isinstance(sheet, LineActSheet)
    therapy.amend_line(second, replace(line, note="theirs"))
    watch.change(Change.THERAPY)
    qtbot.waitUntil(lambda: "another desk" in sheet.notice.text)


def test_a_lost_server_is_said_quietly_and_so_is_its_return(
    opened: Workbench, second: Desk, watch: FakeWatch, qtbot: QtBot
) -> None:
    note = opened.window.findChild(QLabel, "registry_note")
    watch.lose()
    qtbot.waitUntil(lambda: note.text() == "Server not reachable; trying again.")
    change_visit(second, "meanwhile")
    watch.find()
    qtbot.waitUntil(lambda: note.text() == "Encrypted registry · 1 patient")
    qtbot.waitUntil(lambda: opened.patient.view.record.visits[-1].note == "meanwhile")
    assert "can be reached again" in opened.window.said


def test_screens_that_read_while_the_server_is_lost_stay_and_say_so(
    opened: Workbench, watch: FakeWatch, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: object) -> None:
        raise RegistryError("The server cannot be reached; trying again.")

    monkeypatch.setattr(opened.desk.registry, "read", lost)
    with qtbot.waitSignal(opened.changes.changed):
        watch.change(*Change, patient_id=None)
    assert opened.window.shown == "patient"
    assert opened.patient.view.record.patient.id == PATIENT
    opened.act("find")
    opened.act("log_pft")
    assert opened.window.said == "The server cannot be reached; trying again."


@pytest.fixture
def other(bench: Workbench, desk: Desk) -> Iterator[Desk]:
    """The same registry, opened a second time as another program would."""
    fill(desk, holloway())
    made = access.unlock(desk.registry.place, login=LOGIN, passphrase=PASSPHRASE, clock=Clock())
    yield made
    made.close()


def test_p3_another_program_s_change_is_on_the_screen_within_two_seconds(
    bench: Workbench, other: Desk, qtbot: QtBot
) -> None:
    before = set(threading.enumerate())
    bench.open_patient(PATIENT)
    bench.news.listen(real.watch)
    (thread,) = (one for one in threading.enumerate() if one not in before)
    change_visit(other, "from elsewhere")
    qtbot.waitUntil(lambda: bench.patient.view.record.visits[-1].note == "from elsewhere", timeout=2000)
    bench.leave()
    thread.join(10)
    assert not thread.is_alive()
