"""Bronchoscopies with lavage or biopsy, and surgical biopsies."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, key_of, recorded_checks
from ctdild_desktop.registry.models.checks import one_of_check, range_check
from ctdild_desktop.registry.models.types import ExactDecimal, PartialDay, free_text

_CULTURES = ("bacteria", "mycobacteria", "fungi", "pneumocystis", "viruses")


class ProcedureRow(OfPatient, Base):
    """One procedure; fields as in ``clinical.records.Procedure``."""

    __tablename__ = "procedure"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("kind", *lists.PROCEDURE),
        one_of_check("not_done", *lists.NOT_DONE),
        *(one_of_check(culture, *lists.CULTURE) for culture in _CULTURES),
        one_of_check("confidence", *lists.CONFIDENCE),
        CheckConstraint("samples >= 0", name="samples"),
        one_of_check("complication", *lists.COMPLICATION),
        range_check("complication_grade", 1, 5),
        one_of_check("contribution", *lists.CONTRIBUTION),
        CheckConstraint("kind = 'none' OR not_done IS NULL", name="done_or_not"),
    )

    date: Mapped[str] = mapped_column(PartialDay)
    kind: Mapped[str] = mapped_column(Text)
    not_done: Mapped[str | None] = mapped_column(Text)
    lobe: Mapped[str | None] = mapped_column(Text)
    volume_in_ml: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    recovered_ml: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cells_million_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    macrophages_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    lymphocytes_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    neutrophils_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    eosinophils_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    mast_cells_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cd4_cd8: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    bacteria: Mapped[str | None] = mapped_column(Text)
    mycobacteria: Mapped[str | None] = mapped_column(Text)
    fungi: Mapped[str | None] = mapped_column(Text)
    pneumocystis: Mapped[str | None] = mapped_column(Text)
    viruses: Mapped[str | None] = mapped_column(Text)
    organisms: Mapped[str] = free_text()
    cytology: Mapped[str] = free_text()
    biopsy_pattern: Mapped[str | None] = mapped_column(Text)
    pathologist: Mapped[str] = free_text()
    confidence: Mapped[str | None] = mapped_column(Text)
    samples: Mapped[int | None] = mapped_column()
    sample_mm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    ancillary: Mapped[str] = free_text()
    complication: Mapped[str | None] = mapped_column(Text)
    complication_note: Mapped[str] = free_text()
    complication_grade: Mapped[int | None] = mapped_column()
    adverse_event_id: Mapped[str | None] = mapped_column(key_of("adverse_event"))
    contribution: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = free_text()
