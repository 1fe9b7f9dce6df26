"""A decision of the team in words, line by line, for the screen of the meeting and the patient's tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Action, Decision
from ctdild_desktop.language import say


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One thing that was decided, with its caption."""

    caption: str
    text: str


def decision_lines(decision: Decision, actions: Sequence[Action] = ()) -> tuple[DecisionLine, ...]:
    """What a decision says, in the order in which it is made; what was not answered is left out."""
    lines = (
        (say("Presented by"), decision.presenter),
        (say("Diagnosis"), diagnosis(decision)),
        (say("Behaviour"), wording.capital(codes.label("behaviour", decision.behaviour))),
        (say("Team verdict"), verdict(decision)),
        (say("Recommendation"), recommended(decision)),
        (say("Patient's wishes"), decision.preference),
        (say("Dissent"), decision.dissent),
        (say("Actions"), "\n".join(action_line(action) for action in actions)),
        (say("Discuss again"), again(decision)),
        (say("Note"), decision.note),
    )
    return tuple(DecisionLine(caption, text) for caption, text in lines if text)


def diagnosis(decision: Decision) -> str:
    """``Antisynthetase syndrome, fibrotic NSIP, high confidence (70–89 %)``."""
    parts = (
        codes.diagnoses().label(decision.diagnosis),
        codes.patterns().label(decision.pattern),
        decision.diagnosis_note,
        codes.label("confidence", decision.confidence),
    )
    return ", ".join(part for part in parts if part)


def verdict(decision: Decision) -> str:
    """``Stable; the fall came with an infection``."""
    word = wording.capital(codes.label("team_verdict", decision.team_verdict))
    return "; ".join(part for part in (word, decision.verdict_reason) if part)


def recommended(decision: Decision) -> str:
    """The categories in a line, the team's words below it."""
    named = ", ".join(codes.label("recommendation", code) for code in decision.recommendations)
    return "\n".join(part for part in (wording.capital(named), decision.recommendation) if part)


def again(decision: Decision) -> str:
    """``16.04.2026, or when the HRCT is read``."""
    day = wording.partial(decision.next_date) if decision.next_date is not None else ""
    if day and decision.next_trigger:
        return say("{day}, or {event}", day=day, event=decision.next_trigger)
    return day or decision.next_trigger


def action_line(action: Action) -> str:
    """``HRCT, compare with 18.11.2024 (Dr Croft, due 02.04.2026): done 01.04.2026``."""
    due = say("due {day}", day=wording.day(action.due)) if action.due is not None else ""
    who = ", ".join(part for part in (action.owner, due) if part)
    words = f"{action.what} ({who})" if who else action.what
    state = action_state(action)
    return f"{words}: {state}" if action.status != "open" else words


def action_state(action: Action) -> str:
    """``open``, ``done 01.04.2026`` or ``cancelled``."""
    if action.status == "done" and action.done_date is not None:
        return say("done {day}", day=wording.day(action.done_date))
    return codes.label("action_status", action.status)


def carried_out(decision: Decision) -> str:
    """``partly, 04.2026, access or funding``; empty while nobody answered."""
    if decision.implemented is None:
        return ""
    day = wording.partial(decision.implemented_date) if decision.implemented_date is not None else ""
    parts = (
        codes.label("implemented", decision.implemented),
        day,
        codes.label("not_implemented", decision.not_implemented),
        decision.implementation_note,
    )
    return ", ".join(part for part in parts if part)
