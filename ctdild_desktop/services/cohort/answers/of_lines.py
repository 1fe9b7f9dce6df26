"""Lines of therapy: how fast a measure changed while each drug was given, and the time to the next line."""

from __future__ import annotations

from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.figures import cohort_times
from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.figures.cohort_columns import FEW
from ctdild_desktop.figures.cohort_forest import Estimate, rates
from ctdild_desktop.language import retold, say
from ctdild_desktop.services.cohort import therapy_lines
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.curves import curve_tables, drawn_curve
from ctdild_desktop.services.cohort.answers.of_slopes import LEAST_SPAN, SHORT, UNITS
from ctdild_desktop.services.cohort.answers.of_survival import (
    BY_WORDS,
    group_caveats,
    group_words,
    late_caveat,
)
from ctdild_desktop.services.cohort.answers.of_times import competing_chart, incidence_table, log_rank_table
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
    places_of,
    steps_of,
)
from ctdild_desktop.services.cohort.definitions import definition
from ctdild_desktop.services.cohort.therapy_lines import (
    DEATH,
    NEXT_LINE,
    OUTCOMES,
    DrugEpochs,
    Epochs,
    NextLine,
)


def epochs(asked: Asked) -> Found:
    """The change per year in each line of therapy, by drug."""
    measure = asked.options.measure
    told = therapy_lines.epochs(
        asked.desk, measure, drug=asked.options.drug, chosen=asked.chosen, progress=asked.progress
    )
    return Found(
        title=say(
            "How fast {measure} changed while each drug was given", measure=say(MEASURE_WORDS[measure])
        ),
        definition=definition("epochs"),
        steps=steps_of(told.n, analysed=say("analysed: a line of therapy with three tests")),
        results=(_lines(told), _pooled(told), _without(told)),
        charts=(_drawn(told),),
        caveats=(
            say(
                "Drugs are begun when the lung gets worse and stopped when it is better or much worse "
                "(confounding by indication): a slope during a drug is not its effect."
            ),
            say(
                "Lines that overlap share their tests: what was given together is counted at each. A patient "
                "with several lines counts at each of them."
            ),
            say("Lines that ended early have too few tests; who did badly is missing more often."),
        ),
    )


def _lines(told: Epochs) -> Result:
    places = places_of(told.measure)
    heads = (say("lines"), say("patients"), say("median"), say("quartiles"), say("mean"))
    return Result(
        title=say("Change per year of each line, {unit}", unit=say(UNITS[told.measure])),
        columns=(
            Column(say("Drug"), number=False),
            *(Column(head) for head in heads),
            Column(say("95 % interval of the mean")),
        ),
        rows=tuple(
            (
                Cell(capital(code_words("drug", drug))),
                count_cell(made.lines),
                count_cell(made.patients),
                number_cell(made.result.median, places, change=True),
                interval_cell(made.result.quartiles, places, change=True),
                number_cell(made.result.mean, places, change=True),
                interval_cell(made.result.ci95, places, change=True),
            )
            for drug, made in told.drugs.items()
        ),
        method=say("Least squares per line; quartiles by linear interpolation; interval by Student's t."),
    )


def _pooled(told: Epochs) -> Result:
    places = places_of(told.measure)
    return Result(
        title=say("The lines of each drug in one model, {unit}", unit=say(UNITS[told.measure])),
        columns=(
            Column(say("Drug"), number=False),
            *(Column(head) for head in (say("lines"), say("estimate"), say("SE"), say("95 % interval"))),
            Column(say("converged"), number=False),
        ),
        rows=tuple(
            (
                Cell(capital(code_words("drug", drug))),
                count_cell(made.pooled.n),
                number_cell(made.pooled.slope_per_year, places, change=True),
                number_cell(made.pooled.se, places + 1),
                interval_cell(made.pooled.ci95, places, change=True),
                NOTHING
                if made.pooled.slope_per_year is None
                else Cell(say("yes") if made.pooled.converged else say("no")),
            )
            for drug, made in told.drugs.items()
        ),
        method=say(
            "Linear mixed model, random intercept and slope per line, REML; none with fewer than three lines."
        ),
    )


def _without(told: Epochs) -> Result:
    return Result(
        title=say("Lines without a slope"),
        columns=(
            Column(say("Drug"), number=False),
            Column(say("Reason"), number=False),
            Column(say("lines")),
            Column(say("patients")),
        ),
        rows=tuple(
            (
                Cell(capital(code_words("drug", drug))),
                Cell(retold(reason)),
                count_cell(count),
                count_cell(len(made.who[reason])),
            )
            for drug, made in told.drugs.items()
            for reason, count in made.left_out.items()
        ),
    )


def _drawn(told: Epochs) -> Chart:
    """The drugs with the most lines: every line as a point, the model where it converged, else the mean."""
    most = sorted(told.drugs, key=lambda drug: (-told.drugs[drug].lines, drug))
    kept = [drug for drug in most if told.drugs[drug].lines][:_MOST_DRUGS]
    names = {
        drug: say("{drug}, n = {n}", drug=capital(code_words("drug", drug)), n=told.drugs[drug].lines)
        for drug in kept
    }
    return rates(
        say("{measure}: change per year while the drug was given", measure=say(SHORT[told.measure])),
        [(names[drug], [_estimate(names[drug], told.drugs[drug])]) for drug in kept],
        label=say(UNITS[told.measure]),
        key=[(Meaning.FIRST, say("all lines in one model, else their mean; 95 % interval"))],
        places=places_of(told.measure),
        least_span=LEAST_SPAN[told.measure],
        change=True,
        points={names[drug]: [(one.patient, one.slope) for one in told.drugs[drug].epochs] for drug in kept},
        points_text=say("one line of therapy"),
        empty_text=nobody(told.n),
    )


_MOST_DRUGS = 14


def _estimate(name: str, made: DrugEpochs) -> Estimate:
    if made.lines < FEW:
        return Estimate(name=name, value=None)
    pooled = made.pooled
    if pooled.slope_per_year is not None and pooled.ci95 is not None and pooled.converged:
        return Estimate(name=name, value=pooled.slope_per_year, low=pooled.ci95[0], high=pooled.ci95[1])
    low, high = made.result.ci95 or (None, None)
    return Estimate(name=name, value=made.result.mean, low=low, high=high)


def next_line(asked: Asked) -> Found:
    """The time from the start of a line of therapy to the next."""
    options = asked.options
    told = therapy_lines.next_line(
        asked.desk,
        drug=options.drug,
        by=options.by,
        days=options.at_days,
        chosen=asked.chosen,
        progress=asked.progress,
    )
    drug = drug_words(options.drug)
    names = {name: group_words(options.by, name) for name in told.groups}
    curves = {names[name]: curve for name, curve in told.groups.items()}
    outcomes = {NEXT_LINE: say("Next line of therapy"), DEATH: say("Death")}
    zero = say("the start of {drug}", drug=drug) if drug else say("the first line of therapy")
    title = say("How long it takes from {zero} to the next line", zero=zero)
    empty = nobody(told.n)
    return Found(
        title=title,
        definition=definition("next-line", drug=drug),
        steps=steps_of(told.n),
        results=(
            *curve_tables(
                say("Without a next line, %"),
                curves,
                options.at_days,
                first=say(BY_WORDS[options.by]),
                event=say("next lines"),
            ),
            *log_rank_table(len(told.groups), told.log_rank),
            incidence_table(told.incidence, told.days, names, outcomes),
            _next_drugs(told, names),
        ),
        charts=(
            cohort_times.kaplan_meier(
                title,
                [drawn_curve(names[name], curve, frozenset({1})) for name, curve in told.groups.items()],
                label=say("without a next line, %"),
                zero=zero,
                empty_text=empty,
            ),
            competing_chart(told.groups, [outcomes[one] for one in OUTCOMES], zero=zero, empty_text=empty),
        ),
        caveats=(
            say(
                "A next line may mean that the drug failed, was not borne, or that two were planned from the "
                "beginning; the reason is not in this number."
            ),
            say("Who stops coming counts as without a next line up to the last contact."),
            *late_caveat(told.late),
            *group_caveats(options.by, len(told.groups)),
        ),
    )


def _next_drugs(told: NextLine, names: dict[str, str]) -> Result:
    return Result(
        title=say("What the next line was"),
        columns=(
            Column(say("Group"), number=False),
            Column(say("Drug"), number=False),
            Column(say("patients")),
        ),
        rows=tuple(
            (Cell(names[group]), Cell(capital(code_words("drug", drug))), count_cell(count))
            for group, counted in told.next_drugs.items()
            for drug, count in counted.items()
        ),
        method=say("Drugs begun on the same day count each."),
    )
