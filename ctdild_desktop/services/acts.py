"""How an act on one patient is carried out: steps in one transaction, each with its inverse.

A step adds, amends, removes or restores one record. Doing the steps yields the steps that take them back, so
undo is the same machinery run with those: a new transaction with its own audit batch, never a rollback of
history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ctdild_desktop import language
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import HELD_IN, Consent, Patient, PatientRecord
from ctdild_desktop.clinical.remembering import remembering
from ctdild_desktop.clinical.typed_text import text_issues
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.language import english_of
from ctdild_desktop.registry.errors import UncertainError
from ctdild_desktop.services import agreeing
from ctdild_desktop.services.agreeing import Agree
from ctdild_desktop.services.assessment import assess
from ctdild_desktop.services.desk import (
    RECORDING,
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    for_everybody,
    new_id,
    requires,
)
from ctdild_desktop.services.steps import (
    CHANGE_OF,
    Add,
    Amend,
    Clinical,
    Plain,
    R,
    Remove,
    Restore,
    stale,
    take,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = [
    "CHANGE_OF",
    "Add",
    "Amend",
    "Clinical",
    "Outcome",
    "R",
    "Remove",
    "Restore",
    "Standing",
    "Step",
    "find_in",
    "new_issues",
    "patient_of",
    "perform",
    "record_of",
    "refuse_issues",
    "saved_in",
    "standing",
    "transact",
    "verdicts_changed",
    "with_id",
]

Step = Plain | Agree
Say = Callable[[PatientRecord | None, PatientRecord | None], str]


def refuse_issues(issues: Sequence[Issue], confirmed: Collection[str] = ()) -> None:
    """Refuse a draft that has hard issues, or soft ones whose field or code is not confirmed.

    Raises:
        RefusedError: carries every open issue, hard ones first.
    """
    hard = [issue for issue in issues if issue.hard]
    soft = [
        issue
        for issue in issues
        if not issue.hard and issue.field not in confirmed and issue.code not in confirmed
    ]
    open_issues = (*hard, *soft)
    if not open_issues:
        return
    more = len(open_issues) - 1
    text = open_issues[0].text
    raise RefusedError(
        language.say("{text} (and {more} more)", text=text, more=more) if more else text, open_issues
    )


def new_issues(now: Sequence[Issue], before: Sequence[Issue]) -> tuple[Issue, ...]:
    """The issues of an amended record without the soft ones that its saved value already had."""
    return tuple(issue for issue in now if issue.hard or issue not in before)


def with_id(value: R) -> R:
    """The record with an id; a draft may come without one."""
    return value if value.id else replace(value, id=new_id())


def verdicts_changed(before: PatientRecord | None, after: PatientRecord | None) -> str:
    """Which criteria an act made MET or no longer MET, for the status bar; empty when none.

    ``Now MET: FVC fall > 10 %.`` or ``No longer MET: PPF 2022 (CANNOT TELL).``
    """
    if before is None or after is None:
        return ""
    with remembering():
        earlier = {answer.criterion: answer.verdict for answer in assess(before)}
        answers = assess(after)
    met, lost = [], []
    for answer in answers:
        was_met = earlier.get(answer.criterion) is Verdict.MET
        if answer.verdict is Verdict.MET and not was_met:
            met.append(answer.title)
        elif was_met and answer.verdict is not Verdict.MET:
            lost.append(f"{answer.title} ({wording.verdict(answer.verdict)})")
    words = [language.say("Now MET: {met}.", met=", ".join(met))] if met else []
    words += [language.say("No longer MET: {lost}.", lost=", ".join(lost))] if lost else []
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a performed act left behind."""

    before: PatientRecord | None
    after: PatientRecord | None
    inverse: tuple[Step, ...]


def _unseen(step: Step) -> tuple[Issue, ...]:
    return text_issues(step.value) if isinstance(step, Add | Amend) else ()


def _kind(step: Step) -> type[Any] | None:
    if isinstance(step, Agree):
        return None
    return type(step.value) if isinstance(step, Add | Amend) else step.kind


def _take_all(
    desk: Desk, session: Session, patient_id: str | None, steps: Sequence[Step], reason: str
) -> list[Step]:
    """Do every step, and let the patient's own fields agree with the answers to questions of consent."""
    concerned = not {Patient, Consent}.isdisjoint(map(_kind, steps))
    stood = agreeing.before(desk, session, patient_id) if concerned and patient_id is not None else None
    inverse: list[Step] = [
        take(desk, session, patient_id, step, reason) for step in steps if not isinstance(step, Agree)
    ]
    if stood is not None and patient_id is not None:
        otherwise = next((step.otherwise for step in steps if isinstance(step, Agree)), {})
        inverse.append(agreeing.agree(desk, session, patient_id, stood, otherwise))
    return inverse


@requires(*RECORDING)
def transact(desk: Desk, patient_id: str | None, steps: Sequence[Step], *, reason: str = "") -> Outcome:
    """Do the steps in one transaction with one audit batch; nothing is kept when any of them is refused.

    Args:
        patient_id: whom the act is about; None when it is about no patient or several, as the acts on a
            meeting are: no record is read then.

    Raises:
        RefusedError: a text holds a character that nobody sees, with the field that it is in; or an act of
            which it was not known turns out to be kept, which may be this one.
        UncertainError: the server was lost, and it is not known whether it kept this.
    """
    refuse_issues([issue for step in steps for issue in _unseen(step)])
    _tell_what_was_kept(desk)
    try:
        with desk.registry.write(desk.login, reason) as session:
            before = desk.store.load(session, patient_id) if patient_id else None
            inverse = _take_all(desk, session, patient_id, steps, reason)
            session.flush()
            after = desk.store.load(session, patient_id) if patient_id else None
    except UncertainError as error:
        desk.uncertain.append(error.batch)
        raise
    return Outcome(before, after, tuple(reversed(inverse)))


def _tell_what_was_kept(desk: Desk) -> None:
    """Refuse an act, once, when one before it was kept after all: it may be the same, done again."""
    kept = [desk.registry.holds(batch) for batch in desk.uncertain]
    desk.uncertain.clear()
    if any(kept):
        raise RefusedError(
            "What you saved when the server was lost was kept; nothing was saved now. "
            "Look at the record before you save again."
        )


@requires(*RECORDING)
def perform(
    desk: Desk,
    patient_id: str | None,
    steps: Sequence[Step],
    *,
    label: str,
    value: Callable[[PatientRecord | None], Any],
    say: Say,
    reason: str = "",
) -> Done[Any]:
    """Do the steps and say what was done.

    Args:
        patient_id: as in :func:`transact`; with None ``value`` and ``say`` are given no record.
        label: what the act concerns, for the message of its undo: ``PFT 12.03.2026``.
        value: picks the result from the record as it is afterwards.
        say: the status-bar message from the record before and after.
    """
    outcome = transact(desk, patient_id, steps, reason=reason)
    kinds = {CHANGE_OF[kind] for kind in map(_kind, steps) if kind is not None}
    if Change.CONSENT in kinds:
        kinds.add(Change.PATIENT)

    def undo() -> Done[Any]:
        return perform(
            desk,
            patient_id,
            outcome.inverse,
            label=label,
            value=value,
            say=lambda _before, _after: language.say("Undone: {label}.", label=label),
            reason=f"Undo: {english_of(label)}",
        )

    return Done(
        value(outcome.after),
        say(outcome.before, outcome.after),
        ChangeSet(frozenset(kinds), patient_id),
        undo,
    )


@for_everybody
def patient_of(desk: Desk, kind: type[Any], record_id: str) -> tuple[str, PatientRecord]:
    """The patient that a record belongs to, with everything recorded of them.

    Raises:
        RefusedError: there is no such record any more.
    """
    with desk.registry.read() as session:
        patient_id = desk.store.owner(session, kind, record_id)
        record = desk.store.load(session, patient_id) if patient_id else None
    if patient_id is None or record is None:
        raise RefusedError("This record is no longer in the registry.")
    return patient_id, record


@for_everybody
def saved_in(desk: Desk, record: PatientRecord | None, mine: R) -> R:
    """What the registry has of the record that somebody changes.

    Raises:
        StaleError: the record was removed meanwhile.
        RefusedError: there is no such record.
    """
    saved = find_in(record, type(mine), mine.id)
    if saved is not None:
        return saved
    with desk.registry.read() as session:
        state = desk.store.current(session, type(mine), mine.id)
        if state.changed_at is not None:
            raise stale(desk, session, mine, state)
    raise RefusedError("This record is no longer in the registry.")


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as the registry has it now; ``value`` is None when it was removed."""

    value: Any
    changed_by: str
    """The name of the person who changed it last."""
    changed_at: dt.datetime


@for_everybody
def standing(desk: Desk, kind: type[Any], record_id: str) -> Standing | None:
    """How a record stands in the registry and who changed it last; None for one that was never there."""
    with desk.registry.read() as session:
        state = desk.store.current(session, kind, record_id)
        if state.changed_at is None:
            return None
        return Standing(state.value, desk.store.lists.person(session, state.changed_by), state.changed_at)


@for_everybody
def record_of(desk: Desk, patient_id: str) -> PatientRecord:
    """Everything recorded of a patient.

    Raises:
        RefusedError: there is no such patient.
    """
    with desk.registry.read() as session:
        record = desk.store.load(session, patient_id)
    if record is None:
        raise RefusedError("This patient is no longer in the registry.")
    return record


def find_in(record: PatientRecord | None, kind: type[R], record_id: str) -> R | None:
    """One record of a patient by its id; None when it is not there (any more)."""
    if record is None:
        return None
    held: Iterator[Any] = iter((record.patient,))
    if kind is not Patient:
        held = (item for name, other in HELD_IN.items() if other is kind for item in getattr(record, name))
    return next((item for item in held if item.id == record_id), None)
