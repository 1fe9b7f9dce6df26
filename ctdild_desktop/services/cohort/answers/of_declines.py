"""Who lost how much of a measure since the first test, when, and at what rate."""

from __future__ import annotations

from collections.abc import Mapping

from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.cohort.declining import Declines
from ctdild_desktop.cohort.describing import Proportion
from ctdild_desktop.figures.cohort_columns import Bar, shares
from ctdild_desktop.figures.cohort_times import kaplan_meier
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort import lung_function
from ctdild_desktop.services.cohort.answer import Cell, Result
from ctdild_desktop.services.cohort.answers.curves import curve_tables, drawn_curve
from ctdild_desktop.services.cohort.answers.of_slopes import SHORT
from ctdild_desktop.services.cohort.answers.parts import (
    MEASURE_WORDS,
    Asked,
    Found,
    drug_words,
    nobody,
    rate_cells,
    rate_columns,
    share_cells,
    share_columns,
    steps_of,
)
from ctdild_desktop.services.cohort.definitions import definition
from ctdild_desktop.services.cohort.times import FIRST_PFT

_LOSSES = {
    "relative_10": marked("relative loss of 10 % or more"),
    "relative_5": marked("relative loss of 5 % or more"),
    "absolute_5": marked("loss of 5 points of % predicted or more"),
    "absolute_10": marked("loss of 10 points of % predicted or more"),
}
_DRAWN = ("relative_10", "absolute_10")
"""The losses whose curves are drawn: the greater of each kind."""


def decline(asked: Asked) -> Found:
    """The losses since the first test."""
    options = asked.options
    told = lung_function.decline(
        asked.desk,
        options.measure,
        within_days=options.within_days,
        time_zero=options.time_zero,
        drug=options.drug,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    words = say(MEASURE_WORDS[options.measure])
    empty = nobody(told.n)
    curves = {capital(say(_LOSSES[name])): told.losses[name].curve for name in told.losses}
    return Found(
        title=say("Who lost {measure}, and when", measure=words),
        definition=definition(
            "decline", drug=drug_words(options.drug), time_zero=options.time_zero or FIRST_PFT
        ),
        steps=steps_of(told.n, analysed=say("analysed: a later test is known")),
        results=(
            *(_counted(name, made, options.within_days) for name, made in told.losses.items()),
            *curve_tables(
                say("Free of the loss, %"), curves, options.at_days, first=say("Loss"), event=say("losses")
            ),
            _rates(told.losses),
        ),
        charts=(
            shares(
                say(
                    "{measure}: lost within {days} days of the baseline",
                    measure=say(SHORT[options.measure]),
                    days=options.within_days,
                ),
                [_bar(say(words), told.losses[name].within) for name, words in _LOSSES.items()],
                label=say("% of patients"),
                interval_text=say("95 % interval (Wilson)"),
                empty_text=empty,
            ),
            kaplan_meier(
                say("{measure}: time to the first loss", measure=say(SHORT[options.measure])),
                [drawn_curve(capital(say(_LOSSES[name])), told.losses[name].curve) for name in _DRAWN],
                label=say("free of the loss, %"),
                zero=say("the baseline"),
                empty_text=empty,
            ),
        ),
        caveats=(
            say(
                "A loss is seen at a test: who is tested more often is found earlier, and who died or stayed "
                "away is not found at all (informative drop-out)."
            ),
            say("One test may fall by chance; confirmed counts a loss that the next test shows, too."),
        ),
    )


def _bar(name: str, share: Proportion) -> Bar:
    low, high = share.wilson95 or (None, None)
    return Bar(name=capital(name), count=share.n, of=share.of, low=low, high=high)


def _counted(name: str, made: Declines, within_days: int) -> Result:
    rows = (
        (say("At any time"), made.any_time),
        (say("Within {days} days", days=within_days), made.within),
        (say("Confirmed by the next test"), made.confirmed),
        (say("At the last test"), made.at_last_visit),
    )
    return Result(
        title=capital(say(_LOSSES[name])),
        columns=share_columns(say("When")),
        rows=tuple((Cell(words), *share_cells(share)) for words, share in rows),
        method=say("Wilson's interval without correction for continuity."),
    )


def _rates(losses: Mapping[str, Declines]) -> Result:
    return Result(
        title=say("First losses per 100 patient-years"),
        columns=rate_columns(say("Loss"), say("first losses")),
        rows=tuple(
            (Cell(capital(say(_LOSSES[name]))), *rate_cells(made.incidence)) for name, made in losses.items()
        ),
        method=say("Up to the loss or the last test; Garwood's exact interval."),
    )
