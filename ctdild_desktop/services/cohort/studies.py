"""Each study of the evidence beside the same design run on this registry.

A study is a row of the evidence with its published numbers and a design; statements of which the review names
no study, on drugs and diseases that no study covers, are among them. Own and published stand in one table
with an interval each and why they are not the same. It describes; it shows no effect of a drug.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import evidence
from ctdild_desktop.clinical.evidence import Claim
from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.cohort.published import Design, Published, designs, published_of
from ctdild_desktop.cohort.query import EVERYBODY, written
from ctdild_desktop.cohort.study_words import MEASURES, NOT_RUN
from ctdild_desktop.language import joined, marked, remembered, say
from ctdild_desktop.services.cohort.answer import Answer, Made, Result, Step
from ctdild_desktop.services.cohort.answers.query_words import in_words
from ctdild_desktop.services.cohort.data import Chosen, Cohort, the_cohort
from ctdild_desktop.services.cohort.one_state import fingerprint, on_one_state
from ctdild_desktop.services.cohort.study_charts import charts_of
from ctdild_desktop.services.cohort.study_definition import definition_of
from ctdild_desktop.services.cohort.study_events import Events
from ctdild_desktop.services.cohort.study_groups import Groups, both, groups_of
from ctdild_desktop.services.cohort.study_numbers import LEAST, Numbers, Own
from ctdild_desktop.services.cohort.study_table import (
    Row,
    caveats_of,
    drug_words,
    group_words,
    others_table,
    row_of,
    study_words,
    table,
)
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.progress import Progress

_CHOSEN_BY_PHYSICIANS = marked(
    "The physicians chose who was given what: the groups differ in more than the drug, and nothing here is "
    "adjusted for it. It describes these patients; it does not show an effect of the drug."
)
_NO_EFFECT = marked(
    "Without a control group regression to the mean and other treatment can explain part of what is seen. It "
    "describes these patients; it does not show an effect of the drug."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study of the evidence that can be run, or is listed with the reason why not."""

    claim: Claim
    design: Design
    published: tuple[Published, ...]

    @property
    def id(self) -> str:
        """Id of its claim."""
        return self.claim.id

    @property
    def name(self) -> str:
        """What it is called: the study, or the statement by its id."""
        return study_words(self.claim, self.design)

    @property
    def is_run(self) -> bool:
        """Whether there is a design to run."""
        return self.design.analysis != "none"

    @property
    def not_run(self) -> str:
        """Why it is not run, in a sentence; empty where it is."""
        return say(NOT_RUN[self.design.not_run]) if self.design.not_run else ""

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs it is about: those of the claim, else of the design."""
        return self.claim.drugs or self.design.drugs

    @property
    def query(self) -> str:
        """Whom it is about, in words."""
        return in_words(self.design.query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A study as it was run: its rows as values."""

    study: Study
    made: Made
    steps: tuple[Step, ...]
    rows: tuple[Row, ...]
    caveats: tuple[str, ...]

    @property
    def definition(self) -> str:
        """How it was run, in sentences; why not, where it was not."""
        return self.study.not_run or definition_of(
            self.study.design, (row.published.measure for row in self.rows)
        )


@remembered
def studies() -> tuple[Study, ...]:
    """All studies, in the order of the evidence."""
    return tuple(
        Study(claim=evidence.claim(claim_id), design=design, published=published_of(claim_id))
        for claim_id, design in designs().items()
    )


def the_study(claim_id: str) -> Study:
    """The study of an id.

    Raises:
        RefusedError: there is none.
    """
    found = next((one for one in studies() if one.id == claim_id), None)
    if found is None:
        known = ", ".join(one.id for one in studies())
        raise RefusedError(say("{id} is no study; known are {known}.", id=claim_id, known=known))
    return found


@for_everybody
def compared(
    desk: Desk, claim_id: str, chosen: Chosen | None = None, progress: Progress | None = None
) -> Run:
    """Run a study on this registry.

    Args:
        chosen: other patients than those of the study, where its query is not everybody; and the day.

    Raises:
        RefusedError: there is no such study.
        CancelledError: it was stopped.
    """
    asked = the_study(claim_id)
    begun = time.perf_counter()
    given = chosen or Chosen()
    own_people = given.query == EVERYBODY
    query = asked.design.query if own_people else given.query
    as_of = given.as_of or desk.today()
    steps: tuple[Step, ...] = ()
    if asked.is_run:
        wanted = Chosen(query=query, as_of=as_of)
        cohort, state = on_one_state(desk, lambda: _counted(desk, asked, wanted, progress))
        steps, rows, caveats = _run(asked, *cohort, in_words(query))
    else:
        state = fingerprint(desk)
        rows = tuple(row_of(one, None, asked.design) for one in asked.published)
        caveats = []
    if not own_people:
        caveats.append(
            say("The patients were chosen otherwise than in the study: {who}.", who=in_words(query))
        )
    words = ["ctdild", "cohort", "study", asked.id, *(() if own_people else ("--query", written(query)))]
    return Run(
        study=asked,
        made=Made(
            as_of=as_of,
            at=desk.clock(),
            seconds=time.perf_counter() - begun,
            query=written(query),
            query_text=in_words(query),
            fingerprint=state,
            command=shlex.join([*words, "--as-of", as_of.isoformat()]),
        ),
        steps=steps,
        rows=rows,
        caveats=(*caveats, *caveats_of(asked.claim, asked.design)),
    )


@for_everybody
def study(
    desk: Desk, claim_id: str, chosen: Chosen | None = None, progress: Progress | None = None
) -> Answer:
    """The answer of a study run on this registry, as it is shown, printed and written.

    Args:
        chosen: other patients than those of the study, where its query is not everybody; and the day.

    Raises:
        RefusedError: there is no such study.
        CancelledError: it was stopped.
    """
    return answer_of(compared(desk, claim_id, chosen, progress))


def answer_of(told: Run) -> Answer:
    """A study that was run as an answer."""
    asked = told.study
    name = capital(asked.name)
    return Answer(
        analysis="study",
        title=say("{study}, beside this registry", study=name) if asked.is_run else name,
        definition=told.definition,
        made=told.made,
        steps=told.steps,
        results=tuple(filter(None, (table(asked.claim, asked.design, told.rows), _others(told)))),
        charts=charts_of(asked.name, told.rows, told.caveats[0]) if asked.is_run else (),
        caveats=told.caveats,
        claims=(asked.id, *((asked.claim.superseded_by,) if asked.claim.superseded_by else ())),
    )


def _others(told: Run) -> Result | None:
    """What the other studies of the drugs found; beside a study that was run."""
    asked, drugs = told.study, set(told.study.design.drugs)
    if not asked.is_run:
        return None
    found = [
        (other.claim, other.design, given)
        for other in studies()
        if other.id != asked.id and drugs & set(other.design.drugs)
        for given in other.published
        if given.given and given.group != "b"
    ]
    return others_table(told.rows, found)


def _counted(
    desk: Desk, asked: Study, wanted: Chosen, progress: Progress | None
) -> tuple[Cohort, Groups, Events]:
    """Whom the study counts: the groups and those exposed, of one reading."""
    cohort = the_cohort(desk, wanted, progress)
    events = Events(asked.design, cohort.as_of)
    return cohort, groups_of(events.of_each(cohort.each()), asked.design, cohort.as_of), events


def _run(
    asked: Study, cohort: Cohort, groups: Groups, events: Events, who: str
) -> tuple[tuple[Step, ...], tuple[Row, ...], list[str]]:
    design = asked.design
    numbers = Numbers(groups, design, events)
    known: dict[tuple[str, str], Own] = {}
    rows: list[Row] = []
    for done, given in enumerate(asked.published):
        cohort.progress.step(done, len(asked.published), "Working out")
        key = (given.measure, given.group)
        measured = MEASURES[given.measure].own
        if measured and key not in known:
            known[key] = numbers.of(*key)
        rows.append(row_of(given, known.get(key) if measured else None, design))
    analysed = {patient for own in known.values() for patient in own.who}
    steps = _steps(design, cohort, who, (groups, events), analysed)
    caveats = _few(len(analysed), steps)
    if analysed and design.drugs:
        caveats.append(say(_NO_EFFECT if design.against is None else _CHOSEN_BY_PHYSICIANS))
    return steps, tuple(rows), caveats


def _few(analysed: int, steps: Sequence[Step]) -> list[str]:
    """What is said where fewer can be analysed than an interval needs."""
    if analysed >= LEAST:
        return []
    if analysed:
        return [
            say(
                "Too few patients: {n} can be analysed. With fewer than {least} only the values are given, "
                "no interval and no test.",
                n=analysed,
                least=LEAST,
            )
        ]
    at = next(at for at, step in enumerate(steps) if at and not step.left_out)
    if not steps[at].count:
        return [say("Nobody in this registry is of the population of the study.")]
    left = joined((f"{step.text}: {step.count}" for step in steps[at:] if step.left_out), "; ")
    return [say("0 of {of} can be analysed. Left out: {left}.", of=steps[at].count, left=left)]


def _steps(
    design: Design, cohort: Cohort, who: str, counted: tuple[Groups, Events], analysed: set[str]
) -> tuple[Step, ...]:
    groups, events = counted
    made = [Step(text=say("in the registry"), count=cohort.registry)]
    population = tuple(cohort.ids)
    made.append(_left(say("what is recorded does not tell whether they belong"), cohort.cannot_tell))
    made.append(Step(text=who, count=len(population), patients=population))
    if design.analysis == "adverse-events":
        exposed = {name: events.ids(name) for name in ("a", "b") if name == "a" or design.against}
        inside = {patient for ids in exposed.values() for patient in ids}
        made.append(_left(say("not exposed on known days"), [one for one in population if one not in inside]))
        for name, ids in exposed.items():
            made.append(
                Step(
                    text=say("exposed to {drugs}", drugs=group_words(design, name)),
                    count=len(ids),
                    patients=ids,
                )
            )
    else:
        made += [_left(say(reason), ids) for reason, ids in groups.left_out.items()]
        if design.drugs:
            made += [_group_step(design, groups, name) for name in groups.members]
        out = [member.id for member in both(groups) if member.id not in analysed]
        made.append(_left(say("without the tests or the facts that the design needs"), out))
    ids = tuple(patient for patient in population if patient in analysed)
    made.append(Step(text=say("analysed"), count=len(ids), patients=ids))
    return tuple(step for step in made if step.count or not step.left_out)


def _group_step(design: Design, groups: Groups, name: str) -> Step:
    ids = tuple(member.id for member in groups.of(name))
    if name == "b" and design.against == ():
        return Step(
            text=say("never given {drugs}", drugs=drug_words(design.drugs)), count=len(ids), patients=ids
        )
    if "split" in design.options:
        text = say("began {drugs}, {group}", drugs=drug_words(design.drugs), group=group_words(design, name))
    else:
        text = say("began {drugs}", drugs=group_words(design, name))
    return Step(text=text, count=len(ids), patients=ids)


def _left(text: str, ids: Sequence[str]) -> Step:
    return Step(text=text, count=len(ids), left_out=True, patients=tuple(ids))
