"""Lung-function tests: the live preview of one being typed, and recording, amending and removing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.absence import without_settled
from ctdild_desktop.clinical.criteria import Criterion
from ctdild_desktop.clinical.derived import DerivedTest, derive
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.plausibility import Issue, check_pft
from ctdild_desktop.clinical.records import PatientRecord, Pft, Visit
from ctdild_desktop.clinical.remembering import Memory, remembering
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.language import say
from ctdild_desktop.services import entries, visits
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    Step,
    find_in,
    new_issues,
    patient_of,
    perform,
    record_of,
    refuse_issues,
    saved_in,
    verdicts_changed,
    with_id,
)
from ctdild_desktop.services.assessment import assess, assess_own
from ctdild_desktop.services.changes import Changes, History, comparability, latest_usable
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires
from ctdild_desktop.services.site_sets import with_site_set

DRAFT_ID = "draft"
"""Id of a test or visit that is being typed and has none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """What saving would do to one criterion."""

    assessment: Assessment
    """As it would be."""
    before: Verdict | None
    """As it is; None when there is nothing to compare with."""

    @property
    def changes(self) -> bool:
        """Whether the verdict would be another one: ``becomes MET``."""
        return self.before is not self.assessment.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PftPreview:
    """Everything that the sheet shows while a test is typed; nothing of it is saved."""

    draft: Pft
    issues: tuple[Issue, ...]
    """Hard ones first; soft ones whose field is confirmed are left out."""
    derived: DerivedTest
    last: DerivedTest | None
    """The latest earlier test that is not excluded: the "Last" column."""
    last_visit: Visit | None
    """The latest earlier visit, for weight and mMRC."""
    reference: DerivedTest | None
    """The test of the "to ref" column: the baseline that the first criterion compares the draft with."""
    to_last: Changes
    to_reference: Changes
    verdicts: tuple[VerdictChange, ...]
    """Changed verdicts first, then in the order of the strip."""
    same_day: str | None
    """Id of another test of this date."""
    comparable: tuple[str, ...]
    """How this test compares with the last: ``same equation (GLI 2022, TLCO 2017)``, ``height 172 cm``."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known without the test that is typed, worked out once while it is typed."""

    record: PatientRecord
    answers: tuple[Assessment, ...]
    history: History
    memory: Memory = field(default_factory=dict, repr=False, compare=False)
    """What was worked out of the other tests, for each judgement of the test with them."""


def before_pft(record: PatientRecord, test_id: str = "", own: Sequence[Criterion] = ()) -> Before:
    """The record without one test, what the criteria answer then, and its usable visits; pure."""
    rest = replace(record, tests=tuple(test for test in record.tests if test.id != test_id))
    memory: Memory = {}
    with remembering(memory):
        answers = (*assess(rest), *assess_own(rest, own))
        return Before(rest, answers, History(rest), memory)


def _joined(record: PatientRecord, draft: Pft, visit: Visit | None) -> PatientRecord:
    """The record as it would be if the draft were saved."""
    tests = (*(test for test in record.tests if test.id != draft.id), draft)
    ordered = tuple(sorted(tests, key=lambda test: (test.date, test.entered or 10**9, test.id)))
    seen = record.visits
    if visit is not None:
        merged, _old = _merged(record, visit)
        seen = (*(other for other in record.visits if other.id != merged.id), merged)
    return replace(record, tests=ordered, visits=tuple(sorted(seen, key=lambda item: (item.date, item.id))))


def preview_pft(
    record: PatientRecord,
    draft: Pft,
    visit: Visit | None,
    today: dt.date,
    settings: SiteSettings | None = None,
    *,
    own: Sequence[Criterion] = (),
    known: Before | None = None,
) -> PftPreview:
    """What a test would show and change if it were saved now; pure and fast enough for every field left.

    Args:
        record: everything recorded of the patient.
        draft: the test as typed; an empty id means a new one.
        visit: what was asked at the same visit, when anything was.
        today: the calendar day.
        settings: the clinic's own, for the set that a test without one is computed with.
        own: the clinic's own thresholds, told after the published definitions.
        known: what :func:`before_pft` answered for this record, test and thresholds; else it is worked out.
    """
    draft = with_site_set(draft if draft.id else replace(draft, id=DRAFT_ID), settings or SiteSettings())
    known = known or before_pft(record, draft.id, own)
    with remembering(dict(known.memory)):
        return _preview(record, draft, visit, today, own=own, known=known)


def _preview(
    record: PatientRecord,
    draft: Pft,
    visit: Visit | None,
    today: dt.date,
    *,
    own: Sequence[Criterion],
    known: Before,
) -> PftPreview:
    if visit is not None:
        visit = replace(visit, id=visit.id or DRAFT_ID, date=draft.date)
    issues = _issues(record, draft, visit, today)
    told = [issue for issue in issues if issue.hard or issue.field not in draft.confirmed_unusual]
    judged = _without_refused(draft, issues)
    after = _joined(record, judged, visit)
    before, earlier, history = known.record, known.answers, known.history
    last = latest_usable([test for test in before.tests if test.date < draft.date])
    answers_before = {answer.criterion: answer.verdict for answer in earlier}
    # An empty form judges nothing: its date alone would only move the windows.
    answers = (*assess(after), *assess_own(after, own)) if _bears_on_criteria(judged, visit) else earlier
    verdicts = [
        VerdictChange(assessment=answer, before=answers_before.get(answer.criterion)) for answer in answers
    ]
    day = _reference_day(answers, judged)
    reference = None if day is None else latest_usable([test for test in before.tests if test.date == day])
    lent = haemoglobins_of(record.labs)
    here = derive(judged, record.patient, lent)
    last_derived = derive(last, record.patient, lent) if last is not None else None
    return PftPreview(
        draft=draft,
        issues=tuple(sorted(told, key=lambda issue: not issue.hard)),
        derived=here,
        last=last_derived,
        last_visit=max(
            (seen for seen in record.visits if seen.date < draft.date),
            key=lambda seen: seen.date,
            default=None,
        ),
        reference=derive(reference, record.patient, lent) if reference is not None else None,
        to_last=history.before(judged),
        to_reference=Changes() if day is None else history.since(judged, day),
        verdicts=tuple(sorted(verdicts, key=lambda item: not item.changes)),
        same_day=next((test.id for test in before.tests if test.date == draft.date), None),
        comparable=comparability(last_derived, here, record.patient, lent),
    )


def _without_refused(draft: Pft, issues: Sequence[Issue]) -> Pft:
    """The draft without measurements that cannot be: nothing follows from a value that is refused."""
    refused = {issue.field for issue in issues if issue.hard}
    emptied: dict[str, Any] = {
        name: None for name in refused if isinstance(getattr(draft, name, None), Decimal)
    }
    return replace(draft, **emptied)


def _bears_on_criteria(draft: Pft, visit: Visit | None) -> bool:
    """Whether anything is typed that a criterion looks at."""
    measured = (draft.fvc_l, draft.fvc_pct_pred, draft.fev1_l, draft.dlco, draft.dlco_pct_pred, draft.hb_g_l)
    asked = visit is not None and (visit.symptom_change is not None or visit.mmrc is not None)
    return asked or any(value is not None for value in measured)


def _reference_day(answers: tuple[Assessment, ...], draft: Pft) -> dt.date | None:
    """The day that the strip's first FVC pair compares the draft with; a DLCO pair when there is no FVC
    one.
    """
    pairs = [pair for answer in answers for pair in answer.evidence if pair.follow_up.date == draft.date]
    pairs.sort(key=lambda pair: pair.measure != "fvc")
    return pairs[0].baseline.date if pairs else None


def _issues(record: PatientRecord, draft: Pft, visit: Visit | None, today: dt.date) -> tuple[Issue, ...]:
    others = tuple(test for test in record.tests if test.id != draft.id)
    issues = check_pft(draft, record.patient, others, today)
    if visit is not None:
        merged, _old = _merged(record, visit)
        issues = (*issues, *(issue for issue in visits.check(merged, record, today) if issue not in issues))
    return issues


def _merged(record: PatientRecord, visit: Visit) -> tuple[Visit, Visit | None]:
    """The visit joined with one already recorded or planned for that day: what is given now replaces, the
    rest stays.

    A visit that is itself recorded already is taken as it is given, so that a field can be cleared.
    """
    edited = find_in(record, Visit, visit.id)
    if edited is not None:
        return visit, edited
    planned = (other for other in record.appointments if other.status == "planned")
    saved = next((other for other in (*record.visits, *planned) if other.date == visit.date), None)
    if saved is None:
        return visit, None
    given = {
        item.name: getattr(visit, item.name)
        for item in fields(Visit)
        if item.name not in ("id", "version") and getattr(visit, item.name) not in (None, "", ())
    }
    if saved.status == "planned":
        given.setdefault("status", "attended")
    given["absent"] = tuple(sorted({**dict(saved.absent), **dict(visit.absent)}.items()))
    return without_settled(replace(saved, **given)), saved


def _visit_steps(record: PatientRecord, visit: Visit | None, date: dt.date) -> tuple[Step, ...]:
    if visit is None:
        return ()
    dated = replace(visit, id="" if visit.id == DRAFT_ID else visit.id, date=date)
    merged, saved = _merged(record, dated)
    if saved is None:
        return (Add(with_id(merged)),)
    return () if merged == saved else (Amend(merged),)


def _values(test: Pft) -> str:
    parts = []
    if test.fvc_l is not None:
        parts.append(say("FVC {fvc_l} L", fvc_l=wording.as_typed(test.fvc_l)))
    elif test.fvc_pct_pred is not None:
        parts.append(say("FVC {fvc_pct_pred} %", fvc_pct_pred=wording.as_typed(test.fvc_pct_pred)))
    if test.dlco is not None:
        parts.append(say("DLCO {dlco}", dlco=wording.as_typed(test.dlco)))
    elif test.dlco_pct_pred is not None:
        parts.append(say("DLCO {dlco_pct_pred} %", dlco_pct_pred=wording.as_typed(test.dlco_pct_pred)))
    return f": {', '.join(parts)}" if parts else ""


def _name(test: Pft) -> str:
    return say("PFT {date}", date=wording.day(test.date))


def told(test: Pft) -> str:
    """A test with its main values: ``PFT 12.03.2026: FVC 2.31 L, DLCO 4.1``."""
    return f"{_name(test)}{_values(test)}"


def check(test: Pft, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a test, hard and soft; pure."""
    return _issues(record, test, None, today)


_TEST = entries.Noun(Pft, _name, check)


def _save(desk: Desk, patient_id: str, steps: tuple[Step, ...], test: Pft, reason: str) -> Done[Pft]:
    new = isinstance(steps[0], Add)
    name = told(test)
    said = say("Saved {name}." if new else "Changed {name}.", name=name)
    return perform(
        desk,
        patient_id,
        steps,
        label=_name(test) if new else say("change of {test}", test=_name(test)),
        value=lambda after: find_in(after, Pft, test.id),
        say=lambda before, after: f"{said} {verdicts_changed(before, after)}".rstrip(),
        reason=reason,
    )


@requires(*RECORDING)
def record_pft(
    desk: Desk,
    patient_id: str,
    test: Pft,
    visit: Visit | None = None,
    *,
    confirmed: Collection[str] = (),
) -> Done[Pft]:
    """Record a test, and with it what was asked at the same visit, in one transaction.

    A visit of that day that is already there is completed, not doubled.

    Args:
        confirmed: further fields or issue codes that were confirmed, beside ``test.confirmed_unusual``.

    Raises:
        RefusedError: carries the issues; nothing was saved. Soft ones pass once their field is confirmed.
    """
    record = record_of(desk, patient_id)
    value = with_id(replace(test, id="" if test.id == DRAFT_ID else test.id))
    value = with_site_set(value, desk.settings)
    if visit is not None:
        visit = replace(visit, date=value.date)
    refuse_issues(_issues(record, value, visit, desk.today()), (*value.confirmed_unusual, *confirmed))
    return _save(desk, patient_id, (Add(value), *_visit_steps(record, visit, value.date)), value, "")


@requires(*RECORDING)
def amend_pft(
    desk: Desk,
    test: Pft,
    visit: Visit | None = None,
    *,
    confirmed: Collection[str] = (),
    reason: str = "",
) -> Done[Pft]:
    """Replace a test that was saved, and what was asked at its visit; raises StaleError on a foreign
    change.
    """
    patient_id, record = patient_of(desk, Pft, test.id)
    saved = saved_in(desk, record, test)
    test = with_site_set(test, desk.settings)
    if visit is not None:
        visit = replace(visit, date=test.date)
    today = desk.today()
    issues = new_issues(_issues(record, test, visit, today), check(saved, record, today))
    refuse_issues(issues, (*test.confirmed_unusual, *confirmed))
    return _save(desk, patient_id, (Amend(test), *_visit_steps(record, visit, test.date)), test, reason)


@requires(*RECORDING)
def remove_pft(desk: Desk, pft_id: str, reason: str) -> Done[Pft]:
    """Void a test with the reason. One done during an infection is excluded instead, and stays on the
    plot.
    """
    return entries.remove(desk, _TEST, pft_id, reason)
