"""The rows of the work list, and how they are read: in groups, one question at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import patients, pft, today
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.lately import Lately
from ctdild_desktop.services.today import Group, Known, OfPatient, Person, Place, Reading, State, TodayRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.jobs import ImmediateRunner, JobRunner
from ctdild_desktop.ui.speaking import speak
from ctdild_desktop.ui.today.reader import TodayReader
from ctdild_desktop.ui.today.work_list import WorkList
from ctdild_desktop.ui.today.work_model import COLUMNS, WorkModel, column_titles
from ctdild_desktop.ui.today.work_view import WorkView
from tests.support import holloway
from tests.support.desks import fill, in_a_file
from tests.support.today import Later, crowd, someone

TODAY = dt.date(2026, 3, 12)
INGRID = holloway.record().patient.id


def due(person: Person, late: int, **values: Any) -> TodayRow:
    made = {
        "key": "log_pft",
        "reason": f"PFT overdue {late}",
        "state": State.OVERDUE,
        "due": TODAY - dt.timedelta(days=late),
        "days": late,
        "group": Group.DUE,
        "place": Place.LOG_PFT,
        **values,
    }
    return TodayRow(person=person, **made)


def given(work: WorkList, *rows: TodayRow) -> None:
    by_person: dict[str, list[TodayRow]] = {}
    for row in rows:
        by_person.setdefault(row.person.id, []).append(row)
    work.put(OfPatient(person=found[0].person, rows=tuple(found)) for found in by_person.values())


# the order


def test_one_patient_is_exchanged_and_the_others_stay_in_order():
    work = WorkList(TODAY)
    ada, bea, cleo = (someone(number, name) for number, name in ((1, "ADA"), (2, "BEA"), (3, "CLEO")))
    given(work, due(bea, 5), due(ada, 20), due(cleo, 9, group=Group.ACTIONS))
    assert work.counts[None] == 3
    given(work, due(ada, 2))
    (first, second) = work.shown(None, ())
    assert [(row.person.name, row.days) for row in first.rows] == [("BEA", 5), ("ADA", 2)]
    assert second.group is Group.ACTIONS
    assert work.overdue_actions == 1
    work.drop(cleo.id)
    assert work.counts == {None: 2, Group.DUE: 2} | dict.fromkeys(
        (Group.PROGRESSION, Group.CONFIRM, Group.RITUXIMAB, Group.INCOMPLETE, Group.ACTIONS), 0
    )


def test_a_long_group_shows_its_first_rows_until_it_is_unfolded_or_alone_in_sight():
    work = WorkList(TODAY)
    given(work, *(due(someone(number, f"N{number:02}"), 50 - number) for number in range(12)))
    assert [(len(one.rows), one.total) for one in work.shown(None, ())] == [(8, 12)]
    assert len(work.shown(None, {Group.DUE})[0].rows) == 12
    assert len(work.shown(Group.DUE, ())[0].rows) == 12
    assert work.shown(Group.CONFIRM, ()) == ()


def test_the_model_is_sound_while_rows_come_and_go(qtbot: QtBot, qtmodeltester: Any) -> None:
    model, work = WorkModel(lambda place: place), WorkList(TODAY)
    qtmodeltester.check(model)
    people = [someone(number, f"N{number:02}") for number in range(9)]
    kept = None
    for some in ((3, 4), (1, 8, 2), (0,), (5, 6, 7)):
        given(work, *(due(people[one], 10 + one) for one in some), *_actions(people, some))
        model.show_groups(work.shown(None, {Group.DUE}))
        if kept is None:
            kept = model.find(work.shown(Group.DUE, ())[0].rows[0])
    given(work, due(people[4], 1))
    work.drop(people[6].id)
    model.show_groups(work.shown(None, {Group.DUE}))
    parent = model.index(0, 0)
    shown = [model.index(at, 2, parent).data() for at in range(model.rowCount(parent))]
    assert shown == ["N08", "N07", "N05", "N03", "N02", "N01", "N00", "N04"]
    assert model.rowCount(QModelIndex()) == 2
    assert model.index(1, 0).data() == "MDT actions  4 of 7, show all"
    model.show_groups(())
    assert model.rowCount(QModelIndex()) == 0


def _actions(people: list[Person], some: tuple[int, ...]) -> list[TodayRow]:
    return [due(people[one], one, group=Group.ACTIONS, place=Place.MDT, key="action") for one in some]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": State.OVERDUE, "days": 28}, "overdue 28 d"),
        ({"state": State.OVERDUE, "days": 999}, "overdue 999 d"),
        ({"state": State.OVERDUE, "days": 1782}, "overdue 4.9 y"),
        ({"state": State.DUE, "days": 3}, "due, 3 d"),
        ({"state": State.DUE, "days": 0}, "due"),
        ({"state": State.NEW, "days": 0}, "today"),
        ({"state": State.NEW, "days": 1}, "1 d"),
        ({"state": State.LATER, "opens": dt.date(2026, 4, 1)}, "opens 01.04.2026"),
        ({"state": State.GATE}, "never recorded"),
        ({"state": State.OPEN}, "open"),
    ],
)
def test_a_state_is_said_in_words(values: dict[str, Any], said: str) -> None:
    assert words.state_words(due(someone(1, "ADA"), 0, **values)) == said


@pytest.mark.parametrize("tongue", ["en", "es"])
@pytest.mark.parametrize("stretch", [100, 150])
def test_a_column_has_room_for_all_that_it_says_in_a_wide_font(
    qtbot: QtBot, qapp: QApplication, tongue: str, stretch: int
) -> None:
    before, face = qapp.font(), qapp.font()
    face.setStretch(stretch)
    speak(SiteSettings(language=tongue))
    qapp.setFont(face)
    theme.apply(qapp, "light")
    try:
        view = WorkView(WorkModel(lambda place: place))
        qtbot.addWidget(view)
        view.resize(1200, 400)
        person = replace(someone(1, "ADA"), age="78 y", birth_date=PartialDate(1948, 1, 2))
        for days in (28, 999, 1000, 9_000):
            for state in State:
                row = due(person, 0, state=state, days=days, due=TODAY, opens=TODAY)
                late = state is State.OVERDUE
                for column, text in (("state", words.state_words(row)), ("age", words.who_short(person))):
                    metrics = QFontMetrics(theme.font(bold=late and column == "state"))
                    room = view.columnWidth(COLUMNS.index(column)) - theme.scaled(12)
                    assert metrics.horizontalAdvance(text) <= room, (column, text)
        for column in ("age", "due", "state", "opens"):
            title = view.header().fontMetrics().horizontalAdvance(column_titles()[column])
            assert title <= view.columnWidth(COLUMNS.index(column)) - theme.scaled(12), column
        for place in Place:
            room = view.columnWidth(COLUMNS.index("opens")) - theme.scaled(12)
            assert QFontMetrics(theme.font()).horizontalAdvance(words.place_name(place)) <= room
    finally:
        qapp.setFont(before)
        theme.apply(qapp, "light")
        speak(SiteSettings(language="en"))


# filling it beside the person's work


@pytest.mark.usefixtures("qapp", "in_pairs")
def test_it_is_read_in_groups_one_question_at_a_time_and_waits_out_of_sight(desk: Desk) -> None:
    ids = crowd(desk, 3)
    runner = Later()
    reader = TodayReader(desk, runner)
    assert runner.jobs == []
    reader.wake()
    assert (len(runner.jobs), reader.patients) == (1, None)
    runner.one()
    assert (reader.patients, reader.read, reader.busy) == (3, 0, True)
    runner.one()
    assert (len(runner.jobs), reader.read) == (1, 0), "it has only found out of whom there is news"
    runner.one()
    assert (reader.read, reader.work.counts[Group.INCOMPLETE]) == (2, 2)
    reader.sleep()
    runner.one()
    assert (len(runner.jobs), reader.complete) == (0, True)
    reader.hear(ChangeSet(frozenset({Change.TEST}), ids[0]))
    assert runner.jobs == []
    reader.wake()
    assert (len(runner.jobs), reader.complete, reader.busy) == (1, False, False)
    runner.one()
    assert reader.complete


@pytest.mark.usefixtures("qapp", "in_pairs")
def test_it_can_be_stopped_and_goes_on_where_it_was(desk: Desk) -> None:
    crowd(desk, 3)
    runner = Later()
    reader = TodayReader(desk, runner)
    reader.wake()
    runner.one()
    runner.one()
    reader.stop()
    runner.one()
    assert (len(runner.jobs), reader.read, reader.busy) == (0, 2, False)
    reader.resume()
    runner.one()
    assert reader.complete


def test_what_was_changed_while_it_reads_is_not_replaced_by_what_was_known(desk: Desk, qapp: Any) -> None:
    ids = crowd(desk, 3)
    runner = Later()
    reader = TodayReader(desk, runner)
    reader.wake()
    runner.one()
    changed = replace(patients.load(desk, ids[1]).patient, mrn="M-NEW")
    reader.hear(patients.edit_patient(desk, changed, confirmed=("mrn",)).changes)
    patients.remove_patient(desk, ids[2], "registered twice")
    reader.hear(ChangeSet(frozenset({Change.PATIENT}), ids[2]))
    while runner.jobs:
        runner.one()
    rows = reader.work.shown(None, ())[0].rows
    assert {row.person.mrn for row in rows} == {"M-0000", "M-NEW"}
    assert reader.patients == 2


class _Beside(Later):
    """Does each job at once and delivers what it found later, as a reading aside of the acts does."""

    def run(self, work: Any, on_done: Any = None, on_error: Any = None, **_queue: bool) -> None:
        found = work()
        self.jobs.append(lambda: on_done(found))


def test_what_was_changed_while_it_finds_out_whom_to_read_is_read_again(desk: Desk, qapp: Any) -> None:
    (first,) = crowd(desk, 1)
    fill(desk, holloway.record())
    runner = _Beside()
    reader = TodayReader(desk, runner)
    reader.wake()
    for test in patients.load(desk, INGRID).tests[1:]:
        reader.hear(pft.remove_pft(desk, test.id, "another patient's").changes)
    added = Patient(id=f"{9:032x}", mrn="M-0009", family_name="F0009")
    fill(desk, PatientRecord(patient=added))
    reader.hear(ChangeSet(frozenset({Change.PATIENT}), added.id))
    while runner.jobs:
        runner.one()
    assert reader.complete
    assert reader.work.counts[Group.PROGRESSION] == 0, "the tests that it rested on are removed"
    shown = {row.person.id for group in reader.work.shown(None, ()) for row in group.rows}
    assert shown == {first, INGRID, added.id}


def test_a_registry_that_cannot_be_read_is_said_once_and_tried_again_when_told(desk: Desk, qapp: Any) -> None:
    crowd(desk, 2)
    reader = TodayReader(desk, ImmediateRunner())
    said: list[str] = []
    reader.refused.connect(said.append)
    registry = desk.registry
    desk.registry = _Gone()
    reader.wake()
    assert said == [_Gone.WORDS]
    assert (reader.failed, reader.busy) == (True, False)
    desk.registry = registry
    reader.resume()
    assert reader.complete


class _Gone:
    """A registry that is away."""

    WORDS = "The disk is not there."

    def read(self) -> Any:
        from ctdild_desktop.registry.errors import RegistryError

        error = RegistryError(self.WORDS)
        assert sentence_of(error) == self.WORDS
        raise error


def test_another_day_begins_anew(desk: Desk, clock: Any, qapp: Any) -> None:
    crowd(desk, 1)
    reader = TodayReader(desk, ImmediateRunner())
    reader.wake()
    before = reader.work
    clock.forward(days=1)
    reader.wake()
    assert reader.work is not before
    assert reader.work.day == TODAY + dt.timedelta(days=1)
    assert reader.complete


@in_a_file
@pytest.mark.usefixtures("qapp", "in_pairs")
def test_those_of_whom_there_is_news_are_read_first_and_rows_come_where_there_is_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = crowd(desk, 9)
    monkeypatch.setattr(today, "AHEAD", 3)
    monkeypatch.setattr(today, "look_ahead", lambda _desk, _reading, some: dict.fromkeys(some, told))
    monkeypatch.setattr(today, "of_news", lambda some, _known: tuple(one for one in some if one == ids[7]))
    told = (Lately(met=(), physiology_met=()), None)
    order: list[str] = []
    usual = today.read_some

    def read_some(desk: Desk, reading: Reading, some: tuple[str, ...], known: Known) -> Any:
        assert set(known) <= set(some)
        order.extend(some)
        return usual(desk, reading, some, known)

    monkeypatch.setattr(today, "read_some", read_some)
    reader = TodayReader(desk, ImmediateRunner())
    reader.wake()
    assert reader.complete
    assert sorted(order) == sorted(ids)
    # Three are looked at, two of them read; again; then there is news in the last three.
    assert order[:5] == [*ids[:4], ids[7]]
    assert [reader._known, reader._left, reader._ahead, reader._news] == [{}, {}, [], {}]


@in_a_file
def test_locking_while_it_reads_waits_for_nobody_and_leaves_nothing(desk: Desk, qtbot: QtBot) -> None:
    """A person is at work, so that the reading rests in the middle of a question when the lock comes."""
    crowd(desk, 30)
    runner = JobRunner()
    try:
        reader = TodayReader(desk, runner)
        with qtbot.waitSignal(reader.changed):
            reader.wake()
        runner.give_way()
        reader.forget()
        runner.run(desk.close)
        qtbot.waitUntil(lambda: runner.pending == 0)
        assert desk.registry.backend._open == {}  # type: ignore[attr-defined]
        assert (reader.patients, reader.work.counts[None], reader._known) == (None, 0, {})
    finally:
        runner.close()


# in the window, by keyboard
