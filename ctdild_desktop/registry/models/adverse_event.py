"""Adverse events."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, recorded_checks
from ctdild_desktop.registry.models.checks import filled_check, one_of_check, order_check, range_check
from ctdild_desktop.registry.models.types import Codes, PartialDay, flag, free_text, listed


class AdverseEventRow(OfPatient, Base):
    """One adverse event; fields as in ``clinical.records.AdverseEvent``."""

    __tablename__ = "adverse_event"
    __table_args__ = (
        *recorded_checks(),
        filled_check("term"),
        order_check("onset", "end_date"),
        range_check("grade", 1, 5),
        one_of_check("causality", *lists.CAUSALITY),
        one_of_check("action", *lists.AE_ACTION),
        one_of_check("outcome", *lists.AE_OUTCOME),
    )

    onset: Mapped[str] = mapped_column(PartialDay)
    term: Mapped[str] = mapped_column(Text)
    end: Mapped[str | None] = mapped_column("end_date", PartialDay)
    """Column ``end_date``: ``end`` alone is a word of SQL."""
    ongoing: Mapped[bool | None] = mapped_column(flag("ongoing"))
    category: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[int | None] = mapped_column()
    serious: Mapped[bool | None] = mapped_column(flag("serious"))
    seriousness: Mapped[tuple[str, ...]] = listed(Codes)
    suspected_lines: Mapped[tuple[str, ...]] = listed(Codes)
    causality: Mapped[str | None] = mapped_column(Text)
    organism: Mapped[str] = free_text()
    site: Mapped[str] = free_text()
    action: Mapped[str | None] = mapped_column(Text)
    treatment: Mapped[str] = free_text()
    outcome: Mapped[str | None] = mapped_column(Text)
    reported: Mapped[bool | None] = mapped_column(flag("reported"))
    report_reference: Mapped[str] = free_text()
    meddra_code: Mapped[str] = free_text()
    note: Mapped[str] = free_text()
