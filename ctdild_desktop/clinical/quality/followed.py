"""From when to when a patient is followed, and what of the core set is looked for in any of the records.

Follow-up begins with the first dated test, visit, scan or view of the diagnosis, and ends with the day of the
report, the death, or the day on which the patient was lost or moved away; of a date that is not exact
its first day. A result with such a date counts where it may lie. Decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ctdild_desktop.clinical.absence import why_absent
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.quality.completeness import dlco_state, fvc_state
from ctdild_desktop.clinical.quality.lines import When, when
from ctdild_desktop.clinical.records import PatientRecord

_DYSPNOEA = frozenset({"mmrc", "dyspnoea_vas", "borg", "dyspnoea_12", "sobq"})
_COUGH = frozenset({"cough_vas", "lcq"})
_QUALITY_OF_LIFE = frozenset({"kbild", "lpf", "sgrq", "sgrq_i", "eq5d", "sf36"})
_GLOBAL = frozenset({"patient_global_vas"})
_GONE = frozenset({"lost", "moved"})


@dataclass(frozen=True, slots=True)
class Found:
    """One record that answers what is looked for."""

    kind: str
    record_id: str
    days: When
    state: State


def first_contact(record: PatientRecord) -> When:
    """The first record of the patient by which follow-up begins; undated when there is none."""
    days = [when(test.date) for test in record.tests]
    days += [when(visit.date) for visit in record.visits]
    days += [when(scan.date) for scan in record.hrct]
    days += [when(view.date) for view in record.diagnoses]
    return min(days, default=(0, 0))


def end_of_follow_up(record: PatientRecord, as_of: dt.date) -> dt.date:
    """The last day on which something may be expected."""
    patient = record.patient
    ends = [as_of]
    if patient.death_date is not None:
        ends.append(patient.death_date.earliest)
    if patient.vital_status in _GONE and patient.vital_status_date is not None:
        ends.append(patient.vital_status_date.earliest)
    return min(ends)


def spans(record: PatientRecord, as_of: dt.date, months: int) -> Iterator[tuple[dt.date, dt.date]]:
    """The spans of so many months of follow-up that have ended, first and last day of each."""
    begin = first_contact(record)[0]
    if not begin:
        return
    start, end, at = dt.date.fromordinal(begin), end_of_follow_up(record, as_of), 0
    while (following := add_months(start, at + months)) - dt.timedelta(days=1) <= end:
        yield add_months(start, at), following - dt.timedelta(days=1)
        at += months


def best(found: Iterable[Found], first: dt.date, last: dt.date) -> Found | None:
    """What answers best among the records that may lie in a span: a value, else the word that there is
    none; of equal ones the latest.
    """
    low, high = first.toordinal(), last.toordinal()
    within = [
        one for one in found if one.days[0] <= high and one.days[1] >= low and one.state is not State.LACKING
    ]
    return min(within, key=lambda one: (one.state, -one.days[1]), default=None)


def _fvc(record: PatientRecord) -> Iterator[Found]:
    yield from (Found("test", test.id, when(test.date), fvc_state(test)) for test in record.tests)


def _dlco(record: PatientRecord) -> Iterator[Found]:
    yield from (Found("test", test.id, when(test.date), dlco_state(test)) for test in record.tests)


def _hrct(record: PatientRecord) -> Iterator[Found]:
    yield from (Found("hrct", scan.id, when(scan.date), State.GOOD) for scan in record.hrct)


def _serology(record: PatientRecord) -> Iterator[Found]:
    for one in record.serology:
        state = State.SAID if one.result in {"not_done", "unknown"} else State.GOOD
        yield Found("serology", one.id, when(one.date), state)
    yield from (
        Found("diagnosis", view.id, when(view.date), State.GOOD)
        for view in record.diagnoses
        if view.antibodies
    )


def _diagnosis(record: PatientRecord) -> Iterator[Found]:
    yield from (Found("diagnosis", view.id, when(view.date), State.GOOD) for view in record.diagnoses)


def _scores(record: PatientRecord, instruments: frozenset[str]) -> Iterator[Found]:
    for pro in record.pros:
        if pro.instrument in instruments:
            state = State.GOOD if pro.scores else State.SAID
            yield Found("pro", pro.id, when(pro.date), state)


def _dyspnoea(record: PatientRecord) -> Iterator[Found]:
    yield from _scores(record, _DYSPNOEA)
    for visit in record.visits:
        if visit.mmrc is not None:
            yield Found("visit", visit.id, when(visit.date), State.GOOD)
        elif why_absent(visit, "mmrc") is not None:
            yield Found("visit", visit.id, when(visit.date), State.SAID)


SOUGHT: Mapping[str, Callable[[PatientRecord], Iterable[Found]]] = MappingProxyType(
    {
        "fvc": _fvc,
        "dlco": _dlco,
        "hrct": _hrct,
        "serology": _serology,
        "diagnosis": _diagnosis,
        "dyspnoea": _dyspnoea,
        "cough": lambda record: _scores(record, _COUGH),
        "quality_of_life": lambda record: _scores(record, _QUALITY_OF_LIFE),
        "patient_global": lambda record: _scores(record, _GLOBAL),
    }
)
"""Which records answer what is looked for, by its name in the table."""
