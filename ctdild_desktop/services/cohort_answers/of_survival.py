"""Time to death, transplant or failure of treatment, by group, with the other events competing."""

from __future__ import annotations

from collections.abc import Sequence

from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.cohort.survival import Followed, cumulative_incidence
from ctdild_desktop.figures import cohort_times
from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.language import marked, say
from ctdild_desktop.services import cohort_events
from ctdild_desktop.services.cohort_answers.curves import curve_tables, drawn_curve
from ctdild_desktop.services.cohort_answers.parts import (
    EVENT_WORDS,
    Asked,
    Found,
    code_words,
    count_cell,
    nobody,
    number_cell,
    p_cell,
    steps_of,
)
from ctdild_desktop.services.cohort_definitions import definition
from ctdild_desktop.services.cohort_events import EVENTS, Survival
from ctdild_desktop.services.cohort_sheet import Cell, Column, Result

_TITLES = {
    "death": marked("How long patients live from the first test"),
    "transplant": marked("Time to transplant from the first test"),
    "treatment_failure": marked("Time to failure of treatment from the first test"),
}
_FREE = {
    "death": marked("alive, %"),
    "transplant": marked("without transplant, %"),
    "treatment_failure": marked("without failure of treatment, %"),
}
_BY = {
    "none": marked("Group"),
    "drug": marked("First drug"),
    "diagnosis": marked("Group of diagnoses"),
    "pattern": marked("ILD pattern"),
}


def survival(asked: Asked) -> Found:
    """Time to an event in groups of patients."""
    options = asked.options
    told = cohort_events.survival(
        asked.desk,
        options.event,
        by=options.by,
        days=options.at_days,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    names = {name: group_words(options.by, name) for name in told.groups}
    empty = nobody(told.n)
    curves = {names[name]: curve for name, curve in told.groups.items()}
    code = EVENTS.index(options.event) + 1
    return Found(
        title=say(_TITLES[options.event]),
        definition=definition("survival", event=say(EVENT_WORDS[options.event])),
        steps=steps_of(told.n),
        results=(
            *curve_tables(
                capital(say(_FREE[options.event])),
                curves,
                options.at_days,
                first=say(_BY[options.by]),
                event=say("events"),
            ),
            *_log_rank(told),
            _incidence(told, names),
        ),
        charts=(
            cohort_times.kaplan_meier(
                say(_TITLES[options.event]),
                [drawn_curve(names[name], curve, code) for name, curve in told.groups.items()],
                label=say(_FREE[options.event]),
                zero=say("the first test"),
                empty_text=empty,
            ),
            _competing(told, empty),
        ),
        caveats=_caveats(told, options.by),
    )


def group_words(by: str, name: str) -> str:
    """A group of patients in words."""
    return capital(code_words("diagnosis_group" if by == "diagnosis" else by, name))


def _log_rank(told: Survival) -> tuple[Result, ...]:
    if len(told.groups) < 2:
        return ()
    test = told.log_rank
    return (
        Result(
            title=say("Whether the groups differ"),
            columns=(
                Column(say("Test"), number=False),
                *(Column(head) for head in (say("groups"), say("chi²"), say("df"), say("p"))),
            ),
            rows=(
                (
                    Cell(say("Log-rank")),
                    count_cell(len(told.groups)),
                    number_cell(test.chi2, 2),
                    count_cell(test.df),
                    p_cell(test.p),
                ),
            ),
            method=say("Without correction for continuity; no p value where nothing happened."),
        ),
    )


def _incidence(told: Survival, names: dict[str, str]) -> Result:
    rows = tuple(
        (
            Cell(names[name]),
            Cell(capital(say(EVENT_WORDS[event]))),
            *(number_cell(None if one is None else 100 * one, 1) for one in shares),
        )
        for name, events in told.incidence.items()
        for event, shares in events.items()
    )
    return Result(
        title=say("To whom it has happened, the other events competing, %"),
        columns=(
            Column(say("Group"), number=False),
            Column(say("Event"), number=False),
            *(Column(say("day {day}", day=day)) for day in told.days),
        ),
        rows=rows,
        method=say("Cumulative incidence by Aalen-Johansen; a dash beyond the last observation."),
    )


def _competing(told: Survival, empty_text: str) -> Chart:
    """Each event in everybody, whatever the group."""
    people = [one for curve in told.groups.values() for one in curve.people]
    return cohort_times.cumulative_incidence(
        say("To whom what has happened first"),
        [_event(capital(say(EVENT_WORDS[event])), people, code) for code, event in enumerate(EVENTS, start=1)]
        if people
        else (),
        label=say("% of patients"),
        zero=say("the first test"),
        empty_text=empty_text,
    )


def _event(name: str, people: Sequence[Followed], code: int) -> cohort_times.Incidence:
    days = sorted({one.time for one in people if one.event == code})
    shares = cumulative_incidence(people, code, days)
    return cohort_times.Incidence(
        name=name,
        points=[(day, share) for day, share in zip(days, shares, strict=True) if share is not None],
        last=max(one.time for one in people),
    )


def _caveats(told: Survival, by: str) -> tuple[str, ...]:
    made = [
        say(
            "A patient who stops coming counts as alive up to the last contact; who stays away because of "
            "being worse makes survival look better (informative drop-out)."
        ),
        say(
            "Who has died cannot have a transplant later: the events compete, so one minus Kaplan-Meier "
            "overstates each of them; the cumulative incidence does not."
        ),
    ]
    if by == "drug":
        made.append(
            say(
                "Drugs are chosen by how ill a patient is (confounding by indication): a difference between "
                "the groups is not an effect of the drug. Nothing is adjusted here."
            )
        )
    elif by != "none":
        made.append(say("The groups differ in age, severity and treatment, too; nothing is adjusted here."))
    if len(told.groups) > len(cohort_times.GROUP_INKS):
        made.append(
            say(
                "The picture shows the {n} largest groups; the table has all.", n=len(cohort_times.GROUP_INKS)
            )
        )
    return tuple(made)
