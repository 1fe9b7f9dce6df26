"""The multidisciplinary team: meetings, agenda, decisions, actions, and the texts of its letters."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, Recorded, key_of, recorded_checks
from ctdild_desktop.registry.models.checks import (
    clock_check,
    filled_check,
    length_check,
    one_of_check,
    range_check,
)
from ctdild_desktop.registry.models.types import (
    Codes,
    ExactDecimal,
    Items,
    Pairs,
    PartialDay,
    UtcInstant,
    flag,
    free_text,
    listed,
)

QUESTION = 200
"""Characters of a question to the team."""
_LIVE = text("deleted_at IS NULL")


def _once_at_a_meeting(table: str) -> Index:
    """A patient stands on one agenda once, and has one decision of one meeting."""
    return Index(
        f"uq_{table}_live",
        "meeting_id",
        "patient_id",
        unique=True,
        sqlite_where=_LIVE,
    )


class MeetingRow(Recorded, Base):
    """One meeting of the team; fields as in ``clinical.records.Meeting``."""

    __tablename__ = "meeting"
    __table_args__ = (
        *recorded_checks(),
        clock_check("starts"),
        clock_check("ends"),
        one_of_check("kind", *lists.MEETING_KIND),
        one_of_check("status", *lists.MEETING_STATUS),
        CheckConstraint("(minutes_signed_at IS NULL) = (minutes_signed_by = '')", name="minutes_signed"),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    starts: Mapped[str] = free_text()
    ends: Mapped[str] = free_text()
    kind: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str] = free_text()
    chair: Mapped[str] = free_text()
    coordinator: Mapped[str] = free_text()
    attendees: Mapped[tuple[Any, ...]] = listed(Items)
    quorum_rule: Mapped[tuple[str, ...]] = listed(Codes)
    status: Mapped[str] = mapped_column(Text, default="planned")
    minutes_signed_by: Mapped[str] = free_text()
    minutes_signed_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    note: Mapped[str] = free_text()


class AgendaItemRow(OfPatient, Base):
    """One patient on one agenda; fields as in ``clinical.records.AgendaItem``."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        *recorded_checks(),
        length_check("question", QUESTION),
        CheckConstraint("position >= 1", name="position"),
        one_of_check("urgency", *lists.URGENCY),
        range_check("minutes", 1, 600),
        _once_at_a_meeting("agenda_item"),
    )

    meeting_id: Mapped[str] = mapped_column(key_of("meeting"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    question: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[str] = free_text()
    urgency: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[int | None] = mapped_column()
    pft_ready: Mapped[bool | None] = mapped_column(flag("pft_ready"))
    hrct_ready: Mapped[bool | None] = mapped_column(flag("hrct_ready"))
    serology_ready: Mapped[bool | None] = mapped_column(flag("serology_ready"))
    pathology_ready: Mapped[bool | None] = mapped_column(flag("pathology_ready"))
    note: Mapped[str] = free_text()


class DecisionRow(OfPatient, Base):
    """What the team decided on one patient; fields as in ``clinical.records.Decision``."""

    __tablename__ = "decision"
    __table_args__ = (
        *recorded_checks(),
        length_check("question", QUESTION),
        CheckConstraint("snapshot LIKE '{%}'", name="snapshot"),
        one_of_check("confidence", *lists.CONFIDENCE),
        one_of_check("behaviour", *lists.BEHAVIOUR),
        one_of_check("team_verdict", *lists.TEAM_VERDICT),
        CheckConstraint("(signed_at IS NULL) = (signed_by = '')", name="signed"),
        one_of_check("implemented", *lists.IMPLEMENTED),
        _once_at_a_meeting("decision"),
    )

    meeting_id: Mapped[str] = mapped_column(key_of("meeting"), index=True)
    agenda_item_id: Mapped[str | None] = mapped_column(key_of("agenda_item"))
    date: Mapped[dt.date] = mapped_column(Date)
    question: Mapped[str] = mapped_column(Text)
    presenter: Mapped[str] = free_text()
    reason: Mapped[str | None] = mapped_column(Text)
    snapshot: Mapped[str] = mapped_column(Text, default="{}")
    material: Mapped[tuple[str, ...]] = listed(Codes)
    diagnosis: Mapped[str | None] = mapped_column(Text)
    diagnosis_note: Mapped[str] = free_text()
    confidence: Mapped[str | None] = mapped_column(Text)
    confidence_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    differentials: Mapped[tuple[Any, ...]] = listed(Items)
    pattern: Mapped[str | None] = mapped_column(Text)
    ctd_agreed: Mapped[bool | None] = mapped_column(flag("ctd_agreed"))
    behaviour: Mapped[str | None] = mapped_column(Text)
    shown: Mapped[tuple[tuple[str, str], ...]] = listed(Pairs)
    team_verdict: Mapped[str | None] = mapped_column(Text)
    verdict_reason: Mapped[str] = free_text()
    recommendations: Mapped[tuple[str, ...]] = listed(Codes)
    recommendation: Mapped[str] = free_text()
    preference_known: Mapped[bool | None] = mapped_column(flag("preference_known"))
    preference: Mapped[str] = free_text()
    dissent: Mapped[str] = free_text()
    next_date: Mapped[str | None] = mapped_column(PartialDay)
    next_trigger: Mapped[str] = free_text()
    typed_live: Mapped[bool | None] = mapped_column(flag("typed_live"))
    signed_by: Mapped[str] = free_text()
    signed_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    addenda: Mapped[tuple[Any, ...]] = listed(Items)
    letter_to: Mapped[tuple[str, ...]] = listed(Codes)
    letter_sent: Mapped[dt.date | None] = mapped_column(Date)
    implemented: Mapped[str | None] = mapped_column(Text)
    implemented_date: Mapped[str | None] = mapped_column(PartialDay)
    not_implemented: Mapped[str | None] = mapped_column(Text)
    implementation_note: Mapped[str] = free_text()
    note: Mapped[str] = free_text()


class ActionRow(OfPatient, Base):
    """What somebody has to do after a decision; fields as in ``clinical.records.Action``."""

    __tablename__ = "action"
    __table_args__ = (
        *recorded_checks(),
        filled_check("what"),
        one_of_check("status", *lists.ACTION_STATUS),
        CheckConstraint("(status = 'done') = (done_date IS NOT NULL)", name="done"),
    )

    decision_id: Mapped[str] = mapped_column(key_of("decision"), index=True)
    what: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = free_text()
    due: Mapped[dt.date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text, default="open")
    done_date: Mapped[dt.date | None] = mapped_column(Date)
    note: Mapped[str] = free_text()


class LetterTemplateRow(Recorded, Base):
    """The text of a letter of each kind; fields as in ``clinical.records.LetterTemplate``."""

    __tablename__ = "letter_template"
    __table_args__ = (
        *recorded_checks(),
        filled_check("kind"),
        filled_check("text"),
        Index(
            "uq_letter_template_live",
            "kind",
            unique=True,
            sqlite_where=_LIVE,
        ),
    )

    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
