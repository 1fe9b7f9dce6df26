"""Adverse events per 100 patient-years of exposure to each drug."""

from __future__ import annotations

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.exposure import Rate
from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.figures.cohort_forest import Estimate, rates
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort import outcomes
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import (
    Asked,
    Found,
    count_cell,
    nobody,
    rate_cells,
    rate_columns,
    share_cells,
    share_columns,
    steps_of,
)
from ctdild_desktop.services.cohort.definitions import definition
from ctdild_desktop.services.cohort.outcomes import AdverseEvents, DrugEvents

_KINDS = (
    ("events", marked("All events")),
    ("first", marked("First event of each patient")),
    ("related", marked("Related to the drug")),
    ("infections", marked("Infections")),
    ("serious", marked("Serious events")),
    ("serious_infections", marked("Serious infections")),
)
_MOST_DRUGS = 14
_LEAST_YEARS = 5


def adverse_events(asked: Asked) -> Found:
    """What harm was recorded during the exposure to each drug."""
    told = outcomes.adverse_events(asked.desk, asked.chosen, asked.progress)
    empty = nobody(told.n)
    return Found(
        title=say("Adverse events by drug"),
        definition=definition("adverse-events"),
        steps=steps_of(told.n, analysed=say("analysed: exposed to a drug")),
        results=(
            *(_kind(words, kind, told) for kind, words in _KINDS),
            _grades(told),
            _stopped(told),
            _left_out(told),
        ),
        charts=(
            _forest(
                say("All events and serious events"),
                told,
                (("events", Meaning.FIRST), ("serious", Meaning.SECOND)),
                empty,
            ),
            _forest(
                say("Infections and serious infections"),
                told,
                (("infections", Meaning.FIRST), ("serious_infections", Meaning.SECOND)),
                empty,
            ),
        ),
        caveats=(
            say(
                "An event counts at every drug that the patient was exposed to on its day: whatever was "
                "given together shares it, and the cause may be none of them."
            ),
            say(
                "Who gets which drug differs (confounding by indication): rates of two drugs do not tell "
                "which is safer."
            ),
            say(
                "Only what was recorded is counted; who is seen more often reports more. With few "
                "patient-years the interval is wide and the rate means little."
            ),
            say(
                "The pictures show up to {most} drugs with {years} patient-years or more; the tables have "
                "all.",
                most=_MOST_DRUGS,
                years=_LEAST_YEARS,
            ),
        ),
    )


def _drug(code: str) -> str:
    return codes.drugs().label(code)


def _rate(made: DrugEvents, kind: str) -> Rate:
    found = getattr(made, kind)
    assert isinstance(found, Rate)
    return found


def _kind(title: str, kind: str, told: AdverseEvents) -> Result:
    first, events, *others = rate_columns(say("Drug"), say("events"))
    return Result(
        title=say(title),
        columns=(first, Column(say("patients")), events, *others),
        rows=tuple(
            (Cell(_drug(drug)), count_cell(made.patients), *rate_cells(_rate(made, kind)))
            for drug, made in told.drugs.items()
        ),
        method=say("Garwood's exact interval."),
    )


def _grades(told: AdverseEvents) -> Result:
    grades = sorted({grade for made in told.drugs.values() for grade in made.by_grade})
    return Result(
        title=say("Events by CTCAE grade"),
        columns=(
            Column(say("Drug"), number=False),
            *(Column(_grade(grade)) for grade in grades),
            Column(say("grade 3–5 per 100 patient-years")),
            Column(say("95 % interval")),
        ),
        rows=tuple(
            (
                Cell(_drug(drug)),
                *(count_cell(made.by_grade.get(grade, 0)) for grade in grades),
                *rate_cells(made.grades["3-5"])[2:],
            )
            for drug, made in told.drugs.items()
        ),
        method=say("Garwood's exact interval."),
    )


def _grade(grade: str) -> str:
    return say("grade {grade}", grade=grade) if grade.isdecimal() else say("grade not recorded")


def _stopped(told: AdverseEvents) -> Result:
    columns = share_columns(say("Drug"))
    return Result(
        title=say("Stopped for an adverse event or an infection, and deaths"),
        columns=(*columns, Column(say("deaths"))),
        rows=tuple(
            (Cell(_drug(drug)), *share_cells(made.discontinued), count_cell(made.deaths))
            for drug, made in told.drugs.items()
        ),
        method=say("Patients of those exposed; Wilson's interval."),
    )


def _left_out(told: AdverseEvents) -> Result:
    return Result(
        title=say("In no number, because the dates do not tell"),
        columns=(
            Column(say("Drug"), number=False),
            *(Column(head) for head in (say("events"), say("deaths"), say("lines of therapy"))),
        ),
        rows=tuple(
            (
                Cell(_drug(drug)),
                count_cell(made.undated_events),
                count_cell(made.undated_deaths),
                count_cell(made.lines_left_out),
            )
            for drug, made in told.drugs.items()
            if made.undated_events or made.undated_deaths or made.lines_left_out
        ),
    )


def _forest(
    title: str, told: AdverseEvents, kinds: tuple[tuple[str, Meaning], ...], empty_text: str
) -> Chart:
    """The drugs with the most patient-years; of very few, an interval would span the whole picture."""
    longest = sorted(told.drugs, key=lambda drug: (-told.drugs[drug].years, drug))[:_MOST_DRUGS]
    longest = [drug for drug in longest if told.drugs[drug].years >= _LEAST_YEARS] or longest
    words = dict(_KINDS)
    rows = []
    for drug in longest:
        made = told.drugs[drug]
        estimates = [_estimate(_drug(drug), _rate(made, kind), meaning) for kind, meaning in kinds]
        rows.append(
            (say("{drug}, n = {n}", drug=_drug(drug), n=made.patients), estimates),
        )
    return rates(
        title,
        rows,
        label=say("per 100 patient-years"),
        key=[(meaning, say("{kind}, 95 % interval", kind=say(words[kind]))) for kind, meaning in kinds],
        empty_text=empty_text,
    )


def _estimate(name: str, rate: Rate, meaning: Meaning) -> Estimate:
    return Estimate(
        name=name,
        value=None if rate.per_100 is None else float(rate.per_100),
        low=None if rate.low is None else float(rate.low),
        high=None if rate.high is None else float(rate.high),
        meaning=meaning,
    )
