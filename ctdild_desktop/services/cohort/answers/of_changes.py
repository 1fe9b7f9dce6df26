"""The change of a measure from the first test to a month: of each patient, of all, and in classes."""

from __future__ import annotations

from collections.abc import Mapping

from ctdild_desktop.clinical.wording import signed
from ctdild_desktop.cohort.describing import Proportion, Summary
from ctdild_desktop.cohort.responding import CLASSES
from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.figures.cohort_columns import Bar, shares
from ctdild_desktop.figures.cohort_ranks import Middle, Ranked, ranks
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort import lung_function
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import (
    MEASURE_WORDS,
    Asked,
    Found,
    count_cell,
    drug_words,
    ink_of,
    nobody,
    number_cell,
    p_cell,
    places_of,
    share_cells,
    share_columns,
    steps_of,
    summary_table,
    zero_words,
)
from ctdild_desktop.services.cohort.definitions import definition
from ctdild_desktop.services.cohort.lung_function import Changes, Tested
from ctdild_desktop.services.cohort.times import FIRST_PFT

CLASS_WORDS = {
    "improved": marked("improved: gain of 10 % or more"),
    "marginal_improvement": marked("marginally improved: 5 to below 10 %"),
    "stable": marked("stable: between −5 and 5 %"),
    "marginal_decline": marked("marginally declined: loss of 5 to below 10 %"),
    "decline": marked("declined: loss of 10 % or more"),
}
_LIMITS = (-10.0, -5.0, 5.0, 10.0)


def change(asked: Asked) -> Found:
    """The change of a measure after so many months."""
    measure, months = asked.options.measure, asked.options.months
    options = asked.options
    told = lung_function.changes(
        asked.desk,
        measure,
        months,
        time_zero=options.time_zero,
        drug=options.drug,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    words = say(MEASURE_WORDS[measure])
    return Found(
        title=say(
            "{measure}: change {months} months after {zero}",
            measure=words,
            months=months,
            zero=zero_words(options),
        ),
        definition=definition(
            "change", months=months, drug=drug_words(options.drug), time_zero=options.time_zero or FIRST_PFT
        ),
        steps=steps_of(told.n),
        results=(
            _described(measure, told),
            _tests(told),
            _responders(told.responders),
        ),
        charts=(_waterfall(measure, months, told), responder_columns(told.responders, nobody(told.n))),
        caveats=(
            say(
                "Patients who died or were not tested again by then are not in the change; if they were "
                "those who got worse, the change looks better than it was. A test after a lung transplant "
                "counts as any other."
            ),
            say(
                "There is no group without treatment: a change shows what became of these patients and not "
                "what a treatment did."
            ),
        ),
    )


def _described(measure: str, told: Changes) -> Result:
    return summary_table(
        say("Change from the baseline"),
        [
            (say(_ABSOLUTE[measure]), told.absolute.summary, places_of(measure)),
            (say("relative, % of the first value"), told.relative.summary, 1),
        ],
        change=True,
        method=say("Interval of the mean by Student's t; quartiles by linear interpolation."),
    )


_ABSOLUTE = {
    "fvc_l": marked("absolute, L"),
    "fvc_percent_predicted": marked("absolute, points of % predicted"),
    "dlco_percent_predicted": marked("absolute, points of % predicted"),
}


def _tests(told: Changes) -> Result:
    rows: list[tuple[Cell, ...]] = []
    for name, tested in ((say("absolute change"), told.absolute), (say("relative change"), told.relative)):
        rows += _two(name, tested)
    return Result(
        title=say("Whether the changes lie about zero"),
        columns=(
            Column(say("Change"), number=False),
            Column(say("Test"), number=False),
            Column(say("n")),
            Column(say("statistic")),
            Column(say("p")),
        ),
        rows=tuple(rows),
        method=say("No p value where all changes are equal or there are fewer than two."),
    )


def _two(name: str, tested: Tested) -> list[tuple[Cell, ...]]:
    n = tested.summary.n
    return [
        (
            Cell(name),
            Cell(say(test.method)),
            count_cell(n),
            number_cell(test.statistic, 2),
            p_cell(test.p),
        )
        for test in (tested.paired_t, tested.wilcoxon)
    ]


def _responders(told: Mapping[str, Proportion]) -> Result:
    return Result(
        title=say("By relative change"),
        columns=share_columns(say("Class")),
        rows=tuple((Cell(say(CLASS_WORDS[name])), *share_cells(told[name])) for name in CLASSES),
        method=say("Wilson's interval without correction for continuity."),
    )


def responder_columns(told: Mapping[str, Proportion], empty_text: str) -> Chart:
    """How many are in each class."""
    return shares(
        say("Who improved, stayed the same or declined"),
        [_bar(say(CLASS_WORDS[name]), told[name]) for name in CLASSES],
        label=say("% of patients"),
        interval_text=say("95 % interval (Wilson)"),
        empty_text=empty_text,
    )


def _bar(name: str, share: Proportion) -> Bar:
    low, high = share.wilson95 or (None, None)
    return Bar(name=name, count=share.n, of=share.of, low=low, high=high)


def _waterfall(measure: str, months: int, told: Changes) -> Chart:
    known = {patient: made.relative for patient, made in told.by_patient.items()}
    return ranks(
        say("{measure}: relative change at {months} months", measure=say(_SHORT[measure]), months=months),
        [Ranked(patient, float(value)) for patient, value in known.items() if value is not None],
        label=say("relative change, %"),
        unit="%",
        places=1,
        least_span=20.0,
        limits=_LIMITS,
        limits_text=say("± 5 %, ± 10 %"),
        middle=_middle(told.relative.summary),
        measure=ink_of(measure),
        empty_text=nobody(told.n),
    )


_SHORT = {
    "fvc_l": marked("FVC in litres"),
    "fvc_percent_predicted": marked("FVC"),
    "dlco_percent_predicted": marked("DLCO"),
}


def _middle(told: Summary) -> Middle | None:
    if told.median is None or told.q1 is None or told.q3 is None:
        return None
    text = say(
        "median {median} %, quartiles {q1} to {q3} %",
        median=signed(told.median, 1),
        q1=signed(told.q1, 1),
        q3=signed(told.q3, 1),
    )
    return Middle(text=text, value=told.median, low=told.q1, high=told.q3)
