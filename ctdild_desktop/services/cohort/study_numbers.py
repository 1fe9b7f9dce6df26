"""The registry's own numbers of a study: one for each measure and group, by the design of the study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from ctdild_desktop.clinical import criteria, trajectory
from ctdild_desktop.clinical.criteria.pairs import fev1_relative
from ctdild_desktop.clinical.dates import months_between
from ctdild_desktop.clinical.series import fvc_visits
from ctdild_desktop.cohort import describing
from ctdild_desktop.cohort.between import fisher_exact, mann_whitney
from ctdild_desktop.cohort.courses import Change, drug_baseline
from ctdild_desktop.cohort.published import Design
from ctdild_desktop.services.cohort.study_events import Events
from ctdild_desktop.services.cohort.study_groups import Groups, Member, diagnosis_of
from ctdild_desktop.services.cohort.study_windows import Windows

LEAST = 5
"""With fewer, the values are given and no interval and no test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One number of the registry."""

    n: int = 0
    """Patients whom the number is of."""
    count: int | None = None
    """How many of them, where it is a share."""
    value: float | None = None
    """The median or mean, per cent of a share, a rate, or p."""
    low: float | None = None
    high: float | None = None
    points: tuple[tuple[str, float], ...] = ()
    """Each patient's own value, by id, where there is one."""
    who: tuple[str, ...] = ()
    """Ids of the patients whom the number is of."""


NOBODY = Own()


def _median(values: Sequence[tuple[str, float]]) -> Own:
    told = describing.summary([value for _id, value in values])
    few = told.n < LEAST
    return Own(
        n=told.n,
        value=told.median,
        low=None if few else told.q1,
        high=None if few else told.q3,
        points=tuple(values),
        who=tuple(patient for patient, _value in values),
    )


def _mean(values: Sequence[tuple[str, float]]) -> Own:
    told = describing.summary([value for _id, value in values])
    low, high = told.ci95 if told.ci95 is not None and told.n >= LEAST else (None, None)
    return Own(
        n=told.n,
        value=told.mean,
        low=low,
        high=high,
        points=tuple(values),
        who=tuple(patient for patient, _value in values),
    )


def share(answers: Iterable[tuple[str, bool | None]]) -> Own:
    """How many of those of whom it can be told."""
    told = [(patient, answer) for patient, answer in answers if answer is not None]
    made = describing.proportion(sum(answer for _id, answer in told), len(told))
    low, high = made.wilson95 if made.wilson95 is not None and made.of >= LEAST else (None, None)
    return Own(
        n=made.of,
        count=made.n,
        value=made.percent,
        low=low,
        high=high,
        who=tuple(patient for patient, _answer in told),
    )


class Numbers:
    """The own numbers of one study."""

    def __init__(self, groups: Groups, design: Design, events: Events) -> None:
        self._groups = groups
        self._windows = Windows(design)
        self._events = events

    def of(self, measure: str, group: str) -> Own:
        """The number of a measure; nothing where nobody can be counted."""
        make = _MAKERS.get(measure)
        if make is not None:
            return make(self, group)
        return NOBODY

    def _changes(self, group: str, name: str, *, before: bool = False) -> list[tuple[str, Fraction]]:
        found = []
        for member in self._groups.of(group):
            made = self._windows.changes(member, name)[0 if before else 1]
            if made is not None and made.relative is not None:
                found.append((member.id, made.relative))
        return found

    def _after(self, group: str, name: str) -> list[tuple[Member, Change]]:
        """On one scale: of % predicted, or in litres."""
        made = ((member, self._windows.on_scale(member, name)) for member in self._groups.of(group))
        return [(member, change) for member, change in made if change is not None]

    def change(self, group: str, *, name: str, before: bool = False) -> Own:
        """The median relative change."""
        return _median(_floats(self._changes(group, name, before=before)))

    def mean_change(self, group: str, *, name: str) -> Own:
        """The mean relative change."""
        return _mean(_floats(self._changes(group, name)))

    def fev1(self, group: str) -> Own:
        """The median relative change of FEV1 between the visits of FVC."""
        found = []
        for member in self._groups.of(group):
            gain = self._fev1_gain(member)
            if gain is not None:
                found.append((member.id, gain))
        return _median(_floats(found))

    def _fev1_gain(self, member: Member) -> Fraction | None:
        made = self._windows.on_scale(member, "fvc")
        if made is None:
            return None
        patient = member.record.patient
        visits = {one.date: one for one in fvc_visits(member.record.tests, patient, member.as_of)}
        pair = fev1_relative(patient)(visits[made.before.date], visits[made.after.date])
        return -pair.relative_fall if pair is not None else None

    def start(self, group: str, *, name: str) -> Own:
        """The median in % predicted at the start."""
        measure = f"{name}_percent_predicted"
        held = (
            (member.id, drug_baseline(member.course(measure).visits, member.start, self._windows.months))
            for member in self._groups.of(group)
        )
        return _median([(patient, float(visit.value)) for patient, visit in held if visit is not None])

    def level(self, group: str, *, name: str, after: bool) -> Own:
        """The mean in % predicted at the start or afterwards, of those who have both."""
        return _mean(
            [
                (member.id, float((made.after if after else made.before).value))
                for member, made in self._after(group, name)
            ]
        )

    def points(self, group: str) -> Own:
        """The mean change of FVC in points of % predicted."""
        return _mean([(member.id, float(made.absolute)) for member, made in self._after(group, "fvc")])

    def millilitres(self, group: str) -> Own:
        """The mean change of FVC in mL."""
        made = self._after(group, "litres")
        return _mean([(member.id, float(change.absolute * 1000)) for member, change in made])

    def months(self, group: str) -> Own:
        """The median time from the start to the FVC afterwards."""
        return _median(
            [
                (member.id, float(months_between(member.start, made.after.date)))
                for member, made in self._after(group, "fvc")
            ]
        )

    def p_after(self, group: str, *, name: str) -> Own:
        """Whether the relative changes after the start lie about zero."""
        held = _floats(self._changes(group, name))
        return _tested([patient for patient, _v in held], describing.wilcoxon([value for _id, value in held]))

    def p_paired(self, group: str, *, name: str) -> Own:
        """After against before, in those who have both."""
        before = dict(self._changes(group, name, before=True))
        held = [(i, later - before[i]) for i, later in self._changes(group, name) if i in before]
        return _tested([i for i, _v in held], describing.wilcoxon([float(value) for _id, value in held]))

    def p_between(self, _group: str, *, name: str, points: bool = False) -> Own:
        """Whether the changes of the two groups differ: Mann and Whitney."""
        one, other = (
            [(member.id, float(made.absolute)) for member, made in self._after(group, name)]
            if points
            else _floats(self._changes(group, name))
            for group in ("a", "b")
        )
        who = [patient for patient, _value in (*one, *other)]
        if min(len(one), len(other)) < LEAST:
            return Own(n=len(who), who=tuple(who))
        p = mann_whitney([value for _i, value in one], [value for _i, value in other])
        return Own(n=len(who), value=p, who=tuple(who))

    def p_shares(self, _group: str, *, measure: str) -> Own:
        """Whether two shares differ: Fisher's exact test."""
        one, other = (self.of(measure, group) for group in ("a", "b"))
        who = (*one.who, *other.who)
        if min(one.n, other.n) < LEAST or one.count is None or other.count is None:
            return Own(n=len(who), who=who)
        return Own(n=len(who), value=fisher_exact((one.count, one.n), (other.count, other.n)), who=who)

    def response(self, group: str, *, wanted: frozenset[str]) -> Own:
        """The share with a class of RESPONSE_KEIR, of those who can be judged."""
        return share((member.id, self._judged(member, wanted)) for member in self._groups.of(group))

    def _judged(self, member: Member, wanted: frozenset[str]) -> bool | None:
        if member.line is None:
            return None
        facts = criteria.facts_from_record(member.record, member.as_of)
        asked = criteria.facts_for_line(facts, member.line)
        category = criteria.assess(asked, "RESPONSE_KEIR", member.as_of).category
        return None if category is None else category in wanted

    def moved(self, group: str, *, holds: Callable[[Fraction], bool], name: str = "fvc") -> Own:
        """The share whose relative change is so."""
        return share((patient, holds(change)) for patient, change in self._changes(group, name))

    def gained_all(self, group: str) -> Own:
        """The share with more than 30 % of FVC, FEV1 and DLCO, of those of whom all three are known."""
        gains = {name: dict(self._changes(group, name)) for name in ("fvc", "dlco")}
        answers: list[tuple[str, bool | None]] = []
        for member in self._groups.of(group):
            three = (gains["fvc"].get(member.id), self._fev1_gain(member), gains["dlco"].get(member.id))
            known = [gain for gain in three if gain is not None]
            answers.append((member.id, None if len(known) < 3 else min(known) > 30))
        return share(answers)

    def hrct_better(self, group: str) -> Own:
        """The share with a reading of HRCT judged improved in the time after the start, of those compared."""
        answers: list[tuple[str, bool | None]] = []
        for member in self._groups.of(group):
            end = self._windows.end(member)
            read = [
                one.result
                for one in member.record.hrct
                if member.start < one.date <= end and one.result not in {None, "not_compared"}
            ]
            answers.append((member.id, "improved" in read if read else None))
        return share(answers)

    def treated(self, group: str, *, codes: frozenset[str], by_group: bool) -> Own:
        """The share with a diagnosis, of those of whom it is recorded."""
        told = ((member.id, diagnosis_of(member)[by_group]) for member in self._groups.of(group))
        return share((patient, code in codes if code else None) for patient, code in told)

    def slope(self, group: str, *, during: bool) -> Own:
        """The median change of FVC per year, of those with three usable visits in the time."""
        found = []
        for member in self._groups.of(group):
            stop = member.line.stop.earliest if member.line and member.line.stop else member.as_of
            visits = [
                (visit.date, visit.value)
                for visit in member.course("fvc_l").visits
                if (member.start <= visit.date <= stop if during else visit.date <= member.start)
            ]
            made = trajectory.slope(visits)
            if made is not None:
                found.append((member.id, float(made.per_year) * 1000))
        return _median(found)

    def dead(self, group: str, *, causes: frozenset[str] | None = None) -> Own:
        """The share that died, of those of whom it is known; of a cause, where the cause is."""
        answers: list[tuple[str, bool | None]] = []
        for member in self._groups.of(group):
            answers.append((member.id, _died(member, causes)))
        return share(answers)

    def infected(self, group: str) -> Own:
        """The share of the deaths of a known cause that were by infection."""
        dead = [member for member in self._groups.of(group) if _died(member, None)]
        return share((member.id, _died(member, _INFECTION)) for member in dead)

    def happened(self, group: str, *, kind: str) -> Own:
        """The share with an event during the exposure."""
        return share(self._events.patients(group, kind))

    def rate(self, group: str, *, kind: str) -> Own:
        """Events per patient-year of exposure, with Garwood's interval."""
        made = self._events.rate(group, kind)
        who = tuple(patient for patient, _answer in self._events.patients(group, kind))
        if made.per_100 is None or made.low is None or made.high is None:
            return Own(n=len(who), who=who)
        few = len(who) < LEAST
        return Own(
            n=len(who),
            count=made.events,
            value=float(made.per_100) / 100,
            low=None if few else float(made.low) / 100,
            high=None if few else float(made.high) / 100,
            who=who,
        )


def _floats(values: Iterable[tuple[str, Fraction]]) -> list[tuple[str, float]]:
    return [(patient, float(value)) for patient, value in values]


def _tested(who: Sequence[str], test: describing.Test) -> Own:
    return Own(n=len(who), value=test.p if len(who) >= LEAST else None, who=tuple(who))


def _died(member: Member, causes: frozenset[str] | None) -> bool | None:
    patient = member.record.patient
    day = patient.death_date
    if day is not None and day.earliest > member.as_of:
        return False
    if day is None and patient.vital_status != "dead":
        return False if patient.vital_status in {"alive", "lost", "moved"} else None
    if causes is None:
        return True
    cause = patient.cause_of_death
    return None if cause in {None, "unknown"} else cause in causes


_LUNG, _INFECTION = frozenset({"respiratory", "ild"}), frozenset({"infection"})
_MAKERS: dict[str, Callable[[Numbers, str], Own]] = {
    "fvc_start": partial(Numbers.start, name="fvc"),
    "dlco_start": partial(Numbers.start, name="dlco"),
    "fvc_before": partial(Numbers.change, name="fvc", before=True),
    "dlco_before": partial(Numbers.change, name="dlco", before=True),
    "fvc_after": partial(Numbers.change, name="fvc"),
    "dlco_after": partial(Numbers.change, name="dlco"),
    "fev1_after": Numbers.fev1,
    "fvc_mean_after": partial(Numbers.mean_change, name="fvc"),
    "fvc_paired_p": partial(Numbers.p_paired, name="fvc"),
    "dlco_paired_p": partial(Numbers.p_paired, name="dlco"),
    "fvc_after_p": partial(Numbers.p_after, name="fvc"),
    "dlco_after_p": partial(Numbers.p_after, name="dlco"),
    "fvc_difference_p": partial(Numbers.p_between, name="fvc"),
    "dlco_difference_p": partial(Numbers.p_between, name="dlco"),
    "fvc_points_difference_p": partial(Numbers.p_between, name="fvc", points=True),
    "fvc_level_start": partial(Numbers.level, name="fvc", after=False),
    "fvc_level_after": partial(Numbers.level, name="fvc", after=True),
    "dlco_level_start": partial(Numbers.level, name="dlco", after=False),
    "dlco_level_after": partial(Numbers.level, name="dlco", after=True),
    "fvc_points_after": Numbers.points,
    "fvc_ml_after": Numbers.millilitres,
    "months_after": Numbers.months,
    "success": partial(Numbers.response, wanted=frozenset({"IMPROVED", "STABLE"})),
    "improved": partial(Numbers.response, wanted=frozenset({"IMPROVED"})),
    "fvc_rose": partial(Numbers.moved, holds=lambda change: change >= 10),
    "fvc_held": partial(Numbers.moved, holds=lambda change: -10 < change < 10),
    "fvc_fell": partial(Numbers.moved, holds=lambda change: change <= -10),
    "gain_fvc": partial(Numbers.moved, holds=lambda change: change > 10),
    "gain_dlco": partial(Numbers.moved, holds=lambda change: change > 15, name="dlco"),
    "gain_all": Numbers.gained_all,
    "hrct_better": Numbers.hrct_better,
    "treated_iim": partial(Numbers.treated, codes=frozenset({"IIM"}), by_group=True),
    "treated_ssc": partial(Numbers.treated, codes=frozenset({"SSc"}), by_group=True),
    "treated_uctd": partial(Numbers.treated, codes=frozenset({"UCTD"}), by_group=True),
    "deaths": Numbers.dead,
    "respiratory_deaths": partial(Numbers.dead, causes=_LUNG),
    "infection_deaths": Numbers.infected,
    "deaths_p": partial(Numbers.p_shares, measure="deaths"),
    "respiratory_deaths_p": partial(Numbers.p_shares, measure="respiratory_deaths"),
    "serious_p": partial(Numbers.p_shares, measure="serious"),
    "stopped_p": partial(Numbers.p_shares, measure="stopped"),
    **{
        name: partial(Numbers.happened, kind=name)
        for name in (
            *("deaths_exposed", "fatal_infections", "infections", "serious_infections", "serious"),
            *("leukopenia", "thrombocytopenia", "pneumonitis", "stopped"),
        )
    },
    "infection_rate": partial(Numbers.rate, kind="infections"),
    "event_rate": partial(Numbers.rate, kind="events"),
    "slope_before": partial(Numbers.slope, during=False),
    "slope_during": partial(Numbers.slope, during=True),
    "share_ra": partial(Numbers.treated, codes=frozenset({"RA"}), by_group=True),
    "share_ssc": partial(Numbers.treated, codes=frozenset({"SSc"}), by_group=True),
    "share_iim": partial(Numbers.treated, codes=frozenset({"PM", "DM"}), by_group=False),
    "share_asys": partial(Numbers.treated, codes=frozenset({"ASyS"}), by_group=False),
    "share_mctd": partial(Numbers.treated, codes=frozenset({"MCTD"}), by_group=True),
    "share_sjd": partial(Numbers.treated, codes=frozenset({"SjD"}), by_group=True),
    "share_uctd": partial(Numbers.treated, codes=frozenset({"UCTD"}), by_group=True),
}
COMPUTED = frozenset(_MAKERS)
"""The measures that have a number here."""
