"""The FVC visits of one patient on one scale: all in mL, or all in % predicted of one reference set.

What can be compared, and with which set it is computed anew, are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial

from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.clinical.remembering import once
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit, Percent
from ctdild_desktop.clinical.verdict import Reading, Sentence, sentence


@dataclass(frozen=True, slots=True)
class Left:
    """A usable visit that is not on the scale, with the reason."""

    date: dt.date
    why: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values that may be compared with one another, oldest first."""

    basis: str
    """``ml``, ``percent_predicted`` or ``percent_predicted_hb_corrected``."""
    readings: tuple[Reading, ...]
    reference_set: str | None = None
    """Set of the % predicted; None when no test names one, and for mL."""
    recomputed: bool = False
    """True when every value was computed anew under ``reference_set``, because the tests name several."""
    left: tuple[Left, ...] = ()
    exact: tuple[Fraction, ...] = ()
    """Of % predicted: the values of the readings before they were written with 28 digits."""

    @property
    def points(self) -> tuple[tuple[dt.date, Decimal], ...]:
        """Dates and values, as :func:`ctdild_desktop.clinical.trajectory.slope` takes them."""
        return tuple((reading.date, reading.value) for reading in self.readings)


def litre_series(visits: Sequence[FvcVisit]) -> Series:
    """The visits with measured litres, in mL."""
    return once(("litres",), tuple(visits), partial(_litre_series, visits))


def _litre_series(visits: Sequence[FvcVisit]) -> Series:
    readings, left = [], []
    for visit in visits:
        if visit.litres is None or visit.litres <= 0:
            why = "litres not recorded" if visit.litres is None else "litres not above zero"
            left.append(Left(visit.date, sentence(why)))
        else:
            litres, under = visit.litres.as_integer_ratio()
            readings.append(Reading(visit.date, Decimal(1000 * litres) / Decimal(under), visit.ids))
    return Series(basis="ml", readings=tuple(readings), left=tuple(left))


def percent_series(visits: Sequence[FvcVisit], patient: Patient) -> Series:
    """The visits in % predicted of one reference set; two sets are never mixed.

    When the visits name one set (or none: an unnamed set is compatible with any), the values are those that
    the criteria take. When they name several, every visit is computed anew from litres under the set of the
    latest visit that has a % predicted. If that would keep fewer visits than taking only those recorded under
    that set, the latter is done. What cannot be placed is named in ``left``.
    """
    return once(("percent_series",), (patient, *visits), partial(_percent_series, visits, patient))


def _percent_series(visits: Sequence[FvcVisit], patient: Patient) -> Series:
    return _joined(
        "percent_predicted",
        [
            _Candidate(
                visit.date, visit.ids, visit.percent, partial(_fvc_under, visit=visit, patient=patient)
            )
            for visit in visits
        ],
    )


def dlco_percent_series(visits: Sequence[DlcoVisit], patient: Patient) -> Series:
    """The DLCO visits in % predicted of one reference set and one state of correction.

    Corrected and uncorrected values are never mixed: taken is the state in which more visits can be given, at
    standard haemoglobin when both give as many. Reference sets are treated as by :func:`percent_series`.
    """
    corrected = [visit for visit in visits if visit.correctable]
    uncorrected = [visit for visit in visits if not visit.corrected]
    standard = len(corrected) >= len(uncorrected)
    kept = corrected if standard else uncorrected
    why = "haemoglobin or sex not recorded" if standard else "recorded only as corrected for haemoglobin"
    made = _joined(
        "percent_predicted_hb_corrected" if standard else "percent_predicted",
        [
            _Candidate(
                visit.date,
                visit.ids,
                visit.percent(at_standard_hb=standard),
                partial(_dlco_under, visit=visit, patient=patient, standard=standard),
            )
            for visit in kept
        ],
    )
    days = {visit.date for visit in kept}  # there is one visit for each day
    other = [Left(visit.date, sentence(why)) for visit in visits if visit.date not in days]
    return replace(made, left=_in_order((*made.left, *other)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A visit with its own % predicted and the way to compute it under a named set."""

    date: dt.date
    ids: tuple[str, ...]
    percent: Percent | None
    under: Callable[[str], Fraction | None]


def _fvc_under(reference_set: str, *, visit: FvcVisit, patient: Patient) -> Fraction | None:
    return visit.percent_under(reference_set, patient)


def _dlco_under(reference_set: str, *, visit: DlcoVisit, patient: Patient, standard: bool) -> Fraction | None:
    return visit.percent_under(reference_set, patient, at_standard_hb=standard)


def _joined(basis: str, visits: Sequence[_Candidate]) -> Series:
    own = [(visit, visit.percent) for visit in visits if visit.percent is not None]
    missing = tuple(
        Left(visit.date, sentence("% predicted not recorded and not computable"))
        for visit in visits
        if visit.percent is None
    )
    sets = [percent.reference_set for _visit, percent in own if percent.reference_set is not None]
    if len(set(sets)) <= 1:
        values = [(visit, percent.value) for visit, percent in own]
        return _series(basis, values, next(iter(sets), None), left=missing, recomputed=False)
    target = sets[-1]
    computed = [(visit, value) for visit, _percent in own if (value := visit.under(target)) is not None]
    recorded = [(visit, percent.value) for visit, percent in own if percent.reference_set in {target, None}]
    use_computed = len(computed) >= len(recorded)
    kept = computed if use_computed else recorded
    dates = {visit.date for visit, _value in kept}
    text = (
        "% predicted cannot be computed under {set}"
        if use_computed
        else "% predicted belongs to another reference set than {set}"
    )
    other = [
        Left(visit.date, sentence(text, set=target)) for visit, _percent in own if visit.date not in dates
    ]
    return _series(basis, kept, target, left=(*missing, *other), recomputed=use_computed)


def _series(
    basis: str,
    values: Sequence[tuple[_Candidate, Fraction]],
    reference_set: str | None,
    *,
    left: tuple[Left, ...],
    recomputed: bool,
) -> Series:
    return Series(
        basis=basis,
        readings=tuple(Reading(visit.date, decimal(value), visit.ids) for visit, value in values),
        reference_set=reference_set,
        recomputed=recomputed,
        left=_in_order(left),
        exact=tuple(value for _visit, value in values),
    )


def _in_order(left: Sequence[Left]) -> tuple[Left, ...]:
    return tuple(sorted(left, key=lambda item: item.date))
