"""What the team decides on a case: written as people talk, signed, and followed up.

:mod:`services.mdt_rules` holds what a signature covers, whichever act would change it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.absence import without_settled
from ctdild_desktop.clinical.criteria import strip_criteria
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import unlikely
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import agrees, check_action, check_decision, check_signing
from ctdild_desktop.clinical.records import Action, Addendum, Decision, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services import snapshots
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    Remove,
    Step,
    find_in,
    new_issues,
    patient_of,
    perform,
    record_of,
    refuse_issues,
    saved_in,
    standing,
    with_id,
)
from ctdild_desktop.services.assessment import assess
from ctdild_desktop.services.desk import (
    LEADING,
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


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether what the team recommended was carried out: code, day, code of the reason why not, words."""

    decision_id: str
    implemented: str
    date: PartialDate | None = None
    not_implemented: str | None = None
    note: str = ""


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


def unanswered(record: PatientRecord, today: dt.date) -> tuple[Decision, ...]:
    """The signed decisions of which nobody has said yet whether they were carried out; pure.

    They are asked about at the next visit: the decision recommends something, its day is past, and the answer
    is not recorded or still ``pending``.
    """
    return tuple(
        one
        for one in record.decisions
        if one.signed and recommends(one) and one.date < today and one.implemented in {None, "pending"}
    )


def recommends(decision: Decision) -> bool:
    """Whether a decision recommends anything, in words or by category."""
    return bool(decision.recommendations or decision.recommendation.strip())


@requires(*LEADING, doing="signing a decision")
def sign_decision(desk: Desk, decision_id: str, *, confirmed: Collection[str] = ()) -> Done[Decision]:
    """Sign a decision: from now on its content stays, with the page that the team saw; undo opens it again.

    What is computed is computed anew, so that the decision and its page say the same.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: it is signed already, or carries what it lacks.
    """
    record, saved = _kept(desk, decision_id)
    if saved.signed:
        raise RefusedError("This decision is signed already.")
    actions = tuple(one for one in record.actions if one.decision_id == decision_id)
    today = desk.today()
    value = replace(saved, shown=computed(record, saved.date))
    found = [issue for issue in check(value, record, today) if issue.hard]
    found += check_signing(value, actions, today)
    if value.shown != saved.shown:
        text = "The computed results have changed since this was written."
        found.append(unlikely("shown", "CHANGE", text))
    refuse_issues(found, confirmed)
    value = replace(value, signed_by=desk.login, signed_at=desk.clock())
    value = replace(value, snapshot=snapshots.freeze(desk, value, actions))
    name = named(value)
    return _done(desk, value, say("signing the {name}", name=name), say("Signed the {name}.", name=name))


@requires(*LEADING, doing="signing a decision")
def reopen_decision(desk: Desk, decision_id: str, reason: str) -> Done[Decision]:
    """Take the signature off a decision, with the reason, so that it can be written anew.

    Raises:
        RefusedError: no reason is given, it is not signed, or the minutes of the meeting are.
    """
    if not reason.strip():
        raise RefusedError("Say why this is opened again.")
    _record, saved = _kept(desk, decision_id)
    if not saved.signed:
        raise RefusedError("This decision is not signed.")
    name = named(saved)
    return _done(
        desk,
        replace(saved, signed_by="", signed_at=None, snapshot="{}"),
        say("opening of the {name}", name=name),
        say("Opened the {name} again.", name=name),
        reason.strip(),
    )


@requires(*LEADING, doing="adding to a decision")
def add_addendum(desk: Desk, decision_id: str, text: str) -> Done[Decision]:
    """Add to a signed decision what is to be said later; it stands below what was signed.

    Raises:
        RefusedError: there is no text, or the decision is not signed.
    """
    if not text.strip():
        raise RefusedError("There is nothing to add.")
    _record, saved = _signed(desk, decision_id)
    added = Addendum(date=desk.today(), by=desk.login, text=text.strip())
    name = say("addendum to the {name}", name=named(saved))
    value = replace(saved, addenda=(*saved.addenda, added))
    return _done(desk, value, name, say("Saved {name}.", name=name))


@requires(*RECORDING)
def answer_carried_out(
    desk: Desk,
    decision_id: str,
    *,
    implemented: str,
    date: PartialDate | None = None,
    not_implemented: str | None = None,
    note: str = "",
    confirmed: Collection[str] = (),
) -> Done[Decision]:
    """Record whether what the team recommended was carried out.

    Args:
        desk: where the registry is open.
        decision_id: the signed decision.
        implemented: ``yes``, ``partly``, ``no`` or ``pending``.
        date: when it was carried out.
        not_implemented: code of the reason, where it was not carried out in full.
        note: in words.
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: the decision is not signed, or carries the issues.
    """
    record, saved = _signed(desk, decision_id)
    answer = Answer(decision_id, implemented, date, not_implemented, note)
    value = with_answer(record, answer, desk.today(), confirmed)
    name = say("whether the {name} was carried out", name=named(saved))
    return _done(desk, value, name, say("Saved {name}.", name=name))


def with_answer(
    record: PatientRecord, answer: Answer, today: dt.date, confirmed: Collection[str] = ()
) -> Decision:
    """A signed decision with the answer whether it was carried out; pure.

    Raises:
        RefusedError: the decision is not signed or not there any more, or carries the issues.
    """
    saved = find_in(record, Decision, answer.decision_id)
    if saved is None:
        raise RefusedError("This decision is no longer in the registry.")
    if not saved.signed:
        raise RefusedError("This decision is not signed.")
    value = without_settled(
        replace(
            saved,
            implemented=answer.implemented,
            implemented_date=answer.date,
            not_implemented=answer.not_implemented,
            implementation_note=answer.note.strip(),
        )
    )
    refuse_issues(new_issues(check(value, record, today), check(saved, record, today)), confirmed)
    return value


@requires(*RECORDING)
def note_letter(
    desk: Desk,
    decision_id: str,
    to: tuple[str, ...],
    sent: dt.date | None,
    *,
    confirmed: Collection[str] = (),
) -> Done[Decision]:
    """Record to whom the letter on a signed decision goes, and on which day it was sent.

    Raises:
        RefusedError: the decision is not signed, or carries the issues.
    """
    letter = {"letter_to": to, "letter_sent": sent}
    return _afterwards(desk, decision_id, letter, "letter on the {name}", confirmed)


def _afterwards(
    desk: Desk, decision_id: str, changes: Mapping[str, Any], text: str, confirmed: Collection[str]
) -> Done[Decision]:
    """Keep what may change after signing; a field that has a value now needs no reason for having none."""
    record, saved = _signed(desk, decision_id)
    value, today = without_settled(replace(saved, **changes)), desk.today()
    refuse_issues(new_issues(check(value, record, today), check(saved, record, today)), confirmed)
    name = say(text, name=named(saved))
    return _done(desk, value, name, say("Saved {name}.", name=name))


def _kept(desk: Desk, decision_id: str) -> tuple[PatientRecord, Decision]:
    _patient_id, record = patient_of(desk, Decision, decision_id)
    found = find_in(record, Decision, decision_id)
    if found is None:
        raise RefusedError("This decision is no longer in the registry.")
    return record, found


def _signed(desk: Desk, decision_id: str) -> tuple[PatientRecord, Decision]:
    record, found = _kept(desk, decision_id)
    if not found.signed:
        raise RefusedError("This decision is not signed.")
    return record, found


def _done(desk: Desk, value: Decision, label: str, message: str, reason: str = "") -> Done[Decision]:
    return perform(
        desk,
        value.patient_id,
        (Amend(value),),
        label=label,
        value=lambda after: find_in(after, Decision, value.id),
        say=lambda _before, _after: message,
        reason=reason,
    )
