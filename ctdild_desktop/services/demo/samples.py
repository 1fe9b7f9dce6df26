"""Bloods, antibodies, heart tests and questionnaires of an invented patient, all of them plainly invented.

They are drawn by a generator of their own, so that the rest of a history does not depend on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import (
    HeartTest,
    Lab,
    PatientRecord,
    Pft,
    Pro,
    Score,
    Serology,
    Sex,
)
from ctdild_desktop.services.demo.stored import stored_id

_LABORATORY = "Invented laboratory"
_SAMPLES = 5
_USUAL = {
    "wbc": (6.8, 1.4, "4.0", "11.0", 1),
    "neutrophils": (4.1, 0.9, "1.8", "7.5", 1),
    "lymphocytes": (1.6, 0.4, "1.0", "4.0", 1),
    "platelets": (255, 45, "150", "400", 0),
    "creatinine": (74, 9, "45", "90", 0),
    "alt": (24, 7, None, "40", 0),
    "ast": (26, 6, None, "35", 0),
    "albumin": (40, 2, "35", "50", 0),
}
"""Mean, spread, limits and decimals of what is in every invented sample."""
_ASKED = (
    "RF",
    "ACPA",
    "RO52",
    "SSA60",
    "SSB",
    "U1RNP",
    "SCL70",
    "ACA",
    "JO1",
    "PL7",
    "PL12",
    "MDA5",
    "PMSCL",
)
_LOW = {"wbc": 2.6, "neutrophils": 1.3, "lymphocytes": 0.7}
"""The blood count of the last sample of some who are treated."""
_SCREENS = ("hbsag", "anti_hbc", "hcv", "hiv", "igra")


def with_samples(record: PatientRecord) -> PatientRecord:
    """The history with samples at its latest tests; as it is where there is no test."""
    if not record.tests:
        return record
    made = _Samples(Random(f"samples/{record.patient.mrn}"), record)
    return replace(
        record,
        labs=tuple(made.labs()),
        serology=tuple(made.serology()),
        heart_tests=tuple(made.heart_tests()),
        pros=tuple(made.pros()),
    )


@dataclass(frozen=True, slots=True)
class _Samples:
    rng: Random
    record: PatientRecord

    @property
    def _mrn(self) -> str:
        return self.record.patient.mrn

    def _days(self, number: int = _SAMPLES) -> tuple[Pft, ...]:
        """The latest tests, one of each day."""
        by_day = {test.date: test for test in self.record.tests}
        return tuple(by_day.values())[-number:]

    def labs(self) -> Iterator[Lab]:
        """A sample on the day of each of the latest tests; the last one has something out of its limits."""
        drawn = [row for test in self._days() for row in self._sample(test)]
        first = self._days()[0].date
        drawn += [
            Lab(id="", date=PartialDate.of(first), test=test, result="negative", laboratory=_LABORATORY)
            for test in _SCREENS
        ]
        for number, row in enumerate(drawn):
            yield replace(row, id=stored_id(self._mrn, "labs", number))

    def _sample(self, test: Pft) -> Iterator[Lab]:
        rng, day = self.rng, PartialDate.of(test.date)
        female = self.record.patient.sex is not Sex.MALE
        haemoglobin = test.hb_g_l or Decimal(round(rng.gauss(128 if female else 142, 8)))
        low, high = ("120", "155") if female else ("135", "175")
        low_count = test.date == self.record.tests[-1].date and self._immunosuppressed()
        rows: list[tuple[str, Decimal, str | None, str]] = [("hb", haemoglobin, low, high)]
        for name, (mean, spread, lower, upper, places) in _USUAL.items():
            value = max(mean + rng.gauss(0, spread / 2), mean / 3)
            if low_count and name in _LOW:
                value = _LOW[name]
            rows.append((name, Decimal(f"{value:.{places}f}"), lower, upper))
        for name, measured, lower, upper in rows:
            listed = codes.labs().get(name)
            yield Lab(
                id="",
                date=day,
                test=name,
                value=measured,
                unit=listed.unit if listed is not None else "",
                lln=Decimal(lower) if lower else None,
                uln=Decimal(upper) if upper else None,
                laboratory=_LABORATORY,
            )
        quiet = rng.random() < 0.6
        yield Lab(
            id="",
            date=day,
            test="crp",
            value=Decimal(5) if quiet else Decimal(rng.randint(6, 28)),
            unit="mg/L",
            detection="below" if quiet else None,
            uln=Decimal(5),
            laboratory=_LABORATORY,
        )

    def _immunosuppressed(self) -> bool:
        treated = any(line.stop is None for line in self.record.therapy)
        return treated and (self._mrn == "DEMO-0001" or self.rng.random() < 0.3)

    def serology(self) -> Iterator[Serology]:
        """Each antibody that the diagnosis names, and negative ones beside it, on one early day."""
        views = self.record.diagnoses
        positive = views[-1].antibodies if views else ()
        day = PartialDate.of(add_months(self.record.tests[0].date, -1))
        asked = ["ANA", *(test for test in _ASKED if test not in positive), *positive]
        for number, test in enumerate(dict.fromkeys(asked)):
            met = test in positive or (test == "ANA" and bool(positive))
            rheumatoid = test == "RF"
            yield Serology(
                id=stored_id(self._mrn, "serology", number),
                date=day,
                test=test,
                result="positive" if met else "negative",
                titre=self.rng.choice([160, 320, 640, 1280]) if test == "ANA" and met else None,
                pattern=self._pattern(positive) if test == "ANA" and met else None,
                value=Decimal(self.rng.randint(40, 160) if met else 10) if rheumatoid else None,
                unit="IU/mL" if rheumatoid else "",
                uln=Decimal(14) if rheumatoid else None,
                detection=None if met or not rheumatoid else "below",
                laboratory=_LABORATORY,
            )

    def _pattern(self, positive: tuple[str, ...]) -> str:
        if "ACA" in positive:
            return "centromere"
        return "nucleolar" if {"PMSCL", "TH_TO", "U3RNP"} & set(positive) else "speckled"

    def heart_tests(self) -> Iterator[HeartTest]:
        """An echocardiogram early and one late, and a catheter in some."""
        rng, days = self.rng, [self.record.tests[0].date, self.record.tests[-1].date]
        pressure = rng.randint(24, 36)
        for number, day in enumerate(dict.fromkeys(days)):
            yield HeartTest(
                id=stored_id(self._mrn, "heart_tests", number),
                date=PartialDate.of(day),
                kind="echo",
                rvsp_mmhg=Decimal(pressure + 4 * number),
                tapse_mm=Decimal(rng.randint(18, 24)),
                lvef_percent=Decimal(rng.randint(55, 66)),
                site="Invented clinic",
            )
        if pressure > 33:
            yield HeartTest(
                id=stored_id(self._mrn, "heart_tests", 9),
                date=PartialDate(days[-1].year, days[-1].month),
                kind="rhc",
                mpap_mmhg=Decimal(rng.randint(22, 29)),
                pvr_wu=Decimal(f"{rng.uniform(2.1, 3.6):.1f}"),
                pawp_mmhg=Decimal(rng.randint(7, 12)),
                site="Invented clinic",
            )

    def pros(self) -> Iterator[Pro]:
        """K-BILD and LCQ on the days of the last tests."""
        total, cough = self.rng.uniform(48, 62), self.rng.uniform(12, 17)
        number = 0
        for test in self._days(3):
            total += self.rng.uniform(-5, 3)
            cough += self.rng.uniform(-1, 1)
            scales = (
                ("kbild", (("total", total), ("breathlessness", total - 9), ("chest", total + 6))),
                ("lcq", (("lcq", cough),)),
            )
            for instrument, scores in scales:
                yield Pro(
                    id=stored_id(self._mrn, "pros", number),
                    date=PartialDate.of(test.date),
                    instrument=instrument,
                    mode="self",
                    complete=True,
                    scores=tuple(
                        Score(scale=scale, value=Decimal(f"{value:.1f}")) for scale, value in scores
                    ),
                )
                number += 1


def has_samples(number: int) -> bool:
    """Whether the invented patient of this number has samples: the first dozen, and every third after."""
    return number <= 12 or number % 3 == 0
