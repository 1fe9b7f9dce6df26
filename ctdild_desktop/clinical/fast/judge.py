"""Every criterion of the strip for every patient at once: the same answers as ``clinical.criteria``.

Each rule is that of the criterion's own file, which cites its publication; here it is written for columns and
proven equal on random registries. A patient whose answer is not certain here is named in ``Judged.scalar``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.criteria import CriteriaSettings
from ctdild_desktop.clinical.fast import pairs
from ctdild_desktop.clinical.fast.columns import MISSING, SCALE, Bools, Columns, Ints, months_from
from ctdild_desktop.clinical.fast.domains import (
    NOT_APPLICABLE,
    UNKNOWN,
    Answers,
    Context,
    answers,
    context,
    has_any,
    latest,
    radiology,
    symptoms,
)
from ctdild_desktop.clinical.fast.pairs import Decision, Falls
from ctdild_desktop.clinical.fast.visits import Dlco, Fvc, dlco_of, fvc_of, usable_visits

FAST_CRITERIA = (
    "REVIEW_FVC_DECLINE",
    "REVIEW_DLCO_DECLINE",
    "PPF2022",
    "INBUILD",
    "OMERACT",
    "ERICE",
    "RELIEF",
    "EUSTAR",
    "MCID_SSC",
)
NO_CATEGORY = -1
_UNDATED = 693_596
"""1900-01-01: stands for the as-of date of a patient with nothing on record, who is judged one by one."""
_YEARLY_BACK = 470
"""More days than 15 months have."""
_RELIEF_MOST = 60
_RELIEF_DAYS = 1500
_RELIEF_LIMIT = -5

_EUSTAR = (
    (100, True, "SIGNIFICANT_PROGRESSION"),
    (50, False, "MODERATE_PROGRESSION"),
    (-50, True, "STABLE"),
    (None, False, "IMPROVED"),
)
_MCID = (
    (33, False, "WORSENED"),
    (30, False, "POSSIBLY_WORSENED"),
    (-30, True, "NO_IMPORTANT_CHANGE"),
    (-53, True, "POSSIBLY_IMPROVED"),
    (None, False, "IMPROVED"),
)
"""The fall in tenths of a point from which a category holds (True: above which), the worst first."""
_PROGRESSIVE = {"SIGNIFICANT_PROGRESSION", "MODERATE_PROGRESSION", "WORSENED"}
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "EUSTAR": tuple(name for _fall, _strict, name in _EUSTAR),
    "MCID_SSC": tuple(name for _fall, _strict, name in _MCID),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers of every criterion, one entry per patient in the order of the columns."""

    as_of: Ints
    verdicts: Mapping[str, Answers]
    categories: Mapping[str, Ints]
    """Places in :data:`CATEGORIES`, or :data:`NO_CATEGORY`."""
    lung_function: Mapping[str, Answers]
    """The lung-function domain of the criteria that have domains."""
    scalar: Ints
    """Patients whose answers here do not count: they must be judged one by one."""


def judge(
    columns: Columns,
    as_of: int | Ints | None = None,
    settings: CriteriaSettings | None = None,
    known: int | None = None,
) -> Judged:
    """Answer all of :data:`FAST_CRITERIA` for every patient.

    Args:
        columns: the registry.
        as_of: a day ordinal, or one for each patient; by default each patient's latest test, symptom or
            HRCT entry.
        settings: of the site. Its stricter rule for symptoms is left to the scalar path altogether.
        known: the last day of which blood tests for the haemoglobin of a test are taken; by default all are.
    """
    return _Judge(columns, as_of, settings or CriteriaSettings(), known).judged()


@dataclass(slots=True)
class _Pairs:
    """The latest visit of a measure with each earlier one."""

    base: Ints
    follow: Ints
    patient: Ints
    day: Ints


@dataclass(slots=True)
class _Judge:
    columns: Columns
    asked: int | Ints | None
    settings: CriteriaSettings
    known: int | None
    as_of: Ints = field(init=False)
    refused: list[Ints] = field(init=False)
    starts: dict[int, Ints] = field(init=False)
    fvc: Fvc = field(init=False)
    dlco: Dlco = field(init=False)
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        self.as_of, undated = self._dates()
        self.refused = [undated]
        self.starts = {}
        longest = max(24, self.settings.review_window_months, self.settings.omeract_window_months)
        start, back = self.start(longest), _YEARLY_BACK + self.settings.window_grace_days
        self.fvc = fvc_of(self.columns, usable_visits(self.columns, self.as_of, start, "fvc", back))
        self.dlco = dlco_of(
            self.columns, usable_visits(self.columns, self.as_of, start, "dlco", back), self.known
        )
        self.context = context(self.columns, self.as_of)
        self.refused += [self.fvc.unfit, self.fvc.visits.refused, self.dlco.unfit, self.dlco.visits.refused]
        self.refused.append(self.context.refused)
        if self.settings.require_alternative_explanation:
            self.refused.append(np.arange(self.columns.count))

    def _dates(self) -> tuple[Ints, Ints]:
        """Each patient's as-of date, and the patients that have none of their own."""
        count, columns = self.columns.count, self.columns
        if self.asked is not None:
            return np.full(count, self.asked, np.int64), np.empty(0, np.int64)
        told = (columns.visit["symptom_change"] != MISSING) | (columns.visit["mmrc"] != MISSING)
        made = latest(count, columns.pft["patient_id"], columns.pft["date"])
        made = np.maximum(made, latest(count, columns.hrct["patient_id"], columns.hrct["date"]))
        visits = latest(count, columns.visit["patient_id"][told], columns.visit["date"][told])
        made = np.maximum(made, visits)
        undated = np.flatnonzero(made < 0)
        made[undated] = _UNDATED
        return made, undated

    def start(self, months: int) -> Ints:
        """The first day of the window of so many months."""
        if months not in self.starts:
            self.starts[months] = months_from(self.as_of, -months) - self.settings.window_grace_days
        return self.starts[months]

    def judged(self) -> Judged:
        settings = self.settings
        count = self.columns.count
        fvc, dlco = self._pairs(self.fvc), self._pairs(self.dlco)
        points = pairs.fvc_points(self.fvc, fvc.base, fvc.follow)
        relative = pairs.fvc_relative(self.fvc, points, fvc.base, fvc.follow)
        gas_points = pairs.dlco_points(self.dlco, dlco.base, dlco.follow)
        gas_relative = pairs.dlco_relative(self.dlco, gas_points, dlco.base, dlco.follow)
        review = settings.review_window_months
        year, two_years = self.start(12), self.start(24)
        heard, seen = (
            symptoms(self.columns, two_years, self.as_of),
            radiology(self.columns, two_years, self.as_of),
        )
        ten = self._any(fvc, relative, relative.relative(10), 24)
        five = self._any(fvc, relative, relative.relative(5), 24)
        both = self._same_visits(fvc, relative, 24)
        omeract = settings.omeract_window_months
        inbuild = _or(ten, np.minimum(five, heard), np.minimum(five, seen), np.minimum(heard, seen))
        gas = self._any(dlco, gas_points, gas_points.points(100), 12)
        physiology = _or(self._any(fvc, points, points.points(50), 12), self._correctable(gas, year))
        domains = np.sort(
            [
                physiology,
                symptoms(self.columns, year, self.as_of),
                radiology(self.columns, year, self.as_of),
            ],
            axis=0,
        )
        fibrosis = self.context.with_fibrosis
        arms = {"PPF2022": physiology, "INBUILD": five, "ERICE": five}
        verdicts = {
            "REVIEW_FVC_DECLINE": self._any(fvc, relative, relative.relative(10, strict=True), review),
            "REVIEW_DLCO_DECLINE": self._any(
                dlco, gas_relative, gas_relative.relative(15, strict=True), review
            ),
            # Two of three: the middle one of the three answers.
            "PPF2022": fibrosis(domains[1], self.columns),
            "INBUILD": fibrosis(inbuild, self.columns),
            "OMERACT": _or(
                self._any(fvc, relative, relative.relative(10), omeract),
                self._same_visits(fvc, relative, omeract),
            ),
            "ERICE": fibrosis(_or(inbuild, both), self.columns),
            "RELIEF": fibrosis(self._slope(two_years), self.columns),
        }
        categories: dict[str, Ints] = {}
        for name, steps in (("EUSTAR", _EUSTAR), ("MCID_SSC", _MCID)):
            falls = relative if name == "EUSTAR" and settings.eustar_basis == "relative" else points
            verdicts[name], categories[name] = self._yearly(fvc, falls, steps, relative=falls is relative)
        lung_function = {
            name: np.where(verdicts[name] == NOT_APPLICABLE, NOT_APPLICABLE, arm)
            for name, arm in arms.items()
        }
        scalar = np.flatnonzero(has_any(count, np.concatenate(self.refused)))
        return Judged(self.as_of, verdicts, categories, lung_function, scalar)

    def _pairs(self, measure: Fvc | Dlco) -> _Pairs:
        visits = measure.visits
        anchors = visits.anchors
        base = np.flatnonzero(anchors != np.arange(len(anchors)))
        return _Pairs(base, anchors[base], visits.patient[base], visits.day[base])

    def _any(self, made: _Pairs, falls: Falls, decision: Decision, months: int) -> Answers:
        """Met when any pair of the window is; unknown without a pair that can be compared."""
        inside = made.day >= self.start(months)[made.patient]
        count = self.columns.count
        self.refused.append(made.patient[inside & decision.open])
        return answers(
            ~has_any(count, made.patient[inside & falls.known]),
            has_any(count, made.patient[inside & decision.met]),
        )

    def _same_visits(self, made: _Pairs, falls: Falls, months: int) -> Answers:
        """An FVC fall of at least 5 % with a DLCO fall of at least 15 % between the same two visits."""
        inside = falls.known & (made.day >= self.start(months)[made.patient])
        five = falls.relative(5)
        self.refused.append(made.patient[inside & five.open])
        chosen = np.flatnonzero(inside & five.met)
        patient = made.patient[chosen]
        base, follow = self._gas_at(made.base[chosen]), self._gas_at(made.follow[chosen])
        there = np.flatnonzero((base >= 0) & (follow >= 0))
        points = pairs.dlco_points(self.dlco, base[there], follow[there])
        gas = pairs.dlco_relative(self.dlco, points, base[there], follow[there])
        fifteen = gas.relative(15)
        self.refused.append(patient[there][fifteen.open])
        known = np.zeros(len(chosen), np.bool_)
        known[there] = gas.known
        count = self.columns.count
        unknown = ~has_any(count, made.patient[inside]) | has_any(count, patient[~known])
        return answers(unknown, has_any(count, patient[there][fifteen.met]))

    def _gas_at(self, places: Ints) -> Ints:
        """The places of the DLCO visits on the days of some FVC visits; MISSING where there is none."""
        keys, wanted = self.dlco.visits.keys, self.fvc.visits.keys[places]
        if not len(keys):
            return np.full(len(places), MISSING, np.int64)
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[found] == wanted, found, MISSING)

    def _correctable(self, gas: Answers, start: Ints) -> Answers:
        """Unknown where the latest DLCO of the window cannot be brought to standard haemoglobin."""
        last = self.dlco.visits.last
        anchored = np.flatnonzero(last >= 0)
        inside = anchored[self.dlco.visits.day[last[anchored]] >= start[anchored]]
        made = gas.copy()
        made[inside[~self.dlco.correctable[last[inside]]]] = UNKNOWN
        return made

    def _slope(self, start: Ints) -> Answers:
        """RELIEF: least squares on at least three values over at least 6 months, at most −5 points a year.

        In whole numbers: (n·Σtv − Σt·Σv) · 1461 ≤ −5 · 4 · 10⁶ · (n·Σt² − (Σt)²), with v in millionths.
        """
        visits, count = self.fvc.visits, self.columns.count
        inside = np.flatnonzero(self.fvc.percent.known & (visits.day >= start[visits.patient]))
        patient, day = visits.patient[inside], visits.day[inside]
        value, error, named = (
            column[inside] for column in (self.fvc.percent.value, self.fvc.percent.error, self.fvc.named)
        )
        last = latest(count, patient, day)
        first = -latest(count, patient, -day)
        n = np.bincount(patient, minlength=count)
        time = day - first[patient]
        set_known = named != MISSING
        highest = latest(count, patient[set_known], named[set_known])
        lowest = -latest(count, patient[set_known], -named[set_known])
        one_set = (highest == lowest) | ~has_any(count, patient[set_known])
        ready = (n >= 3) & one_set
        ready[ready] = last[ready] >= months_from(first[ready], 6)
        self.refused.append(np.flatnonzero(ready & ((n > _RELIEF_MOST) | (last - first > _RELIEF_DAYS))))

        def total(what: Ints) -> Ints:
            made = np.zeros(count, np.int64)
            np.add.at(made, patient, what)
            return made

        times = total(time)
        crossed = (n * total(time * value) - times * total(value)) * 1461
        over = crossed - _RELIEF_LIMIT * 4 * SCALE * (n * total(time * time) - times * times)
        worst = np.maximum(latest(count, patient, error), 0)
        margin = 1461 * worst * n * n * np.where(ready, last - first, 0)
        self.refused.append(np.flatnonzero(ready & (margin > 0) & (abs(over) <= margin)))
        return answers(~ready, ready & (over <= 0))

    def _yearly(
        self,
        made: _Pairs,
        falls: Falls,
        steps: tuple[tuple[int | None, bool, str], ...],
        *,
        relative: bool,
    ) -> tuple[Answers, Ints]:
        """The category of the change from the visit nearest to 12 months before the latest."""
        count = self.columns.count
        anchor_day = np.full(count, _UNDATED, np.int64)
        anchor_day[made.patient] = self.fvc.visits.day[made.follow]
        first = months_from(anchor_day, -15) - self.settings.window_grace_days
        last = months_from(anchor_day, -9)
        inside = np.flatnonzero((made.day >= first[made.patient]) & (made.day <= last[made.patient]))
        aim = months_from(anchor_day, -12)[made.patient[inside]]
        # Of two equally near days the earlier one has the smaller number.
        distance = 2 * abs(made.day[inside] - aim) + (made.day[inside] > aim)
        best = np.full(count, np.iinfo(np.int64).max, np.int64)
        np.minimum.at(best, made.patient[inside], distance)
        chosen = inside[distance == best[made.patient[inside]]]
        chosen = chosen[falls.known[chosen]]
        patient = made.patient[chosen]
        category = np.full(count, NO_CATEGORY, np.int64)
        for place in reversed(range(len(steps))):
            tenths, strict, _name = steps[place]
            if tenths is None:
                category[patient] = place
                continue
            decision = (
                falls.relative(tenths // 10, strict=strict)
                if relative
                else falls.points(tenths, strict=strict)
            )
            category[patient[decision.met[chosen]]] = place
            self.refused.append(patient[decision.open[chosen]])
        return self._for_ssc(category, steps)

    def _for_ssc(
        self, category: Ints, steps: tuple[tuple[int | None, bool, str], ...]
    ) -> tuple[Answers, Ints]:
        """Not applicable to other diseases; unknown without a diagnosis."""
        disease = self.context.disease
        ssc: Bools = disease == MISSING
        for code, number in self.columns.diagnosis.words["ctd"].items():
            known = diagnoses().get(code)
            if known is not None and known.group == "SSc":
                ssc = ssc | (disease == number)
        progressive = [place for place, step in enumerate(steps) if step[2] in _PROGRESSIVE]
        category = np.where(ssc & (disease != MISSING), category, NO_CATEGORY)
        made = answers(category == NO_CATEGORY, np.isin(category, progressive))
        return np.where(ssc, made, NOT_APPLICABLE).astype(np.int8), category


def _or(*parts: Answers) -> Answers:
    """Three-valued OR."""
    made = parts[0]
    for part in parts[1:]:
        made = np.maximum(made, part)
    return made
