"""Blood results, antibodies, and tests of the heart."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, recorded_checks
from ctdild_desktop.registry.models.checks import filled_check, one_of_check, range_check
from ctdild_desktop.registry.models.types import ExactDecimal, PartialDay, flag, free_text


class LabRow(OfPatient, Base):
    """One result of a sample; fields as in ``clinical.records.Lab``."""

    __tablename__ = "lab"
    __table_args__ = (
        *recorded_checks(),
        filled_check("test"),
        one_of_check("detection", *lists.DETECTION),
        CheckConstraint("detection IS NULL OR value IS NOT NULL", name="detection_of_value"),
        one_of_check("result", *lists.LAB_RESULT),
        CheckConstraint(
            "value IS NOT NULL OR result IS NOT NULL OR text <> '' OR absent <> '[]'", name="something"
        ),
    )

    date: Mapped[str] = mapped_column(PartialDay)
    test: Mapped[str] = mapped_column(Text)
    test_name: Mapped[str] = free_text()
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    unit: Mapped[str] = free_text()
    detection: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = free_text()
    lln: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    uln: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fasting: Mapped[bool | None] = mapped_column(flag("fasting"))
    laboratory: Mapped[str] = free_text()
    note: Mapped[str] = free_text()


class SerologyRow(OfPatient, Base):
    """One antibody test of one sample; fields as in ``clinical.records.Serology``."""

    __tablename__ = "serology"
    __table_args__ = (
        *recorded_checks(),
        filled_check("test"),
        one_of_check("result", *lists.SEROLOGY_RESULT),
        one_of_check("detection", *lists.DETECTION),
        CheckConstraint("detection IS NULL OR value IS NOT NULL", name="detection_of_value"),
        range_check("titre", 1, 10_000_000),
        CheckConstraint("result <> 'not_done' OR (value IS NULL AND titre IS NULL)", name="done_or_not"),
    )

    date: Mapped[str] = mapped_column(PartialDay)
    test: Mapped[str] = mapped_column(Text)
    test_name: Mapped[str] = free_text()
    result: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    unit: Mapped[str] = free_text()
    uln: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    detection: Mapped[str | None] = mapped_column(Text)
    titre: Mapped[int | None] = mapped_column()
    pattern: Mapped[str | None] = mapped_column(Text)
    assay: Mapped[str] = free_text()
    laboratory: Mapped[str] = free_text()
    note: Mapped[str] = free_text()


class HeartTestRow(OfPatient, Base):
    """An echocardiogram or a right-heart catheter; fields as in ``clinical.records.HeartTest``."""

    __tablename__ = "heart_test"
    __table_args__ = (*recorded_checks(), one_of_check("kind", *lists.HEART_TEST))

    date: Mapped[str] = mapped_column(PartialDay)
    kind: Mapped[str] = mapped_column(Text)
    rvsp_mmhg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    tapse_mm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    lvef_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    mpap_mmhg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    pvr_wu: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    pawp_mmhg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    site: Mapped[str] = free_text()
    note: Mapped[str] = free_text()
