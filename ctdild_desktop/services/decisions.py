"""What the team decides on a case: written as people talk, with what is to be done, in one act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria import strip_criteria
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import agrees, check_action, check_decision
from ctdild_desktop.clinical.records import Action, Decision, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    Remove,
    Step,
    find_in,
    new_issues,
    perform,
    record_of,
    refuse_issues,
    saved_in,
    standing,
    with_id,
)
from ctdild_desktop.services.assessment import assess
from ctdild_desktop.services.desk import (
    RECORDING,
    Desk,
    Done,
    RefusedError,
    StaleError,
    for_everybody,
    requires,
)
from ctdild_desktop.services.mdt_rules import AFTER_SIGNING
from ctdild_desktop.services.meetings import case_of

_CASE = ("meeting_id", "patient_id", "agenda_item_id", "date")
"""Which case a decision is on; nobody types it."""


def check(draft: Decision, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a decision, hard and soft; pure, for the form's live feedback."""
    return check_decision(draft, record.patient, today)


def differs(decision: Decision) -> bool:
    """Whether the verdict of the team is not the computed one; pure.

    Computed is ``progressing`` when any of the criteria shown is met; see
    :func:`clinical.plausibility_mdt.agrees` for the others.
    """
    return not agrees(decision.shown, decision.team_verdict)


def computed(record: PatientRecord, day: dt.date) -> tuple[tuple[str, str], ...]:
    """The criteria of the verdict strip on a day, each with its verdict; pure."""
    asked = tuple(criterion.id for criterion in strip_criteria())
    return tuple((answer.criterion, answer.verdict.value) for answer in assess(record, day, asked))


def named(decision: Decision) -> str:
    """``decision 12.03.2026``."""
    return say("decision {date}", date=wording.day(decision.date))


@for_everybody
def draft_decision(desk: Desk, item_id: str) -> Decision:
    """What is written on a case; when nothing is, a value without id, filled in from the record.

    Raises:
        RefusedError: the case is on no agenda any more.
    """
    meeting, case = case_of(desk, item_id)
    if case.decision is not None:
        return case.decision
    record = record_of(desk, case.item.patient_id)
    view = record.diagnosis_on(meeting.date)
    drawn = Decision(
        id="",
        meeting_id=meeting.id,
        patient_id=record.patient.id,
        agenda_item_id=case.item.id,
        date=meeting.date,
        question=case.item.question,
        presenter=case.item.requested_by,
        shown=computed(record, meeting.date),
    )
    if view is None:
        return drawn
    return replace(
        drawn,
        diagnosis=view.ctd,
        diagnosis_note=view.ctd_note,
        confidence=view.confidence,
        differentials=view.differentials,
        pattern=view.pattern,
        behaviour=view.behaviour,
    )


@requires(*RECORDING)
def keep_decision(
    desk: Desk, decision: Decision, actions: Sequence[Action] = (), *, confirmed: Collection[str] = ()
) -> Done[Decision]:
    """Keep what is written on a case, together with what is to be done, in one act.

    What stands under a signature (who signed, addenda, letters, what was carried out) stays as it is.

    Args:
        desk: where the registry is open.
        decision: as it is written; without id for a case on which nothing was kept.
        actions: all that is to be done: those without id are added, those that are missing removed.
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        StaleError: somebody else wrote on the case meanwhile.
        RefusedError: the decision is signed, or carries the issues; nothing was saved.
    """
    record = record_of(desk, decision.patient_id)
    saved = _begun(desk, record, decision)
    if saved is not None and saved.signed:
        raise RefusedError("This decision is signed; add an addendum instead.")
    value = with_id(_unsigned(decision, saved))
    wanted = tuple(replace(with_id(action), decision_id=value.id) for action in actions)
    kept = {one.id: one for one in record.actions if one.decision_id == value.id}
    today = desk.today()
    issues = check(value, record, today)
    if saved is not None:
        issues = new_issues(issues, check(saved, record, today))
    found = [*issues]
    for action in wanted:
        before = kept.get(action.id)
        now = check_action(action, value, today)
        found += now if before is None else new_issues(now, check_action(before, value, today))
    refuse_issues(found, confirmed)
    steps: list[Step] = [Add(value) if saved is None else Amend(value)]
    steps += _action_steps(wanted, kept)
    name = named(value)
    return perform(
        desk,
        value.patient_id,
        steps,
        label=name if saved is None else say("change of {name}", name=name),
        value=lambda after: find_in(after, Decision, value.id),
        say=lambda _before, _after: say("Saved {name}.", name=name),
    )


def _unsigned(decision: Decision, saved: Decision | None) -> Decision:
    """The decision with everything that other acts write as the registry has it."""
    like = saved or Decision(
        id="", meeting_id="", patient_id="", date=decision.date, question=decision.question
    )
    others = {name: getattr(like, name) for name in (*AFTER_SIGNING, "snapshot", "signed_by", "signed_at")}
    if saved is not None:
        others |= {name: getattr(saved, name) for name in _CASE}
    return replace(decision, **others)


def _begun(desk: Desk, record: PatientRecord, decision: Decision) -> Decision | None:
    """What was kept of a decision; None when nothing was."""
    if decision.id:
        return saved_in(desk, record, decision)
    case = (decision.meeting_id, decision.patient_id)
    theirs = next((one for one in record.decisions if (one.meeting_id, one.patient_id) == case), None)
    if theirs is None:
        return None
    found = standing(desk, Decision, theirs.id)
    who, at = (found.changed_by, found.changed_at) if found is not None else ("", desk.clock())
    raise StaleError(
        say("{who} wrote on this case meanwhile; your text was not saved.", who=who),
        mine=decision,
        theirs=theirs,
        changed_by=who,
        changed_at=at,
    )


def _action_steps(wanted: Sequence[Action], kept: dict[str, Action]) -> Iterator[Step]:
    ids = {action.id for action in wanted}
    for action in wanted:
        before = kept.get(action.id)
        if before is None:
            yield Add(action)
        elif before != action:
            yield Amend(action)
    for one in kept.values():
        if one.id not in ids:
            yield Remove(Action, one.id, one.version)
