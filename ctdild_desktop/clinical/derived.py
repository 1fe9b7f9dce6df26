"""What follows from one lung-function test: % predicted, z-score, limits, and the haemoglobin-corrected pair.

Nothing derived is stored; it is computed here whenever it is shown. The percentages are those that the
criteria judge, so that a table and a verdict cannot disagree. z and limits are those of the reference set
that the test names (for GLI sets by LMS: Quanjer 2012, Bowerman 2023, Stanojevic 2017, Hall 2021); the pair
at standard haemoglobin follows Cotes 1972.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.prediction import Prediction, dlco_name, height_of, kco_name, predict
from ctdild_desktop.clinical.records import Patient, Pft
from ctdild_desktop.clinical.reference import age_in_years, z_score
from ctdild_desktop.clinical.reference import percent as percent_of
from ctdild_desktop.clinical.series import (
    Percent,
    dlco_percent,
    factor_of,
    fev1_percent,
    fvc_percent,
    lent_haemoglobin,
    unusable_dlco,
    unusable_fvc,
)
from ctdild_desktop.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedValue:
    """One measure of one test with what follows from it; unrounded."""

    measure: str
    """``fvc``, ``fev1``, ``dlco``, ``dlco_hb``, ``ratio``, ``tlc``, ``va`` or ``kco``."""
    value: Decimal | None
    """In ``unit``; as typed, except for the corrected pair and the ratio, which are computed."""
    unit: str
    percent: Decimal | None = None
    """% predicted as the criteria take it: recorded, else computed."""
    recorded_percent: bool = False
    percent_computed: Decimal | None = None
    """% predicted from the value and the equation, also where another was recorded."""
    z: float | None = None
    predicted: float | None = None
    lln: float | None = None
    uln: float | None = None
    reference_set: str | None = None
    """Set of the prediction, or of the recorded percentage where there is no prediction."""
    why_not: str = ""
    """Why there is no prediction, in words; empty when there is one or nothing was measured."""

    @property
    def lln_percent(self) -> float | None:
        """The lower limit of normal in % predicted."""
        if self.lln is None or self.predicted is None:
            return None
        return 100 * self.lln / self.predicted

    @property
    def shown(self) -> bool:
        """Whether anything is known of this measure."""
        return self.value is not None or self.percent is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedTest:
    """One test with everything that follows from it."""

    test: Pft
    age_years: float | None
    """Exact decimal age; None without an exact birth date."""
    height_cm: Decimal | None
    fvc: DerivedValue
    fev1: DerivedValue
    ratio: DerivedValue
    """FEV1/FVC as a fraction."""
    dlco: DerivedValue
    """As recorded; z and limits are those of the value not adjusted for haemoglobin."""
    dlco_hb: DerivedValue
    """At standard haemoglobin, % of the same prediction; no z, since the equation is for measured values."""
    tlc: DerivedValue
    va: DerivedValue
    kco: DerivedValue
    fvc_unused: str | None
    """Why the criteria leave this FVC out (``excluded: lung infection``, ``grade F``); None when used."""
    dlco_unused: str | None
    lent_hb: Haemoglobin | None = None
    """The blood test whose haemoglobin corrects this DLCO, where the test has none of its own."""
    notes: tuple[str, ...] = ()

    @property
    def date(self) -> dt.date:
        """Day of the test."""
        return self.test.date

    @property
    def fvc_used(self) -> bool:
        """Whether the criteria use the FVC."""
        return self.fvc_unused is None

    @property
    def dlco_used(self) -> bool:
        """Whether the criteria use the transfer factor."""
        return self.dlco_unused is None


def derive(test: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin] = ()) -> DerivedTest:
    """Everything that follows from a test; ``haemoglobins`` are laboratory results for the correction."""
    birth = patient.birth_date.exact if patient.birth_date is not None else None
    age = age_in_years(birth, test.date) if birth is not None and birth <= test.date else None
    unit = test.dlco_unit
    unit_text = unit.value if unit is not None else ""
    ratio = test.fev1_l / test.fvc_l if test.fev1_l is not None and test.fvc_l else None
    fvc = _value(
        "fvc", test, patient, equation="FVC", value=test.fvc_l, unit="L", percent=fvc_percent(test, patient)
    )
    dlco = _value(
        "dlco",
        test,
        patient,
        equation=dlco_name(unit),
        value=test.dlco,
        unit=unit_text,
        percent=dlco_percent(test, patient),
    )
    if test.dlco_hb_corrected is True and dlco.z is not None:
        dlco = replace(dlco, z=None, why_not=say("z is for DLCO not corrected for haemoglobin"))
    return DerivedTest(
        test=test,
        age_years=age,
        height_cm=height_of(test, patient),
        fvc=fvc,
        fev1=_value(
            "fev1",
            test,
            patient,
            equation="FEV1",
            value=test.fev1_l,
            unit="L",
            percent=fev1_percent(test, patient),
        ),
        ratio=_value("ratio", test, patient, equation="FEV1FVC", value=ratio, unit=""),
        dlco=dlco,
        dlco_hb=_at_standard_hb(dlco, test, patient, haemoglobins),
        tlc=_value("tlc", test, patient, equation="TLC", value=test.tlc_l, unit="L"),
        va=_value("va", test, patient, equation="VA", value=test.va_l, unit="L"),
        kco=_value(
            "kco",
            test,
            patient,
            equation=None if unit is None else kco_name(unit),
            value=test.kco,
            unit=f"{unit_text}/L" if unit_text else "",
        ),
        fvc_unused=unusable_fvc(test),
        dlco_unused=unusable_dlco(test),
        lent_hb=_lent(dlco, test, patient, haemoglobins),
        notes=tuple(dict.fromkeys(value.why_not for value in (fvc, dlco) if value.why_not)),
    )


def decimal(value: Fraction) -> Decimal:
    """An exact fraction as a decimal of 28 digits."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _value(
    measure: str,
    test: Pft,
    patient: Patient,
    *,
    equation: str | None,
    value: Decimal | None,
    unit: str,
    percent: Percent | None = None,
) -> DerivedValue:
    taken = None if percent is None else decimal(percent.value)
    recorded = percent is not None and percent.recorded
    named = None if percent is None else percent.reference_set
    if value is None and taken is None:
        return DerivedValue(
            measure=measure, value=None, unit=unit, recorded_percent=recorded, reference_set=named
        )
    found = (
        Prediction(None, say("unit not recorded")) if equation is None else predict(equation, test, patient)
    )
    limits = found.limits
    if limits is None:
        return DerivedValue(
            measure=measure,
            value=value,
            unit=unit,
            percent=taken,
            recorded_percent=recorded,
            reference_set=named,
            why_not=found.why_not,
        )
    computed = None if value is None else percent_of(value, limits)
    return DerivedValue(
        measure=measure,
        value=value,
        unit=unit,
        percent=taken if taken is not None else computed,
        recorded_percent=recorded,
        percent_computed=computed,
        z=None if value is None else z_score(value, limits),
        predicted=limits.predicted,
        lln=limits.lln,
        uln=limits.uln,
        reference_set=limits.reference_set,
    )


def _lent(
    dlco: DerivedValue, test: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin]
) -> Haemoglobin | None:
    own = test.dlco_hb_corrected is True or test.hb_g_l is not None
    if own or not dlco.shown or factor_of(test, patient, haemoglobins) is None:
        return None
    return lent_haemoglobin(test, haemoglobins)


def _at_standard_hb(
    dlco: DerivedValue, test: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin]
) -> DerivedValue:
    """The pair at standard haemoglobin: value and % of the same prediction."""
    empty = DerivedValue(measure="dlco_hb", value=None, unit=dlco.unit)
    if not dlco.shown:
        return empty
    factor = factor_of(test, patient, haemoglobins)
    if factor is None:
        missing = say("sex") if patient.sex is None else say("haemoglobin")
        return DerivedValue(
            measure="dlco_hb",
            value=None,
            unit=dlco.unit,
            why_not=say("{missing} not recorded", missing=missing),
        )
    percent = dlco_percent(test, patient)
    return DerivedValue(
        measure="dlco_hb",
        value=None if test.dlco is None else decimal(Fraction(test.dlco) * factor),
        unit=dlco.unit,
        percent=None if percent is None else decimal(percent.value * factor),
        recorded_percent=percent is not None and percent.recorded and factor == 1,
        predicted=dlco.predicted,
        lln=None,
        reference_set=dlco.reference_set,
    )
