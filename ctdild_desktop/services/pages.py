"""What is printed, as values: everything that the one-page MDT summary says, before any drawing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ctdild_desktop import __version__
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria import Criterion
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.trajectory import Slope
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.figures.scene import Timeline
from ctdild_desktop.language import code, english_of, marked, say, say_in
from ctdild_desktop.services import page_parts as parts
from ctdild_desktop.services import texts
from ctdild_desktop.services.answers import grouped, one_line, short_number, short_title, short_word
from ctdild_desktop.services.assessment import LineEffect, PatientView, patient_view
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.page_decision import PageDecision, PageLast, page_last
from ctdild_desktop.services.page_figure import page_figure
from ctdild_desktop.services.page_labs import labs_line
from ctdild_desktop.services.page_words import Said, page_words
from ctdild_desktop.services.redaction import decision_without_words, redacted, until
from ctdild_desktop.services.since_mdt import since_last
from ctdild_desktop.services.site_criteria import own_criteria
from ctdild_desktop.services.test_table import TestRow

MOST_QUESTION = 200
"""Characters of the question: two printed lines."""

MOST_TESTS = 6
"""Rows in the printed table of tests."""

_ROLES = {
    "maintenance": marked("maint."),
    "induction": marked("induct."),
    "prophylaxis": marked("proph."),
    "supportive": marked("support."),
    "antifibrotic": marked("antifibr."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTest:
    """One row of the table of tests, every cell final text; an empty cell means "not recorded that day"."""

    date: str
    fvc_l: str
    fvc_lln: str
    fvc_z: str
    fvc_percent: str
    fvc_to_previous: str
    dlco: str
    dlco_z: str
    dlco_percent: str
    dlco_hb_percent: str
    dlco_to_previous: str
    hb: str
    """``128``, or ``(94.0)``: of a blood test."""
    spo2: str
    """``95 / 87``: at rest and lowest."""
    mmrc: str
    quality: str
    """``A / A``: FVC and DLCO."""
    note: str
    """``reference``, ``pair of PPF``, ``excluded: lung infection``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCriterion:
    """One criterion: its name, the verdict in words, and the number with its date or what is needed."""

    title: str
    verdict: Verdict
    verdict_text: str
    """``MET``, ``NOT MET``, ``CANNOT TELL``, ``NOT APPLICABLE``, or a tool's category."""
    detail: str
    """``−11.6 % since 09.12.2024`` or ``needs an HRCT read since 12.03.2025``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTherapy:
    """One line of therapy with the FVC slopes in mL a year and, in brackets, the number of tests."""

    name: str
    """``MMF 1.5 g/d``, printed bold."""
    role: str
    dates: str
    before: str
    """``−422 (3)`` or ``–``."""
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MdtPageData:
    """Everything that the MDT page prints; texts are final, in the reader's locale."""

    name: str
    """``HOLLOWAY, Ingrid``, or the pseudonym."""
    identity: str
    """``F · 55 y · born 18.09.1970 · MRN DEMO-0417 · consent: registry yes, research yes``."""
    meeting: str
    """``MDT 19.03.2026`` or ``MDT``."""
    question: str
    """Empty when none was asked: a line to write on is drawn."""
    asked_by: str
    diagnosis: tuple[str, ...]
    """Up to five lines for the left box."""
    facts_title: str
    """Heading of the right box: ``SINCE LAST MDT, 18.12.2024``, or ``AT 12.03.2026`` without a decision."""
    facts: tuple[str, ...]
    """The lines of the right box: what happened since, else the latest values, therapy now and admissions."""
    figures: Timeline
    """The chart; of a pseudonymised page it was made from a record without identity."""
    tests: tuple[PageTest, ...]
    """At most six, newest first."""
    older_tests: int
    dlco_unit: str
    criteria_title: str
    """``CRITERIA, as of 12.03.2026``."""
    criteria: tuple[PageCriterion, ...]
    therapy: tuple[PageTherapy, ...]
    """Running lines first, then the latest stopped; the page prints as many as fit and counts the rest."""
    adverse_events: tuple[str, ...]
    """One text per event, the gravest of the running and latest first: ``lung infection G3 serious 02.2023
    (MMF)``.
    """
    hrct: str
    """``18.11.2024: stable against 18.10.2023; fibrosis; extent 22 %``, or ``not recorded``."""
    program: str
    """``CTD-ILD Desktop 1.0.0``."""
    data_as_of: str
    """The day of the latest entry; empty when there is none."""
    references: str
    """``GLI 2022, TLCO 2017``."""
    printed_by: str
    printed_on: str
    case: str = ""
    """``case 4 of 11``."""
    meeting_kind: str = ""
    """``ILD MDT``."""
    labs: str = ""
    """``CRP 6 mg/L (15.12.2025) · RVSP, K-BILD: not recorded``."""
    last: PageLast | None = None
    """The decision of the meeting before; None when none is recorded."""
    decision: PageDecision | None = None
    """The decision of this meeting; None leaves the box empty, to be filled in by hand."""
    changed: str = ""
    """What of the record differs now from the page that was signed."""
    hb_unit: str = "g/L"
    """Of the haemoglobin of the tests; a page that was signed keeps its own."""
    pseudonymised: bool = False
    demo: bool = False
    practice: bool = False
    language: str = "en"
    words: Said = ()
    """The fixed words of the page in that language."""


@for_everybody
def mdt_page(
    desk: Desk,
    patient_id: str,
    *,
    as_of: dt.date | None = None,
    question: str = "",
    asked_by: str = "",
    meeting_date: dt.date | None = None,
    pseudonymised: bool = False,
) -> MdtPageData:
    """Collect the MDT page of one patient and note in the audit trail that it was made.

    Args:
        desk: whose page it is; printed as "printed by".
        patient_id: the patient.
        as_of: leaves out everything dated later, and dates the page; default: today.
        question: what the meeting is asked, up to 200 characters.
        asked_by: who asks.
        meeting_date: printed in the head.
        pseudonymised: no name, MRN, birth date or free text: a pseudonym and the year of birth stand in their
            place. Question and asker are free text and are left out, too.

    Raises:
        RefusedError: there is no such patient, or the question is longer than 200 characters.
    """
    question, asked_by = " ".join(question.split()), " ".join(asked_by.split())
    if len(question) > MOST_QUESTION:
        raise RefusedError(
            say(
                "The question has {question} characters; {MOST_QUESTION} fit on the page.",
                question=len(question),
                MOST_QUESTION=MOST_QUESTION,
            )
        )
    with desk.registry.read() as session:
        record = desk.store.load(session, patient_id)
        pseudonym = desk.store.lists.pseudonym(session, patient_id) if record is not None else ""
    if record is None:
        raise RefusedError("This patient is no longer in the registry.")
    today = as_of or desk.today()
    page = build_page(
        record if as_of is None else until(record, as_of),
        today,
        pseudonym=pseudonym if pseudonymised else None,
        own=own_criteria(desk),
        meeting=meeting_date,
    )
    desk.registry.record_event(
        "mdt_page",
        user=desk.login,
        subject_id=patient_id,
        detail={
            "as_of": english_of(page.data_as_of) or "no entry",
            "pseudonymised": "yes" if pseudonymised else "no",
        },
    )
    return replace(
        page,
        meeting=say("MDT {meeting_date}", meeting_date=wording.day(meeting_date))
        if meeting_date is not None
        else say_in("mark", "MDT"),
        question="" if pseudonymised else question,
        asked_by="" if pseudonymised else asked_by,
        printed_by=desk.display_name,
        printed_on=wording.day(desk.today()),
        demo=desk.demo,
        practice=desk.practice,
    )


def build_page(
    record: PatientRecord,
    today: dt.date,
    *,
    pseudonym: str | None = None,
    own: Sequence[Criterion] = (),
    meeting: dt.date | None = None,
) -> MdtPageData:
    """The page of a record on a day, without what only the desk knows; pure.

    Args:
        record: everything recorded up to that day.
        today: the day of the page.
        pseudonym: stands for name and number, and leaves out every free text.
        own: the clinic's own thresholds, printed among the published definitions.
        meeting: the day of the meeting, which the chart shows; what was decided on it is no earlier decision.
    """
    if pseudonym is None:
        shown = known = record
    else:
        shown = redacted(record, pseudonym)
        # Age and % predicted need the exact birth date; it is not among what is handed on.
        born = record.patient.birth_date
        known = replace(
            shown,
            patient=replace(shown.patient, birth_date=born),
            decisions=tuple(map(decision_without_words, record.decisions)),
        )
    view = patient_view(known, today, own=own)
    since = since_last(known, meeting or today)
    head = view.header
    dated = wording.day(view.as_of) if record.tests or record.hrct or record.visits else ""
    return MdtPageData(
        name=pseudonym or head.name,
        identity=(
            say(
                "{sex} · {age} · born {birth_date} · MRN {mrn} · consent: {consent}",
                sex=head.sex,
                age=head.age,
                birth_date=head.birth_date,
                mrn=head.mrn,
                consent=head.consent,
            )
            if pseudonym is None
            else say(
                "{sex} · {age} · born {patient}",
                sex=head.sex,
                age=head.age,
                patient=parts.birth_year(shown.patient),
            )
        ),
        meeting=say_in("mark", "MDT"),
        question="",
        asked_by="",
        diagnosis=parts.diagnosis_lines(view),
        facts_title=since.title if since.last is not None else _facts_title(view),
        facts=since.lines if since.last is not None else parts.fact_lines(view),
        figures=page_figure(
            replace(shown, decisions=known.decisions),
            view.derived,
            view.pair(view.first_choice),
            today,
            meeting,
        ),
        tests=tuple(page_test(row) for row in view.rows[:MOST_TESTS]),
        older_tests=max(len(view.rows) - MOST_TESTS, 0),
        dlco_unit=parts.dlco_unit(view.derived[:MOST_TESTS]),
        hb_unit=wording.haemoglobin_unit(),
        criteria_title=say("CRITERIA, as of {dated}", dated=dated)
        if dated
        else say("CRITERIA, no entry yet"),
        criteria=page_criteria(view.assessments),
        therapy=tuple(page_therapy(effect) for effect in view.lines),
        adverse_events=parts.event_lines(shown, today),
        hrct=parts.scan_line(shown, today),
        program=say("CTD-ILD Desktop {version}", version=__version__),
        data_as_of=dated,
        references=view.references,
        printed_by="",
        printed_on="",
        labs=labs_line(shown, today),
        last=page_last(since.last, free_text=pseudonym is None) if since.last is not None else None,
        pseudonymised=pseudonym is not None,
        language=code(),
        words=page_words(),
    )


def _facts_title(view: PatientView) -> str:
    if not view.derived:
        return say("NO TEST YET")
    return say("AT {date}", date=wording.day(view.derived[0].date))


def page_test(row: TestRow) -> PageTest:
    """One row of the table of tests as final text."""
    test, fvc, gas, corrected = row.test, row.derived.fvc, row.derived.dlco, row.derived.dlco_hb
    grades = (test.fvc_grade, test.dlco_grade)
    spo2 = (row.spo2_rest, row.spo2_nadir)
    return PageTest(
        date=wording.day(test.date),
        fvc_l=_typed(fvc.value),
        fvc_lln=_number(fvc.lln, 2),
        fvc_z=_number(fvc.z, 1),
        fvc_percent=_number(fvc.percent, 1),
        fvc_to_previous=_change(row.fvc_to_previous),
        dlco=_typed(gas.value),
        dlco_z=_number(gas.z, 1),
        dlco_percent=_number(gas.percent, 1),
        dlco_hb_percent=_number(corrected.percent, 1),
        dlco_to_previous=_change(row.dlco_to_previous),
        hb=texts.haemoglobin(row.derived),
        spo2=" / ".join(_typed(value) or "–" for value in spo2) if any(spo2) else "",
        mmrc=str(row.mmrc) if row.mmrc is not None else "",
        quality=" / ".join(grade or "–" for grade in grades) if any(grades) else "",
        note=row.note,
    )


def page_criteria(answers: Sequence[Assessment]) -> tuple[PageCriterion, ...]:
    """The criteria in lines: met ones first, then those that cannot be told, not met, not applicable.

    Those that do not apply for one reason share a line; a need that was just printed is not printed again,
    and of several needs the first is printed with the number of the others, which the screen names.
    "Fall" is left out of names like "FVC fall > 10 %": the change beside it has its sign.
    """
    rows: list[PageCriterion] = []
    last = ""
    for group in grouped(answers):
        quiet = group.first.verdict is Verdict.NOT_APPLICABLE
        for members in (group.answers,) if quiet else ((answer,) for answer in group.answers):
            answer = members[0]
            detail = one_line(answer).removeprefix(f"{short_word(answer).lower()}, ")
            repeated = answer.verdict is Verdict.CANNOT_ASSESS and detail == last
            last = detail
            if answer.verdict is Verdict.CANNOT_ASSESS and len(answer.needs) > 1:
                detail = say(
                    "needs {needs}; + {needs2} more",
                    needs=wording.say(answer.needs[0]),
                    needs2=len(answer.needs) - 1,
                )
            rows.append(
                PageCriterion(
                    title=", ".join(map(short_title, members)),
                    verdict=answer.verdict,
                    verdict_text=short_word(answer),
                    detail=say("needs the same") if repeated else short_number(detail),
                )
            )
    return tuple(rows)


def page_therapy(effect: LineEffect) -> PageTherapy:
    """One line of therapy with the slopes before and on it."""
    return PageTherapy(
        name=effect.short,
        role=say(_ROLES.get(english_of(effect.role), effect.role)),
        dates=effect.dates,
        before=_slope(effect.before),
        on=_slope(effect.on),
    )


def _slope(slope: Slope | None) -> str:
    if slope is None:
        return "–"
    return f"{wording.signed(slope.per_year, 0)} ({slope.n})"


def _typed(value: Decimal | None) -> str:
    return wording.as_typed(value) if value is not None else ""


def _number(value: Decimal | float | None, places: int) -> str:
    return wording.number(value, places) if value is not None else ""


def _change(value: Decimal | None) -> str:
    return f"{wording.signed(value, 1)} %" if value is not None else ""
