"""What is put off on the work list; fields as in ``clinical.records.Snooze``."""

import datetime as dt

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, OfPatient, recorded_checks
from ctdild_desktop.registry.models.checks import filled_check


class SnoozeRow(OfPatient, Base):
    """One reason of one patient that somebody put off until a day, and why."""

    __tablename__ = "snooze"
    __table_args__ = (
        *recorded_checks(),
        filled_check("item"),
        filled_check("reason"),
        CheckConstraint("until >= date", name="until"),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    item: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    until: Mapped[dt.date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
