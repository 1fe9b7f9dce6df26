"""What the screen of a meeting shows of a case: the patient, what is written of it, and few words on both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria import strip_criteria
from ctdild_desktop.clinical.records import Action, Decision, Meeting
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.language import say
from ctdild_desktop.services import patients, texts
from ctdild_desktop.services.answers import (
    grouped,
    one_line,
    same_tests,
    short_number,
    short_title,
    short_word,
)
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.case_page import persons
from ctdild_desktop.services.decisions import draft_decision
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.meetings import Case, case_of
from ctdild_desktop.services.since_mdt import SinceLast, since_last
from ctdild_desktop.services.snapshots import changed_since

_SHORT = 24
"""Letters of a fact that is not broken into two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShown:
    """One case of a meeting with everything that its screen shows."""

    meeting: Meeting
    case: Case
    view: PatientView
    decision: Decision
    """As it is written; one without id where nothing is."""
    actions: tuple[Action, ...]
    """What is to be done after this case."""
    carried: tuple[Action, ...]
    """What is still to be done after earlier ones."""
    since: SinceLast
    changed: tuple[str, ...] = ()
    """The parts of a signed page that differ now."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Names of those who may have signed or added something, by login."""


@for_everybody
def case_shown(desk: Desk, item_id: str) -> CaseShown:
    """Read one case.

    Raises:
        RefusedError: it is on no agenda any more, or its patient is not in the registry.
    """
    meeting, case = case_of(desk, item_id)
    view = patients.view(desk, case.item.patient_id)
    decision = case.decision or draft_decision(desk, item_id)
    open_ones = (one for one in view.record.actions if one.status == "open")
    return CaseShown(
        meeting=meeting,
        case=case,
        view=view,
        decision=decision,
        actions=case.actions,
        carried=tuple(one for one in open_ones if one.decision_id != decision.id),
        since=since_last(view.record, meeting.date),
        changed=changed_since(desk, decision.id) if decision.signed else (),
        people=persons(desk) if decision.signed else {},
    )


def computed_words(decision: Decision) -> str:
    """``Computed: progressing, 4 criteria met``: what the criteria say that were shown."""
    titles = {criterion.id: criterion.title for criterion in strip_criteria()}
    by_verdict: dict[str, list[str]] = {}
    for criterion, verdict in decision.shown:
        by_verdict.setdefault(verdict, []).append(titles.get(criterion, criterion))
    met = by_verdict.get(Verdict.MET.value, [])
    if met:
        if len(met) > 1:
            return say("Computed: progressing, {count} criteria met", count=len(met))
        return say("Computed: progressing, {title} met", title=met[0])
    unknown = len(by_verdict.get(Verdict.CANNOT_ASSESS.value, []))
    if by_verdict.get(Verdict.NOT_MET.value):
        if unknown:
            return say("Computed: none met, {unknown} cannot be told", unknown=unknown)
        return say("Computed: none met")
    return say("Computed: cannot tell") if unknown else ""


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion: its name, the verdict's word, and its number with the days of both tests."""

    title: str
    verdict: Verdict
    word: str
    """``MET``, ``CANNOT TELL``, or a tool's category."""
    detail: str
    """``−11.6 %, 09.12.2024 → 12.03.2026``, or what is needed."""


def fact_line(view: PatientView) -> str:
    """``Antisynthetase syndrome, Jo-1 + Ro52 + · Fibrotic NSIP · ILD 4.8 y · mMRC 2 · SpO₂ 95 / 87``.

    What was not recorded is left out, but for diagnosis and pattern, of which it is said.
    """
    found, head = view.diagnosis, view.header
    ctd = head.ctd if found is not None else say("CTD {NOT_RECORDED}", NOT_RECORDED=texts.NOT_RECORDED)
    parts = [f"{ctd}, {head.antibodies}" if found is not None and found.antibodies else ctd]
    parts.append(
        head.pattern
        if found is not None and found.pattern
        else say("ILD pattern {NOT_RECORDED}", NOT_RECORDED=texts.NOT_RECORDED)
    )
    if found is not None and found.ild_diagnosed is not None:
        parts.append(say("ILD {years}", years=texts.duration(found.ild_diagnosed, view.today)))
    latest = view.rows[0] if view.rows else None
    breath = next((row.mmrc for row in view.rows if row.mmrc is not None), None)
    if breath is not None:
        parts.append(say("mMRC {mmrc}", mmrc=breath))
    if latest is not None and latest.spo2_rest is not None:
        lowest = f" / {wording.as_typed(latest.spo2_nadir)}" if latest.spo2_nadir is not None else ""
        parts.append(f"SpO₂ {wording.as_typed(latest.spo2_rest)}{lowest}")
    parts.append(say("ILD-GAP {ild_gap}", ild_gap=head.ild_gap))
    return " · ".join(_unbroken(part) for part in parts)


def _unbroken(part: str) -> str:
    """A short part stays on one line."""
    return part.replace(" ", "\u00a0") if len(part) <= _SHORT else part


def criteria_dated(view: PatientView) -> str:
    """``at 12.03.2026, latest test``: of which day the criteria are, whatever the day of the meeting."""
    if not (view.record.tests or view.record.visits or view.record.hrct):
        return say("no entry")
    day = wording.day(view.as_of)
    if view.derived and view.derived[0].date == view.as_of:
        return say("at {day}, latest test", day=day)
    return say("at {day}, latest entry", day=day)


def criterion_lines(view: PatientView) -> tuple[CriterionLine, ...]:
    """The criteria in lines: met ones first, then those that cannot be told, not met, not applicable.

    Those that do not apply, or cannot be told, for one reason share a line.
    """
    made: list[CriterionLine] = []
    before: Assessment | None = None
    for group in grouped(view.assessments):
        together = group.first.verdict in (Verdict.NOT_APPLICABLE, Verdict.CANNOT_ASSESS)
        for members in (group.answers,) if together else ((answer,) for answer in group.answers):
            answer = members[0]
            made.append(
                CriterionLine(
                    title=", ".join(map(short_title, members)),
                    verdict=answer.verdict,
                    word=short_word(answer),
                    detail=_detail(answer, before),
                )
            )
            before = answer
    return tuple(made)


def _detail(answer: Assessment, before: Assessment | None) -> str:
    """The number with both days, or that they are those of the line before; the first of several needs."""
    if answer.verdict is Verdict.CANNOT_ASSESS and len(answer.needs) > 1:
        needed, more = wording.say(answer.needs[0]), len(answer.needs) - 1
        return say("needs {needs}; + {needs2} more", needs=needed, needs2=more)
    line = one_line(answer, both_dates=True).removeprefix(f"{short_word(answer).lower()}, ")
    pairs = [one.evidence[0] for one in (answer, before) if one is not None and one.evidence]
    if len(pairs) == 2 and same_tests(*pairs):
        first, last = pairs[0].baseline.date, pairs[0].follow_up.date
        line = line.replace(f"{wording.day(first)} → {wording.day(last)}", say("same two tests"))
    return short_number(line)
