"""What the answers share: what was asked, the steps from the registry to those analysed, cells of tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.codes import CodeList
from ctdild_desktop.clinical.exposure import Rate
from ctdild_desktop.clinical.wording import inside, number, signed
from ctdild_desktop.cohort.describing import Proportion, Summary
from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.language import joined, marked, retold, say
from ctdild_desktop.services.cohort.answer import Cell, Column, Result, Step
from ctdild_desktop.services.cohort.data import Chosen, Counts
from ctdild_desktop.services.cohort.definitions import TIME_ZEROS
from ctdild_desktop.services.cohort.times import FIRST_PFT
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import Progress

MEASURE_WORDS = {
    "fvc_l": marked("FVC, L"),
    "fvc_percent_predicted": marked("FVC, % predicted"),
    "dlco_percent_predicted": marked("DLCO, % predicted"),
}
EVENT_WORDS = {
    "death": marked("death"),
    "transplant": marked("transplant"),
    "treatment_failure": marked("failure of treatment"),
}
NOTHING = Cell("–")
"""What cannot be told; the method line or a caveat says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an analysis may be asked; each takes those that it names in ``asks``."""

    measure: str = "fvc_l"
    months: int = 12
    within_days: int = 365
    at_days: tuple[int, ...] = (365, 730, 1095, 1825)
    drug: str = ""
    drugs: tuple[str, str] = ("", "")
    event: str = "death"
    by: str = "none"
    covariates: tuple[str, ...] | None = None
    """What drugs are matched on; None for all, none for no matching."""
    time_zero: str = ""
    """One of ``TIME_ZEROS``; empty for the first test."""
    course_months: tuple[int, ...] = (6, 12, 24)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the registry."""

    desk: Desk
    options: Options
    chosen: Chosen
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an analysis answers, before it is said of what it was made."""

    title: str
    definition: str
    steps: tuple[Step, ...]
    results: tuple[Result, ...]
    charts: tuple[Chart, ...] = ()
    caveats: tuple[str, ...] = ()


def steps_of(n: Counts, *, analysed: str = "") -> tuple[Step, ...]:
    """From the registry to those analysed, those left out with the reason.

    Args:
        analysed: what those of the last step are, where it is not all who could be analysed.
    """
    last = analysed or say("analysed")
    return (
        *chosen_steps(n),
        *(left_out(n, reason) for reason in by_number(n)),
        Step(text=last, count=n.analysed, patients=n.who.get("analysed", ())),
    )


def chosen_steps(n: Counts) -> tuple[Step, ...]:
    """From the registry to those who were chosen."""
    made = [Step(text=say("in the registry"), count=n.registry)]
    if n.cannot_tell:
        untold = say("what is recorded does not tell whether they belong")
        made.append(
            Step(text=untold, count=n.cannot_tell, left_out=True, patients=n.who.get("cannot_tell", ()))
        )
    return (*made, Step(text=say("chosen"), count=n.cohort, patients=n.who.get("cohort", ())))


def by_number(n: Counts) -> list[str]:
    """The reasons of those left out, the most frequent first."""
    return sorted(n.excluded, key=lambda reason: (-n.excluded[reason], reason))


def left_out(n: Counts, reason: str, text: str = "") -> Step:
    """Those left out for a reason; it is said in its own words unless a text is given."""
    return Step(
        text=text or retold(reason), count=n.excluded[reason], left_out=True, patients=n.who.get(reason, ())
    )


def nobody(n: Counts) -> str:
    """What is said in place of a picture of nobody: how many were left out, and why."""
    if not n.cohort:
        return say("Nobody in the registry is chosen by this question.")
    left = "; ".join(f"{retold(reason)}: {n.excluded[reason]}" for reason in by_number(n))
    if not left:
        return say("0 of {cohort} can be analysed.", cohort=n.cohort)
    return say("0 of {cohort} can be analysed: {left}.", cohort=n.cohort, left=left)


def places_of(measure: str) -> int:
    """Decimals of a value of a measure: litres have more."""
    return 3 if measure == "fvc_l" else 1


def ink_of(measure: str) -> Meaning:
    """The ink of a measure."""
    return Meaning.DLCO if measure.startswith("dlco") else Meaning.FVC


def count_cell(value: int) -> Cell:
    """A count."""
    return Cell(str(value), value)


def number_cell(value: float | None, places: int, *, change: bool = False) -> Cell:
    """A number with so many decimals, with its sign where it is a change; a dash where there is none."""
    if value is None:
        return NOTHING
    return Cell((signed if change else number)(value, places), value)


def p_cell(p: float | None) -> Cell:
    """A p value to two digits that count."""
    if p is None:
        return NOTHING
    if p < 0.0001:
        return Cell(say("< {limit}", limit=number(0.0001, 4)), p)
    return Cell(number(p, 4 if p < 0.01 else 3 if p < 0.1 else 2), p)


def interval_cell(interval: tuple[float, float] | None, places: int, *, change: bool = False) -> Cell:
    """The two ends of an interval."""
    if interval is None:
        return NOTHING
    low, high = ((signed if change else number)(end, places) for end in interval)
    return Cell(say("{low} to {high}", low=low, high=high), (float(interval[0]), float(interval[1])))


def share_cells(share: Proportion) -> tuple[Cell, ...]:
    """How many of how many, per cent, interval."""
    return (
        count_cell(share.n),
        count_cell(share.of),
        number_cell(share.percent, 1),
        interval_cell(share.wilson95, 1),
    )


def rate_cells(rate: Rate) -> tuple[Cell, ...]:
    """Events, patient-years, events per 100 of them, interval."""
    return (
        count_cell(rate.events),
        number_cell(float(rate.years), 1),
        number_cell(float(rate.per_100), 1) if rate.per_100 is not None else NOTHING,
        interval_cell(rate.ci95, 1),
    )


def rate_columns(first: str, events: str) -> tuple[Column, ...]:
    """The headings over :func:`rate_cells`."""
    heads = (events, say("patient-years"), say("per 100 patient-years"), say("95 % interval"))
    return (Column(first, number=False), *(Column(head) for head in heads))


def share_columns(first: str) -> tuple[Column, ...]:
    """The heads over :func:`share_cells`."""
    heads = (say("patients"), say("of"), say("%"), say("95 % interval, %"))
    return (Column(first, number=False), *(Column(head) for head in heads))


def summary_table(
    title: str,
    rows: Sequence[tuple[str, Summary, int]],
    *,
    change: bool = False,
    method: str = "",
) -> Result:
    """Values described in a line each: name, summary and decimals."""
    heads = (
        *(say("n"), say("mean"), say("SD"), say("95 % interval of the mean")),
        *(say("median"), say("quartiles"), say("range")),
    )
    return Result(
        title=title,
        columns=(Column(say("Measure"), number=False), *(Column(head) for head in heads)),
        rows=tuple(
            (
                Cell(name),
                count_cell(told.n),
                number_cell(told.mean, places, change=change),
                number_cell(told.sd, places),
                interval_cell(told.ci95, places, change=change),
                number_cell(told.median, places, change=change),
                interval_cell(told.quartiles, places, change=change),
                interval_cell(told.range, places, change=change),
            )
            for name, told, places in rows
        ),
        method=method,
    )


_GROUPS = {
    "IIM": marked("Inflammatory myopathy"),
    "OVERLAP": marked("Other overlap syndrome"),
}
"""Groups of diagnoses that are not called by one of them."""
_LISTS: Mapping[str, Callable[[], CodeList[Any]]] = {
    "diagnosis": codes.diagnoses,
    "diagnosis_group": codes.diagnoses,
    "pattern": codes.patterns,
    "drug": codes.drugs,
}


def drug_words(code: str) -> str:
    """A drug as it is called inside a sentence."""
    return inside(codes.drugs().label(code))


def zero_words(options: Options) -> str:
    """From when time is counted, inside a sentence."""
    if options.time_zero in {"", FIRST_PFT}:
        return say("the first test")
    return say(TIME_ZEROS[options.time_zero], drug=drug_words(options.drug))


def event_words(options: Options) -> str:
    """What ends the time: one event, or the first of several."""
    return joined((say(EVENT_WORDS[one]) for one in options.event.split(",")), say(" or "))


def code_words(kind: str, code: str) -> str:
    """A value of a property of patients in words."""
    if code in {"none", "all"}:
        return say("none") if code == "none" else say("everybody")
    if kind == "diagnosis_group" and code in _GROUPS:
        return say(_GROUPS[code])
    listed = _LISTS.get(kind)
    if listed is not None and code in listed():
        return listed().label(code)
    if kind in {"sex", "vital_status"} and code in codes.choices(kind):
        return codes.choices(kind).label(code)
    return retold(code)
