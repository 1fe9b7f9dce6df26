"""The columns that the plain table of tests knows, each with what its cells may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ctdild_desktop.language import marked


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    WHOLE = "whole"
    DAY = "day"
    PARTIAL_DATE = "partial_date"
    SEX = "sex"
    GRADE = "grade"
    DLCO_UNIT = "dlco_unit"
    DIAGNOSIS = "diagnosis"
    PATTERN = "pattern"
    CODE = "code"
    """One word of a list."""
    CODES = "codes"
    """Words of a list, parted by semicolons."""
    YES_NO = "yes_no"
    RESULT = "result"
    """Of a laboratory: a number, a limit of the method (``<5``) or words."""


@dataclass(frozen=True, slots=True)
class Field:
    """One target column; ``record_name`` is the field of the record it ends in."""

    name: str
    label: str
    kind: Kind
    record_name: str
    required: bool = False
    decimals_shift: int = 0
    """Power of ten that brings the column's unit to the stored one; exact."""
    listed: str = ""
    """Name of the list of a code; see :mod:`ctdild_desktop.interchange.clinic_words`."""


@cache
def fields() -> dict[str, Field]:
    """All target columns by name, in the order in which they are offered."""
    text, number, percent = Kind.TEXT, Kind.NUMBER, Kind.PERCENT
    listed = (
        Field("mrn", marked("MRN"), text, "mrn", required=True),
        Field("family_name", marked("Surname"), text, "family_name"),
        Field("given_name", marked("Given name"), text, "given_name"),
        Field("birth_date", marked("Birth date"), Kind.PARTIAL_DATE, "birth_date"),
        Field("sex", marked("Sex"), Kind.SEX, "sex"),
        Field("height_cm", marked("Height, cm"), number, "height_cm"),
        Field("weight_kg", marked("Weight, kg"), number, "weight_kg"),
        Field("diagnosis", marked("CTD diagnosis (code)"), Kind.DIAGNOSIS, "ctd"),
        Field("ild_pattern", marked("ILD pattern (code)"), Kind.PATTERN, "pattern"),
        Field("test_date", marked("Test date"), Kind.DAY, "date", required=True),
        Field("fvc_l", marked("FVC, L"), number, "fvc_l"),
        Field("fvc_ml", marked("FVC, mL"), number, "fvc_l", decimals_shift=-3),
        Field("fvc_percent_predicted", marked("FVC, % predicted"), percent, "fvc_pct_pred"),
        Field("fev1_l", marked("FEV1, L"), number, "fev1_l"),
        Field("fev1_percent_predicted", marked("FEV1, % predicted"), percent, "fev1_pct_pred"),
        Field("dlco", marked("DLCO"), number, "dlco"),
        Field("dlco_unit", marked("DLCO unit"), Kind.DLCO_UNIT, "dlco_unit"),
        Field("dlco_percent_predicted", marked("DLCO, % predicted"), percent, "dlco_pct_pred"),
        Field("hb_g_l", marked("Hb, g/L"), number, "hb_g_l"),
        Field("hb_g_dl", marked("Hb, g/dL"), number, "hb_g_l", decimals_shift=1),
        Field("tlc_l", marked("TLC, L"), number, "tlc_l"),
        Field("va_l", marked("VA, L"), number, "va_l"),
        Field("kco", marked("KCO"), number, "kco"),
        Field("quality_fvc", marked("FVC quality grade"), Kind.GRADE, "fvc_grade"),
        Field("quality_dlco", marked("DLCO quality grade"), Kind.GRADE, "dlco_grade"),
        Field("spo2_rest", marked("SpO2 at rest, %"), percent, "spo2_rest"),
        Field("mmrc", marked("mMRC"), Kind.WHOLE, "mmrc"),
        Field("comment", marked("Comment"), text, "comment"),
    )
    return {field.name: field for field in listed}
