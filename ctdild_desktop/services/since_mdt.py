"""What happened since the team last decided on a patient: for the page and for the meeting's screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue, derive
from ctdild_desktop.clinical.records import Action, Decision, PatientRecord, TherapyLine
from ctdild_desktop.figures.events import is_ongoing
from ctdild_desktop.figures.lanes import courses, dose_text
from ctdild_desktop.language import say, say_n
from ctdild_desktop.services import texts
from ctdild_desktop.services.therapy_text import dose_on, drug_class, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLast:
    """The strip "since last MDT"."""

    title: str
    """``SINCE LAST MDT, 18.12.2024`` or ``NO MDT BEFORE``."""
    lines: tuple[str, ...] = ()
    last: Decision | None = None
    """The latest decision of an earlier day."""
    since: dt.date | None = None
    """The day from which the lines tell; None when no team saw the patient before."""


def last_decision(record: PatientRecord, day: dt.date) -> Decision | None:
    """The latest decision of an earlier day, signed ones before those that were never signed."""
    before = [one for one in record.decisions if one.date < day]
    return max(before, key=lambda one: (one.signed, one.date, one.id), default=None)


def since_last(record: PatientRecord, day: dt.date) -> SinceLast:
    """What happened between the last decision and a day; pure.

    Without a decision the day of the latest view of the diagnosis that came from a team counts.
    """
    last = last_decision(record, day)
    views = [view.date.latest for view in record.diagnoses if view.basis == "MDT" and view.date.latest < day]
    since = last.date if last is not None else max(views, default=None)
    if since is None:
        return SinceLast(title=say("NO MDT BEFORE"))
    happened, none = _happened(record, since, day)
    return SinceLast(
        title=say("SINCE LAST MDT, {date}", date=wording.day(since)),
        lines=(
            *_tests(record, since, day),
            *_therapy(record, since, day),
            *happened,
            *_actions(record, day),
            *none,
        ),
        last=last,
        since=since,
    )


# lung function


def _tests(record: PatientRecord, since: dt.date, day: dt.date) -> Iterator[str]:
    """How many tests, and FVC and DLCO from the latest usable one of before to the latest since."""
    made = [derive(test, record.patient) for test in record.tests if test.date <= day]
    new = [test for test in made if test.date > since]
    if not new:
        yield say("PFT: none recorded since")
        return
    old = [test for test in made if test.date <= since]
    count = say_n("{n} PFT", "{n} PFTs", len(new))
    pairs = [
        pair
        for measure, used in (("fvc", "fvc_used"), ("dlco", "dlco_used"))
        if (pair := _pair(measure, used, old, new)) is not None
    ]
    if not pairs:
        yield say("{count}, none of them usable", count=count)
        return
    days = [days for days, _words in pairs]
    if len(set(days)) == 1:
        words = ", ".join(words for _days, words in pairs)
        yield say("{count}, {days}: {words}", count=count, days=days[0], words=words)
    else:
        words = ", ".join(f"{words} ({days})" for days, words in pairs)
        yield say("{count}: {words}", count=count, words=words)


def _pair(
    measure: str, used: str, old: Sequence[DerivedTest], new: Sequence[DerivedTest]
) -> tuple[str, str] | None:
    """Both days, and ``FVC 72.8 → 64.4 % predicted``; one value alone where there was none before."""
    name = wording.measure(measure)
    last = next((test for test in reversed(new) if getattr(test, used)), None)
    first = next((test for test in reversed(old) if getattr(test, used)), None)
    if last is None:
        return None
    after: DerivedValue = getattr(last, measure)
    if first is None:
        return wording.day(last.date), f"{name} {_alone(after)}"
    before: DerivedValue = getattr(first, measure)
    days = f"{wording.day(first.date)} → {wording.day(last.date)}"
    if (
        before.percent is not None
        and after.percent is not None
        and before.reference_set == after.reference_set
    ):
        fall = f"{wording.number(before.percent, 1)} → {wording.number(after.percent, 1)}"
        return days, say("{name} {fall} % predicted", name=name, fall=fall)
    if before.value is not None and after.value is not None and before.unit == after.unit:
        fall = f"{wording.as_typed(before.value)} → {wording.as_typed(after.value)}"
        return days, f"{name} {fall} {after.unit}".rstrip()
    return days, say("{name} {before} → {after}", name=name, before=_alone(before), after=_alone(after))


def _alone(value: DerivedValue) -> str:
    if value.percent is not None:
        return say("{percent} % predicted", percent=wording.number(value.percent, 1))
    if value.value is not None:
        return f"{wording.as_typed(value.value)} {value.unit}".rstrip()
    return say(texts.NOT_RECORDED)


# therapy


def _therapy(record: PatientRecord, since: dt.date, day: dt.date) -> Iterator[str]:
    changes = [change for line in record.therapy for change in _changes(line, since, day)]
    changes.sort(key=lambda change: change[0])
    if not changes:
        yield say("Therapy: no change recorded")
        return
    yield say("Therapy: {changes}", changes="; ".join(words for _day, words in changes))


def _changes(line: TherapyLine, since: dt.date, day: dt.date) -> Iterator[tuple[dt.date, str]]:
    """Each change of a line that may have been after one day and up to another, with its earliest day."""

    def new(date: PartialDate | None) -> bool:
        return date is not None and since < date.latest and date.earliest <= day

    name = short_name(line)
    if new(line.start):
        dose = dose_text(line.dose, line.dose_unit, line.frequency)
        yield (
            line.start.earliest,
            say("{drug} started {date}", drug=f"{name} {dose}".strip(), date=wording.partial(line.start)),
        )
    given = [infusion for infusion in line.given_infusions if infusion.date <= day]
    if drug_class(line) == "anti_cd20":
        for number, course in enumerate(courses(given), start=1):
            if course[-1].date > since:
                days = ", ".join(wording.day(infusion.date) for infusion in course)
                yield (
                    course[0].date,
                    say("{drug} course {number}, {days}", drug=name, number=number, days=days),
                )
    elif fresh := [infusion for infusion in given if infusion.date > since]:
        words = say_n("{n} infusion of {drug}", "{n} infusions of {drug}", len(fresh), drug=name)
        yield fresh[0].date, f"{words}, {wording.day(fresh[-1].date)}"
    for step in line.dose_changes:
        if new(step.date):
            before = dose_on(line, step.date.earliest - dt.timedelta(days=1))
            fall = " → ".join(
                part
                for part in (
                    dose_text(before, line.dose_unit, line.frequency),
                    dose_text(step.dose, line.dose_unit, line.frequency),
                )
                if part
            )
            yield step.date.earliest, f"{name} {fall} {wording.partial(step.date)}"
    yield from _pauses(line, name, new)
    if line.stop is not None and new(line.stop):
        why = codes.label("stop_reason", line.stop_reason)
        reason = f" ({why})" if why else ""
        yield (
            line.stop.earliest,
            say("{drug} stopped {date}", drug=name, date=wording.partial(line.stop)) + reason,
        )


def _pauses(
    line: TherapyLine, name: str, new: Callable[[PartialDate | None], bool]
) -> Iterator[tuple[dt.date, str]]:
    for gap in line.interruptions:
        if new(gap.start):
            yield (
                gap.start.earliest,
                say("{drug} paused {date}", drug=name, date=wording.partial(gap.start)),
            )
        if gap.stop is not None and new(gap.stop):
            yield (
                gap.stop.earliest,
                say("{drug} resumed {date}", drug=name, date=wording.partial(gap.stop)),
            )


# events


def _happened(record: PatientRecord, since: dt.date, day: dt.date) -> tuple[list[str], list[str]]:
    """Adverse events, scans and admissions; and the line of those of which there was none."""
    told = {
        say("adverse events"): _events(record, since, day),
        say("HRCT"): _scans(record, since, day),
        say("admissions"): _stays(record, since, day),
    }
    none = [name for name, words in told.items() if not words]
    line = [say("None recorded since: {names}", names=", ".join(none))] if none else []
    return [words for words in told.values() if words], line


def _events(record: PatientRecord, since: dt.date, day: dt.date) -> str:
    found = [
        event
        for event in record.adverse_events
        if event.onset.earliest <= day and (event.onset.latest > since or is_ongoing(event, day))
    ]
    if not found:
        return ""
    found.sort(key=lambda event: (-(event.grade or 0), -event.onset.earliest.toordinal(), event.id))
    return say("AE: {events}", events="; ".join(texts.event(event, record.therapy, day) for event in found))


def _scans(record: PatientRecord, since: dt.date, day: dt.date) -> str:
    found = [scan for scan in record.hrct if since < scan.date <= day]
    if not found:
        return ""
    return say("HRCT: {scan}", scan=texts.scan(found[-1]))


def _stays(record: PatientRecord, since: dt.date, day: dt.date) -> str:
    stays = [
        visit for visit in record.visits if visit.admitted_nights is not None and since < visit.date <= day
    ]
    if not stays:
        return ""
    days = ", ".join(
        say(
            "{date} ({admitted_nights} nights)",
            date=wording.day(stay.date),
            admitted_nights=stay.admitted_nights,
        )
        for stay in stays
    )
    return say("Admissions: {days}", days=days)


def _actions(record: PatientRecord, day: dt.date) -> Iterator[str]:
    """The actions of earlier decisions that nobody has done yet."""
    dates = {decision.id: decision.date for decision in record.decisions}
    left = [
        action
        for action in record.actions
        if action.status == "open" and dates.get(action.decision_id, dt.date.max) < day
    ]
    if left:
        actions = "; ".join(action_words(action) for action in left)
        yield say("Open: {actions}", actions=actions)


def action_words(action: Action) -> str:
    """``echocardiogram (Dr Croft, due 30.01.2026)``."""
    due = say("due {date}", date=wording.day(action.due)) if action.due is not None else ""
    behind = ", ".join(part for part in (action.owner, due) if part)
    return f"{action.what} ({behind})" if behind else action.what
