"""The patient's own fields of consent always say what the answers in force say: done last in every act that
touches either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.absence import without_settled
from ctdild_desktop.clinical.consent import FIELD_OF, in_force
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.services.desk import RECORDING, Desk, for_everybody, requires

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Agree:
    """The step that does it. ``otherwise`` is what a field says when the last answer to its question goes, by
    the kind of consent.
    """

    otherwise: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """How it stood before the act: the questions with an answer, and what the patient's own fields said."""

    answered: frozenset[str]
    said: Mapping[str, str | None]


@for_everybody
def before(desk: Desk, session: Session, patient_id: str) -> Before:
    """How consent stands now; of a patient who is not there yet nothing is said."""
    patient = desk.store.current(session, Patient, patient_id).value
    return Before(
        frozenset(kind for kind in FIELD_OF if desk.store.answers(session, patient_id, kind)),
        {kind: getattr(patient, name, None) for kind, name in FIELD_OF.items()},
    )


@requires(*RECORDING)
def agree(
    desk: Desk, session: Session, patient_id: str, stood: Before, otherwise: Mapping[str, str | None]
) -> Agree:
    """Write the answers in force into the patient's own fields.

    A field to whose question no answer was ever recorded stays as it is.

    Args:
        stood: how it stood before the act.
        otherwise: see :class:`Agree`.

    Returns:
        The step that takes it back.
    """
    patient = desk.store.current(session, Patient, patient_id).value
    if patient is None:
        return Agree(stood.said)
    said = {kind: getattr(patient, name) for kind, name in FIELD_OF.items()}
    now = dict(said)
    for kind in said:
        answer = in_force(desk.store.answers(session, patient_id, kind))
        if answer is not None:
            now[kind] = answer.answer
        elif kind in stood.answered:
            now[kind] = otherwise.get(kind)
    if now != said:
        value = replace(patient, **{FIELD_OF[kind]: answer for kind, answer in now.items()})
        desk.store.update(session, without_settled(value), user=desk.login, at=desk.clock())
    return Agree(stood.said)
