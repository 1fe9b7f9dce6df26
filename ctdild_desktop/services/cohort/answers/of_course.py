"""A measure by month of follow-up and group, as the table of a trial has it."""

from __future__ import annotations

from ctdild_desktop.cohort.monthly import Month
from ctdild_desktop.figures.cohort_means import Mean, means
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort import by_month
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.of_slopes import LEAST_SPAN
from ctdild_desktop.services.cohort.answers.of_survival import BY_WORDS, group_caveats, group_words
from ctdild_desktop.services.cohort.answers.parts import (
    MEASURE_WORDS,
    Asked,
    Found,
    count_cell,
    interval_cell,
    nobody,
    number_cell,
    places_of,
    steps_of,
)
from ctdild_desktop.services.cohort.definitions import definition


def course(asked: Asked) -> Found:
    """The measure at the first test and at some months after it."""
    options = asked.options
    told = by_month.monthly(
        asked.desk,
        options.measure,
        options.course_months,
        by=options.by,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    words = say(MEASURE_WORDS[options.measure])
    groups = [(group_words(options.by, name), months) for name, months in told.groups.items()]
    places = places_of(options.measure)
    heads = (
        *(say("month"), say("n"), say("mean"), say("SD"), say("95 % interval"), say("median")),
        *(say("mean change"), say("95 % interval of the change")),
    )
    return Found(
        title=say("{measure} month by month", measure=words),
        definition=definition("course"),
        steps=steps_of(told.n),
        results=(
            Result(
                title=words,
                columns=(
                    Column(say(BY_WORDS[options.by]), number=False),
                    *(Column(head) for head in heads),
                ),
                rows=tuple(_row(name, one, places) for name, months in groups for one in months),
                method=say("Interval of the mean by Student's t; the change is that of the same patients."),
            ),
        ),
        charts=(
            means(
                say("{measure} month by month", measure=words),
                [(name, [_mean(one) for one in months]) for name, months in groups],
                label=words,
                places=places,
                least_span=LEAST_SPAN[options.measure],
                empty_text=nobody(told.n),
            ),
        ),
        caveats=(
            say(
                "Each month shows those who were tested then, so that the patients differ from month to "
                "month; who died or stayed away is missing later on (informative drop-out)."
            ),
            *group_caveats(options.by, len(groups)),
        ),
    )


def _row(name: str, one: Month, places: int) -> tuple[Cell, ...]:
    return (
        Cell(name),
        count_cell(one.month),
        count_cell(one.value.n),
        number_cell(one.value.mean, places),
        number_cell(one.value.sd, places),
        interval_cell(one.value.ci95, places),
        number_cell(one.value.median, places),
        number_cell(one.change.mean, places, change=True),
        interval_cell(one.change.ci95, places, change=True),
    )


def _mean(one: Month) -> Mean:
    low, high = one.value.ci95 or (None, None)
    return Mean(month=one.month, n=one.value.n, mean=one.value.mean, low=low, high=high)
