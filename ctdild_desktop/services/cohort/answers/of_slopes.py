"""How fast a measure changes: a line through the tests of each patient, and one model of all of them."""

from __future__ import annotations

from ctdild_desktop.clinical.wording import signed
from ctdild_desktop.cohort.slopes import Pooled
from ctdild_desktop.figures.cohort_ranks import Middle, Ranked, ranks
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort import lung_function
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import (
    MEASURE_WORDS,
    NOTHING,
    Asked,
    Found,
    count_cell,
    ink_of,
    interval_cell,
    nobody,
    number_cell,
    places_of,
    steps_of,
    summary_table,
)
from ctdild_desktop.services.cohort.definitions import definition

UNITS = {
    "fvc_l": marked("L per year"),
    "fvc_percent_predicted": marked("points of % predicted per year"),
    "dlco_percent_predicted": marked("points of % predicted per year"),
}
SHORT = {
    "fvc_l": marked("FVC"),
    "fvc_percent_predicted": marked("FVC"),
    "dlco_percent_predicted": marked("DLCO"),
}
LEAST_SPAN = {"fvc_l": 0.4, "fvc_percent_predicted": 10.0, "dlco_percent_predicted": 10.0}


def slopes(asked: Asked) -> Found:
    """The change per year of each patient and of all."""
    measure = asked.options.measure
    told = lung_function.slopes_of(asked.desk, measure, asked.chosen, asked.progress)
    unit = say(UNITS[measure])
    return Found(
        title=say("How fast {measure} changes", measure=say(MEASURE_WORDS[measure])),
        definition=definition("slopes"),
        steps=steps_of(told.n, analysed=say("analysed with a line of their own")),
        results=(
            summary_table(
                say("Change per year of each patient"),
                [(unit, told.result, places_of(measure))],
                change=True,
                method=say(
                    "Least squares per patient; {n} of {all} lines fall. Interval of the mean by Student's "
                    "t.",
                    n=told.result.n_negative,
                    all=told.result.n,
                ),
            ),
            pooled_table(told.pooled, measure),
        ),
        charts=(
            ranks(
                say("{measure}: change per year of each patient", measure=say(SHORT[measure])),
                [Ranked(patient, value) for patient, value in told.by_patient.items()],
                label=unit,
                unit=unit,
                places=places_of(measure),
                least_span=LEAST_SPAN[measure],
                middle=pooled_middle(told.pooled, measure),
                measure=ink_of(measure),
                empty_text=nobody(told.n),
            ),
        ),
        caveats=(
            say(
                "Who gets worse fast often has few tests or dies early; a line of their own needs three, so "
                "the lines show the survivors (informative drop-out). The model takes everybody with two "
                "tests and lessens this, and does not remove it."
            ),
            say("A straight line is a summary; the course of a patient may bend."),
        ),
    )


def pooled_table(told: Pooled, measure: str) -> Result:
    """The mean course of all in the model, or that it could not be fitted."""
    places = places_of(measure)
    return Result(
        title=say("All patients in one model"),
        columns=(
            Column(say("Change per year"), number=False),
            *(
                Column(head)
                for head in (say("patients"), say("estimate"), say("SE"), say("95 % interval"), say("start"))
            ),
        ),
        rows=(
            (
                Cell(say(UNITS[measure])),
                count_cell(told.n),
                number_cell(told.slope_per_year, places, change=True),
                number_cell(told.se, places + 1),
                interval_cell(told.ci95, places, change=True) if told.ci95 else NOTHING,
                number_cell(told.intercept, places),
            ),
        ),
        method=" ".join(
            (
                say(
                    "Linear mixed model, random intercept and slope per patient, REML; start: at the first "
                    "test."
                ),
                _converged(told),
            )
        ),
    )


def _converged(told: Pooled) -> str:
    if told.slope_per_year is None:
        return say("It could not be fitted to {n} patients.", n=told.n)
    return say("It converged.") if told.converged else say("It did not converge: do not rely on it.")


def pooled_middle(told: Pooled, measure: str) -> Middle | None:
    """The estimate of the model as what is told of everybody."""
    if told.slope_per_year is None or told.ci95 is None or not told.converged:
        return None
    places = places_of(measure)
    low, high = told.ci95
    text = say(
        "all in one model: {estimate}, 95 % interval {low} to {high}",
        estimate=signed(told.slope_per_year, places),
        low=signed(low, places),
        high=signed(high, places),
    )
    return Middle(text=text, value=told.slope_per_year, low=low, high=high)
