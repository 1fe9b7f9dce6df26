"""The FVC visits of one patient on one scale: all in mL, or all in % predicted of one reference set.

What can be compared, and with which set it is computed anew, are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.clinical.series import FvcVisit
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
    """``ml`` or ``percent_predicted``."""
    readings: tuple[Reading, ...]
    reference_set: str | None = None
    """Set of the % predicted; None when no test names one, and for mL."""
    recomputed: bool = False
    """True when every value was computed anew under ``reference_set``, because the tests name several."""
    left: tuple[Left, ...] = ()

    @property
    def points(self) -> tuple[tuple[dt.date, Decimal], ...]:
        """Dates and values, as :func:`ctdild_desktop.clinical.trajectory.slope` takes them."""
        return tuple((reading.date, reading.value) for reading in self.readings)


def litre_series(visits: Sequence[FvcVisit]) -> Series:
    """The visits with measured litres, in mL."""
    readings = tuple(
        Reading(visit.date, decimal(visit.litres * 1000), visit.ids)
        for visit in visits
        if visit.litres is not None
    )
    left = tuple(
        Left(visit.date, sentence("litres not recorded")) for visit in visits if visit.litres is None
    )
    return Series(basis="ml", readings=readings, left=left)


def percent_series(visits: Sequence[FvcVisit], patient: Patient) -> Series:
    """The visits in % predicted of one reference set; two sets are never mixed.

    When the visits name one set (or none: an unnamed set is compatible with any), the values are those that
    the criteria take. When they name several, every visit is computed anew from litres under the set of the
    latest visit that has a % predicted. If that would keep fewer visits than taking only those recorded under
    that set, the latter is done. What cannot be placed is named in ``left``.
    """
    placed = [visit for visit in visits if visit.percent is not None]
    missing = tuple(
        Left(visit.date, sentence("% predicted not recorded and not computable"))
        for visit in visits
        if visit.percent is None
    )
    sets = [visit.percent.reference_set for visit in placed if visit.percent is not None]
    named = {name for name in sets if name is not None}
    if not placed or len(named) <= 1:
        own = [(visit, visit.percent.value) for visit in placed if visit.percent is not None]
        return _series(own, next(iter(named), None), left=missing, recomputed=False)
    target = next(name for name in reversed(sets) if name is not None)
    anew = {visit.date: visit.percent_under(target, patient) for visit in placed}
    computed = [(visit, value) for visit in placed if (value := anew[visit.date]) is not None]
    recorded = [
        (visit, visit.percent.value)
        for visit in placed
        if visit.percent is not None and visit.percent.reference_set in {target, None}
    ]
    use_computed = len(computed) >= len(recorded)
    kept = computed if use_computed else recorded
    dates = {visit.date for visit, _value in kept}
    text = (
        "% predicted cannot be computed under {set}"
        if use_computed
        else "% predicted belongs to another reference set than {set}"
    )
    other = tuple(Left(visit.date, sentence(text, set=target)) for visit in placed if visit.date not in dates)
    return _series(kept, target, left=(*missing, *other), recomputed=use_computed)


def _series(
    values: Sequence[tuple[FvcVisit, Fraction]],
    reference_set: str | None,
    *,
    left: tuple[Left, ...],
    recomputed: bool,
) -> Series:
    return Series(
        basis="percent_predicted",
        readings=tuple(Reading(visit.date, decimal(value), visit.ids) for visit, value in values),
        reference_set=reference_set,
        recomputed=recomputed,
        left=tuple(sorted(left, key=lambda item: item.date)),
    )
