"""When a patient was followed from and until: time zero, first and last contact, and what happened between.

What counts as failure of treatment, as contact, and as the drug of a patient are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.series import fvc_visits
from ctdild_desktop.cohort.columns import NOT_RECORDED
from ctdild_desktop.cohort.courses import Course, drug_baseline
from ctdild_desktop.cohort.survival import Followed
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.data import Cohort, diagnosis_group, first_start, pattern_of
from ctdild_desktop.services.cohort.definitions import TIME_ZEROS
from ctdild_desktop.services.desk import RefusedError

FIRST_PFT, ILD_DIAGNOSIS, DRUG_START = TIME_ZEROS
GROUPS = ("none", "drug", "diagnosis", "pattern")
NO_BASELINE = "no usable visit"
NO_START = "no usable visit to count from"
NO_DIAGNOSIS = "the diagnosis of ILD is not recorded"
DIAGNOSED_INEXACT = "the diagnosis of ILD is not known to the day"
NEVER_GIVEN = "never given the drug"
START_INEXACT = "the drug was not begun on a known day"
NO_DRUG_BASELINE = "no visit in the 6 months up to the start"
NONE_SINCE = "no usable visit since the diagnosis of ILD"
NOT_FOLLOWED = "not followed after time zero"
BEFORE_CONTACT = "an event came before the first contact"
INEXACT = "a date is not known to the day"
_FAILED = frozenset({"lack_of_effect", "progression"})
_FAILURE = 3
_EVERYBODY = "all"


def check_zero(time_zero: str, drug: str) -> str:
    """The time zero that is meant; empty is the first test.

    Raises:
        RefusedError: there is no such time zero, or it needs a drug.
    """
    chosen = time_zero or FIRST_PFT
    if chosen not in TIME_ZEROS:
        raise RefusedError(
            say("{name} is no time zero; choose one of {known}.", name=chosen, known=", ".join(TIME_ZEROS))
        )
    if chosen == DRUG_START:
        if not drug:
            raise RefusedError("Name the drug whose start is time zero.")
        check_drug(drug)
    return chosen


def check_drug(drug: str) -> None:
    """Refuse a drug that the list does not have."""
    if drug not in drugs():
        raise RefusedError(say("{drug} is no drug of the list.", drug=drug))


def check_given(cohort: Cohort, drug: str) -> None:
    """Refuse a drug that nobody of the cohort was given, when everybody was read."""
    if drug not in cohort.given:
        raise RefusedError(say("Nobody in the cohort was given {drug}.", drug=drug))


def check_group(by: str) -> None:
    """Refuse what patients cannot be compared by."""
    if by not in GROUPS:
        raise RefusedError(
            say("Patients cannot be compared by {by}; choose one of {known}.", by=by, known=", ".join(GROUPS))
        )


def no_start(record: PatientRecord, drug: str, as_of: dt.date) -> str:
    """Why a patient without a first start of a drug has none."""
    given = any(line.drug == drug and line.start.earliest <= as_of for line in record.therapy)
    return START_INEXACT if given else NEVER_GIVEN


def zero_of(record: PatientRecord, time_zero: str, drug: str, as_of: dt.date) -> dt.date | str:
    """The day that time is counted from; or why there is none."""
    if time_zero == DRUG_START:
        line = first_start(record, drug, as_of)
        return no_start(record, drug, as_of) if line is None else line.start.earliest
    if time_zero == ILD_DIAGNOSIS:
        view = record.diagnosis_on(as_of)
        known = view.ild_diagnosed if view is not None else None
        if known is None or known.earliest > as_of:
            return NO_DIAGNOSIS
        return DIAGNOSED_INEXACT if known.exact is None else known.exact
    visits = fvc_visits(record.tests, record.patient, as_of, percents=())
    return visits[0].date if visits else NO_START


def course_from(
    record: PatientRecord, course: Course, time_zero: str, drug: str, as_of: dt.date
) -> tuple[Course, str]:
    """The visits from the baseline on, and why there are none.

    The baseline is the first visit, the first at or after the diagnosis of ILD, or the latest in the 6 months
    up to the first start of the drug.
    """
    if time_zero == FIRST_PFT:
        return course, "" if course.visits else NO_BASELINE
    zero = zero_of(record, time_zero, drug, as_of)
    if isinstance(zero, str):
        return replace(course, visits=()), zero
    if time_zero == DRUG_START:
        start = drug_baseline(course.visits, zero)
        first, why_not = (start.date if start is not None else None), NO_DRUG_BASELINE
    else:
        first = next((visit.date for visit in course.visits if visit.date >= zero), None)
        why_not = NONE_SINCE
    if first is None:
        return replace(course, visits=()), why_not if course.visits else NO_BASELINE
    return replace(course, visits=tuple(visit for visit in course.visits if visit.date >= first)), ""


def followed(
    events: Iterable[tuple[int, PartialDate | None]],
    contacts: Iterable[dt.date],
    zero: dt.date,
    as_of: dt.date,
) -> Followed | str:
    """How long somebody was followed from time zero to the first event or the last contact; or why not.

    Who was first seen after time zero enters on that day. Of events of one day the one of the lower place
    counts.

    Args:
        events: place and day of each; None where the day is not recorded.
    """
    happened: list[tuple[dt.date, int]] = []
    untold: list[PartialDate | None] = []
    for place, on in events:
        day = on.exact if on is not None else None
        if day is None:
            untold.append(on)
        elif zero <= day <= as_of:
            happened.append((day, place))
    end = min(happened)[0] if happened else as_of
    if any(on is None or (on.latest >= zero and on.earliest <= end) for on in untold):
        return INEXACT
    seen = [day for day in contacts if day <= as_of]
    entry = max(0, (min(seen) - zero).days) if seen else None
    if happened:
        day, place = min(happened)
        time = (day - zero).days
        if entry is None or (entry > 0 and time <= entry):
            return BEFORE_CONTACT
        return Followed(time, place, entry)
    last = (max(seen, default=zero) - zero).days
    return Followed(last, 0, entry) if entry is not None and last > entry else NOT_FOLLOWED


def observed(
    record: PatientRecord,
    as_of: dt.date,
    time_zero: str = FIRST_PFT,
    drug: str = "",
    *,
    failure: bool = False,
) -> tuple[dt.date, Followed] | str:
    """Time zero and how long somebody was followed to death or transplant; or why the patient is left out.

    Args:
        failure: a failure of treatment ends the time, too. What failed on the day of the start of the drug
            is what was given before it.
    """
    zero = zero_of(record, time_zero, drug, as_of)
    if isinstance(zero, str):
        return zero
    events = (one for one in outcomes(record) if failure or one[0] != _FAILURE)
    if time_zero == DRUG_START:
        before = (_FAILURE, PartialDate.of(zero))
        events = (one for one in events if one != before)
    made = followed(events, contacts(record), zero, as_of)
    return made if isinstance(made, str) else (zero, made)


def outcomes(record: PatientRecord) -> Iterator[tuple[int, PartialDate | None]]:
    """Death (1), transplant (2) and failures of treatment (3) with their days."""
    patient = record.patient
    if patient.death_date is not None:
        yield 1, patient.death_date
    elif patient.vital_status == "dead":
        yield 1, None
    if patient.transplant == "transplanted":
        yield 2, patient.transplant_date
    for line in record.therapy:
        stopped = line.stop is not None and line.stop_reason in _FAILED
        if stopped:
            yield _FAILURE, line.stop
        # where an import puts a failure of treatment
        if line.response == "worse" and not (stopped and line.response_date is None):
            yield _FAILURE, line.response_date


def contacts(record: PatientRecord) -> Iterator[dt.date]:
    """The days on which the patient is known to have been seen."""
    yield from (visit.date for visit in record.visits)
    yield from (test.date for test in record.tests)
    yield from (lab.date.exact for lab in record.labs if lab.date.exact is not None)
    for line in record.therapy:
        yield from (infusion.date for infusion in line.given_infusions)
        if line.response is not None and line.response_date is not None and line.response_date.exact:
            yield line.response_date.exact
    known = record.patient.vital_status_date
    if known is not None and known.exact is not None and record.patient.vital_status != "unknown":
        yield known.exact


def group_of(record: PatientRecord, by: str, start: dt.date, as_of: dt.date) -> str:
    """What a patient is compared by: one of :data:`GROUPS`, as of a day.

    Args:
        start: time zero; by drug, a patient belongs to the first drug after it or running on it, of several
            of one day to the first by its code.
    """
    if by == "none":
        return _EVERYBODY
    if by == "drug":
        begun = [line for line in record.therapy if line.start.earliest <= as_of]
        taken = [line for line in begun if line.stop is None or line.stop.latest >= start]
        first = min(taken, key=lambda line: (line.start.earliest, line.drug), default=None)
        return first.drug if first is not None else "none"
    told = pattern_of(record, as_of) if by == "pattern" else diagnosis_group(record, as_of)
    return told or NOT_RECORDED
