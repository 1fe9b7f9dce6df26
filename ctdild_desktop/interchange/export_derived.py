"""What an export derives: the reading of each lung-function test, and what became of each patient."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.interchange.export_columns import Cell, Column, Type
from ctdild_desktop.language import english_of

_PLACES = Decimal("0.0001")
_MEASURES = (
    ("fvc", "FVC", "L"),
    ("fev1", "FEV1", "L"),
    ("ratio", "FEV1/FVC", ""),
    ("dlco", "DLCO", "{dlco_unit}"),
    ("tlc", "TLC", "L"),
    ("va", "VA", "L"),
    ("kco", "KCO", "{dlco_unit}/L"),
)
"""Name, words and unit of what is derived."""
_BY = "the set in derived_{}_reference_set, with sex, age, height; four decimals"
_HB = (
    "DLCO, sex and haemoglobin (Cotes 1972; Graham 2017); the laboratory's haemoglobin of the time where the "
    "test has none; four decimals"
)


def _of_measure(name: str, called: str, unit: str) -> Iterator[Column]:
    ending = "_l" if unit == "L" else ""
    source = _BY.format(name)
    number = Type.NUMBER
    if name == "ratio":
        yield Column("derived_ratio", number, derived_from="FEV1 and FVC; four decimals", label="FEV1/FVC")
    percent = f"recorded % predicted, else {source}"
    yield Column(
        f"derived_{name}_percent_predicted",
        number,
        derived_from=percent,
        label=f"{called} as the criteria take it",
        unit="% predicted",
    )
    yield Column(
        f"derived_{name}_percent_computed",
        number,
        derived_from=source,
        label=f"{called} computed, also where another was recorded",
        unit="% predicted",
    )
    yield Column(
        f"derived_{name}_predicted{ending}",
        number,
        derived_from=source,
        label=f"{called} predicted",
        unit=unit,
    )
    yield Column(
        f"derived_{name}_lln{ending}",
        number,
        derived_from=source,
        label=f"{called}, lower limit of normal",
        unit=unit,
    )
    yield Column(
        f"derived_{name}_uln{ending}",
        number,
        derived_from=source,
        label=f"{called}, upper limit of normal",
        unit=unit,
    )
    yield Column(f"derived_{name}_z", number, derived_from=source, label=f"{called}, z-score")
    yield Column(
        f"derived_{name}_reference_set",
        Type.TEXT,
        derived_from="the set that the test names",
        label=f"{called}, set of the prediction",
    )


DERIVED: tuple[Column, ...] = (
    Column(
        "derived_age_years",
        Type.NUMBER,
        derived_from="birth date and date of the test",
        label="age at the test",
        unit="years",
    ),
    *(column for measure in _MEASURES for column in _of_measure(*measure)),
    Column(
        "derived_dlco_hb",
        Type.NUMBER,
        derived_from=_HB,
        label="DLCO at standard haemoglobin",
        unit="{dlco_unit}",
    ),
    Column(
        "derived_dlco_hb_percent_predicted",
        Type.NUMBER,
        derived_from=_HB,
        label="DLCO at standard haemoglobin",
        unit="% predicted",
    ),
    Column(
        "derived_fvc_used",
        Type.YES_NO,
        derived_from="quality, exclusion and reason not done",
        label="FVC used by the criteria",
    ),
    Column(
        "derived_dlco_used",
        Type.YES_NO,
        derived_from="quality, exclusion and reason not done",
        label="DLCO used by the criteria",
    ),
)
"""Columns of what follows from a lung-function test."""


def derived_cells(one: DerivedTest, age: Decimal | None, *, told: bool) -> Iterator[Cell]:
    """The cells of :data:`DERIVED`.

    Args:
        told: whether what is predicted may be told; it gives an age away.
    """
    yield age
    for name, _called, _unit in _MEASURES:
        value: DerivedValue = getattr(one, name)
        if name == "ratio":
            yield rounded(value.value)
        yield rounded(value.percent) if told or value.recorded_percent else None
        computed = (value.percent_computed, value.predicted, value.lln, value.uln, value.z)
        yield from (rounded(number) if told else None for number in computed)
        # a set that was read from a file may have any name
        yield value.reference_set if value.reference_set in codes.choices("reference_set") else None
    hb = one.dlco_hb
    yield rounded(hb.value)
    yield rounded(hb.percent) if told or one.dlco.recorded_percent else None
    yield one.fvc_used if one.fvc.shown else None
    yield one.dlco_used if one.dlco.shown else None


def rounded(number: Decimal | float | None) -> Decimal | None:
    """What was computed, to four decimals."""
    return None if number is None else Decimal(number).quantize(_PLACES, ROUND_HALF_EVEN)


_FROM = "vital status, date of death and transplant of the patient"
OUTCOMES: tuple[Column, ...] = (
    Column("derived_event", Type.TEXT, derived_from=_FROM, label="death, transplant, lost or moved"),
    Column("derived_date", Type.TEXT, derived_from=_FROM, label="when, as exactly as it is known"),
    Column(
        "derived_date_earliest", Type.DATE, derived_from=_FROM, label="when, the first day that it may be"
    ),
    Column("derived_date_latest", Type.DATE, derived_from=_FROM, label="when, the last day that it may be"),
    Column("derived_cause", Type.TEXT, derived_from=_FROM, label="cause of death"),
    Column("derived_cause_label", Type.TEXT, derived_from=_FROM, label="cause of death in words"),
)
"""Columns of what became of a patient."""


def outcome_rows(patient: Patient) -> Iterator[list[Cell]]:
    """What became of a patient, an event in each row; nothing while they are followed."""
    if patient.transplant == "transplanted":
        yield ["transplant", *_when(patient.transplant_date), None, None]
    if patient.vital_status == "dead":
        cause = patient.cause_of_death
        words = english_of(codes.label("cause_of_death", cause)) or None
        yield ["death", *_when(patient.death_date), cause, words]
    elif patient.vital_status in {"lost", "moved"}:
        yield [patient.vital_status, *_when(patient.vital_status_date), None, None]


def _when(date: PartialDate | None) -> list[Cell]:
    return [None, None, None] if date is None else [str(date), date.earliest, date.latest]
