"""Two drugs compared: groups, differences with and without adjustment, matched pairs and their balance."""

from __future__ import annotations

from collections.abc import Mapping

from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.cohort.ancova import Difference
from ctdild_desktop.cohort.matching import Side
from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.figures.cohort_columns import FEW
from ctdild_desktop.figures.cohort_forest import Balance, Estimate, balance, rates
from ctdild_desktop.language import retold, say
from ctdild_desktop.services.cohort import comparison
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.of_slopes import LEAST_SPAN
from ctdild_desktop.services.cohort.answers.parts import (
    MEASURE_WORDS,
    NOTHING,
    Asked,
    Found,
    code_words,
    count_cell,
    drug_words,
    interval_cell,
    nobody,
    number_cell,
    p_cell,
    places_of,
    steps_of,
)
from ctdild_desktop.services.cohort.comparison import Comparison, Group, Matched
from ctdild_desktop.services.cohort.definitions import definition

_LIMIT = 0.1
"""A standardised difference below it is commonly called balanced (Austin, Stat Med 2009;28:3083)."""


def compare(asked: Asked) -> Found:
    """The change of a measure under the first drug less that under the second."""
    options = asked.options
    told = comparison.compare(
        asked.desk,
        options.drugs,
        options.measure,
        options.months,
        covariates=options.covariates,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    first, second = (drug_words(drug) for drug in told.drugs)
    empty = nobody(told.n)
    return Found(
        title=say(
            "{measure}: {first} against {second} after {months} months",
            measure=say(MEASURE_WORDS[told.measure]),
            first=first,
            second=second,
            months=told.months,
        ),
        definition=definition("compare", months=told.months),
        steps=steps_of(told.n),
        results=(
            _groups(say("Everybody who is analysed"), told.groups, told.measure),
            *(
                (_groups(say("The matched pairs"), told.matched.groups, told.measure),)
                if told.matched is not None
                else ()
            ),
            _differences(told),
            _balance(told, first, second),
        ),
        charts=(_drawn(told, first, second, empty), _loved(told, empty)),
        caveats=_caveats(told),
    )


def _caveats(told: Comparison) -> tuple[str, ...]:
    made = [
        say(
            "Who was given which drug was decided by the clinic and not by lot (confounding by indication). "
            "Matching and adjusting take away only what is recorded and stands in the list of covariates; "
            "frailty, wishes, the year and the reason for the choice are not in it."
        ),
        say(
            "Who has no test at the end is left out of both groups; if a drug let more patients die or stay "
            "away, the comparison hides it (informative drop-out)."
        ),
    ]
    if told.matched is None:
        made.append(retold(told.not_matched))
    else:
        made.append(
            say(
                "{pairs} pairs were made; who found no partner is not in them, so that the difference is "
                "that of the patients who might have been given either drug.",
                pairs=len(told.matched.pairs),
            )
        )
    if told.model is not None and told.model.without_counterpart:
        made.append(
            say(
                "{n} patients have something that occurs with one drug only and could not be matched.",
                n=len(told.model.without_counterpart),
            )
        )
    return tuple(made)


def _groups(title: str, groups: Mapping[str, Group], measure: str) -> Result:
    places = places_of(measure)
    heads = (
        *(say("n"), say("baseline, mean"), say("SD"), say("change, mean"), say("SD of the change")),
        *(say("95 % interval of the change"), say("change, median")),
    )
    return Result(
        title=title,
        columns=(Column(say("Drug"), number=False), *(Column(head) for head in heads)),
        rows=tuple(
            (
                Cell(capital(code_words("drug", drug))),
                count_cell(one.change.n),
                number_cell(one.baseline.mean, places),
                number_cell(one.baseline.sd, places),
                number_cell(one.change.mean, places, change=True),
                number_cell(one.change.sd, places),
                interval_cell(one.change.ci95, places, change=True),
                number_cell(one.change.median, places, change=True),
            )
            for drug, one in groups.items()
        ),
        method=say("Interval of the mean by Student's t."),
    )


def _named(told: Comparison) -> tuple[tuple[str, Difference], ...]:
    whole = (
        (say("everybody, Welch's t"), told.unadjusted),
        (say("everybody, given the baseline"), told.ancova),
        (say("everybody, given the baseline and the covariates"), told.adjusted),
    )
    if told.matched is None:
        return whole
    return (
        *whole,
        (say("pairs, paired t"), _paired(told.matched)),
        (say("pairs, given the baseline"), told.matched.ancova),
        (say("pairs, given the baseline and the covariates"), told.matched.adjusted),
    )


def _paired(matched: Matched) -> Difference:
    """The differences within the pairs in the same form."""
    found = matched.difference
    return Difference(
        n=2 * found.n,
        df=float(found.n - 1) if found.n > 1 else None,
        estimate=found.mean,
        se=found.sd / found.n**0.5 if found.sd is not None else None,
        ci95=found.ci95,
        t=matched.paired_t.statistic,
        p=matched.paired_t.p,
    )


def _differences(told: Comparison) -> Result:
    places = places_of(told.measure)
    heads = (say("n"), say("estimate"), say("95 % interval"), say("residual df"), say("p"))
    return Result(
        title=say("Change under the first drug less that under the second"),
        columns=(
            Column(say("Of whom, and how"), number=False),
            *(Column(head) for head in heads),
            Column(say("why not"), number=False),
        ),
        rows=tuple(
            (
                Cell(capital(name)),
                count_cell(one.n),
                number_cell(one.estimate, places, change=True),
                interval_cell(one.ci95, places, change=True),
                number_cell(one.df, 0 if one.df is None or one.df == int(one.df) else 1),
                p_cell(one.p),
                Cell(retold(one.reason)) if one.reason else NOTHING,
            )
            for name, one in _named(told)
        ),
        method=say(
            "Above zero: more gain or less loss with the first drug. Given: analysis of covariance by least "
            "squares."
        ),
    )


def _covariate(told: Comparison, name: str, level: str) -> str:
    label = next((say(one.label) for one in told.covariates if one.name == name), name)
    if not level:
        return label
    kind = {"sex": "sex", "diagnosis_group": "diagnosis_group", "pattern": "pattern"}.get(name, name)
    return say("{covariate}: {level}, %", covariate=label, level=code_words(kind, level))


def _balance(told: Comparison, first: str, second: str) -> Result:
    return Result(
        title=say("Who was given which drug, before and after matching"),
        columns=(
            Column(say("Covariate"), number=False),
            Column(capital(first)),
            Column(capital(second)),
            Column(say("difference")),
            Column(say("{drug}, matched", drug=first)),
            Column(say("{drug}, matched", drug=second)),
            Column(say("difference, matched")),
        ),
        rows=tuple(
            (
                Cell(_covariate(told, one.covariate, one.level)),
                *_side(one.before),
                *(_side(one.after) if one.after is not None else (NOTHING,) * 3),
            )
            for one in told.balance
        ),
        method=say(
            "Means, or per cent; the difference is standardised by the spread before matching. Below 0.1 is "
            "commonly called balanced."
        ),
    )


def _side(told: Side) -> tuple[Cell, ...]:
    return (
        number_cell(told.first, 1),
        number_cell(told.second, 1),
        number_cell(told.difference, 2, change=True),
    )


def _drawn(told: Comparison, first: str, second: str, empty_text: str) -> Chart:
    rows = [
        (capital(name), [_estimate(capital(name), one)])
        for name, one in _named(told)
        if one.estimate is not None
    ]
    return rates(
        say("{first} less {second}: difference of the change", first=capital(first), second=second),
        rows,
        label=say("difference of {measure}", measure=say(MEASURE_WORDS[told.measure])),
        key=[(Meaning.FIRST, say("estimate, 95 % interval"))],
        places=places_of(told.measure),
        least_span=LEAST_SPAN[told.measure],
        change=True,
        empty_text=empty_text,
    )


def _estimate(name: str, one: Difference) -> Estimate:
    low, high = one.ci95 if one.ci95 is not None and one.n >= FEW else (None, None)
    return Estimate(name=name, value=one.estimate, low=low, high=high)


def _loved(told: Comparison, empty_text: str) -> Chart:
    return balance(
        say("How far apart the groups are"),
        [
            Balance(
                name=_covariate(told, one.covariate, one.level),
                before=one.before.difference,
                after=one.after.difference if one.after is not None else None,
            )
            for one in told.balance
        ],
        limit=_LIMIT,
        limit_text=say("± 0.1"),
        empty_text=empty_text if not told.n.analysed else say("Nothing was chosen to match on."),
    )
