"""The visits of one patient that the rules compare: usable tests, one visit per day, exact values.

Every value is an exact fraction; nothing here rounds. Same-day records are merged per parameter: best grade,
then before bronchodilator, then the largest FVC or the mean DLCO. Grades are those of Graham 2019
(spirometry, doi 10.1164/rccm.201908-1590ST) and Graham 2017 (DLCO, doi 10.1183/13993003.00016-2016); which
grades are used, and the order of merging, are decisions of the registry. Haemoglobin correction: Cotes 1972.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from ctdild_desktop.clinical.codes import label
from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.prediction import dlco_name, hb_factor, predict
from ctdild_desktop.clinical.records import DlcoUnit, Patient, Pft
from ctdild_desktop.clinical.remembering import once
from ctdild_desktop.language import say

_GRADE_ORDER = {"A": 0, "B": 1, "C": 2, None: 3, "D": 4}
_UNUSABLE_FVC = {"E", "U", "F"}
_UNUSABLE_DLCO = {"F"}
_LOW_DLCO = {"C", "D"}
HB_DAYS = 30


@dataclass(frozen=True, slots=True)
class Percent:
    """A value in % predicted and the reference set that it belongs to (None: not recorded)."""

    value: Fraction
    reference_set: str | None
    recorded: bool
    """True when the percentage itself was recorded, False when it was computed."""


@dataclass(frozen=True, slots=True)
class FvcVisit:
    """The FVC of one day, with FEV1 of the same record."""

    test: Pft
    litres: Fraction | None
    percent: Percent | None
    fev1_percent: Percent | None

    @property
    def date(self) -> dt.date:
        """Day of the visit."""
        return self.test.date

    @property
    def ids(self) -> tuple[str, ...]:
        """The record that the value came from."""
        return (self.test.id,)

    @property
    def low_grade(self) -> str | None:
        """``D`` when the test counts with a warning, else None."""
        return "D" if self.test.fvc_grade == "D" else None

    def percent_under(self, reference_set: str, patient: Patient) -> Fraction | None:
        """% predicted computed anew from litres under a named set; None when something is missing."""
        return computed_percent("FVC", self.test.fvc_l, self.test, patient, reference_set)

    def fev1_under(self, reference_set: str, patient: Patient) -> Fraction | None:
        """FEV1 in % predicted computed anew under a named set; None when something is missing."""
        return computed_percent("FEV1", self.test.fev1_l, self.test, patient, reference_set)


@dataclass(frozen=True, slots=True)
class DlcoVisit:
    """The transfer factor of one day: the records that count, in one state of correction."""

    tests: tuple[Pft, ...]
    factors: tuple[Fraction | None, ...]
    """Per record: the factor to standard haemoglobin; 1 when it was recorded as corrected."""
    percents: tuple[Percent | None, ...]
    lent: Haemoglobin | None = None
    """The blood test whose haemoglobin stands in, where none was taken with the test."""

    @property
    def date(self) -> dt.date:
        """Day of the visit."""
        return self.tests[0].date

    @property
    def ids(self) -> tuple[str, ...]:
        """The records that the value came from."""
        return tuple(test.id for test in self.tests)

    @property
    def corrected(self) -> bool:
        """Whether the value was recorded as corrected; a record that does not say is uncorrected."""
        return self.tests[0].dlco_hb_corrected is True

    @property
    def state_assumed(self) -> bool:
        """Whether a record does not say if it is corrected."""
        return any(test.dlco_hb_corrected is None for test in self.tests)

    @property
    def correctable(self) -> bool:
        """Whether the value at standard haemoglobin is known for every record."""
        return all(factor is not None for factor in self.factors)

    @property
    def low_grade(self) -> str | None:
        """``C`` or ``D`` when the test counts with a warning, else None; the worse of several."""
        low = [test.dlco_grade for test in self.tests if test.dlco_grade in _LOW_DLCO]
        return max((grade for grade in low if grade is not None), default=None)

    @property
    def unit(self) -> DlcoUnit | None:
        """Unit of the measured value."""
        return next((test.dlco_unit for test in self.tests if test.dlco is not None), None)

    @property
    def reference_set(self) -> str | None:
        """Reference set of the % predicted."""
        return next((percent.reference_set for percent in self.percents if percent is not None), None)

    def percent(self, *, at_standard_hb: bool) -> Percent | None:
        """% predicted as recorded, or of the value at standard haemoglobin; the mean of the day's records."""
        return once(("dlco_percent", at_standard_hb), (self,), partial(self._percent, at_standard_hb))

    def _percent(self, at_standard_hb: bool) -> Percent | None:
        if at_standard_hb and not self.correctable:
            return None
        known = [
            percent.value * (factor if at_standard_hb and factor is not None else 1)
            for percent, factor in zip(self.percents, self.factors, strict=True)
            if percent is not None
        ]
        if not known:
            return None
        recorded = all(percent.recorded for percent in self.percents if percent is not None)
        return Percent(_mean(known), self.reference_set, recorded)

    def percent_under(self, reference_set: str, patient: Patient, *, at_standard_hb: bool) -> Fraction | None:
        """% predicted computed anew under a named set; None when something is missing for a record."""
        values = []
        for test, factor in zip(self.tests, self.factors, strict=True):
            name = dlco_name(test.dlco_unit)
            made = name and computed_percent(name, test.dlco, test, patient, reference_set)
            if not made or (at_standard_hb and factor is None):
                return None
            values.append(made * factor if at_standard_hb and factor is not None else made)
        return _mean(values)

    def value(self, *, at_standard_hb: bool) -> Fraction | None:
        """The value in its own unit, as recorded or at standard haemoglobin."""
        if at_standard_hb and not self.correctable:
            return None
        known = [
            Fraction(test.dlco) * (factor if at_standard_hb and factor is not None else 1)
            for test, factor in zip(self.tests, self.factors, strict=True)
            if test.dlco is not None and test.dlco_unit is not None
        ]
        return _mean(known) if known else None


def unusable_fvc(test: Pft) -> str | None:
    """Why the rules leave this FVC out, in words; None when they use it."""
    if test.fvc_l is None and test.fvc_pct_pred is None:
        return "FVC not recorded"
    if test.excluded:
        return _excluded(test)
    return say("grade {fvc_grade}", fvc_grade=test.fvc_grade) if test.fvc_grade in _UNUSABLE_FVC else None


def unusable_dlco(test: Pft) -> str | None:
    """Why the rules leave this transfer factor out, in words; None when they use it."""
    if test.dlco is None and test.dlco_pct_pred is None:
        return "DLCO not recorded"
    if test.excluded:
        return _excluded(test)
    return (
        say("grade {dlco_grade}", dlco_grade=test.dlco_grade) if test.dlco_grade in _UNUSABLE_DLCO else None
    )


BOTH = ("fvc", "fev1")


def fvc_visits(
    tests: Iterable[Pft], patient: Patient, as_of: dt.date, *, percents: tuple[str, ...] = BOTH
) -> tuple[FvcVisit, ...]:
    """The visits with a usable FVC up to a date, oldest first, whatever the order of the records.

    Args:
        percents: which of FVC and FEV1 are told in % predicted. The visits and litres are the same; who asks
            for those of thousands of patients need not wait for predictions.
    """
    given = tuple(tests)

    def visits() -> tuple[FvcVisit, ...]:
        return tuple(
            once(("fvc", percents), (patient, *day), partial(_fvc_visit, day, patient, percents))
            for day in _days_of_fvc(given, as_of)
        )

    return once(("fvc_visits", percents, as_of), (patient, *given), visits)


def dlco_visits(
    tests: Iterable[Pft], patient: Patient, as_of: dt.date, haemoglobins: Sequence[Haemoglobin] = ()
) -> tuple[DlcoVisit, ...]:
    """The visits with a usable transfer factor up to a date, oldest first.

    A haemoglobin taken after the date may serve a test before it: it tells what that test measured.
    """
    lent, given = tuple(haemoglobins), tuple(tests)

    def visits() -> tuple[DlcoVisit, ...]:
        return tuple(
            once(("dlco", lent), (patient, *day), partial(_dlco_visit, day, patient, lent))
            for day in _days_of_dlco(given, as_of)
        )

    return once(("dlco_visits", lent, as_of), (patient, *given), visits)


def used_ids(measure: str, tests: Iterable[Pft], patient: Patient, as_of: dt.date) -> frozenset[str]:
    """Ids of the records of which ``fvc`` or ``dlco`` counts up to a date, without any value.

    They are those of :func:`fvc_visits` and :func:`dlco_visits`.
    """
    if measure == "fvc":
        return frozenset(_chosen_fvc(day, patient).id for day in _days_of_fvc(tests, as_of))
    return frozenset(test.id for day in _days_of_dlco(tests, as_of) for test in _chosen_dlco(day))


def percent_predicted(
    recorded: Decimal | None,
    predicted: Decimal | None,
    value: Decimal | None,
    computed: Callable[[], Fraction | None],
    reference_set: str | None,
) -> Percent | None:
    """The percentage recorded, else from the recorded predicted value, else computed, else None."""
    if recorded is not None:
        return Percent(Fraction(recorded), reference_set, True)
    if value is not None and predicted is not None and predicted > 0:
        return Percent(_percent_of(value, predicted), reference_set, False)
    made = computed()
    return None if made is None else Percent(made, reference_set, False)


def fvc_percent(test: Pft, patient: Patient) -> Percent | None:
    """FVC of a test in % predicted, as the rules take it."""
    return once(("fvc_percent",), (test, patient), partial(_fvc_percent, test, patient))


def _fvc_percent(test: Pft, patient: Patient) -> Percent | None:
    return percent_predicted(
        test.fvc_pct_pred,
        test.fvc_pred_l,
        test.fvc_l,
        lambda: computed_percent("FVC", test.fvc_l, test, patient),
        test.reference_set,
    )


def fev1_percent(test: Pft, patient: Patient) -> Percent | None:
    """FEV1 of a test in % predicted, as the rules take it."""
    return once(("fev1_percent",), (test, patient), partial(_fev1_percent, test, patient))


def _fev1_percent(test: Pft, patient: Patient) -> Percent | None:
    return percent_predicted(
        test.fev1_pct_pred,
        None,
        test.fev1_l,
        lambda: computed_percent("FEV1", test.fev1_l, test, patient),
        test.reference_set,
    )


def dlco_percent(test: Pft, patient: Patient) -> Percent | None:
    """Transfer factor of a test in % predicted, in the state of correction in which it was recorded.

    The GLI-2017 prediction is for the value not adjusted for haemoglobin; a value recorded as corrected is
    set against the same prediction.
    """
    return once(("gas_percent",), (test, patient), partial(_dlco_percent, test, patient))


def _dlco_percent(test: Pft, patient: Patient) -> Percent | None:
    name = dlco_name(test.dlco_unit)
    return percent_predicted(
        test.dlco_pct_pred,
        None,
        test.dlco,
        lambda: computed_percent(name, test.dlco, test, patient) if name else None,
        test.reference_set,
    )


def computed_percent(
    measure: str, value: Decimal | None, test: Pft, patient: Patient, reference_set: str | None = None
) -> Fraction | None:
    """% predicted from a measured value; None when anything that the equation needs is missing."""
    if value is None:
        return None
    found = predict(measure, test, patient, reference_set=reference_set).limits
    return None if found is None else _percent_of(value, found.predicted)


def factor_of(test: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin] = ()) -> Fraction | None:
    """The factor to standard haemoglobin of one test; 1 when recorded as corrected, None when unknown.

    Haemoglobin is the test's own, else that of a blood test (:func:`lent_haemoglobin`).
    """
    if test.dlco_hb_corrected is True:
        return Fraction(1)
    hb = test.hb_g_l
    if hb is None and (lent := lent_haemoglobin(test, haemoglobins)) is not None:
        hb = lent[1]
    return hb_factor(hb, test, patient)


def lent_haemoglobin(test: Pft, haemoglobins: Sequence[Haemoglobin]) -> Haemoglobin | None:
    """The laboratory result nearest in time within 30 days either side (of two equally near, the earlier)."""

    def apart(entry: Haemoglobin) -> tuple[int, dt.date]:
        return abs((entry[0] - test.date).days), entry[0]

    near = min(haemoglobins, key=apart, default=None)
    return near if near is not None and apart(near)[0] <= HB_DAYS else None


def _excluded(test: Pft) -> str:
    reason = label("exclusion", test.exclusion_reason)
    return say("excluded: {reason}", reason=reason) if reason else say("excluded")


def _percent_of(value: Decimal, predicted: Decimal | float) -> Fraction:
    """``value · 100 / predicted``, exactly, in one step."""
    (top, under), (whole, part) = value.as_integer_ratio(), predicted.as_integer_ratio()
    return Fraction(100 * top * part, under * whole)


def _mean(values: Sequence[Fraction]) -> Fraction:
    if len(values) == 1:
        return values[0]
    return sum(values, Fraction(0)) / len(values)


def _days_of_fvc(tests: Iterable[Pft], as_of: dt.date) -> list[list[Pft]]:
    return _days(test for test in tests if test.date <= as_of and unusable_fvc(test) is None)


def _days_of_dlco(tests: Iterable[Pft], as_of: dt.date) -> list[list[Pft]]:
    return _days(test for test in tests if test.date <= as_of and unusable_dlco(test) is None)


def _days(tests: Iterable[Pft]) -> list[list[Pft]]:
    """Records grouped by day, days in order, records of a day in order of entry."""
    days: dict[dt.date, list[Pft]] = {}
    for test in tests:
        days.setdefault(test.date, []).append(test)
    return [sorted(days[day], key=lambda test: test.entered) for day in sorted(days)]


def _best(tests: list[Pft], grade: Callable[[Pft], str | None]) -> list[Pft]:
    """The records of best grade, and of those the ones before bronchodilator if there are such."""

    if len(tests) == 1:
        return tests

    def rank(test: Pft) -> tuple[int, bool]:
        return _GRADE_ORDER.get(grade(test), 5), test.post_bd is True

    best = min(rank(test) for test in tests)
    return [test for test in tests if rank(test) == best]


def _chosen_fvc(day: list[Pft], patient: Patient) -> Pft:
    """The record of a day whose FVC counts."""
    kept = _best(day, lambda test: test.fvc_grade)
    if len(kept) == 1:
        return kept[0]
    if all(test.fvc_l is not None for test in kept):
        return max(kept, key=lambda test: test.fvc_l or Decimal(0))
    return max(kept, key=lambda test: _value_or_zero(fvc_percent(test, patient)))


def _fvc_visit(day: list[Pft], patient: Patient, percents: tuple[str, ...]) -> FvcVisit:
    chosen = _chosen_fvc(day, patient)
    return FvcVisit(
        test=chosen,
        litres=None if chosen.fvc_l is None else Fraction(chosen.fvc_l),
        percent=fvc_percent(chosen, patient) if "fvc" in percents else None,
        fev1_percent=fev1_percent(chosen, patient) if "fev1" in percents else None,
    )


def _value_or_zero(percent: Percent | None) -> Fraction:
    return Fraction(0) if percent is None else percent.value


def _chosen_dlco(day: list[Pft]) -> list[Pft]:
    """The records of a day whose transfer factor counts."""
    kept = _best(day, lambda test: test.dlco_grade)
    if len(kept) > 1 and _differ(kept):
        kept = [test for test in kept if test.dlco_hb_corrected is True] or kept[:1]
        if _differ(kept):
            kept = kept[:1]
    return kept


def _dlco_visit(day: list[Pft], patient: Patient, haemoglobins: Sequence[Haemoglobin]) -> DlcoVisit:
    kept = _chosen_dlco(day)
    # A haemoglobin taken that day serves every record of the day.
    same_day = next((test.hb_g_l for test in kept if test.hb_g_l is not None), None)
    results = haemoglobins if same_day is None else [(day[0].date, same_day), *haemoglobins]
    lending = same_day is None and any(test.dlco_hb_corrected is not True for test in kept)
    return DlcoVisit(
        tests=tuple(kept),
        factors=tuple(factor_of(test, patient, results) for test in kept),
        percents=tuple(dlco_percent(test, patient) for test in kept),
        lent=lent_haemoglobin(kept[0], haemoglobins) if lending else None,
    )


def _differ(tests: list[Pft]) -> bool:
    """Whether records cannot be averaged: other unit, other state of correction, other reference set."""
    units = {test.dlco_unit for test in tests if test.dlco is not None}
    states = {test.dlco_hb_corrected is True for test in tests}
    sets = {test.reference_set for test in tests if test.reference_set is not None}
    return len(units) > 1 or len(states) > 1 or len(sets) > 1
