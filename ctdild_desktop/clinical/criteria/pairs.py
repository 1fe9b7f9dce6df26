"""Comparing two visits exactly, and the latest visit with each earlier one.

Values are exact fractions; a limit is compared with the exact value and never with the printed one. The
printed value gets as many decimals as it needs not to look like the limit when it is not.

With b earlier and f later: fall in points = b − f, both in % predicted; relative fall = (b − f) / b · 100,
in % predicted as the definitions have it (Khanna 2015, Flaherty 2019). Of several pairs the largest fall is
told. How pairs are made, and litres where % predicted cannot be compared, are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria.criterion import Window
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit, Percent
from ctdild_desktop.clinical.verdict import Caution, Evidence, Reading, Sentence, SentenceValue, sentence

_UNITS = {"percent_predicted": " %", "percent_predicted_hb_corrected": " %", "litres": " L"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two visits compared in one quantity: ``b`` at baseline, ``f`` at follow-up."""

    measure: str
    """``fvc``, ``dlco`` or ``fev1``."""
    basis: str
    baseline: FvcVisit | DlcoVisit
    follow_up: FvcVisit | DlcoVisit
    b: Fraction
    f: Fraction
    unit: str
    cautions: tuple[Caution, ...] = ()

    @property
    def fall(self) -> Fraction:
        """Decline in points of % predicted or in the unit: baseline minus follow-up."""
        return self.b - self.f

    @property
    def relative_fall(self) -> Fraction:
        """Decline in percent of the baseline."""
        top, under = self._relative()
        return Fraction(top, under)

    @property
    def relative_change(self) -> Decimal:
        """Follow-up minus baseline in percent of the baseline, to 28 digits: a fall is negative."""
        top, under = self._relative()
        return Decimal(-top) / Decimal(under)

    def _relative(self) -> tuple[int, int]:
        """``(b − f) · 100 / b`` over one line, not reduced."""
        (b, b_under), (f, f_under) = self.b.as_integer_ratio(), self.f.as_integer_ratio()
        return 100 * (b * f_under - f * b_under), b * f_under

    @property
    def days(self) -> int:
        """Days between the visits."""
        return (self.follow_up.date - self.baseline.date).days

    @property
    def evidence(self) -> Evidence:
        """The pair as it is reported; changes are follow-up minus baseline."""
        return Evidence(
            measure=self.measure,
            basis=self.basis,
            baseline=Reading(self.baseline.date, decimal(self.b), self.baseline.ids),
            follow_up=Reading(self.follow_up.date, decimal(self.f), self.follow_up.ids),
            absolute_change=decimal(-self.fall),
            relative_change_percent=self.relative_change,
        )


Visit = TypeVar("Visit", FvcVisit, DlcoVisit)


@dataclass(frozen=True, slots=True)
class Comparison(Generic[Visit]):
    """The latest visit in a window against each earlier one."""

    visits: tuple[Visit, ...]
    """All usable visits of the window, oldest first."""
    pairs: tuple[Pair, ...]
    skipped: tuple[Visit, ...]
    """Earlier visits that could not be compared with the latest."""

    @property
    def anchor(self) -> Visit | None:
        """The latest usable visit of the window."""
        return self.visits[-1] if self.visits else None


def compare(
    visits: Sequence[Visit], span: Window, make: Callable[[Visit, Visit], Pair | None]
) -> Comparison[Visit]:
    """Compare the latest visit of the window with every earlier one, pair by pair."""
    inside = tuple(visit for visit in visits if span.tests_from <= visit.date <= span.end)
    pairs: list[Pair] = []
    skipped: list[Visit] = []
    for visit in inside[:-1]:
        pair = make(visit, inside[-1])
        if pair is None:
            skipped.append(visit)
        else:
            pairs.append(pair)
    return Comparison(inside, tuple(pairs), tuple(skipped))


def largest(pairs: Sequence[Pair], size: Callable[[Pair], Fraction]) -> Pair | None:
    """The pair with the largest decline; of equal ones the longer interval."""
    return max(pairs, key=lambda pair: (size(pair), pair.days), default=None)


def fvc_points(patient: Patient) -> Callable[[FvcVisit, FvcVisit], Pair | None]:
    """Pairs of FVC in % predicted, for absolute declines."""

    def make(baseline: FvcVisit, follow_up: FvcVisit) -> Pair | None:
        values = _comparable(
            baseline.percent,
            follow_up.percent,
            lambda visit_set: (
                baseline.percent_under(visit_set, patient),
                follow_up.percent_under(visit_set, patient),
            ),
        )
        if values is None:
            return None
        b, f, cautions = values
        return _pair("fvc", "percent_predicted", (baseline, follow_up), (b, f), cautions)

    return make


def fvc_relative(patient: Patient) -> Callable[[FvcVisit, FvcVisit], Pair | None]:
    """Pairs of FVC for relative declines: % predicted at both, else litres at both."""
    points = fvc_points(patient)

    def make(baseline: FvcVisit, follow_up: FvcVisit) -> Pair | None:
        pair = points(baseline, follow_up)
        if pair is not None:
            return pair
        if baseline.litres is None or follow_up.litres is None:
            return None
        note = Caution(
            "BASIS_LITRES",
            sentence("Compared in litres, because % predicted cannot be compared between these tests."),
        )
        return _pair("fvc", "litres", (baseline, follow_up), (baseline.litres, follow_up.litres), (note,))

    return make


def fev1_relative(patient: Patient) -> Callable[[FvcVisit, FvcVisit], Pair | None]:
    """Pairs of FEV1 in % predicted."""

    def make(baseline: FvcVisit, follow_up: FvcVisit) -> Pair | None:
        values = _comparable(
            baseline.fev1_percent,
            follow_up.fev1_percent,
            lambda visit_set: (
                baseline.fev1_under(visit_set, patient),
                follow_up.fev1_under(visit_set, patient),
            ),
        )
        if values is None:
            return None
        b, f, cautions = values
        return _pair("fev1", "percent_predicted", (baseline, follow_up), (b, f), cautions)

    return make


def dlco_points(patient: Patient) -> Callable[[DlcoVisit, DlcoVisit], Pair | None]:
    """Pairs of haemoglobin-corrected DLCO in % predicted, for absolute declines."""

    def make(baseline: DlcoVisit, follow_up: DlcoVisit) -> Pair | None:
        return _dlco_percent_pair(patient, baseline, follow_up, at_standard_hb=True)

    return make


def dlco_relative(patient: Patient) -> Callable[[DlcoVisit, DlcoVisit], Pair | None]:
    """Pairs of DLCO for relative declines.

    Haemoglobin-corrected % at both, else uncorrected % at both, else the value in the same unit and state of
    correction at both; never a corrected value against an uncorrected one.
    """

    def make(baseline: DlcoVisit, follow_up: DlcoVisit) -> Pair | None:
        pair = _dlco_percent_pair(patient, baseline, follow_up, at_standard_hb=True)
        raw = not baseline.corrected and not follow_up.corrected
        if pair is None and raw:
            pair = _dlco_percent_pair(patient, baseline, follow_up, at_standard_hb=False)
        if pair is not None or baseline.unit is None or baseline.unit != follow_up.unit:
            return pair
        for corrected in (True, False) if raw else (True,):
            b = baseline.value(at_standard_hb=corrected)
            f = follow_up.value(at_standard_hb=corrected)
            if b is not None and f is not None:
                notes = _lent(baseline, follow_up) if corrected else (_uncorrected(),)
                notes += _assumed(baseline, follow_up)
                return _pair("dlco", "absolute", (baseline, follow_up), (b, f), notes)
        return None

    return make


def _dlco_percent_pair(
    patient: Patient, baseline: DlcoVisit, follow_up: DlcoVisit, *, at_standard_hb: bool
) -> Pair | None:
    values = _comparable(
        baseline.percent(at_standard_hb=at_standard_hb),
        follow_up.percent(at_standard_hb=at_standard_hb),
        lambda visit_set: (
            baseline.percent_under(visit_set, patient, at_standard_hb=at_standard_hb),
            follow_up.percent_under(visit_set, patient, at_standard_hb=at_standard_hb),
        ),
    )
    if values is None:
        return None
    b, f, cautions = values
    notes = (
        *cautions,
        *(_lent(baseline, follow_up) if at_standard_hb else (_uncorrected(),)),
        *_assumed(baseline, follow_up),
    )
    basis = "percent_predicted_hb_corrected" if at_standard_hb else "percent_predicted"
    return _pair("dlco", basis, (baseline, follow_up), (b, f), notes)


def _comparable(
    baseline: Percent | None,
    follow_up: Percent | None,
    recompute: Callable[[str], tuple[Fraction | None, Fraction | None]],
) -> tuple[Fraction, Fraction, tuple[Caution, ...]] | None:
    """Two percentages of one reference set; of two different sets both are computed with the later one."""
    if baseline is None or follow_up is None:
        return None
    first, last = baseline.reference_set, follow_up.reference_set
    if first and last and first != last:
        b, f = recompute(last)
        if b is None or f is None:
            return None
        if (b, f) == (baseline.value, follow_up.value):
            # Two names of one equation: any GLI set of a record takes its transfer factor from GLI-2017.
            return b, f, ()
        note = sentence(
            "Both values are computed with {set}: the tests were recorded under different reference sets.",
            set=last,
        )
        return b, f, (Caution("RECOMPUTED", note),)
    if first and last:
        return baseline.value, follow_up.value, ()
    note = sentence("A reference set is not recorded; the % predicted values are taken as comparable.")
    return baseline.value, follow_up.value, (Caution("REFERENCE_SET_UNKNOWN", note),)


def _pair(
    measure: str,
    basis: str,
    visits: tuple[Visit, Visit],
    values: tuple[Fraction, Fraction],
    cautions: tuple[Caution, ...],
) -> Pair | None:
    baseline, follow_up = visits
    b, f = values
    if b.numerator <= 0:
        return None
    graded = [(visit.date, grade) for visit in visits if (grade := visit.low_grade) is not None]
    name = "FVC" if isinstance(baseline, FvcVisit) else "DLCO"
    low: tuple[Caution, ...] = tuple(
        Caution(
            "LOW_QUALITY",
            sentence("The {name} of {date} has quality grade {grade}.", name=name, date=date, grade=grade),
        )
        for date, grade in graded
    )
    unit = _UNITS.get(basis)
    if unit is None and isinstance(follow_up, DlcoVisit) and follow_up.unit is not None:
        unit = f" {follow_up.unit.value}"
    return Pair(
        measure=measure,
        basis=basis,
        baseline=baseline,
        follow_up=follow_up,
        b=b,
        f=f,
        unit=unit or "",
        cautions=(*cautions, *low),
    )


def _uncorrected() -> Caution:
    return Caution(
        "DLCO_UNCORRECTED", sentence("DLCO is compared without correction for haemoglobin at both tests.")
    )


def _lent(*visits: DlcoVisit) -> tuple[Caution, ...]:
    return tuple(
        Caution(
            "HB_OF_BLOOD_TEST",
            sentence(
                "DLCO of {date} is corrected with the haemoglobin of a blood test: {value} {unit} on {day}.",
                date=visit.date,
                value=wording.haemoglobin(visit.lent[1]),
                unit=wording.haemoglobin_unit(),
                day=visit.lent[0],
            ),
        )
        for visit in visits
        if visit.lent is not None
    )


def _assumed(*visits: DlcoVisit) -> tuple[Caution, ...]:
    return tuple(
        Caution(
            "HB_STATE_ASSUMED",
            sentence(
                "The test of {date} does not say whether DLCO is corrected for haemoglobin; "
                "taken as uncorrected.",
                date=visit.date,
            ),
        )
        for visit in visits
        if visit.state_assumed
    )


def shown(value: Fraction, places: int, *limits: Fraction) -> Decimal:
    """A value for print, with more decimals while it would otherwise read exactly as a limit that it is not.

    The limits have no more than ``places`` decimals, so that rounding never carries a value past one.
    """
    made = wording.rounded(value, places)
    while any(value != limit and Fraction(made) == limit for limit in limits):
        places += 1
        made = wording.rounded(value, places)
    return made


def shown_value(value: Fraction) -> Decimal:
    """A compared value for print: two decimals, or up to eight when it was recorded with more."""
    places = next((count for count in range(2, 9) if (value * 10**count).denominator == 1), 2)
    return wording.rounded(value, places)


def skipped_caution(measure: str, dates: Sequence[dt.date]) -> tuple[Caution, ...]:
    """A warning that earlier tests were left out of the comparison."""
    return tuple(
        Caution(
            "PAIR_SKIPPED",
            sentence("{measure} of {date} cannot be compared with the latest.", measure=measure, date=day),
        )
        for day in dates
    )


def change_sentence(pair: Pair, *, name: str, limit: Fraction, months: int) -> Sentence:
    """The reasoned sentence of a relative decline: values with dates, the formula, the limit, the window."""
    fall = pair.relative_fall
    common: dict[str, SentenceValue] = {
        "name": name,
        "base": shown_value(pair.b),
        "latest": shown_value(pair.f),
        "unit": pair.unit,
        "from_date": pair.baseline.date,
        "to_date": pair.follow_up.date,
        "interval": wording.span(pair.baseline.date, pair.follow_up.date),
        "limit": shown(limit, 0),
        "months": months,
    }
    if fall == 0:
        return sentence(
            "{name} is unchanged at {latest}{unit} ({from_date} and {to_date}), {interval}; "
            "limit: a fall of more than {limit} % in {months} months.",
            **common,
        )
    if fall < 0:
        return sentence(
            "{name} rose from {base}{unit} ({from_date}) to {latest}{unit} ({to_date}), {interval}. "
            "({latest} − {base}) / {base} = +{rise} % relative; "
            "limit: a fall of more than {limit} % in {months} months.",
            rise=shown(-fall, 1),
            **common,
        )
    return sentence(
        "{name} fell from {base}{unit} ({from_date}) to {latest}{unit} ({to_date}), {interval}. "
        "({base} − {latest}) / {base} = {fall} % relative; "
        "limit: more than {limit} % in {months} months.",
        fall=shown(fall, 1, limit),
        **common,
    )
