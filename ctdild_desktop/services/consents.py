"""What a patient agreed to: one row for each answer, and the answer in force in the patient's own fields.

Both are written in one transaction by every act that touches either (:func:`services.acts.transact`), so that
they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, consent, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import refused
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Consent, Patient, PatientRecord
from ctdild_desktop.language import marked, say
from ctdild_desktop.services import entries
from ctdild_desktop.services.acts import Add, record_of
from ctdild_desktop.services.desk import (
    RECORDING,
    Desk,
    Done,
    RefusedError,
    for_everybody,
    new_id,
    requires,
)

_ASKED = {"registry": marked("consent to the registry"), "research": marked("consent to research")}
_WITHDRAWN = {
    "registry": marked("Nothing is listed as due for this patient any more; what was recorded stays."),
    "research": marked("What was recorded stays; the banner says that it is not for research."),
}


def check(answer: Consent, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about an answer, hard and soft; pure, for the form's live feedback."""
    return consent.check_consent(answer, record, today)


def asked(answer: Consent) -> str:
    """What was asked: ``consent to the registry``; of another question its own words."""
    return say(_ASKED.get(answer.kind, "")) or say("consent: {title}", title=answer.title)


def _name(answer: Consent) -> str:
    words = codes.label("consent", answer.answer)
    return f"{asked(answer)}, {words}, {wording.partial(answer.date)}"


def follows(answer: Consent) -> str:
    """What follows from an answer, in one sentence; empty when nothing does."""
    return say(_WITHDRAWN.get(answer.kind, "")) if answer.answer == "withdrawn" else ""


_CONSENT = entries.Noun(Consent, _name, check, follows)


@requires(*RECORDING)
def record_consent(
    desk: Desk, patient_id: str, answer: Consent, *, confirmed: Collection[str] = ()
) -> Done[Consent]:
    """Record an answer; earlier ones stay as they were.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _CONSENT, patient_id, answer, confirmed)


@requires(*RECORDING)
def amend_consent(
    desk: Desk, answer: Consent, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Consent]:
    """Correct an answer that was entered wrongly; raises StaleError when somebody changed it meanwhile."""
    return entries.amend(desk, _CONSENT, answer, confirmed, reason)


@requires(*RECORDING)
def remove_consent(desk: Desk, consent_id: str, reason: str) -> Done[Consent]:
    """Void an answer with the reason; the one before it is in force again."""
    return entries.remove(desk, _CONSENT, consent_id, reason)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer in the list of a patient's consents."""

    answer: Consent
    in_force: bool
    entered_by: str
    entered_at: dt.datetime


@for_everybody
def listed(desk: Desk, patient_id: str) -> tuple[Answered, ...]:
    """Every answer of a patient, the latest first, with whether it counts now and who entered it.

    Raises:
        RefusedError: the patient is not there.
    """
    answers = record_of(desk, patient_id).consents
    with desk.registry.read() as session:
        entered = desk.store.entered(session, Consent, patient_id)
        kinds = {answer.kind for answer in answers} - {"other"}
        counting = [consent.in_force(desk.store.answers(session, patient_id, kind)) for kind in kinds]
    asked_once = _latest_of_each_title(answers)
    in_force = {answer.id for answer in (*counting, *asked_once) if answer is not None}
    nobody = ("", desk.clock())
    told = [Answered(one, one.id in in_force, *entered.get(one.id, nobody)) for one in answers]
    return tuple(sorted(told, key=lambda one: (one.answer.date.earliest, one.entered_at), reverse=True))


def _latest_of_each_title(answers: Collection[Consent]) -> Iterator[Consent | None]:
    """The answers that count of the questions that are neither of the registry nor of research."""
    titles = {answer.title.casefold() for answer in answers if answer.kind == "other"}
    for title in titles:
        yield consent.in_force(
            [one for one in answers if one.kind == "other" and one.title.casefold() == title]
        )


def answered(
    patient: Patient, saved: Patient | None, before: Collection[Consent], today: dt.date
) -> Iterator[Add]:
    """The answers of today that a form of the patient's own data gave, as steps of its act.

    Args:
        saved: the patient as the registry has them; None for a new one.
        before: the answers that are recorded.

    Raises:
        RefusedError: an answer was emptied whose entry is there.
    """
    for kind, name in consent.FIELD_OF.items():
        now, then = getattr(patient, name), getattr(saved, name, None)
        if now == then:
            continue
        if now is not None:
            answer = Consent(id=new_id(), date=PartialDate.of(today), kind=kind, answer=now)
            yield Add(answer)
        elif any(answer.kind == kind for answer in before):
            text = say("An answer that was recorded is not emptied: choose what the answer is now.")
            raise RefusedError(text, (refused(name, "CONTRADICTION", text),))
