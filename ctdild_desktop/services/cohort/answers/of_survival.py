"""Time to death, transplant or failure of treatment, by group, with the other events competing."""

from __future__ import annotations

from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.figures import cohort_times
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort import outcomes
from ctdild_desktop.services.cohort.answers.curves import curve_tables, drawn_curve
from ctdild_desktop.services.cohort.answers.of_times import competing_chart, incidence_table, log_rank_table
from ctdild_desktop.services.cohort.answers.parts import (
    EVENT_WORDS,
    Asked,
    Found,
    code_words,
    drug_words,
    event_words,
    nobody,
    steps_of,
    zero_words,
)
from ctdild_desktop.services.cohort.definitions import definition
from ctdild_desktop.services.cohort.outcomes import EVENTS, Survival
from ctdild_desktop.services.cohort.times import FIRST_PFT

BY_WORDS = {
    "none": marked("Group"),
    "drug": marked("First drug"),
    "diagnosis": marked("Group of diagnoses"),
    "pattern": marked("ILD pattern"),
}


def survival(asked: Asked) -> Found:
    """Time to an event in groups of patients."""
    options = asked.options
    told = outcomes.survival(
        asked.desk,
        options.event,
        by=options.by,
        days=options.at_days,
        time_zero=options.time_zero,
        drug=options.drug,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    zero, event, empty = zero_words(options), event_words(options), nobody(told.n)
    names = {name: group_words(options.by, name) for name in told.groups}
    curves = {names[name]: curve for name, curve in told.groups.items()}
    codes = frozenset(EVENTS.index(one) + 1 for one in options.event.split(","))
    free = say("alive, %") if options.event == "death" else say("without {event}, %", event=event)
    failure = "treatment_failure" in options.event.split(",")
    ending = [one for one in EVENTS if failure or one != "treatment_failure"]
    happened = [capital(say(EVENT_WORDS[one])) for one in ending]
    title = (
        say("How long patients live from {zero}", zero=zero)
        if options.event == "death"
        else say("Time to {event} from {zero}", event=event, zero=zero)
    )
    return Found(
        title=title,
        definition=definition(
            "survival",
            event=event,
            drug=drug_words(options.drug),
            time_zero=options.time_zero or FIRST_PFT,
        ),
        steps=steps_of(told.n),
        results=(
            *curve_tables(
                capital(free), curves, options.at_days, first=say(BY_WORDS[options.by]), event=say("events")
            ),
            *log_rank_table(len(told.groups), told.log_rank),
            incidence_table(told.incidence, told.days, names, dict(zip(ending, happened, strict=True))),
        ),
        charts=(
            cohort_times.kaplan_meier(
                title,
                [drawn_curve(names[name], curve, codes) for name, curve in told.groups.items()],
                label=free,
                zero=zero,
                empty_text=empty,
            ),
            competing_chart(told.groups, happened, zero=zero, empty_text=empty),
        ),
        caveats=_caveats(told, options.by),
    )


def group_words(by: str, name: str) -> str:
    """A group of patients in words."""
    return capital(code_words("diagnosis_group" if by == "diagnosis" else by, name))


def group_caveats(by: str, groups: int) -> tuple[str, ...]:
    """What a comparison of groups cannot show."""
    made = []
    if by == "drug":
        made.append(
            say(
                "Drugs are chosen by how ill a patient is (confounding by indication): a difference between "
                "the groups is not an effect of the drug. Nothing is adjusted here."
            )
        )
    elif by != "none":
        made.append(say("The groups differ in age, severity and treatment, too; nothing is adjusted here."))
    if groups > len(cohort_times.GROUP_INKS):
        shown = len(cohort_times.GROUP_INKS)
        made.append(say("The picture shows the {n} largest groups; the table has all.", n=shown))
    return tuple(made)


def late_caveat(late: int) -> tuple[str, ...]:
    """How many were not seen from the beginning."""
    if not late:
        return ()
    return (
        say(
            "{n} patients were first seen after time zero and are at risk from then on; who died before is "
            "not in the registry.",
            n=late,
        ),
    )


def _caveats(told: Survival, by: str) -> tuple[str, ...]:
    return (
        say(
            "A patient who stops coming counts as alive up to the last contact; who stays away because of "
            "being worse makes survival look better (informative drop-out)."
        ),
        say(
            "Who has died cannot have a transplant later: the events compete, so one minus Kaplan-Meier "
            "overstates each of them; the cumulative incidence does not."
        ),
        *late_caveat(told.late),
        *_immortal(by),
        *group_caveats(by, len(told.groups)),
    )


def _immortal(by: str) -> tuple[str, ...]:
    if by != "drug":
        return ()
    return (
        say(
            "Who began a drug after time zero had to live until then, and that time counts for the drug "
            "(immortal time): who died before beginning one is among those without a drug."
        ),
    )
