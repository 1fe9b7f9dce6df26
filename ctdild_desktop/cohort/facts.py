"""What a query may ask of a patient: each field with its kind and its codes, worked out as of a day.

A drug or an adverse event that is not recorded counts as not given and as not happened; an antibody that is
not recorded tells nothing. Decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from ctdild_desktop.clinical import codes, criteria
from ctdild_desktop.clinical.dates import PartialDate, completed_years
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.clinical.series import FvcVisit, dlco_visits, fvc_visits
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.language import marked


@dataclass(frozen=True, slots=True)
class Answers:
    """Which of several codes hold of a patient: drugs given, antibodies found, criteria met."""

    known: Mapping[str, bool | None]
    others: bool | None = False
    """Of the codes that are not named; None where that nothing is recorded tells nothing."""

    def of(self, code: str) -> bool | None:
        """Whether a code holds."""
        return self.known.get(code, self.others)


Value: TypeAlias = Decimal | PartialDate | str | Answers | None
"""None: not recorded, so that nothing can be said."""


class Kind(StrEnum):
    """What a field holds."""

    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    CODES = "codes"
    """Several codes; a comparison asks whether one is among them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a query."""

    name: str
    label: str
    kind: Kind
    codes: Callable[[], tuple[str, ...]] = tuple
    """The codes that may be asked for."""


def _groups() -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.group for one in codes.diagnoses()))


def _antibodies() -> tuple[str, ...]:
    return codes.antibodies().codes


def _criteria() -> tuple[str, ...]:
    return tuple(
        one.id for one in criteria.CRITERIA if one.id not in {line.id for line in criteria.line_criteria()}
    )


FIELDS: Mapping[str, Field] = {
    one.name: one
    for one in (
        Field("diagnosis", marked("Diagnosis"), Kind.CODE, lambda: codes.diagnoses().codes),
        Field("diagnosis_group", marked("Group of diagnoses"), Kind.CODE, _groups),
        Field("pattern", marked("ILD pattern"), Kind.CODE, lambda: codes.patterns().codes),
        Field("antibody", marked("Antibody found"), Kind.CODES, _antibodies),
        Field("sex", marked("Sex"), Kind.CODE, lambda: codes.choices("sex").codes),
        Field("age", marked("Age, years"), Kind.NUMBER),
        Field("smoking", marked("Smoking"), Kind.CODE, lambda: codes.choices("smoking").codes),
        Field("vital_status", marked("Vital status"), Kind.CODE, lambda: codes.choices("vital_status").codes),
        Field("drug", marked("Drug ever given"), Kind.CODES, lambda: codes.drugs().codes),
        Field("drug_now", marked("Drug given now"), Kind.CODES, lambda: codes.drugs().codes),
        Field("lines", marked("Lines of therapy"), Kind.NUMBER),
        Field("ild_diagnosed", marked("ILD diagnosed on"), Kind.DATE),
        Field("first_test", marked("First lung-function test"), Kind.DATE),
        Field("last_test", marked("Latest lung-function test"), Kind.DATE),
        Field("tests", marked("Lung-function tests"), Kind.NUMBER),
        Field("fvc_l", marked("Latest FVC, L"), Kind.NUMBER),
        Field("fvc_percent_predicted", marked("Latest FVC, % predicted"), Kind.NUMBER),
        Field("dlco_percent_predicted", marked("Latest DLCO, % predicted"), Kind.NUMBER),
        Field("extent_percent", marked("Extent on the latest HRCT, %"), Kind.NUMBER),
        Field("met", marked("Criterion met"), Kind.CODES, _criteria),
        Field("event", marked("Adverse event"), Kind.CODES, lambda: codes.ae_terms().codes),
    )
}


class Facts:
    """The fields of one patient, each worked out when it is asked for."""

    def __init__(self, record: PatientRecord, as_of: dt.date) -> None:
        self._record, self._as_of = record, as_of
        self._known: dict[str, Value] = {}

    def get(self, name: str) -> Value:
        """The value of a field; None where nothing is recorded of it."""
        if name not in self._known:
            self._known[name] = _MAKERS[name](self)
        return self._known[name]

    def diagnosis(self) -> Value:
        view = self._record.diagnosis_on(self._as_of)
        return view.ctd if view is not None else None

    def diagnosis_group(self) -> Value:
        listed = codes.diagnoses().get(str(self.diagnosis() or ""))
        return listed.group if listed is not None else None

    def pattern(self) -> Value:
        view = self._record.diagnosis_on(self._as_of)
        return view.pattern if view is not None else None

    def antibody(self) -> Value:
        view = self._record.diagnosis_on(self._as_of)
        told: dict[str, bool | None] = dict.fromkeys(view.antibodies if view is not None else (), True)
        for one in self._record.serology:
            if one.date.earliest <= self._as_of and told.get(one.test) is not True:
                told[one.test] = _FOUND.get(one.result, told.get(one.test))
        return Answers(told, others=None)

    def sex(self) -> Value:
        return self._record.patient.sex

    def age(self) -> Value:
        born = self._record.patient.birth_date
        if born is None:
            return None
        oldest, youngest = (completed_years(day, self._as_of) for day in (born.earliest, born.latest))
        return Decimal(oldest) if oldest == youngest else None

    def smoking(self) -> Value:
        return self._record.patient.smoking

    def vital_status(self) -> Value:
        return self._record.patient.vital_status

    def _lines(self) -> list[TherapyLine]:
        return [line for line in self._record.therapy if line.start.earliest <= self._as_of]

    def drug(self) -> Value:
        return Answers({line.drug: True for line in self._lines()})

    def drug_now(self) -> Value:
        told: dict[str, bool | None] = {}
        for line in self._lines():
            if line.stop is None or line.stop.earliest > self._as_of:
                told[line.drug] = True
            elif line.stop.latest > self._as_of:  # stopped on a day that is not known
                told.setdefault(line.drug, None)
        return Answers(told)

    def lines(self) -> Value:
        return Decimal(len(self._lines()))

    def ild_diagnosed(self) -> Value:
        view = self._record.diagnosis_on(self._as_of)
        return view.ild_diagnosed if view is not None else None

    def _visits(self) -> tuple[FvcVisit, ...]:
        return fvc_visits(self._record.tests, self._record.patient, self._as_of)

    def _test_days(self) -> list[dt.date]:
        return sorted(test.date for test in self._record.tests if test.date <= self._as_of)

    def first_test(self) -> Value:
        days = self._test_days()
        return PartialDate.of(days[0]) if days else None

    def last_test(self) -> Value:
        days = self._test_days()
        return PartialDate.of(days[-1]) if days else None

    def tests(self) -> Value:
        return Decimal(len(self._test_days()))

    def fvc_l(self) -> Value:
        return _latest(visit.litres for visit in self._visits())

    def fvc_percent_predicted(self) -> Value:
        return _latest(visit.percent.value if visit.percent is not None else None for visit in self._visits())

    def dlco_percent_predicted(self) -> Value:
        gas = dlco_visits(
            self._record.tests, self._record.patient, self._as_of, haemoglobins_of(self._record.labs)
        )
        told = (visit.percent(at_standard_hb=True) or visit.percent(at_standard_hb=False) for visit in gas)
        return _latest(one.value if one is not None else None for one in told)

    def extent_percent(self) -> Value:
        read = [
            one for one in self._record.hrct if one.date <= self._as_of and one.extent_percent is not None
        ]
        return max(read, key=lambda one: one.date).extent_percent if read else None

    def met(self) -> Value:
        facts = criteria.facts_from_record(self._record, self._as_of)
        asked = [criteria.assess(facts, name, self._as_of) for name in _criteria()]
        return Answers(
            {
                one.criterion: None if one.verdict is Verdict.CANNOT_ASSESS else one.verdict is Verdict.MET
                for one in asked
            }
        )

    def event(self) -> Value:
        events = self._record.adverse_events
        return Answers({one.term: True for one in events if one.onset.earliest <= self._as_of})


_FOUND: Mapping[str, bool] = {"positive": True, "negative": False}
"""What the result of an antibody test says; others say nothing."""


def _latest(values: Iterable[Fraction | Decimal | None]) -> Value:
    known = [value for value in values if value is not None]
    return decimal(Fraction(known[-1])) if known else None


_MAKERS: Mapping[str, Callable[[Facts], Value]] = {name: getattr(Facts, name) for name in FIELDS}
