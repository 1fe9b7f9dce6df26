"""Whom a study counts on this registry: who began its drugs, and with whom they are compared.

The start is the first line of any of the drugs, begun on a known day; where only whether they were ever given
counts, neither the day need be known nor a test of those who were never given them. Who had drugs of both
groups belongs to the group of the first; who began both on one day, to neither. Those never given the drugs
are counted from their first usable FVC. How severe the disease was is asked of the start and
not of today, so that nobody is chosen by what came after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.cohort.courses import Course, drug_baseline
from ctdild_desktop.cohort.published import Design
from ctdild_desktop.language import marked
from ctdild_desktop.services.cohort.data import course_of

NEVER = marked("never given the drug")
INEXACT = marked("the drug was not begun on a known day")
TOGETHER = marked("both drugs were begun on the same day")
NO_VISIT = marked("no usable FVC to count from")
NO_FVC = marked("FVC at the start is not known")
FVC_HIGH = marked("FVC at the start is not below the limit")
NO_EXTENT = marked("extent on HRCT before the start is not recorded")
_EXTENSIVE = 20
"""Per cent of the lung: more is extensive (Goh, Am J Respir Crit Care Med 2008;177:1248)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One patient of a group."""

    record: PatientRecord
    start: dt.date
    line: TherapyLine | None = None
    """The first line of the drugs; None of those who were never given them."""
    as_of: dt.date
    _courses: dict[str, Course] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Id of the patient."""
        return self.record.patient.id

    def course(self, measure: str) -> Course:
        """The usable visits of a measure."""
        if measure not in self._courses:
            self._courses[measure] = course_of(self.record, measure, self.as_of)
        return self._courses[measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The patients of a study, and who is left out for what reason."""

    members: Mapping[str, tuple[Member, ...]]
    left_out: Mapping[str, tuple[str, ...]]
    """Ids of the patients by reason."""

    def of(self, name: str) -> tuple[Member, ...]:
        """The members of a group; those of the only one where no group is named."""
        return self.members.get(name or "a", ())


def groups_of(records: Iterable[PatientRecord], design: Design, as_of: dt.date) -> Groups:
    """Put each patient of a cohort into a group of a design."""
    members: dict[str, list[Member]] = {"a": []}
    if design.against is not None:
        members["b"] = []
    left: dict[str, list[str]] = {}
    for record in records:
        placed = _placed(record, design, as_of)
        if isinstance(placed, str):
            left.setdefault(placed, []).append(record.patient.id)
        else:
            members[placed[0]].append(placed[1])
    return Groups(
        members={name: tuple(held) for name, held in members.items()},
        left_out={reason: tuple(ids) for reason, ids in left.items()},
    )


def _placed(record: PatientRecord, design: Design, as_of: dt.date) -> tuple[str, Member] | str:
    if not design.drugs:
        return "a", Member(record=record, start=as_of, as_of=as_of)
    drugs = {*design.drugs, *(design.against or ())}
    begun = [line for line in record.therapy if line.drug in drugs and line.start.earliest <= as_of]
    ever = design.analysis == "survival" and design.against == ()
    if not begun:
        if ever:
            return "b", Member(record=record, start=as_of, as_of=as_of)
        return _untreated(record, design, as_of) if design.against == () else NEVER
    first = min(begun, key=lambda line: (line.start.earliest, line.start.exact is not None, line.id))
    if first.start.exact is None and not ever:
        return INEXACT
    if len({line.drug in design.drugs for line in begun if line.start == first.start}) > 1:
        return TOGETHER
    member = Member(record=record, start=first.start.earliest, line=first, as_of=as_of)
    if why := _too_mild(member, design):
        return why
    if design.options.get("split") == "extent":
        extensive = _extensive(member)
        return NO_EXTENT if extensive is None else ("a" if extensive else "b", member)
    return ("a" if first.drug in design.drugs else "b"), member


def _untreated(record: PatientRecord, design: Design, as_of: dt.date) -> tuple[str, Member] | str:
    limit = _limit(design)
    visits = course_of(record, "fvc_percent_predicted", as_of).visits
    if limit is None:
        visits = visits or course_of(record, "fvc_l", as_of).visits
    if not visits:
        return NO_VISIT
    low = (visit for visit in visits if limit is None or visit.value < limit)
    start = next((visit.date for visit in low), None)
    return FVC_HIGH if start is None else ("b", Member(record=record, start=start, as_of=as_of))


def _limit(design: Design) -> Decimal | None:
    limit = design.options.get("fvc_below")
    return Decimal(limit) if limit else None


def _too_mild(member: Member, design: Design) -> str:
    limit = _limit(design)
    if limit is None:
        return ""
    baseline = drug_baseline(member.course("fvc_percent_predicted").visits, member.start)
    if baseline is None:
        return NO_FVC
    return "" if baseline.value < limit else FVC_HIGH


def _extensive(member: Member) -> bool | None:
    for reading in sorted(member.record.hrct, key=lambda one: one.date, reverse=True):
        if reading.date > member.start:
            continue
        if reading.extent_percent is not None:
            return reading.extent_percent > _EXTENSIVE
        if reading.extent_reading in {"above_20", "below_20"}:
            return reading.extent_reading == "above_20"
    return None


def diagnosis_of(member: Member) -> tuple[str, str]:
    """The diagnosis and its group as of the day; empty where it is not recorded."""
    view = member.record.diagnosis_on(member.as_of)
    listed = diagnoses().get(view.ctd) if view is not None else None
    return (listed.code, listed.group) if listed is not None else ("", "")


def both(groups: Groups) -> Iterator[Member]:
    """Every member."""
    for held in groups.members.values():
        yield from held
