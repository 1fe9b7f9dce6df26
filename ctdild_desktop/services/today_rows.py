"""Why a patient stands on the work list of a day: one row for each reason, from everything recorded. Pure.

What is due comes from the due rules, what was met from the criteria; here it is put in few words, with the
numbers, the state and the place where the work is done. Nothing here advises a treatment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.due import due_items
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.records import PatientRecord, Pft, Snooze
from ctdild_desktop.clinical.remembering import remembering
from ctdild_desktop.clinical.series import dlco_visits, unusable_dlco
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.language import say
from ctdild_desktop.services import texts
from ctdild_desktop.services.answers import key_number, one_line
from ctdild_desktop.services.due import due_facts, left_by
from ctdild_desktop.services.lately import Lately, Turn, answer_on, lately_of, turn_of

_MONTHS = 12
"""What was met longer ago is no longer news."""
_REPEAT_FROM, _REPEAT_UNTIL = dt.timedelta(weeks=4), dt.timedelta(weeks=12)
_CONFIRM = "CONFIRM_ADVISED"


class Group(StrEnum):
    """A kind of reason, the most urgent first."""

    PROGRESSION = "progression"
    CONFIRM = "confirm"
    DUE = "due"
    RITUXIMAB = "rituximab"
    INCOMPLETE = "incomplete"
    ACTIONS = "actions"


class State(StrEnum):
    """How a row stands on the day, the most urgent first."""

    NEW = "new"
    GATE = "gate"
    """Never done, and by its source the drug is not to begin without it."""
    OVERDUE = "overdue"
    WARNING = "warning"
    DUE = "due"
    NEVER = "never"
    SUGGESTED = "suggested"
    OPEN = "open"
    LATER = "later"
    LACKING = "lacking"
    UNRECORDED = "unrecorded"
    """Checks of which the registry has no result at all."""


class Place(StrEnum):
    """Where the work of a row is done."""

    PATIENT = "patient"
    LOG_PFT = "log_pft"
    TEST = "test"
    HRCT = "hrct"
    VISIT = "visit"
    BLOODS = "bloods"
    HEART = "heart"
    THERAPY = "therapy"
    DETAILS = "details"
    DIAGNOSIS = "diagnosis"
    MDT = "mdt"
    DRAFT = "draft"
    """The sheet in which it was typed; ``record_id`` is its kind and the record that it corrects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a row is about."""

    id: str
    mrn: str
    name: str
    """``HOLLOWAY, Ingrid``; empty when no name is recorded."""
    birth_date: PartialDate | None
    sex: str
    age: str
    """``55 y``, or what is not recorded."""
    disease: str
    """``ASyS, fibrotic NSIP``: disease and ILD pattern, as far as they are recorded."""

    @property
    def shown(self) -> str:
        """The name, or the MRN of somebody without one."""
        return self.name or self.mrn


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayRow:
    """One reason of one patient."""

    person: Person
    group: Group
    key: str
    """What the reason is, so that the same row is known again when its numbers have changed."""
    reason: str
    state: State
    place: Place
    record_id: str = ""
    """The record that is opened, where it is one."""
    opens: dt.date | None = None
    due: dt.date | None = None
    days: int = 0
    """Days overdue; for what is new, since it is."""
    detail: tuple[str, ...] = ()
    ask: str = ""
    """The reason in as few words as can be, for the list of a clinic."""
    rests_on: str = ""
    """The tests, days and rules behind the reason; another text is another reason."""
    snooze: Snooze | None = None
    """Until when it is put off, and why; None on the list itself."""

    @property
    def item(self) -> str:
        """Which row of the patient it is, whatever its numbers say."""
        return f"{self.group.value}:{self.key}"

    @property
    def basis(self) -> str:
        """A mark of what the reason rests on, short and without a name."""
        return hashlib.blake2b(self.rests_on.encode(), digest_size=16).hexdigest()

    @property
    def urgency(self) -> tuple[int, int, int, str, str]:
        """Sorts by state, then the longest overdue and the earliest due, then by name."""
        order = list(State).index(self.state)
        if self.state is State.NEW:
            day = self.days
        else:
            on = self.opens if self.state in (State.OPEN, State.LATER) else self.due
            day = on.toordinal() if on is not None else dt.date.max.toordinal()
        return (list(Group).index(self.group), order, day, self.person.shown.casefold(), self.person.mrn)


def person_of(record: PatientRecord, as_of: dt.date) -> Person:
    """Who a record is about, as lists name them."""
    patient, view = record.patient, record.diagnosis_on(as_of)
    parts = []
    if view is not None:
        disease, pattern = codes.diagnoses().get(view.ctd), codes.patterns().get(view.pattern)
        parts = [disease.short if disease is not None else view.ctd]
        if view.pattern:
            parts.append(pattern.short if pattern is not None else view.pattern)
    return Person(
        id=patient.id,
        mrn=patient.mrn,
        name=texts.display_name(patient),
        birth_date=patient.birth_date,
        sex=patient.sex.value if patient.sex is not None else "",
        age=texts.age(patient, as_of),
        disease=", ".join(parts),
    )


@dataclass(frozen=True, slots=True)
class Reasons:
    """The rows of one patient, and what comes next where nothing is due yet."""

    rows: tuple[TodayRow, ...] = ()
    put_off: tuple[TodayRow, ...] = ()
    """The rows that somebody put off, each with until when."""
    following: tuple[dt.date, str] | None = None
    """The next day on which something may be done, and what."""


def rows_of(
    record: PatientRecord, as_of: dt.date, known: tuple[Lately, Turn | None] | None = None
) -> tuple[TodayRow, ...]:
    """Every row of one patient, the most urgent first; none of who died or withdrew.

    Args:
        record: everything recorded of the patient.
        as_of: the day of the list; entries after it are ignored.
        known: what was met lately, when that is known already; default: as the record says.
    """
    return reasons_of(record, as_of, known).rows


@remembering()
def reasons_of(
    record: PatientRecord,
    as_of: dt.date,
    known: tuple[Lately, Turn | None] | None = None,
    drafts: Sequence[tuple[str, dt.date]] = (),
) -> Reasons:
    """As :func:`rows_of`, with what was put off, what comes next, and drafts by kind and day."""
    from ctdild_desktop.services.today_drafts import draft_rows
    from ctdild_desktop.services.today_due import due_rows, following
    from ctdild_desktop.services.today_team import team_rows

    if left_by(record, as_of):
        return Reasons()
    person = person_of(record, as_of)
    lately, turn = known if known is not None else (lately_of(record, as_of), turn_of(record, as_of))
    items = due_items(due_facts(record, as_of, lately))
    made = [
        *_turn_rows(record, person, turn, as_of),
        *due_rows(items, record, person, as_of),
        *_incomplete(record, person, as_of),
        *team_rows(record, person, as_of),
        *draft_rows(drafts, person, as_of),
    ]
    made.sort(key=lambda row: row.urgency)
    told = [_put_off(row, record, as_of) for row in made]
    return Reasons(
        rows=tuple(row for row in told if row.snooze is None),
        put_off=tuple(row for row in told if row.snooze is not None),
        following=following(items, as_of),
    )


def _put_off(row: TodayRow, record: PatientRecord, as_of: dt.date) -> TodayRow:
    """The row with the latest day until which it was put off, where what it rests on is still the same."""
    found = [
        one
        for one in record.snoozes
        if one.item == row.item and one.basis == row.basis and one.date <= as_of < one.until
    ]
    return replace(row, snooze=max(found, key=lambda one: one.until)) if found else row


# what the latest entry met


def _turn_rows(
    record: PatientRecord, person: Person, turn: Turn | None, as_of: dt.date
) -> Iterable[TodayRow]:
    if turn is None or not turn.met or turn.day < add_months(as_of, -_MONTHS):
        return
    answers = [answer_on(record, criterion, turn.day) for criterion in turn.met]
    newly = [answer for answer in answers if answer.criterion in turn.newly]
    if newly:
        lead = next((answer for answer in newly if key_number(answer)), newly[0])
        yield TodayRow(
            person=person,
            group=Group.PROGRESSION,
            key=",".join(turn.newly),
            reason=f"{_told(lead)}: {_titles(lead, newly)}",
            state=State.NEW,
            place=Place.PATIENT,
            due=turn.day,
            days=(as_of - turn.day).days,
            detail=tuple(f"{answer.title}: {one_line(answer)}" for answer in newly),
            ask=say("newly met: {lead}", lead=_titles(lead, newly)),
            rests_on=f"{turn.day} {_basis(lead)}",
        )
    yield from _confirm_row(person, turn, answers, as_of)


def _titles(lead: Assessment, answers: Sequence[Assessment]) -> str:
    return (
        say("{title} and {answers} more", title=lead.title, answers=len(answers) - 1)
        if len(answers) > 1
        else lead.title
    )


def _told(answer: Assessment) -> str:
    """The two tests and the change of an answer, with the domains met besides: ``FVC 72.9 → 64.4 %, …``."""
    parts = []
    number = key_number(answer)
    if number and answer.evidence:
        pair = answer.evidence[0]
        unit = " %" if pair.basis.startswith("percent") else " L" if pair.basis == "litres" else ""
        places = 2 if pair.basis == "litres" else 1
        first, last = (wording.number(side.value, places) for side in (pair.baseline, pair.follow_up))
        span = wording.span(pair.baseline.date, pair.follow_up.date)
        parts.append(
            say(
                "{measure} {first} → {last}{unit}, {number} in {span}",
                measure=wording.measure(pair.measure),
                first=first,
                last=last,
                unit=unit,
                number=number,
                span=span,
            )
        )
    elif number:
        parts.append(number)
    for domain in answer.domains:
        if domain.verdict is Verdict.MET and domain.name != "physiology":
            parts.append(say("worse symptoms") if domain.name == "symptoms" else say("progression on HRCT"))
    return ", ".join(parts) or one_line(answer)


def _basis(answer: Assessment) -> str:
    """What an answer rests on, the same in every language: the two tests, and the domains that are met."""
    met = [domain.name for domain in answer.domains if domain.verdict is Verdict.MET]
    sides = [
        f"{side.date} {side.value}"
        for pair in answer.evidence[:1]
        for side in (pair.baseline, pair.follow_up)
    ]
    return ", ".join((answer.criterion, *sides, *met))


def _confirm_row(
    person: Person, turn: Turn, answers: Sequence[Assessment], as_of: dt.date
) -> Iterable[TodayRow]:
    """A repeat test is advised before what was met is relied upon: in 4 to 12 weeks."""
    advised = [
        (answer, caution)
        for answer in answers
        for caution in answer.cautions
        if caution.code == _CONFIRM and answer.evidence
    ]
    if not advised:
        return
    lead = advised[0][0]
    day = lead.evidence[0].follow_up.date
    opens, due = day + _REPEAT_FROM, day + _REPEAT_UNTIL
    state = State.LATER if as_of < opens else State.OPEN if as_of <= due else State.OVERDUE
    why = dict.fromkeys(
        wording.say(reason)
        for _answer, caution in advised
        for _name, reasons in caution.text.values
        if isinstance(reasons, tuple)
        for reason in reasons
    )
    yield TodayRow(
        person=person,
        group=Group.CONFIRM,
        key="confirm",
        reason=f"{_told(lead)}: {'; '.join(why)}",
        state=state,
        place=Place.LOG_PFT,
        opens=opens,
        due=due,
        days=max((as_of - due).days, 0),
        detail=tuple(f"{answer.title}: {wording.say(caution.text)}" for answer, caution in advised),
        ask=say("PFT to confirm the latest"),
        rests_on=f"{day} {_basis(lead)}",
    )


# what is incomplete


def _incomplete(record: PatientRecord, person: Person, as_of: dt.date) -> Iterable[TodayRow]:
    lacking = list(record.patient.missing)
    if not record.diagnoses:
        lacking.append("diagnosis")
    if lacking:
        yield TodayRow(
            person=person,
            group=Group.INCOMPLETE,
            key="lacking",
            reason=say("Not recorded: {lacking}", lacking=", ".join(map(say, lacking))),
            state=State.LACKING,
            place=Place.DIAGNOSIS if lacking == ["diagnosis"] else Place.DETAILS,
            ask=say("{lacking} not recorded", lacking=", ".join(map(say, lacking))),
            rests_on=", ".join(lacking),
        )
    test = _without_haemoglobin(record, as_of)
    if test is not None:
        yield TodayRow(
            person=person,
            group=Group.INCOMPLETE,
            key=f"hb {test.id}",
            reason=say("PFT {date}: Hb missing, DLCO cannot be corrected", date=wording.day(test.date)),
            state=State.LACKING,
            place=Place.TEST,
            record_id=test.id,
            days=(as_of - test.date).days,
            ask=say("Hb missing last time"),
        )


def _without_haemoglobin(record: PatientRecord, as_of: dt.date) -> Pft | None:
    """The latest test with DLCO, when that cannot be brought to standard haemoglobin."""
    usable = [test for test in record.tests if test.date <= as_of and unusable_dlco(test) is None]
    if not usable:
        return None
    latest = usable[-1]
    if latest.dlco_hb_corrected is True or latest.hb_g_l is not None:
        return None
    of_day = [test for test in usable if test.date == latest.date]
    haemoglobins = haemoglobins_of(record.labs)
    (visit,) = dlco_visits(of_day, record.patient, as_of, haemoglobins)
    return None if visit.correctable else latest
