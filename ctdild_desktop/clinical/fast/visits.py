"""The visits that the rules compare, for a whole registry: the same as ``clinical.series``, in columns.

A number is an integer in millionths with an error: 0 when it is exact, else the most by which it may be off
(a % predicted computed by an equation, a correction for haemoglobin that leaves a remainder). A comparison
that the error could turn is not decided here. Of several usable records on one day the one that the rules
choose is taken; several that are equally good are left to the scalar path, unless the larger FVC decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ctdild_desktop.clinical.fast.columns import BOUND, MISSING, SCALE, UNFIT, Bools, Columns, Ints, Table
from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.clinical.reference import dlco_measure, set_for
from ctdild_desktop.clinical.reference.equations import People, evaluate
from ctdild_desktop.clinical.series import HB_DAYS

_DAY_BITS = 22
_GRADE_ORDER = {"A": 0, "B": 1, "C": 2, None: 3, "D": 4}
_WORST = 5
_HB_STEP = SCALE // 100
_HB_RANGE = (20 * SCALE, 300 * SCALE)
"""Haemoglobin in g/L, in hundredths, within which the corrected value keeps far from overflow."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Values in millionths with their errors; ``value`` is MISSING, or UNFIT for the scalar path."""

    value: Ints
    error: Ints

    @classmethod
    def missing(cls, count: int) -> Numbers:
        """Nothing recorded, so many times."""
        return cls(np.full(count, MISSING, np.int64), np.zeros(count, np.int64))

    @classmethod
    def exact(cls, value: Ints) -> Numbers:
        """Values as recorded."""
        return cls(value.copy(), np.zeros(len(value), np.int64))

    @property
    def known(self) -> Bools:
        """Where there is a value."""
        return self.value >= 0

    def put(self, where: Bools | Ints, other: Numbers) -> None:
        """Set some of the values, in place."""
        self.value[where] = other.value
        self.error[where] = other.error

    def at(self, places: Ints | Bools) -> Numbers:
        """The values at some places."""
        return Numbers(self.value[places], self.error[places])

    def ratio(self, times: Ints | int, by: Ints) -> Numbers:
        """Each known value times a whole number, divided by another, rounded down; UNFIT when too large.

        The error grows by the factor, and by one when the division leaves a remainder.
        """
        made = self.value * times
        value, rest = np.divmod(made, by)
        error = -(-self.error * times // by) + (rest != 0)
        value = np.where(self.value < 0, self.value, np.where(value < BOUND, value, UNFIT))
        return Numbers(value, np.where(self.value < 0, 0, error))


@dataclass(frozen=True, slots=True)
class Visits:
    """Usable visits by patient and day, the recent ones alone; ``row`` is the record's place in ``pft``."""

    patient: Ints
    day: Ints
    row: Ints
    last: Ints
    """Per patient the place of the latest visit here; MISSING without one."""
    refused: Ints
    """Patients with a day on which it is not certain which record counts."""

    @property
    def keys(self) -> Ints:
        """One ascending number for each visit."""
        return key(self.patient, self.day)

    @property
    def anchors(self) -> Ints:
        """For each visit the place of its patient's latest one."""
        return self.last[self.patient]


def key(patient: Ints, day: Ints) -> Ints:
    """One number for a patient's day."""
    return (patient << _DAY_BITS) + day


def usable_visits(columns: Columns, as_of: Ints, start: Ints, measure: str, back: int) -> Visits:
    """The usable visits of ``fvc`` or ``dlco`` from ``start``, or ``back`` days before the latest one."""
    pft = columns.pft
    first, second = ("fvc_l", "fvc_pct_pred") if measure == "fvc" else ("dlco", "dlco_pct_pred")
    bad = ("E", "U", "F") if measure == "fvc" else ("F",)
    patient, day = pft["patient_id"], pft["date"]
    usable = (
        ((pft[first] != MISSING) | (pft[second] != MISSING))
        & (pft["excluded"] != 1)
        & ~pft.is_in(f"{measure}_grade", *bad)
        & (day <= as_of[patient])
    )
    rows = np.flatnonzero(usable)
    latest = np.full(columns.count, -(10**6), np.int64)
    np.maximum.at(latest, patient[rows], day[rows])
    earliest = np.minimum(start, latest - back)
    rows = rows[day[rows] >= earliest[patient[rows]]]
    keys = key(patient[rows], day[rows])
    order = np.argsort(keys, kind="stable")
    rows, refused = _one_a_day(pft, rows[order], keys[order], measure)
    last = np.full(columns.count, MISSING, np.int64)
    last[patient[rows]] = np.arange(len(rows))
    return Visits(patient[rows], day[rows], rows, last, refused)


def _one_a_day(pft: Table, rows: Ints, keys: Ints, measure: str) -> tuple[Ints, Ints]:
    """One row for each day: best grade, then before bronchodilator, then the largest FVC, then the first.

    Also the patients with a day where that leaves doubt: several equally good DLCO (they are averaged), an
    FVC without litres among several (then the percentages decide), or the same order of entry.
    """
    same = np.flatnonzero(keys[1:] == keys[:-1])
    if not len(same):
        return rows, np.empty(0, np.int64)
    several = np.union1d(same, same + 1)
    candidates, group = rows[several], keys[several]
    grade = pft[f"{measure}_grade"][candidates]
    rank = np.full(len(candidates), 2 * _WORST, np.int64)
    for letter, place in _GRADE_ORDER.items():
        code = MISSING if letter is None else pft.words[f"{measure}_grade"].get(letter)
        rank[grade == code] = 2 * place
    rank += pft["post_bd"][candidates] == 1
    litres = pft["fvc_l"][candidates] if measure == "fvc" else np.zeros(len(candidates), np.int64)
    entered = pft["entered"][candidates]
    order = np.lexsort((entered, -litres, rank, group))
    candidates, group, rank = candidates[order], group[order], rank[order]
    litres, entered = litres[order], entered[order]
    first = np.concatenate(([True], group[1:] != group[:-1]))
    leader = np.flatnonzero(first)[np.cumsum(first) - 1]
    rival = ~first & (rank == rank[leader])
    if measure == "fvc":
        rival &= (litres < 0) | ((litres == litres[leader]) & (entered == entered[leader]))
    keep = np.ones(len(rows), np.bool_)
    keep[several] = False
    kept = np.sort(np.concatenate((np.flatnonzero(keep), several[order][first])))
    return rows[kept], np.unique(pft["patient_id"][candidates[rival]])


@dataclass(frozen=True, slots=True)
class Fvc:
    """FVC of each visit: litres, and % predicted as the rules take it with the set it belongs to."""

    visits: Visits
    litres: Numbers
    percent: Numbers
    named: Ints
    """Code of the reference set; MISSING when none is recorded."""
    columns: Columns

    @property
    def unfit(self) -> Ints:
        """Patients with a value that does not fit."""
        pft, rows = self.columns.pft, self.visits.row
        bad = (self.litres.value == UNFIT) | (self.percent.value == UNFIT)
        bad |= (pft["fvc_pct_pred"][rows] == UNFIT) | (pft["fvc_pred_l"][rows] == UNFIT)
        return np.unique(self.visits.patient[bad])

    def percent_under(self, places: Ints, named: Ints) -> Numbers:
        """% predicted of some visits computed anew from litres under named sets."""
        rows = self.visits.row[places]
        return computed(self.columns, rows, self.litres.at(places), named, np.full(len(rows), "FVC"))


def fvc_of(columns: Columns, visits: Visits) -> Fvc:
    """The FVC of visits: recorded % predicted, else from the recorded predicted value, else computed."""
    pft, rows = columns.pft, visits.row
    litres = Numbers.exact(pft["fvc_l"][rows])
    percent = Numbers.exact(pft["fvc_pct_pred"][rows])
    named = pft["reference_set"][rows]
    predicted = pft["fvc_pred_l"][rows]
    measured = (percent.value == MISSING) & litres.known
    of_recorded = measured & (predicted > 0)
    percent.put(of_recorded, litres.at(of_recorded).ratio(100 * SCALE, predicted[of_recorded]))
    anew = np.flatnonzero(measured & (predicted == MISSING))
    made = Fvc(visits, litres, percent, named, columns)
    percent.put(anew, made.percent_under(anew, named[anew]))
    return made


@dataclass(frozen=True, slots=True)
class Dlco:
    """The transfer factor of each visit, as recorded and at standard haemoglobin."""

    visits: Visits
    value: Numbers
    """As recorded; MISSING without a unit."""
    percent: Numbers
    standard_value: Numbers
    standard_percent: Numbers
    corrected: Bools
    correctable: Bools
    unit: Ints
    named: Ints
    times: Ints
    by: Ints
    """The factor to standard haemoglobin as a fraction; 1 where recorded as corrected."""
    hb: Ints
    """The test's own haemoglobin, else that of a blood test."""
    columns: Columns

    @property
    def unfit(self) -> Ints:
        """Patients with a value that does not fit."""
        pft, rows = self.columns.pft, self.visits.row
        bad = np.zeros(len(rows), np.bool_)
        for made in (self.value, self.percent, self.standard_value, self.standard_percent):
            bad |= made.value == UNFIT
        bad |= (pft["dlco"][rows] == UNFIT) | (pft["dlco_pct_pred"][rows] == UNFIT) | _odd(self.hb)
        return np.unique(self.visits.patient[bad])

    def percent_under(self, places: Ints, named: Ints) -> Numbers:
        """% predicted of some visits, as recorded, computed anew under named sets."""
        rows = self.visits.row[places]
        return computed(self.columns, rows, self.value.at(places), named, self._measures(places))

    def at_standard(self, places: Ints, made: Numbers) -> Numbers:
        """Values of some visits brought to standard haemoglobin; MISSING where that is not known."""
        brought = made.ratio(self.times[places], self.by[places])
        return Numbers(np.where(self.correctable[places], brought.value, MISSING), brought.error)

    def _measures(self, places: Ints) -> NDArray[np.str_]:
        known = self.columns.pft.words["dlco_unit"]
        names = np.full(len(places), "", "U8")
        for unit in DlcoUnit:
            if unit.value in known:
                names[self.unit[places] == known[unit.value]] = dlco_measure(unit)
        return names


def dlco_of(columns: Columns, visits: Visits, known: int | None = None) -> Dlco:
    """The transfer factor of visits: recorded % predicted, else computed; the factor by Cotes 1972.

    ``known`` is the last day of which blood tests are taken; by default all of them are.
    """
    pft, rows, patient = columns.pft, visits.row, visits.patient
    count = len(rows)
    raw, unit = pft["dlco"][rows], np.where(pft["dlco"][rows] == MISSING, MISSING, pft["dlco_unit"][rows])
    corrected = pft["dlco_hb_corrected"][rows] == 1
    hb, male = _haemoglobin(columns, visits, known), columns.patient["male"][patient]
    birth = columns.patient["birth_earliest"][patient]
    child = (birth >= 0) & (birth <= visits.day) & (visits.day < columns.patient["adult_from"][patient])
    constant = np.where((male == 1) & ~child, 1022, 938)
    hundredths = np.where(_odd(hb) | (hb < 0), 1, hb // _HB_STEP)
    factored = ~corrected & (hb > 0) & (male >= 0)
    times = np.where(factored, 10 * (10 * constant + hundredths), 1)
    by = np.where(factored, 17 * hundredths, 1)
    nothing = Numbers.missing(count)
    made = Dlco(
        visits=visits,
        value=Numbers.exact(np.where(unit == MISSING, MISSING, raw)),
        percent=Numbers.exact(pft["dlco_pct_pred"][rows]),
        standard_value=nothing,
        standard_percent=Numbers.missing(count),
        corrected=corrected,
        correctable=corrected | factored,
        unit=unit,
        named=pft["reference_set"][rows],
        times=times,
        by=by,
        hb=np.where(corrected, pft["hb_g_l"][rows], hb),
        columns=columns,
    )
    anew = np.flatnonzero((made.percent.value == MISSING) & made.value.known)
    made.percent.put(anew, made.percent_under(anew, made.named[anew]))
    everything = np.arange(count)
    made.standard_value.put(everything, made.at_standard(everything, made.value))
    made.standard_percent.put(everything, made.at_standard(everything, made.percent))
    return made


def _haemoglobin(columns: Columns, visits: Visits, known: int | None) -> Ints:
    """The haemoglobin of each visit: its own, else of the nearest blood test within 30 days."""
    own, table = columns.pft["hb_g_l"][visits.row], columns.haemoglobin
    taken = np.ones(len(table["date"]), np.bool_) if known is None else table["date"] <= known
    keys, values = key(table["patient_id"][taken], table["date"][taken]), table["hb_g_l"][taken]
    if not len(keys):
        return own
    after = np.searchsorted(keys, visits.keys, "right")
    lent, nearest = np.full(len(own), MISSING, np.int64), np.full(len(own), HB_DAYS + 1, np.int64)
    for place in (after - 1, after):
        there = np.clip(place, 0, len(keys) - 1)
        apart = np.abs(keys[there] - visits.keys)
        nearer = (place == there) & (apart < nearest)
        lent, nearest = np.where(nearer, values[there], lent), np.where(nearer, apart, nearest)
    return np.where(own == MISSING, lent, own)


def _odd(hb: Ints) -> Bools:
    """Where haemoglobin is recorded, but not in hundredths of g/L within the range that is safe here."""
    outside = (hb < _HB_RANGE[0]) | (hb > _HB_RANGE[1]) | (hb % _HB_STEP != 0)
    odd: Bools = (hb != MISSING) & outside
    return odd


def computed(
    columns: Columns, rows: Ints, measured: Numbers, named: Ints, measures: NDArray[np.str_]
) -> Numbers:
    """% predicted of measured values under named sets, within one millionth; MISSING where not available.

    The same equations as the scalar path, evaluated on columns. UNFIT where the height does not fit.
    """
    made = Numbers.missing(len(rows))
    if not len(rows):
        return made
    pft, person = columns.pft, columns.patient
    patient = pft["patient_id"][rows]
    own = pft["height_cm"][rows]
    height = np.where(own == MISSING, person["height_cm"][patient], own)
    birth, group = person["birth"][patient], person["ethnic_group"][patient]
    ready = measured.known & (birth != MISSING) & (person["male"][patient] >= 0) & (height != MISSING)
    for name, code in columns.pft.words["reference_set"].items():
        for measure in np.unique(measures):
            used = set_for(str(measure), name) if measure and name else None
            chosen = ready & (named == code) & (measures == measure)
            if used is None or not chosen.any():
                continue
            people = People(
                male=person["male"][patient][chosen] == 1,
                age=(pft["date"][rows][chosen] - birth[chosen]) / 365.25,
                height=np.where(height[chosen] > 0, height[chosen], SCALE) / SCALE,
                group=np.where(group[chosen] < 0, np.nan, group[chosen]),
            )
            predicted = evaluate(used, str(measure), people).predicted
            percent = measured.value[chosen] * 100 / predicted
            value = np.where(percent < BOUND, np.rint(np.nan_to_num(percent)), UNFIT)
            value = np.where(np.isnan(percent), MISSING, np.where(height[chosen] == UNFIT, UNFIT, value))
            made.value[chosen] = value.astype(np.int64)
            made.error[chosen] = 1
    return made
