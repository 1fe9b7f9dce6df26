"""What is known of one patient, worked out as of a day, field by field.

A drug or an adverse event that is not recorded counts as not given and as not happened; an antibody that is
not recorded tells nothing. Decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from ctdild_desktop.clinical import codes, criteria
from ctdild_desktop.clinical.dates import completed_years
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.goh import GohStage, goh_of
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.records import Diagnosis, PatientRecord
from ctdild_desktop.clinical.series import FvcVisit, dlco_visits, fvc_visits
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.cohort.fields import FIELDS, NEVER, Answers, Kind, Value, criteria_asked, day_of
from ctdild_desktop.cohort.part_facts import PartFacts, events_of, is_ongoing, lines_begun, lines_of

__all__ = ["FIELDS", "Answers", "Facts", "Kind", "Value"]


class _Judged(Mapping[str, bool | None]):
    """Whether each criterion is met; each is judged when it is asked for, because judging takes long."""

    def __init__(self, facts: criteria.Facts, as_of: dt.date) -> None:
        self._facts, self._as_of = facts, as_of
        self._known: dict[str, bool | None] = {}

    def __getitem__(self, name: str) -> bool | None:
        if name not in self._known:
            if name not in criteria_asked():
                raise KeyError(name)
            verdict = criteria.assess(self._facts, name, self._as_of).verdict
            self._known[name] = None if verdict is Verdict.CANNOT_ASSESS else verdict is Verdict.MET
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(criteria_asked())

    def __len__(self) -> int:
        return len(criteria_asked())

    @property
    def judged(self) -> Mapping[str, bool | None]:
        """What was asked for so far."""
        return dict(self._known)


class Facts:
    """The fields of one patient, each worked out when it is asked for."""

    def __init__(self, record: PatientRecord, as_of: dt.date) -> None:
        self._record, self._as_of = record, as_of
        self._known: dict[str, Value] = {}
        self._parts: dict[str, tuple[PartFacts, ...]] = {}

    def parts(self, name: str) -> tuple[PartFacts, ...]:
        """What is known of each line of therapy, or of each adverse event."""
        if name not in self._parts:
            self._parts[name] = _PARTS[name](self._record, self._as_of)
        return self._parts[name]

    def get(self, name: str) -> Value:
        """The value of a field; None where nothing is recorded of it."""
        if name not in self._known:
            self._known[name] = _MAKERS[name](self)
        return self._known[name]

    def worked_out(self) -> tuple[Mapping[str, Value], Mapping[str, tuple[PartFacts, ...]]]:
        """What was asked for so far, without what it was worked out of; of ``met`` the criteria asked for."""
        met = self._known.get("met")
        if isinstance(met, Answers) and isinstance(met.known, _Judged):
            return {**self._known, "met": Answers(met.known.judged)}, self._parts
        return self._known, self._parts

    def _view(self) -> Diagnosis | None:
        return self._record.diagnosis_on(self._as_of)

    def diagnosis(self) -> Value:
        view = self._view()
        return view.ctd if view is not None else None

    def diagnosis_group(self) -> Value:
        listed = codes.diagnoses().get(str(self.diagnosis() or ""))
        return listed.group if listed is not None else None

    def pattern(self) -> Value:
        view = self._view()
        return view.pattern if view is not None else None

    def antibody(self) -> Value:
        view = self._view()
        told: dict[str, bool | None] = dict.fromkeys(view.antibodies if view is not None else (), True)
        for one in self._record.serology:
            if one.date.earliest <= self._as_of and told.get(one.test) is not True:
                told[one.test] = _FOUND.get(one.result, told.get(one.test))
        return Answers(told, others=None)

    def antibody_group(self) -> Value:
        found = self.get("antibody")
        assert isinstance(found, Answers)
        told: dict[str, bool | None] = {}
        for one in codes.antibodies():
            now, before = found.of(one.code), told.get(one.group, False)
            told[one.group] = True if now or before else None if None in (now, before) else False
        return Answers(told)

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

    def drug(self) -> Value:
        return Answers({line.drug: True for line in lines_begun(self._record, self._as_of)})

    def drug_now(self) -> Value:
        told: dict[str, bool | None] = {}
        for line in lines_begun(self._record, self._as_of):
            ongoing = is_ongoing(line, self._as_of)
            if ongoing:
                told[line.drug] = True
            elif ongoing is None:
                told.setdefault(line.drug, None)
        return Answers(told)

    def lines(self) -> Value:
        return Decimal(len(lines_begun(self._record, self._as_of)))

    def ctd_diagnosed(self) -> Value:
        view = self._view()
        return view.ctd_diagnosed if view is not None else None

    def ild_diagnosed(self) -> Value:
        view = self._view()
        return view.ild_diagnosed if view is not None else None

    def died(self) -> Value:
        patient = self._record.patient
        if patient.death_date is not None and patient.death_date.earliest <= self._as_of:
            return patient.death_date
        known_alive = patient.vital_status == "alive" and patient.death_date is None
        return NEVER if known_alive or patient.death_date is not None else None

    def transplant(self) -> Value:
        return self._record.patient.transplant

    def consent_research(self) -> Value:
        return self._record.patient.consent_research

    def _visit_days(self) -> list[dt.date]:
        took_place = {None, "attended"}
        return [
            one.date for one in self._record.visits if one.status in took_place and one.date <= self._as_of
        ]

    def first_visit(self) -> Value:
        return day_of(min(self._visit_days(), default=None))

    def last_visit(self) -> Value:
        return day_of(max(self._visit_days(), default=None))

    @cached_property
    def _visits(self) -> tuple[FvcVisit, ...]:
        return fvc_visits(self._record.tests, self._record.patient, self._as_of)

    def _test_days(self) -> list[dt.date]:
        return [test.date for test in self._record.tests if test.date <= self._as_of]

    def first_test(self) -> Value:
        return day_of(min(self._test_days(), default=None))

    def last_test(self) -> Value:
        return day_of(max(self._test_days(), default=None))

    def tests(self) -> Value:
        return Decimal(len(self._test_days()))

    def fvc_l(self) -> Value:
        return _latest(visit.litres for visit in self._visits)

    def fvc_percent_predicted(self) -> Value:
        return _latest(visit.percent.value if visit.percent is not None else None for visit in self._visits)

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

    def goh(self) -> Value:
        stage = goh_of(criteria.facts_from_record(self._record, self._as_of), self._as_of).stage
        return None if stage is GohStage.CANNOT_ASSESS else stage.value.lower()

    def met(self) -> Value:
        return Answers(_Judged(criteria.facts_from_record(self._record, self._as_of), self._as_of))

    def event(self) -> Value:
        events = self._record.adverse_events
        return Answers({one.term: True for one in events if one.onset.earliest <= self._as_of})


_FOUND: Mapping[str, bool] = {"positive": True, "negative": False}
"""What the result of an antibody test says; others say nothing."""


def _latest(values: Iterable[Fraction | Decimal | None]) -> Value:
    known = [value for value in values if value is not None]
    return decimal(Fraction(known[-1])) if known else None


_MAKERS: Mapping[str, Callable[[Facts], Value]] = {name: getattr(Facts, name) for name in FIELDS}
_PARTS: Mapping[str, Callable[[PatientRecord, dt.date], tuple[PartFacts, ...]]] = {
    "therapy": lines_of,
    "adverse_event": events_of,
}
