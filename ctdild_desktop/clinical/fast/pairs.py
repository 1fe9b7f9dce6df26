"""Two visits compared, for many pairs at once: the same bases as ``clinical.criteria.pairs``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ctdild_desktop.clinical.fast.columns import MISSING, SCALE, Bools, Ints
from ctdild_desktop.clinical.fast.visits import Dlco, Fvc, Numbers


@dataclass(frozen=True, slots=True)
class Decision:
    """Per pair whether a limit is reached, and where the numbers' error leaves that open."""

    met: Bools
    open: Bools


@dataclass(frozen=True, slots=True)
class Falls:
    """Pairs of a baseline and a follow-up value; a pair that cannot be compared has no baseline."""

    baseline: Numbers
    follow_up: Numbers

    @property
    def known(self) -> Bools:
        """Where the two can be compared."""
        return self.baseline.known

    def relative(self, limit: int, *, strict: bool = False) -> Decision:
        """Fall of at least (``strict``: more than) so many percent of the baseline, cross-multiplied."""
        b, f = self.baseline, self.follow_up
        over = (b.value - f.value) * 100 - limit * b.value
        return self._decided(over, (100 + limit) * b.error + 100 * f.error, strict)

    def points(self, tenths: int, *, strict: bool = False) -> Decision:
        """Fall of at least (``strict``: more than) so many tenths of a point of % predicted."""
        b, f = self.baseline, self.follow_up
        over = b.value - f.value - tenths * (SCALE // 10)
        return self._decided(over, b.error + f.error, strict)

    def _decided(self, over: Ints, margin: Ints, strict: bool) -> Decision:
        met = over > 0 if strict else over >= 0
        return Decision(self.known & met, self.known & (margin > 0) & (abs(over) <= margin))


def fvc_points(fvc: Fvc, base: Ints, follow: Ints) -> Falls:
    """FVC in % predicted at both visits, under one reference set."""
    b, f = _comparable(fvc.percent, fvc.named, base, follow)
    differ = np.flatnonzero(_sets_differ(fvc.named, base, follow) & b.known)
    if len(differ):
        named = fvc.named[follow[differ]]
        _put_both(
            b, f, differ, fvc.percent_under(base[differ], named), fvc.percent_under(follow[differ], named)
        )
    return Falls(b, f)


def fvc_relative(fvc: Fvc, points: Falls, base: Ints, follow: Ints) -> Falls:
    """FVC for relative falls: % predicted at both, else litres at both."""
    b, f = points.baseline.at(slice_all(base)), points.follow_up.at(slice_all(base))
    litres = np.flatnonzero(~b.known)
    _put_both(b, f, litres, fvc.litres.at(base[litres]), fvc.litres.at(follow[litres]))
    return Falls(b, f)


def dlco_points(dlco: Dlco, base: Ints, follow: Ints) -> Falls:
    """Transfer factor at standard haemoglobin, in % predicted at both visits."""
    return _dlco_percent(dlco, base, follow, at_standard=True)


def dlco_relative(dlco: Dlco, points: Falls, base: Ints, follow: Ints) -> Falls:
    """Transfer factor for relative falls: % at standard haemoglobin, else uncorrected %, else one unit.

    Never a value recorded as corrected against an uncorrected one.
    """
    b, f = points.baseline.at(slice_all(base)), points.follow_up.at(slice_all(base))
    raw = ~dlco.corrected[base] & ~dlco.corrected[follow]
    places = np.flatnonzero(raw & ~b.known)
    uncorrected = _dlco_percent(dlco, base[places], follow[places], at_standard=False)
    _put_both(b, f, places, uncorrected.baseline, uncorrected.follow_up)
    same = (dlco.unit[base] != MISSING) & (dlco.unit[base] == dlco.unit[follow])
    places = np.flatnonzero(~b.known & same)
    _put_both(b, f, places, dlco.standard_value.at(base[places]), dlco.standard_value.at(follow[places]))
    places = np.flatnonzero(~b.known & same & raw)
    _put_both(b, f, places, dlco.value.at(base[places]), dlco.value.at(follow[places]))
    return Falls(b, f)


def slice_all(places: Ints) -> Ints:
    """Every place of as many pairs, to copy what belongs to them."""
    return np.arange(len(places))


def _dlco_percent(dlco: Dlco, base: Ints, follow: Ints, *, at_standard: bool) -> Falls:
    percent = dlco.standard_percent if at_standard else dlco.percent
    b, f = _comparable(percent, dlco.named, base, follow)
    differ = np.flatnonzero(_sets_differ(dlco.named, base, follow) & b.known)
    if len(differ):
        named = dlco.named[follow[differ]]
        first, last = dlco.percent_under(base[differ], named), dlco.percent_under(follow[differ], named)
        if at_standard:
            first, last = dlco.at_standard(base[differ], first), dlco.at_standard(follow[differ], last)
        _put_both(b, f, differ, first, last)
    return Falls(b, f)


def _sets_differ(named: Ints, base: Ints, follow: Ints) -> Bools:
    first, last = named[base], named[follow]
    differ: Bools = (first != MISSING) & (last != MISSING) & (first != last)
    return differ


def _comparable(values: Numbers, named: Ints, base: Ints, follow: Ints) -> tuple[Numbers, Numbers]:
    """Both values where both are known; nothing else."""
    b, f = values.at(base), values.at(follow)
    _put_both(b, f, slice_all(base), b, f)
    return b, f


def _put_both(b: Numbers, f: Numbers, places: Ints, first: Numbers, last: Numbers) -> None:
    """Set pairs at some places; a pair with only one known value is no pair."""
    both = first.known & last.known
    for target, made in ((b, first), (f, last)):
        target.value[places] = np.where(both, made.value, MISSING)
        target.error[places] = np.where(both, made.error, 0)
