"""The answer of each analysis of ``ctdild cohort`` as a JSON document."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ctdild_desktop.cli import cohort_compare, cohort_lines
from ctdild_desktop.cli import cohort_json as as_json

if TYPE_CHECKING:
    from ctdild_desktop.cohort.declining import Declines
    from ctdild_desktop.services.cohort.around_start import Around
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.cohort.outcomes import DrugEvents
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.progress import Progress

Answering: TypeAlias = "Callable[[Desk, argparse.Namespace, Chosen, Progress], dict[str, Any]]"


def _summary(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import lung_function

    found = lung_function.describe(desk, chosen, told)
    return {
        "n": as_json.counts(found.n),
        "by": found.by,
        "result": {name: as_json.described(value) for name, value in found.values.items()},
    }


def _change(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import lung_function

    found = lung_function.changes(
        desk,
        args.measure,
        args.months[0],
        chosen,
        told,
        time_zero=args.time_zero,
        drug=as_json.one_drug(args),
    )
    return {
        "measure": args.measure,
        "n": as_json.counts(found.n),
        "result": as_json.tested(found.absolute),
        "relative": as_json.tested(found.relative),
        "responders": {name: as_json.share(value) for name, value in found.responders.items()},
    }


def _course(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import by_month

    found = by_month.monthly(desk, args.measure, args.months, by=args.by, chosen=chosen, progress=told)
    return {
        "measure": args.measure,
        "by": args.by,
        "n": as_json.counts(found.n),
        "groups": {
            name: [
                {
                    "month": one.month,
                    **as_json.described(one.value),
                    "change": as_json.described(one.change),
                }
                for one in months
            ]
            for name, months in found.groups.items()
        },
    }


def _slopes(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import lung_function

    found = lung_function.slopes_of(desk, args.measure, chosen, told)
    return {
        "measure": args.measure,
        "n": as_json.counts(found.n),
        "result": as_json.described(found.result),
        "pooled": as_json.pooled(found.pooled),
    }


def _decline(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import lung_function

    found = lung_function.decline(
        desk,
        args.measure,
        within_days=args.within,
        chosen=chosen,
        progress=told,
        time_zero=args.time_zero,
        drug=as_json.one_drug(args),
    )
    return {
        "measure": args.measure,
        "n": as_json.counts(found.n),
        "result": {name: _declines(made, args.within) for name, made in found.losses.items()},
        "kaplan_meier": {name: as_json.curve(made.curve, args.at) for name, made in found.losses.items()},
        "incidence": {name: as_json.rate(made.incidence) for name, made in found.losses.items()},
    }


def _declines(made: Declines, within: int) -> dict[str, Any]:
    return {
        "any_time": as_json.share(made.any_time),
        f"within_{within}_days": as_json.share(made.within),
        "confirmed": as_json.share(made.confirmed),
        "at_last_visit": as_json.share(made.at_last_visit),
    }


def _survival(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import outcomes

    found = outcomes.survival(
        desk,
        args.event,
        by=args.by,
        days=args.at,
        chosen=chosen,
        progress=told,
        time_zero=args.time_zero,
        drug=as_json.one_drug(args),
    )
    return {
        "event": args.event,
        "by": args.by,
        "time_zero": found.time_zero,
        "late_entries": found.late,
        "n": as_json.counts(found.n),
        "groups": {name: as_json.curve(made, args.at) for name, made in found.groups.items()},
        "logrank": as_json.log_rank(found.log_rank),
        "cumulative_incidence": as_json.incidence(found.incidence, found.days),
    }


def _pre_post(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import lung_function

    found = lung_function.pre_post(desk, args.drugs[0], chosen, told)
    return {
        "drug": args.drugs[0],
        "n": {name: as_json.counts(made.n) for name, made in found.measures.items()},
        "result": {name: _around(made) for name, made in found.measures.items()},
        "responses": found.responses.classes,
    }


def _around(made: Around) -> dict[str, Any]:
    return {
        "pre": as_json.described(made.before),
        "post": as_json.described(made.after),
        "in_litres": made.in_litres,
        "paired": {"n": made.both, **as_json.test(made.wilcoxon)},
    }


def _responders(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import lung_function

    found = lung_function.responders(desk, args.drugs[0], chosen, told)
    return {"drug": args.drugs[0], "n": as_json.counts(found.n), "result": found.classes}


def _adverse_events(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    from ctdild_desktop.services.cohort import outcomes

    found = outcomes.adverse_events(desk, chosen, told)
    return {
        "n": as_json.counts(found.n),
        "result": {drug: _drug_events(made) for drug, made in found.drugs.items()},
    }


def _drug_events(made: DrugEvents) -> dict[str, Any]:
    every = as_json.rate(made.events)
    return {
        "patients": made.patients,
        "person_years": float(made.years),
        "events": made.events.events,
        "rate_per_100_py": every["rate_per_100_py"],
        "ci95": every["ci95"],
        "first_event_rate": as_json.rate(made.first),
        "related": as_json.rate(made.related),
        "first_related": as_json.rate(made.first_related),
        "infections": as_json.rate(made.infections),
        "serious": as_json.rate(made.serious),
        "serious_infections": as_json.rate(made.serious_infections),
        "by_grade": made.by_grade,
        "grades": {grade: as_json.rate(one) for grade, one in made.grades.items()},
        "discontinued": made.discontinued.n,
        "discontinued_share": as_json.share(made.discontinued),
        "deaths": made.deaths,
        "undated_events": made.undated_events,
        "undated_deaths": made.undated_deaths,
        "lines_left_out": made.lines_left_out,
    }


ANSWERS: Mapping[str, Answering] = {
    "summary": _summary,
    "change": _change,
    "course": _course,
    "slopes": _slopes,
    "decline": _decline,
    "survival": _survival,
    "pre-post": _pre_post,
    "responders": _responders,
    "compare": cohort_compare.answer,
    "epochs": cohort_lines.epochs,
    "next-line": cohort_lines.next_line,
    "adverse-events": _adverse_events,
}
"""By the name of the analysis."""
