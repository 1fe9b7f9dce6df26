"""Plausibility of a meeting of the team, its agenda, its decisions and what is to be done after them.

What is asked for before a decision is signed, and the limits, are decisions of the registry; the ranges of
the four levels of confidence are those of Ryerson et al. 2017 (as in ``resources/codes/choices.csv``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.codes import diagnoses, patterns
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import Issue, refused, unlikely
from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Meeting, Patient
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.language import say

QUESTION = 200
"""Letters of a question to the team."""
_AHEAD_DAYS = 366
_BEHIND_DAYS = 31
_SLOT_MINUTES = (1, 600)
_LONG_SLOT = 60
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LEVELS = {
    "definite": (Decimal(90), Decimal(100)),
    "high": (Decimal(70), Decimal(90)),
    "low": (Decimal(51), Decimal(70)),
    "unclassifiable": (Decimal(0), Decimal(51)),
}
"""Percent of each level of confidence, from and below; of the first also its end."""
_AGREED = {
    Verdict.MET: frozenset({"progressing"}),
    Verdict.NOT_MET: frozenset({"stable", "improved"}),
    Verdict.CANNOT_ASSESS: frozenset({"cannot_tell"}),
}


def check_meeting(draft: Meeting, others: Sequence[Meeting], today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a meeting; ``others`` are the other meetings of its day."""
    issues = [
        refused(field, "DATE", "A time of day is written as 14:00.")
        for field in ("starts", "ends")
        if getattr(draft, field) and not _CLOCK.fullmatch(getattr(draft, field))
    ]
    if not issues and draft.starts and draft.ends and draft.ends <= draft.starts:
        issues.append(refused("ends", "CONTRADICTION", "The meeting ends before it begins."))
    if (draft.date - today).days > _AHEAD_DAYS:
        issues.append(unlikely("date", "DATE", "This is more than a year ahead."))
    if draft.status in {"planned", "locked"} and (today - draft.date).days > _BEHIND_DAYS:
        issues.append(unlikely("date", "DATE", "The meeting is still to come, but its day is past."))
    if draft.status == "held" and draft.date > today:
        issues.append(refused("status", "CONTRADICTION", "The day of the meeting has not come yet."))
    issues += _attendees(draft)
    if any((one.kind, one.starts) == (draft.kind, draft.starts) for one in others if one.id != draft.id):
        issues.append(unlikely("date", "TWICE", "Another meeting of this kind is planned for this day."))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def _attendees(draft: Meeting) -> Iterator[Issue]:
    names = [one.name.strip().casefold() for one in draft.attendees]
    if "" in names:
        yield refused("attendees", "MISSING", "Somebody at the meeting has no name.")
    if len(set(names)) < len(names):
        yield unlikely("attendees", "TWICE", "Somebody is named twice.")
    for one in draft.attendees:
        yield from code_issues(one, field="attendees")


def check_agenda_item(
    draft: AgendaItem, meeting: Meeting, patient: Patient, others: Sequence[AgendaItem]
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a place on the agenda; ``others`` are those of the meeting."""
    issues = list(check_place(draft))
    if any(one.patient_id == draft.patient_id and one.id != draft.id for one in others):
        issues.append(
            refused("patient_id", "TWICE", "This patient is on the agenda of this meeting already.")
        )
    if meeting.status == "locked" and draft.id not in {one.id for one in others}:
        issues.append(unlikely("meeting_id", "LOCKED", "The agenda of this meeting is locked."))
    if patient.death_date is not None and patient.death_date.latest < meeting.date:
        issues.append(unlikely("patient_id", "CONTRADICTION", "The patient died before this meeting."))
    return tuple(issues)


def check_place(draft: AgendaItem) -> tuple[Issue, ...]:
    """What is wrong or unlikely in a place on the agenda by itself."""
    issues = list(_question(draft.question))
    if draft.position < 0:
        issues.append(refused("position", "RANGE", "Places on the agenda are counted from 1."))
    least, most = _SLOT_MINUTES
    if draft.minutes is not None and not least <= draft.minutes <= most:
        issues.append(refused("minutes", "RANGE", "A slot takes 1 to 600 minutes."))
    elif draft.minutes is not None and draft.minutes > _LONG_SLOT:
        issues.append(unlikely("minutes", "UNUSUAL", "This is more than an hour for one case."))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def _question(question: str) -> Iterator[Issue]:
    if not question.strip():
        yield refused("question", "MISSING", "What is the question to the team?")
    elif len(question) > QUESTION:
        text = say(
            "The question has {letters} letters; {most} find room.", letters=len(question), most=QUESTION
        )
        yield refused("question", "RANGE", text)


def check_decision(draft: Decision, patient: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a decision that is being written."""
    issues = [*_question(draft.question), *_diagnosis(draft), *_follow_up(draft, today)]
    if patient.birth_date is not None and draft.date < patient.birth_date.earliest:
        issues.append(refused("date", "DATE", "The meeting lies before the birth date."))
    if draft.preference.strip() and draft.preference_known is False:
        text = "The patient's preference is written down, but it says that it is not known."
        issues.append(refused("preference_known", "CONTRADICTION", text))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def _diagnosis(draft: Decision) -> Iterator[Issue]:
    named = [
        ("diagnosis", draft.diagnosis),
        *(("differentials", one.diagnosis) for one in draft.differentials),
    ]
    unknown = [(field, code) for field, code in named if code is not None and code not in diagnoses()]
    if draft.pattern is not None and draft.pattern not in patterns():
        unknown.append(("pattern", draft.pattern))
    for field, code in unknown:
        yield refused(field, "CODE", say("{code} is not one of the choices.", code=code))
    shares = [one.percent for one in draft.differentials if one.percent is not None]
    share = draft.confidence_percent
    if any(not 0 <= one <= 100 for one in shares):
        yield refused("differentials", "RANGE", "A probability lies between 0 and 100 %.")
    if share is not None and not 0 <= share <= 100:
        yield refused("confidence_percent", "RANGE", "A probability lies between 0 and 100 %.")
        return
    if share is not None and share + sum(shares, Decimal(0)) > 100:
        total = wording.as_typed(share + sum(shares, Decimal(0)))
        text = say("The probabilities add up to {total} %.", total=total)
        yield unlikely("differentials", "SUM", text)
    if share is not None and draft.confidence in _LEVELS and not _within(share, draft.confidence):
        yield unlikely(
            "confidence", "CONTRADICTION", "The level of confidence and its percentage do not agree."
        )


def _within(share: Decimal, level: str) -> bool:
    low, high = _LEVELS[level]
    return low <= share < high or share == high == 100


def _follow_up(draft: Decision, today: dt.date) -> Iterator[Issue]:
    if draft.next_date is not None and draft.next_date.latest <= draft.date:
        yield refused("next_date", "DATE", "The next discussion lies after this one.")
    if draft.letter_sent is not None:
        if draft.letter_sent < draft.date:
            yield refused("letter_sent", "DATE", "The letter is older than the meeting.")
        elif draft.letter_sent > today:
            yield refused("letter_sent", "DATE", "The letter was sent in the future.")
        if not draft.letter_to:
            yield refused("letter_to", "MISSING", "To whom was the letter sent?")
    yield from _carried_out(
        draft.implemented, draft.implemented_date, draft.not_implemented, draft.date, today
    )


def _carried_out(
    implemented: str | None,
    date: PartialDate | None,
    reason: str | None,
    meeting: dt.date,
    today: dt.date,
) -> Iterator[Issue]:
    if reason is not None and implemented not in {"no", "partly"}:
        text = "A reason for not carrying it out is given, but it does not say that it was not."
        yield refused("not_implemented", "CONTRADICTION", text)
    if implemented in {"no", "partly"} and reason is None:
        yield unlikely("not_implemented", "MISSING", "Why was it not carried out in full?")
    if date is None:
        return
    if implemented not in {"yes", "partly"}:
        text = "A day is given on which it was carried out, but it does not say that it was."
        yield refused("implemented_date", "CONTRADICTION", text)
    elif date.earliest > today:
        yield refused("implemented_date", "DATE", "This is in the future.")
    elif date.latest < meeting:
        yield unlikely("implemented_date", "DATE", "This is before the meeting.")


def agrees(shown: Sequence[tuple[str, str]], team: str | None) -> bool:
    """Whether the team's verdict is one that the computed results leave open.

    With any criterion met the computed result is ``progressing``. With none met it is not: each criterion not
    met agrees with ``stable`` and ``improved``, and each that cannot be told with ``cannot_tell``. Without a
    verdict of the team, or where nothing was computed, there is nothing that differs.
    """
    verdicts = {verdict for _criterion, verdict in shown} & set(_AGREED)
    if team is None or not verdicts:
        return True
    if Verdict.MET in verdicts:
        return team in _AGREED[Verdict.MET]
    return any(team in _AGREED[Verdict(verdict)] for verdict in verdicts)


def check_signing(decision: Decision, actions: Sequence[Action], today: dt.date) -> tuple[Issue, ...]:
    """What a decision lacks to be signed, besides what is wrong with it."""
    issues = []
    if decision.date > today:
        issues.append(refused("date", "DATE", "The day of the meeting has not come yet."))
    if decision.team_verdict is None:
        issues.append(refused("team_verdict", "MISSING", "What is the verdict of the team?"))
    if not decision.recommendation.strip() and not decision.recommendations:
        issues.append(refused("recommendation", "MISSING", "What does the team recommend?"))
    if not agrees(decision.shown, decision.team_verdict) and not decision.verdict_reason.strip():
        text = "The verdict of the team is not the computed one: say why."
        issues.append(refused("verdict_reason", "MISSING", text))
    if any(action.status == "open" and not action.owner.strip() for action in actions):
        issues.append(unlikely("actions", "MISSING", "Nobody is named for an action."))
    return tuple(issues)


def check_action(draft: Action, decision: Decision, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in what somebody has to do."""
    issues = []
    if not draft.what.strip():
        issues.append(refused("what", "MISSING", "What is to be done?"))
    if draft.due is not None and draft.due < decision.date:
        issues.append(unlikely("due", "DATE", "This is due before the meeting."))
    if draft.status == "done" and draft.done_date is None:
        issues.append(refused("done_date", "MISSING", "On which day was it done?"))
    elif draft.status != "done" and draft.done_date is not None:
        issues.append(refused("done_date", "CONTRADICTION", "A day is given, but it is not done."))
    elif draft.done_date is not None and draft.done_date > today:
        issues.append(refused("done_date", "DATE", "This is in the future."))
    elif draft.done_date is not None and draft.done_date < decision.date:
        issues.append(unlikely("done_date", "DATE", "This was done before the meeting."))
    return (*issues, *code_issues(draft), *absence_issues(draft))
