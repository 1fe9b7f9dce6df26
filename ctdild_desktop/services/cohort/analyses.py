"""The analyses of the cohort by name: what each may be asked, and its answer for screen, paper and file."""

from __future__ import annotations

import datetime as dt
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ctdild_desktop.clinical import codes
from ctdild_desktop.cohort.query import written
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort.answer import Answer, Made
from ctdild_desktop.services.cohort.answers import (
    of_changes,
    of_cohort,
    of_compare,
    of_course,
    of_declines,
    of_drugs,
    of_events,
    of_lines,
    of_slopes,
    of_survival,
)
from ctdild_desktop.services.cohort.answers.claims import claims_of
from ctdild_desktop.services.cohort.answers.parts import Asked, Found, Options
from ctdild_desktop.services.cohort.answers.query_words import in_words
from ctdild_desktop.services.cohort.data import MEASURES, Chosen
from ctdild_desktop.services.cohort.one_state import on_one_state
from ctdild_desktop.services.cohort.times import DRUG_START, FIRST_PFT
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.progress import Progress

__all__ = ["ANALYSES", "Analysis", "Options", "answer"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis: its name on the command line, its label, and the options that it takes."""

    name: str
    label: str
    asks: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    """Options that it takes as well, and needs not."""


ANALYSES: tuple[Analysis, ...] = (
    Analysis("summary", marked("Who is in the cohort")),
    Analysis("change", marked("Change after so many months"), ("measure", "months", "time_zero", "drug")),
    Analysis("course", marked("Month by month"), ("measure", "by"), ("course_months",)),
    Analysis("pre-post", marked("Before and after a drug"), ("drug",)),
    Analysis("responders", marked("Who responded to a drug"), ("drug",)),
    Analysis("slopes", marked("Change per year"), ("measure",)),
    Analysis("epochs", marked("Change per year during each drug"), ("measure",), ("drug",)),
    Analysis(
        "decline",
        marked("Who lost how much, and when"),
        ("measure", "within_days", "at_days", "time_zero", "drug"),
    ),
    Analysis("next-line", marked("Time to the next line of therapy"), ("by", "at_days"), ("drug",)),
    Analysis(
        "survival",
        marked("Survival and other events"),
        ("event", "by", "at_days", "time_zero", "drug"),
    ),
    Analysis("compare", marked("Two drugs compared"), ("drugs", "measure", "months"), ("covariates",)),
    Analysis("adverse-events", marked("Adverse events by drug")),
)
_ANSWERS: Mapping[str, Callable[[Asked], Found]] = {
    "summary": of_cohort.summary,
    "change": of_changes.change,
    "course": of_course.course,
    "pre-post": of_drugs.pre_post,
    "responders": of_drugs.responders,
    "slopes": of_slopes.slopes,
    "epochs": of_lines.epochs,
    "decline": of_declines.decline,
    "next-line": of_lines.next_line,
    "survival": of_survival.survival,
    "compare": of_compare.compare,
    "adverse-events": of_events.adverse_events,
}
_FLAGS: Mapping[str, str] = {
    "measure": "--measure",
    "months": "--months",
    "course_months": "--months",
    "within_days": "--within",
    "at_days": "--at",
    "drug": "--drug",
    "event": "--event",
    "by": "--by",
    "covariates": "--covariates",
    "time_zero": "--time-zero",
}


def analysis(name: str) -> Analysis:
    """The analysis of a name.

    Raises:
        RefusedError: there is none.
    """
    found = next((one for one in ANALYSES if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in ANALYSES)
        raise RefusedError(say("{name} is no analysis; known are {known}.", name=name, known=known))
    return found


@for_everybody
def answer(
    desk: Desk, name: str, options: Options, chosen: Chosen, progress: Progress | None = None
) -> Answer:
    """Answer an analysis on one state of the registry.

    Raises:
        RefusedError: the options are not those of the analysis.
        CancelledError: it was stopped.
    """
    asked_for = analysis(name)
    _check(asked_for, options)
    begun = time.perf_counter()
    whole = Chosen(query=chosen.query, as_of=chosen.as_of or desk.today())
    asked = Asked(desk, options, whole, progress or Progress())
    found, state = on_one_state(desk, lambda: _ANSWERS[name](asked))
    assert whole.as_of is not None
    return Answer(
        analysis=name,
        title=found.title,
        definition=found.definition,
        made=Made(
            as_of=whole.as_of,
            at=desk.clock(),
            seconds=time.perf_counter() - begun,
            query=written(whole.query),
            query_text=in_words(whole.query),
            fingerprint=state,
            command=command(asked_for, options, whole.as_of, written(whole.query)),
        ),
        steps=found.steps,
        results=found.results,
        charts=found.charts,
        caveats=found.caveats,
        claims=claims_of(name, options),
    )


def command(asked: Analysis, options: Options, as_of: dt.date, query: str) -> str:
    """The command that makes the same answer, quoted for a shell."""
    words = ["ctdild", "cohort", asked.name]
    for option in (*asked.asks, *asked.may):
        value = getattr(options, option)
        if option == "drugs":
            words += [word for drug in value for word in ("--drug", drug)]
        elif option == "covariates":
            words += [] if value is None else [_FLAGS[option], ",".join(value) or "none"]
        elif value and not _is_idle(asked, option, options):
            told = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            words += [_FLAGS[option], told]
    if query:
        words += ["--query", query]
    return shlex.join([*words, "--as-of", as_of.isoformat()])


def _is_idle(asked: Analysis, option: str, options: Options) -> bool:
    """Whether an option has no say: a drug whose start is not time zero, and the usual time zero."""
    if option == "drug":
        return "time_zero" in asked.asks and options.time_zero != DRUG_START
    return option == "time_zero" and options.time_zero == FIRST_PFT


def _check(asked: Analysis, options: Options) -> None:
    if "measure" in asked.asks and options.measure not in MEASURES:
        raise RefusedError(
            say(
                "{measure} is no measure; choose one of {known}.",
                measure=options.measure,
                known=", ".join(MEASURES),
            )
        )
    wanted: tuple[str, ...] = options.drugs if "drugs" in asked.asks else ()
    if "drug" in asked.asks and not _is_idle(asked, "drug", options):
        wanted = (options.drug,)
    if not all(wanted):
        raise RefusedError(
            say("Choose the drug.") if len(wanted) == 1 else say("Choose the two drugs to compare.")
        )
    unknown = next((drug for drug in wanted if drug not in codes.drugs()), None)
    if unknown is not None:
        raise RefusedError(say("{drug} is no drug of the list.", drug=unknown))
    if len(wanted) == 2 and wanted[0] == wanted[1]:
        raise RefusedError(say("Choose two different drugs to compare."))
    if any(
        number <= 0
        for number in (options.months, options.within_days, *options.at_days, *options.course_months)
    ):
        raise RefusedError(say("Days and months are numbers above zero."))
