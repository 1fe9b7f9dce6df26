"""Meetings and cases in words, as the room's lists say them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import AgendaItem, Meeting
from ctdild_desktop.language import say
from ctdild_desktop.services.meetings import MeetingLine, Quorum
from ctdild_desktop.ui.dialogs.texts import weekday


def _tr(text: str) -> str:
    return QCoreApplication.translate("Mdt", text)


def kind(meeting: Meeting) -> str:
    """``ILD MDT``; what every meeting is called when its kind is not recorded."""
    return codes.label("meeting_kind", meeting.kind) if meeting.kind else _tr("Meeting")


def times(meeting: Meeting) -> str:
    """``14:00–15:30``, ``14:00`` or nothing."""
    return "\u2013".join(part for part in (meeting.starts, meeting.ends) if part)


def when(meeting: Meeting) -> str:
    """``Thursday 19.03.2026, 14:00–15:30``."""
    return ", ".join(part for part in (weekday(meeting.date), times(meeting)) if part)


def title(meeting: Meeting) -> str:
    """``ILD MDT, Thursday 19.03.2026, 14:00–15:30``."""
    return f"{wording.capital(kind(meeting))}, {when(meeting)}"


def short(meeting: Meeting) -> str:
    """``19.03.2026 14:00, ILD MDT``, for a choice among meetings."""
    return f"{wording.day(meeting.date)} {meeting.starts}".strip() + f", {kind(meeting)}"


def status(meeting: Meeting) -> str:
    """How far a meeting is, in a word."""
    return {
        "planned": _tr("planned"),
        "locked": _tr("agenda locked"),
        "held": _tr("held"),
        "closed": _tr("minutes signed"),
    }.get(meeting.status, meeting.status)


def counts(line: MeetingLine) -> str:
    """``11 cases, 3 signed, 2 not ready``."""
    cases = _tr("1 case") if line.cases == 1 else _tr("{count} cases").format(count=line.cases)
    parts = [cases if line.cases else _tr("no cases yet")]
    if line.signed:
        parts.append(_tr("{count} signed").format(count=line.signed))
    if line.not_ready and line.meeting.status != "closed":
        parts.append(_tr("{count} not ready").format(count=line.not_ready))
    return ", ".join(parts)


def quorum(quorum: Quorum) -> str:
    """``Quorum met``, or who is missing for it."""
    if quorum.met:
        return _tr("Quorum met")
    return _tr("Quorum: missing {roles}").format(roles=", ".join(quorum.missing))


def people(meeting: Meeting) -> str:
    """Place, chair and coordinator, as far as they are recorded."""
    parts = (
        meeting.place,
        _tr("chair {name}").format(name=meeting.chair) if meeting.chair else "",
        _tr("coordinator {name}").format(name=meeting.coordinator) if meeting.coordinator else "",
    )
    return " · ".join(part for part in parts if part)


def material(item: AgendaItem, lacks: tuple[str, ...]) -> str:
    """``HRCT, PFT not ready``, ``ready``, or nothing when nobody said so."""
    if lacks:
        return _tr("{material} not ready").format(material=", ".join(lacks))
    said = (item.pft_ready, item.hrct_ready, item.serology_ready, item.pathology_ready)
    return _tr("ready") if any(said) else ""


def urgency(item: AgendaItem) -> str:
    """``urgent``; nothing for what is routine."""
    return say("urgent") if item.urgency == "urgent" else ""


def slot(item: AgendaItem) -> str:
    """``10 min``; nothing when no length is recorded."""
    return _tr("{minutes} min").format(minutes=item.minutes) if item.minutes else ""
