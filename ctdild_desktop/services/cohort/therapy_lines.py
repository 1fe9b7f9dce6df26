"""Lines of therapy in the cohort: the course while each was given, and the time to the next.

A line of therapy is a drug other than oxygen, rehabilitation, prophylaxis and the like. The next line is the
first start, after the day the index line was begun, of another drug that is no glucocorticoid; a restart of
the same drug, a change of dose and a drug begun on the same day are none. Decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.cohort import describing, slopes
from ctdild_desktop.cohort.courses import Course
from ctdild_desktop.cohort.describing import Summary
from ctdild_desktop.cohort.lines import is_counted, is_therapy
from ctdild_desktop.cohort.slopes import Pooled
from ctdild_desktop.cohort.survival import (
    Curve,
    Followed,
    LogRank,
    cumulative_incidence,
    kaplan_meier,
    log_rank,
)
from ctdild_desktop.services.cohort.data import REGISTRY, Chosen, Counts, counts, the_cohort
from ctdild_desktop.services.cohort.times import (
    NO_BASELINE,
    check_drug,
    check_given,
    check_group,
    contacts,
    followed,
    group_of,
)
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.progress import Progress

NEXT_LINE, DEATH = "next_line", "death"
OUTCOMES = (NEXT_LINE, DEATH)
"""What may end the time to the next line; the codes of the curve are their places, from 1."""
NO_LINE = "no line of therapy"
NO_KNOWN_LINE = "no line of therapy begun on a known day"
FEW_VISITS = "fewer than three usable visits during the line"
DAYS_NOT_KNOWN = "the days of the line are not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """The course of a measure while one line was given."""

    patient: str
    """Id of the patient."""
    line: str
    """Id of the line."""
    start: dt.date
    stop: dt.date | None
    """None while it is given."""
    visits: int
    slope: float
    """Per year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugEpochs:
    """The lines of one drug."""

    lines: int
    """Lines with a slope."""
    patients: int
    left_out: Mapping[str, int]
    """Lines without a slope, by reason."""
    result: Summary
    """Of the slopes of the lines, each by itself."""
    pooled: Pooled
    """Of the lines with at least two visits, each by itself."""
    epochs: tuple[Epoch, ...]
    who: Mapping[str, tuple[str, ...]]
    """Ids of the patients of ``analysed`` and of each reason of ``left_out``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epochs:
    """The change of a measure per year while each drug was given."""

    n: Counts
    measure: str
    drugs: Mapping[str, DrugEpochs]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLine:
    """Time from the start of a line of therapy to the next."""

    n: Counts
    drug: str
    """Whose first start the time is counted from; empty for the first line of any drug."""
    by: str
    late: int
    """How many were first seen after the start and are at risk from then on."""
    groups: Mapping[str, Curve]
    """Free of a next line; death and the last contact end the observation."""
    log_rank: LogRank
    incidence: Mapping[str, Mapping[str, tuple[float | None, ...]]]
    """By group and outcome: the share to whom it has happened by each of ``days``, the other competing."""
    days: tuple[int, ...]
    patients: Mapping[str, tuple[str, ...]]
    """Ids by group, in the order of the people of its curve."""
    next_drugs: Mapping[str, Mapping[str, int]]
    """By group: which drugs the next lines were, with the patients of each."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """The visits during one line."""

    line: TherapyLine
    stop: dt.date | None
    course: Course


@for_everybody
def epochs(
    desk: Desk,
    measure: str,
    *,
    drug: str = "",
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
) -> Epochs:
    """The slope of a measure in each line of therapy, of the visits from its start to its stop.

    Args:
        drug: of this drug only; empty for all.

    Raises:
        RefusedError: there is no such measure or drug, or nobody was given it.
    """
    if drug:
        check_drug(drug)
    cohort = the_cohort(desk, chosen, progress)
    by_drug: dict[str, list[_Piece]] = {}
    reasons: dict[str, list[tuple[str, str]]] = {}
    kept: list[str] = []
    left: list[tuple[str, str]] = []
    for record, course in cohort.courses(measure):
        lines = [line for line in _lines(record, cohort.as_of) if not drug or line.drug == drug]
        why_not = NO_LINE
        sloped = False
        for line in lines:
            piece = _during(line, course, cohort.as_of)
            why_not = NO_BASELINE if not course.visits else FEW_VISITS if piece else DAYS_NOT_KNOWN
            if piece is not None:
                by_drug.setdefault(line.drug, []).append(piece)
            if piece is not None and slopes.per_year(piece.course) is not None:
                sloped = True
            else:
                reasons.setdefault(line.drug, []).append((record.patient.id, why_not))
        if sloped:
            kept.append(record.patient.id)
        else:
            left.append((record.patient.id, why_not))
    if drug and cohort.ids:
        check_given(cohort, drug)
    named = sorted(by_drug.keys() | reasons.keys())
    return Epochs(
        n=counts(cohort, kept, left),
        measure=measure,
        drugs={name: _of_drug(by_drug.get(name, []), reasons.get(name, [])) for name in named},
    )


def _of_drug(pieces: Sequence[_Piece], left: Sequence[tuple[str, str]]) -> DrugEpochs:
    made = [
        Epoch(
            patient=one.course.patient,
            line=one.line.id,
            start=one.line.start.earliest,
            stop=one.stop,
            visits=len(one.course.visits),
            slope=slope,
        )
        for one in pieces
        if (slope := slopes.per_year(one.course)) is not None
    ]
    who = {"analysed": tuple(dict.fromkeys(one.patient for one in made))}
    for reason in sorted({why for _patient, why in left}):
        who[reason] = tuple(dict.fromkeys(patient for patient, why in left if why == reason))
    return DrugEpochs(
        lines=len(made),
        patients=len(who["analysed"]),
        left_out=dict(sorted(Counter(why for _patient, why in left).items())),
        result=describing.summary([one.slope for one in made]),
        pooled=slopes.pooled([one.course for one in pieces]),
        epochs=tuple(made),
        who=who,
    )


def _lines(record: PatientRecord, as_of: dt.date) -> list[TherapyLine]:
    return [line for line in record.therapy if is_therapy(line.drug) and line.start.earliest <= as_of]


def _during(line: TherapyLine, course: Course, as_of: dt.date) -> _Piece | None:
    """The visits from the start to the stop of a line, both days included; None where they are not known."""
    first = line.start.exact
    stopped = line.stop if line.stop is not None and line.stop.earliest <= as_of else None
    if first is None or (stopped is not None and stopped.exact is None):
        return None
    stop = stopped.exact if stopped is not None else None
    visits = tuple(visit for visit in course.visits if first <= visit.date <= (stop or as_of))
    return _Piece(line, stop, Course(patient=course.patient, visits=visits))


@for_everybody
def next_line(
    desk: Desk,
    *,
    drug: str = "",
    by: str = "none",
    days: tuple[int, ...] = (365, 730, 1095, 1825),
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
) -> NextLine:
    """Time from the first start of a drug, or of any that is no glucocorticoid, to the next line of therapy.

    Args:
        drug: whose first start is time zero; empty for the first line of each patient.
        by: one of :data:`times.GROUPS`; by drug, that of the line at time zero.

    Raises:
        RefusedError: there is no such drug or group, or nobody was given the drug.
    """
    check_group(by)
    if drug:
        check_drug(drug)
    cohort = the_cohort(desk, chosen, progress)
    groups: dict[str, dict[str, Followed]] = {}
    after: dict[str, Counter[str]] = {}
    left: list[tuple[str, str]] = []
    for record in cohort.each():
        made = _until_next(record, drug, cohort.as_of)
        if isinstance(made, str):
            left.append((record.patient.id, made))
            continue
        index, told, following = made
        zero = index.start.earliest
        group = index.drug if by == "drug" else group_of(record, by, zero, cohort.as_of)
        groups.setdefault(group, {})[record.patient.id] = told
        after.setdefault(group, Counter()).update(following)
    if drug and cohort.ids:
        check_given(cohort, drug)
    wanted = frozenset({1})
    named = {name: list(people.values()) for name, people in sorted(groups.items())}
    return NextLine(
        n=counts(cohort, (patient for name in named for patient in groups[name]), left),
        drug=drug,
        by=by,
        late=sum(one.entry > 0 for people in named.values() for one in people),
        groups={name: kaplan_meier(people, events=wanted) for name, people in named.items()},
        log_rank=log_rank(named, events=wanted),
        incidence={
            name: {
                outcome: cumulative_incidence(people, place, days)
                for place, outcome in enumerate(OUTCOMES, start=1)
            }
            for name, people in named.items()
        },
        days=days,
        patients={name: tuple(groups[name]) for name in named},
        next_drugs={
            name: dict(sorted(after[name].items(), key=lambda one: (-one[1], one[0]))) for name in named
        },
    )


def _until_next(
    record: PatientRecord, drug: str, as_of: dt.date
) -> tuple[TherapyLine, Followed, tuple[str, ...]] | str:
    lines = _lines(record, as_of)
    index = _index([line for line in lines if (line.drug == drug if drug else is_counted(line.drug))])
    if isinstance(index, str):
        return index
    zero = index.start.earliest
    others = [line for line in lines if is_counted(line.drug) and _named(line) != _named(index)]
    begun = [line for line in others if line.start.latest > zero]
    events: list[tuple[int, PartialDate | None]] = [(1, line.start) for line in begun]
    patient = record.patient
    if patient.death_date is not None or patient.vital_status == "dead":
        events.append((2, patient.death_date))
    told = followed(events, contacts(record), zero, as_of)
    if isinstance(told, str):
        return told
    day = zero + dt.timedelta(days=int(told.time))
    following = sorted({line.drug for line in begun if line.start.exact == day}) if told.event == 1 else []
    return index, told, tuple(following)


def _index(lines: Sequence[TherapyLine]) -> TherapyLine | str:
    """The line begun first; of one day the first by the code of its drug."""
    if not lines:
        return NO_LINE
    first = min(
        lines, key=lambda line: (line.start.earliest, line.start.exact is not None, line.drug, line.id)
    )
    return NO_KNOWN_LINE if first.start.exact is None else first


def _named(line: TherapyLine) -> tuple[str, str]:
    """What makes a drug another one: two that the list lacks differ by their names."""
    return line.drug, line.drug_name.casefold()
