"""How the work list says what a row, a state and a place are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import wording
from ctdild_desktop.language import say_in
from ctdild_desktop.services.today import Group, NextMeeting, Person, Place, State, TodayRow

_DAYS_PER_YEAR = Decimal("365.25")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Today", text)


def group_title(group: Group) -> str:
    """What stands above the rows of a kind of reason."""

    return {
        Group.PROGRESSION: _tr("Progression newly met"),
        Group.CONFIRM: _tr("To confirm by a second test"),
        Group.DUE: _tr("Due or overdue"),
        Group.RITUXIMAB: _tr("Rituximab: re-treatment window and checks before it"),
        Group.INCOMPLETE: _tr("Incomplete"),
        Group.ACTIONS: _tr("MDT actions"),
    }[group]


def group_name(group: Group | None) -> str:
    """The short name of a kind of reason, as its filter says it; None is all of them."""

    return {
        None: _tr("All"),
        Group.PROGRESSION: _tr("Progression"),
        Group.CONFIRM: _tr("Confirm"),
        Group.DUE: _tr("Due"),
        Group.RITUXIMAB: _tr("Rituximab"),
        Group.INCOMPLETE: _tr("Incomplete"),
        Group.ACTIONS: _tr("MDT actions"),
    }[group]


def place_name(place: Place) -> str:
    """Where Enter leads."""

    return {
        Place.PATIENT: _tr("Patient"),
        Place.LOG_PFT: _tr("Log PFT"),
        Place.TEST: _tr("Test"),
        Place.HRCT: _tr("HRCT"),
        Place.VISIT: _tr("Visit"),
        Place.BLOODS: _tr("Bloods"),
        Place.HEART: _tr("Echo"),
        Place.THERAPY: _tr("Therapy"),
        Place.DETAILS: _tr("Details"),
        Place.DIAGNOSIS: _tr("Diagnosis"),
        Place.MDT: _tr("MDT"),
        Place.DRAFT: _tr("Resume"),
    }[place]


def count_words(shown: int, total: int) -> str:
    """``6 of 19, show all``, or the number alone when all are shown."""
    if shown >= total:
        return str(total)
    return _tr("{shown} of {total}, show all").format(shown=shown, total=total)


def state_words(row: TodayRow) -> str:
    """How a row stands: ``overdue 28 d``, ``overdue 4.9 y``, ``opens 01.04.2026``, ``never recorded``."""
    days = row.days
    if row.snooze is not None:
        return _tr("until {date}").format(date=wording.day(row.snooze.until))
    if row.state is State.NEW:
        return _time(days) if days else _tr("today")
    if row.state is State.OVERDUE:
        return _tr("overdue {time}").format(time=_time(days))
    if row.state is State.DUE:
        return _tr("due, {time}").format(time=_time(days)) if days else _tr("due")
    if row.state is State.LATER and row.opens is not None:
        return _tr("opens {date}").format(date=wording.day(row.opens))
    if row.state is State.LACKING and days:
        return _time(days)
    return _states().get(row.state, "")


def longest_states() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The longest texts of :func:`state_words`: of what is overdue, and of everything else."""
    times, day = (_time(888), _time(32_000)), wording.day(dt.date(2028, 8, 28))
    late = tuple(_tr("overdue {time}").format(time=time) for time in times)
    due = (_tr("due, {time}").format(time=time) for time in times)
    dated = (told.format(date=day) for told in (_tr("until {date}"), _tr("opens {date}")))
    return late, (*due, *dated, *_states().values())


def _time(days: int) -> str:
    """``28 d``; from a thousand days on ``4.9 y``."""
    if days < 1000:
        return _tr("{days} d").format(days=days)
    return _tr("{years} y").format(years=wording.number(Decimal(days) / _DAYS_PER_YEAR, 1))


def _states() -> dict[State, str]:
    return {
        State.GATE: _tr("never recorded"),
        State.WARNING: _tr("warning"),
        State.NEVER: _tr("never recorded"),
        State.SUGGESTED: _tr("suggested"),
        State.OPEN: _tr("open"),
        State.LACKING: _tr("incomplete"),
        State.UNRECORDED: _tr("never recorded"),
    }


def due_words(row: TodayRow) -> str:
    """The day on which a row is due; of what is new, the day of the entry."""
    on = row.due or row.opens
    return wording.day(on) if on is not None else ""


def put_off_words(row: TodayRow) -> str:
    """When and why a row was put off; empty for one that was not."""
    if row.snooze is None:
        return ""
    return _tr("Put off on {date}: {reason}").format(
        date=wording.day(row.snooze.date), reason=row.snooze.reason
    )


def who_short(person: Person) -> str:
    """Sex and age: ``F 55``; only what is recorded."""
    years = person.age.partition(" ")[0] if person.birth_date is not None else ""
    return f"{say_in('sex', person.sex)} {years}".strip()


def longest_who() -> tuple[str, ...]:
    """The longest texts of :func:`who_short`."""
    return tuple(f"{say_in('sex', sex)} 88" for sex in ("F", "M"))


def who_full(person: Person) -> str:
    """Everything that tells one person from another."""
    born = wording.partial(person.birth_date) if person.birth_date is not None else ""
    parts = (person.shown, say_in("sex", person.sex), born, person.mrn if person.name else "", person.disease)
    return " · ".join(part for part in parts if part)


def agenda_words(meeting: NextMeeting) -> str:
    """``11 patients, 9 with a question``."""
    if not meeting.patients:
        return _tr("no patients yet")
    return _tr("{patients} patients, {questions} with a question").format(
        patients=meeting.patients, questions=meeting.questions
    )


def not_ready_words(meeting: NextMeeting) -> str:
    """``HRCT 3, PFT 1``; empty when everything is ready."""

    names = {
        "pft": _tr("PFT"),
        "hrct": _tr("HRCT"),
        "serology": _tr("serology"),
        "pathology": _tr("pathology"),
    }
    return ", ".join(f"{names[code]} {count}" for code, count in meeting.not_ready)
