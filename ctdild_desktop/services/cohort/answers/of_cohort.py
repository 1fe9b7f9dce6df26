"""Who is in the cohort: what is recorded of each and what is not, as counts and as values."""

from __future__ import annotations

from collections.abc import Mapping

from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.cohort.describing import proportion
from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.figures.cohort_columns import Bar, shares
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort import lung_function
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import (
    MEASURE_WORDS,
    Asked,
    Found,
    code_words,
    count_cell,
    nobody,
    number_cell,
    steps_of,
    summary_table,
)
from ctdild_desktop.services.cohort.definitions import definition

_PROPERTIES = {
    "diagnosis": marked("Diagnosis"),
    "diagnosis_group": marked("Group of diagnoses"),
    "pattern": marked("ILD pattern"),
    "drug": marked("Drug ever given"),
    "sex": marked("Sex"),
    "vital_status": marked("Vital status"),
}
_VALUES = {
    "age_years": marked("Age at the first test, years"),
    "follow_up_years": marked("Followed by tests, years"),
    **MEASURE_WORDS,
}
_DRAWN = ("diagnosis", "pattern", "drug")
_MOST_BARS = 12


def summary(asked: Asked) -> Found:
    """Describe everybody who was chosen."""
    told = lung_function.describe(asked.desk, asked.chosen, asked.progress)
    of = told.n.analysed
    values = summary_table(
        say("At the first usable test"),
        [(say(_VALUES[name]), one, _places(name)) for name, one in told.values.items()],
        method=say(
            "n is how many have the value; the others lack it. Interval of the mean by Student's t; "
            "quartiles by linear interpolation."
        ),
    )
    tables = [_counted(name, told.by[name], of) for name in _PROPERTIES if told.by.get(name)]
    return Found(
        title=say("Who is in the cohort"),
        definition=definition("summary"),
        steps=steps_of(told.n),
        results=(values, *tables),
        charts=tuple(_drawn(name, told.by.get(name, {}), of, nobody(told.n)) for name in _DRAWN),
        caveats=(
            say(
                "These are the patients of one clinic who were referred, registered and tested; they need "
                "not be like all patients with the disease."
            ),
        ),
    )


def _places(name: str) -> int:
    return 2 if name == "fvc_l" else 1


def _counted(name: str, counts: Mapping[str, int], of: int) -> Result:
    return Result(
        title=say(_PROPERTIES[name]),
        columns=(
            Column(say(_PROPERTIES[name]), number=False),
            Column(say("patients")),
            Column(say("% of {of}", of=of)),
        ),
        rows=tuple(
            (
                Cell(capital(code_words(name, code))),
                count_cell(count),
                number_cell(proportion(count, of).percent, 1),
            )
            for code, count in counts.items()
        ),
        method=say("A patient who was given several drugs counts at each.") if name == "drug" else "",
    )


def _drawn(name: str, counts: Mapping[str, int], of: int, empty_text: str) -> Chart:
    """The most frequent ones, the rest in one column."""
    bars = [Bar(name=capital(code_words(name, code)), count=n, of=of) for code, n in counts.items()]
    if len(bars) > _MOST_BARS:
        rest = bars[_MOST_BARS - 1 :]
        bars = bars[: _MOST_BARS - 1]
        if name != "drug":  # several drugs of one patient cannot be added
            others = say("{n} others", n=len(rest))
            bars.append(Bar(name=others, count=sum(bar.count for bar in rest), of=of))
    title = say(_PROPERTIES[name])
    return shares(title, bars, label=say("% of {of} patients", of=of), empty_text=empty_text)
