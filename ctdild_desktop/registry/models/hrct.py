"""Readings of high-resolution CT."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, recorded_checks
from ctdild_desktop.registry.models.checks import one_of_check
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, PartialDay, flag, free_text, listed

_FEATURES = (
    "ground_glass",
    "reticulation",
    "traction_bronchiectasis",
    "honeycombing",
    "consolidation",
    "cysts",
    "mosaic_attenuation",
    "nodules",
    "volume_loss",
)


class HrctRow(OfPatient, Base):
    """One reading of a scan; fields as in ``clinical.records.Hrct``."""

    __tablename__ = "hrct"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("read_type", *lists.READ_TYPE),
        *(one_of_check(feature, *lists.HRCT_FEATURE) for feature in _FEATURES),
        one_of_check("extent_reading", *lists.HRCT_EXTENT),
        one_of_check("emphysema_extent", *lists.EMPHYSEMA_EXTENT),
        one_of_check("acute_change", *lists.ACUTE_CHANGE),
        one_of_check("result", *lists.HRCT_RESULT),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    site: Mapped[str] = free_text()
    contrast: Mapped[bool | None] = mapped_column(flag("contrast"))
    prone: Mapped[bool | None] = mapped_column(flag("prone"))
    expiratory: Mapped[bool | None] = mapped_column(flag("expiratory"))
    reader: Mapped[str] = free_text()
    read_date: Mapped[dt.date | None] = mapped_column(Date)
    read_type: Mapped[str | None] = mapped_column(Text)
    pattern: Mapped[str | None] = mapped_column(Text)
    pattern_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    distribution: Mapped[tuple[str, ...]] = listed(Codes)
    subpleural_sparing: Mapped[bool | None] = mapped_column(flag("subpleural_sparing"))
    ground_glass: Mapped[str | None] = mapped_column(Text)
    reticulation: Mapped[str | None] = mapped_column(Text)
    traction_bronchiectasis: Mapped[str | None] = mapped_column(Text)
    honeycombing: Mapped[str | None] = mapped_column(Text)
    consolidation: Mapped[str | None] = mapped_column(Text)
    cysts: Mapped[str | None] = mapped_column(Text)
    mosaic_attenuation: Mapped[str | None] = mapped_column(Text)
    nodules: Mapped[str | None] = mapped_column(Text)
    volume_loss: Mapped[str | None] = mapped_column(Text)
    extent_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    extent_reading: Mapped[str | None] = mapped_column(Text)
    fibrosis_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    ground_glass_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fibrosis: Mapped[bool | None] = mapped_column(flag("fibrosis"))
    emphysema: Mapped[bool | None] = mapped_column(flag("emphysema"))
    emphysema_extent: Mapped[str | None] = mapped_column(Text)
    pa_diameter_mm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    pa_aorta_ratio: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    oesophagus_dilated: Mapped[bool | None] = mapped_column(flag("oesophagus_dilated"))
    pleural_disease: Mapped[bool | None] = mapped_column(flag("pleural_disease"))
    enlarged_nodes: Mapped[bool | None] = mapped_column(flag("enlarged_nodes"))
    suspicious_finding: Mapped[bool | None] = mapped_column(flag("suspicious_finding"))
    finding_note: Mapped[str] = free_text()
    acute_change: Mapped[str | None] = mapped_column(Text)
    compared_with: Mapped[dt.date | None] = mapped_column(Date)
    result: Mapped[str | None] = mapped_column(Text)
    mixed: Mapped[bool | None] = mapped_column(flag("mixed"))
    signs: Mapped[tuple[str, ...]] = listed(Codes)
    signs_not_seen: Mapped[tuple[str, ...]] = listed(Codes)
    alternative_explanation: Mapped[bool | None] = mapped_column(flag("alternative_explanation"))
    quantification: Mapped[str] = free_text()
    quantification_score: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    accession: Mapped[str] = free_text()
    report: Mapped[str] = free_text()
    radiation_note: Mapped[str] = free_text()
    next_due: Mapped[str | None] = mapped_column(PartialDay)
    note: Mapped[str] = free_text()
