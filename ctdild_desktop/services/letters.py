"""The letters on a signed decision: to who referred the patient, and to the patient in plain words.

The text is the clinic's own template or the one that the program brings. Nothing is added to what the team
decided: the words of the team stand as they were signed, and the program's own words for a patient say the
same as those of the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Action, Decision, Meeting, Patient
from ctdild_desktop.language import marked, say, say_in
from ctdild_desktop.services import events, texts
from ctdild_desktop.services.acts import record_of
from ctdild_desktop.services.case_page import case_of_decision, persons
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.letter_templates import check, template
from ctdild_desktop.services.page_decision import (
    confidence_words,
    diagnosis_words,
    names_words,
    next_words,
    recommendation_words,
)
from ctdild_desktop.services.printed import PrintedBy, printed_by
from ctdild_desktop.services.since_mdt import action_words
from ctdild_desktop.services.snapshots import decision_of

_TITLES = {
    "referrer": marked("Letter of the multidisciplinary team to the referring doctor"),
    "patient": marked("Letter of the multidisciplinary team to the patient"),
}
_PLAIN_VERDICT = {
    "progressing": marked("They have got worse."),
    "stable": marked("They have stayed the same."),
    "improved": marked("They have got better."),
    "cannot_tell": marked("It cannot be said yet whether they have changed."),
}
_PLAIN_CONFIDENCE = {
    "definite": marked("very sure"),
    "high": marked("fairly sure"),
    "low": marked("not yet sure"),
    "unclassifiable": marked("the illness cannot be named more exactly yet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterData:
    """One letter, filled in."""

    title: str
    whose: str
    """Name, birth date and number, for the head of each sheet."""
    text: str
    by: PrintedBy


@for_everybody
def letter(desk: Desk, decision_id: str, kind: str, *, text: str | None = None) -> LetterData:
    """A letter on a decision, noted in the audit trail.

    Args:
        desk: where the registry is open.
        decision_id: a signed decision.
        kind: ``referrer`` or ``patient``.
        text: another template than the one in use, to look at it before it is kept.

    Raises:
        RefusedError: the decision is not signed, or the template holds a word that is not filled in.
    """
    decision = decision_of(desk, decision_id)
    if not decision.signed:
        raise RefusedError("This decision is not signed; its letters are written after that.")
    used = template(desk, kind) if text is None else text
    wrong = check(used)
    if wrong:
        raise RefusedError(wrong[0].text, wrong)
    record, meeting = record_of(desk, decision.patient_id), case_of_decision(desk, decision).meeting
    actions = tuple(one for one in record.actions if one.decision_id == decision_id)
    values = letter_values(
        record.patient, meeting, decision, actions, names=persons(desk), plain=kind == "patient"
    )
    made = LetterData(
        title=say(_TITLES[kind]),
        whose=_whose(record.patient),
        text=used.format_map({**values, "today": wording.day(desk.today())}),
        by=printed_by(desk),
    )
    events.note(desk, "mdt_print", decision.patient_id, what=f"letter_{kind}", of=str(meeting.date))
    return made


def _whose(patient: Patient) -> str:
    return " · ".join(
        part for part in (texts.display_name(patient), texts.birth_date(patient), patient.mrn) if part
    )


def letter_values(
    patient: Patient,
    meeting: Meeting,
    decision: Decision,
    actions: tuple[Action, ...],
    *,
    names: Mapping[str, str],
    plain: bool,
) -> dict[str, str]:
    """What is filled in for each word in braces; ``plain`` in words for a patient. Pure.

    What is unknown is said to be: no line of a letter ends in nothing.
    """
    unknown = say("not recorded")
    own = [one for one in actions if one.status != "cancelled"]
    signed_at = decision.signed_at
    known = {
        "name": " ".join(part for part in (patient.given_name, patient.family_name) if part) or patient.mrn,
        "birth_date": texts.birth_date(patient),
        "mrn": patient.mrn,
        "meeting_date": wording.day(meeting.date),
        "question": decision.question,
        "diagnosis": diagnosis_words(decision),
        "confidence": confidence_words(decision),
        "pattern": codes.patterns().label(decision.pattern) if decision.pattern else "",
        "behaviour": codes.label("behaviour", decision.behaviour),
        "verdict": say_in("team_verdict", codes.label("team_verdict", decision.team_verdict)),
        "recommendation": recommendation_words(decision),
        "preference": decision.preference,
        "actions": "; ".join(map(action_words, own)) or say("nothing was agreed"),
        "next_discussion": next_words(decision) or say("not planned"),
        "attendees": names_words(meeting.attendees),
        "signed_by": names.get(decision.signed_by, decision.signed_by),
        "signed_on": wording.day(signed_at.astimezone().date()) if signed_at is not None else "",
    }
    if plain:
        known["verdict"] = say(_PLAIN_VERDICT.get(decision.team_verdict or "", ""))
        known["confidence"] = say(_PLAIN_CONFIDENCE.get(decision.confidence or "", ""))
        known["diagnosis"] = codes.diagnoses().label(decision.diagnosis) if decision.diagnosis else ""
    return {name: text or unknown for name, text in known.items()}
