"""Another desk's changes are told here within two seconds, after a lost server too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

import pytest

from ctdild_desktop.clinical.records import Visit
from ctdild_desktop.registry import local
from ctdild_desktop.services import access, visits, watch
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, Clock, fill
from tests.support.postgres import Cluster

SOON_S = 2.0
PATIENT = holloway.patient().id
NEWS = ChangeSet(frozenset({Change.VISIT}), PATIENT)


@dataclass
class Ear:
    """What was heard."""

    heard: Queue[ChangeSet | str] = field(default_factory=Queue)

    def change(self, changes: ChangeSet) -> None:
        self.heard.put(changes)

    def lost(self, words: str) -> None:
        self.heard.put(words)

    def back(self) -> None:
        self.heard.put("back")

    def next(self, within_s: float = SOON_S) -> ChangeSet | str:
        try:
            return self.heard.get(timeout=within_s)
        except Empty:
            pytest.fail(f"nothing was heard within {within_s} s")


@pytest.fixture
def other(desk: Desk, clock: Clock) -> Iterator[Desk]:
    """The same person at another desk."""
    fill(desk, holloway.record())
    opened = access.unlock(desk.registry.place, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def listening(desk: Desk, other: Desk) -> Iterator[Callable[[], Ear]]:
    """Begin to listen at the first desk."""
    stops = []

    def begin() -> Ear:
        ear = Ear()
        stops.append(watch.watch(desk, ear.change, ear.lost, ear.back))
        return ear

    yield begin
    for stop in stops:
        stop()
    for thread in threading.enumerate():
        if thread.name == "watch":
            thread.join(10)
            assert not thread.is_alive()


def visit(day: int) -> Visit:
    return Visit(id="", date=holloway.visits()[-1].date.replace(day=day), mmrc=2)


def test_p3_a_change_at_another_desk_is_told_within_two_seconds(
    other: Desk, listening: Callable[[], Ear]
) -> None:
    ear = listening()
    visits.record_visit(other, PATIENT, visit(3), confirmed=("mmrc", "date"))
    assert ear.next() == NEWS


def test_own_acts_are_no_news(desk: Desk, other: Desk, listening: Callable[[], Ear]) -> None:
    ear = listening()
    visits.record_visit(desk, PATIENT, visit(4), confirmed=("mmrc", "date"))
    done = visits.record_visit(other, PATIENT, visit(5), confirmed=("mmrc", "date"))
    assert ear.next() == NEWS
    visits.remove_visit(other, done.value.id, "entered twice")
    assert ear.next() == NEWS
    assert ear.heard.empty()


def test_what_happened_between_unlocking_and_listening_is_not_told_again(
    other: Desk, listening: Callable[[], Ear]
) -> None:
    visits.record_visit(other, PATIENT, visit(6), confirmed=("mmrc", "date"))
    ear = listening()
    visits.record_visit(other, PATIENT, visit(7), confirmed=("mmrc", "date"))
    assert ear.next() == NEWS
    assert ear.heard.empty()


@pytest.mark.parametrize("desk", ["server"], indirect=True)
def test_p3_after_the_server_was_lost_everything_is_told(
    other: Desk, listening: Callable[[], Ear], cluster: Cluster
) -> None:
    ear = listening()
    cluster.stop("immediate")
    try:
        assert ear.next(within_s=10) == "The server cannot be reached; trying again."
    finally:
        cluster.start()
    assert ear.next(within_s=20) == "back"
    assert ear.next() == watch.EVERYTHING
    visits.record_visit(other, PATIENT, visit(8), confirmed=("mmrc", "date"))
    assert ear.next() == NEWS


def test_a_file_is_closed_after_whoever_listened_to_it(
    file_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that outlived the closing would keep the log beside the file and the file open."""
    order: list[str] = []
    listening = threading.Event()

    class Slow:
        """A connection that is not closed at once."""

        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def execute(self, statement: str) -> Any:
            listening.set()
            return self._connection.execute(statement)

        def close(self) -> None:
            closed.wait(0.3)
            order.append("listener")
            self._connection.close()

    closed = threading.Event()
    connect = local.connect
    monkeypatch.setattr(local, "connect", lambda path, key: Slow(connect(path, key)))
    backend = file_desk.registry.backend
    dispose = backend.engine.dispose

    def disposed() -> None:
        order.append("engine")
        closed.set()
        dispose()

    monkeypatch.setattr(backend.engine, "dispose", disposed)
    stop = watch.watch(file_desk, Ear().change)
    assert listening.wait(10)
    file_desk.close()
    stop()
    for thread in threading.enumerate():
        if thread.name == "watch":
            thread.join(10)
    assert order == ["listener", "engine"]


def test_many_patients_are_told_as_one_change() -> None:
    touched = [("pft", f"{number}") for number in range(30)] + [("hrct", "1"), ("audit", None)]
    (change,) = watch.changes_of(touched)
    assert change == ChangeSet(frozenset({Change.TEST, Change.HRCT}))


def test_each_table_is_told_as_what_screens_know_it_for() -> None:
    found = watch.changes_of(
        [("dose_change", "1"), ("patient", "1"), ("site_criterion", None), ("erasure", None)]
    )
    assert found == (
        ChangeSet(frozenset({Change.THERAPY, Change.PATIENT}), "1"),
        ChangeSet(frozenset({Change.SETTINGS})),
    )
