"""What the clinic measured, asked and saw of an invented patient: tests, visits and scans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    DlcoUnit,
    Hrct,
    HrctResult,
    Patient,
    Pft,
    Sex,
    SymptomChange,
    Visit,
)
from ctdild_desktop.clinical.reference import age_in_years, limits
from ctdild_desktop.services.demo.courses import Lungs
from ctdild_desktop.services.demo.stored import stored_id

_SIGNS = (
    "traction_bronchiectasis_increased",
    "reticulation_increased_or_coarser",
    "new_fine_reticulation",
    "new_ggo_with_traction_bronchiectasis",
    "honeycombing_new_or_increased",
    "lobar_volume_loss_increased",
)
_FIBROTIC = {"UIP": True, "fNSIP": True, "cNSIP": False, "OP": False, "LIP": False}
_DAYS_PER_MONTH = 30.4375


def _rounded(value: float, step: str) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(step), ROUND_HALF_UP)


def _weekday(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=max(0, date.weekday() - 4))


@dataclass(slots=True)
class Clinic:
    """Follows one invented patient from the first test to the end of the history."""

    rng: Random
    mrn: str
    patient: Patient
    lungs: Lungs
    pattern: str
    traits: frozenset[str]
    first: dt.date
    until: dt.date
    _tests: list[Pft] = field(default_factory=list)

    def _month(self, date: dt.date) -> float:
        return (date - self.first).days / _DAYS_PER_MONTH

    def _test_days(self) -> list[dt.date]:
        """Every three to four months in the first year, then every five to seven."""
        days = [_weekday(self.first)]
        if "new" in self.traits:
            return days
        months = 0
        while True:
            months += self.rng.randint(3, 4) if months < 12 else self.rng.randint(5, 7)
            day = _weekday(add_months(self.first, months) + dt.timedelta(days=self.rng.randint(-9, 9)))
            if day > self.until - dt.timedelta(days=2):
                return days
            days.append(day)

    def tests(self) -> tuple[Pft, ...]:
        """The lung-function tests, oldest first; made once."""
        if self._tests:
            return tuple(self._tests)
        days = self._test_days()
        for number, day in enumerate(days):
            self._tests.append(self._test(number, day, len(days)))
        if "excluded" in self.traits and len(days) > 4:
            spoiled = self._tests[len(days) // 2]
            self._tests[len(days) // 2] = replace(
                spoiled,
                fvc_l=_rounded(float(spoiled.fvc_l or 0) * 0.86, "0.01"),
                fev1_l=_rounded(float(spoiled.fev1_l or 0) * 0.86, "0.01"),
                fvc_grade="D",
                excluded=True,
                exclusion_reason="lung_infection",
            )
        if "twice" in self.traits:
            last = self._tests[-1]
            again = _rounded(float(last.fvc_l or 0) - 0.06, "0.01")
            self._tests.append(
                replace(
                    last,
                    id=stored_id(self.mrn, "tests", len(days)),
                    entered=len(days),
                    fvc_l=again,
                    fev1_l=min(again, last.fev1_l or again),
                    fvc_grade="B",
                    comment="Repeated on the same day",
                )
            )
        return tuple(self._tests)

    def _test(self, number: int, day: dt.date, total: int) -> Pft:
        rng = self.rng
        month = self._month(day)
        fvc_pct = self.lungs.fvc(month) + rng.gauss(0, 0.9)
        dlco_pct = self.lungs.dlco(month) + rng.gauss(0, 1.3)
        made = Pft(
            id=stored_id(self.mrn, "tests", number),
            date=day,
            entered=number,
            height_cm=self.patient.height_cm,
            weight_kg=self._weight(month),
            spo2_rest=Decimal(round(min(98, 91 + dlco_pct / 12))),
            spo2_nadir=Decimal(round(min(96, 81 + dlco_pct / 6.5))),
            fvc_grade=rng.choices(["A", "B", "C"], [8, 2, 1])[0],
            reference_set="GLI2022",
            laboratory="Lung function laboratory A",
        )
        made = self._blow(made, fvc_pct)
        if "reference_changed" in self.traits and number < total - 4:
            made = replace(
                made,
                reference_set="ECSC93",
                fvc_pct_pred=self._recorded_percent("FVC", made.fvc_l, day),
                fev1_pct_pred=self._recorded_percent("FEV1", made.fev1_l, day),
            )
        if "no_dlco" in self.traits or rng.random() < 0.05:
            return replace(made, not_done_dlco="cannot_perform")
        made = self._transfer(made, dlco_pct)
        if made.reference_set == "ECSC93":
            return replace(made, dlco_pct_pred=_rounded(dlco_pct, "1"))
        return made

    def _predicted(self, measure: str, equation: str, day: dt.date) -> float | None:
        who = self.patient
        assert who.sex is not None
        assert who.height_cm is not None
        assert who.birth_date is not None
        age = age_in_years(who.birth_date.earliest, day)
        found = limits(measure, equation, who.sex, age, who.height_cm)
        return None if found is None else found.predicted

    def _recorded_percent(self, measure: str, litres: Decimal | None, day: dt.date) -> Decimal | None:
        predicted = self._predicted(measure, "ECSC93", day)
        if predicted is None or litres is None:
            return None
        return _rounded(float(litres) * 100 / predicted, "1")

    def _blow(self, made: Pft, percent: float) -> Pft:
        predicted = self._predicted("FVC", "GLI2022", made.date)
        if predicted is None:
            return replace(made, fvc_pct_pred=_rounded(percent, "0.1"))
        litres = percent * predicted / 100
        fev1 = litres * min(0.93, max(0.72, self.rng.gauss(0.83, 0.02)))
        return replace(made, fvc_l=_rounded(litres, "0.01"), fev1_l=_rounded(fev1, "0.01"))

    def _transfer(self, made: Pft, percent: float) -> Pft:
        unit = DlcoUnit.SI if "si" in self.traits else DlcoUnit.TRADITIONAL
        predicted = self._predicted("TLCO" if unit is DlcoUnit.SI else "DLCO", "GLI2017_TLCO", made.date)
        if predicted is None:
            return made
        usual = 142 if self.patient.sex is Sex.MALE else 130
        missing = "no_hb" in self.traits or self.rng.random() < 0.04
        return replace(
            made,
            dlco=_rounded(percent * predicted / 100, "0.01" if unit is DlcoUnit.SI else "0.1"),
            dlco_unit=unit,
            dlco_hb_corrected=False,
            dlco_grade=self.rng.choices(["A", "B", "C"], [7, 3, 1])[0],
            hb_g_l=None if missing else Decimal(round(self.rng.gauss(usual, 7))),
        )

    def _weight(self, month: float) -> Decimal:
        assert self.patient.height_cm is not None
        metres = float(self.patient.height_cm) / 100
        share = int(self.patient.id[:4], 16) / 0xFFFF
        return _rounded(metres * metres * (22 + 6 * share) - min(month, 60) * 0.03, "0.1")

    def visits(self, events: Iterable[AdverseEvent]) -> tuple[Visit, ...]:
        """A visit with each test, and an admission with each serious event."""
        made: dict[dt.date, Visit] = {}
        last = None
        for number, test in enumerate(self.tests()):
            if test.date in made:
                continue
            fvc = self.lungs.fvc(self._month(test.date))
            made[test.date] = Visit(
                id=stored_id(self.mrn, "visits", number),
                date=test.date,
                kind="baseline" if number == 0 else "scheduled",
                weight_kg=test.weight_kg,
                mmrc=self._mmrc(fvc),
                symptom_change=self._symptoms(fvc, last, excluded=test.excluded),
                alternative_explanation=test.excluded,
            )
            last = fvc
        for number, event in enumerate(event for event in events if event.serious):
            day = event.onset.exact
            if day is not None and day not in made and day <= self.until:
                made[day] = Visit(
                    id=stored_id(self.mrn, "visits", 500 + number),
                    date=day,
                    kind="unscheduled",
                    admitted_nights=self.rng.randint(2, 10),
                )
        return tuple(made[day] for day in sorted(made))

    def _mmrc(self, fvc: float) -> int:
        return sum(fvc < limit for limit in (84, 70, 55, 42))

    def _symptoms(self, fvc: float, last: float | None, *, excluded: bool) -> SymptomChange:
        if last is None:
            return SymptomChange.UNKNOWN
        if excluded:
            return SymptomChange.WORSE
        change = fvc - last
        if "all_domains" in self.traits and change < -1.5:
            return SymptomChange.WORSE
        if change <= -2.5:
            return self.rng.choices([SymptomChange.WORSE, SymptomChange.STABLE], [3, 1])[0]
        if change >= 2.5:
            return SymptomChange.BETTER
        return SymptomChange.STABLE

    def scans(self, found_on: dt.date) -> tuple[Hrct, ...]:
        """The scan that found the disease, then one each year or two and one soon after a fall."""
        days = [found_on]
        step = 14 if "long" in self.traits else self.rng.randint(16, 26)
        while (day := _weekday(add_months(days[-1], step))) < self.until - dt.timedelta(days=20):
            days.append(day)
        if "all_domains" in self.traits:
            days.append(self.until - dt.timedelta(days=34))
        made: list[Hrct] = []
        for number, day in enumerate(sorted(set(days))):
            made.append(self._scan(number, day, made[-1] if made else None))
        return tuple(made)

    def _scan(self, number: int, day: dt.date, before: Hrct | None) -> Hrct:
        fvc = self.lungs.fvc(self._month(day))
        extent = Decimal(round(min(max(66 - 0.62 * fvc, 5), 60)))
        made = Hrct(
            id=stored_id(self.mrn, "hrct", number),
            date=day,
            pattern=self.pattern,
            extent_percent=extent,
            fibrosis=_FIBROTIC.get(self.pattern, True if before is None or before.fibrosis else None),
            result=HrctResult.NOT_COMPARED,
            emphysema=False,
        )
        if before is None:
            return made
        change = fvc - self.lungs.fvc(self._month(before.date))
        result = HrctResult.STABLE
        if change <= -5 or ("all_domains" in self.traits and change < -2):
            result = HrctResult.PROGRESSION
        elif change >= 5:
            result = HrctResult.IMPROVED
        signs = sorted(self.rng.sample(_SIGNS[:4], 2)) if result is HrctResult.PROGRESSION else []
        return replace(
            made, result=result, signs=tuple(signs), compared_with=before.date, alternative_explanation=False
        )
