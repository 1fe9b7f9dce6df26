"""``ctdild cohort``: analyses of the patients of a registry, each with n, interval, method and definition."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.exposure import Rate
    from ctdild_desktop.cohort.declining import Declines
    from ctdild_desktop.cohort.describing import Proportion, Summary, Test
    from ctdild_desktop.cohort.survival import At, Curve
    from ctdild_desktop.services.cohort import Around, Tested
    from ctdild_desktop.services.cohort_data import Chosen, Counts
    from ctdild_desktop.services.desk import Desk

_MEASURES = ("fvc_l", "fvc_percent_predicted", "dlco_percent_predicted")
_EVENTS = ("death", "transplant", "treatment_failure")
_DAYS = (365, 730, 1095, 1825)
DEFINITIONS = {
    "summary": "Everybody in the registry; age, FVC and DLCO at the first usable visit of each.",
    "change": (
        "Baseline: first usable visit. Follow-up: the usable visit nearest to baseline + {months} calendar "
        "months, within 56 days, of two the earlier. Mean with the t interval; quartiles by linear "
        "interpolation; paired t; Wilcoxon signed rank, zeros dropped, exact up to 25 untied changes, else "
        "normal without continuity correction, its statistic the smaller rank sum. Responders by relative "
        "change, with Wilson's intervals."
    ),
    "slopes": (
        "Per patient: ordinary least squares on days / 365.25, at least three usable visits. Pooled: linear "
        "mixed model, random intercept and slope, REML, years from each patient's first usable visit, "
        "everybody with two visits."
    ),
    "decline": (
        "Baseline: first usable visit; all later usable visits of patients who have one. Relative loss of "
        "10 (5) % of the baseline, absolute loss of 5 (10) points of % predicted. Confirmed: the next visit "
        "reaches it too. Wilson's intervals. Kaplan-Meier from the baseline, event at the visit, censored at "
        "the last visit, Greenwood, log(-log) interval; beyond the last observation nothing is told. First "
        "events per 100 patient-years with Garwood's interval."
    ),
    "survival": (
        "From the first usable FVC to {event}; the other events and the last contact end the observation. "
        "Kaplan-Meier, Greenwood, log(-log) interval, the median the first day at a half or less; log-rank "
        "without continuity correction; cumulative incidence by Aalen-Johansen. Ties: events before "
        "censorings. Beyond the last observation of a group nothing is told of it."
    ),
    "pre-post": (
        "First start S of {drug}. Baseline: latest usable visit in the 6 months up to S. Before: from the "
        "visit nearest to S - 9 months, 6 to 12 months before. After: to the visit nearest to S + 9 months, "
        "6 to 12 months after. Relative changes in per cent, of % predicted; of FVC in litres where % "
        "predicted is not known at both visits. Paired Wilcoxon of after against before."
    ),
    "responders": "RESPONSE_KEIR and RESPONSE_REVIEW of the first line of {drug}, begun on a known day.",
    "adverse-events": (
        "Onset within the exposure, whatever the cause: a line and 28 days more, rituximab 274 days from "
        "each infusion. Per 100 patient-years with Garwood's exact interval; the first-event rate counts the "
        "time up to the first event. Left out and counted: events and lines whose dates do not tell."
    ),
}


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "cohort",
        _answer,
        summary="analyse the patients of the registry together",
        description=(
            "Each analysis says its definition, how many patients there are at each step and why others were "
            "left out. It describes what is recorded and proves no effect of a drug. Analyses: "
            + ", ".join(DEFINITIONS)
            + "."
        ),
        examples=(
            "ctdild cohort summary --json",
            "ctdild cohort slopes --measure fvc_l --json",
            "ctdild cohort change --measure fvc_percent_predicted --months 12 --json",
            "ctdild cohort decline --measure fvc_l --within 365 --at 365,730 --json",
            "ctdild cohort pre-post --drug rituximab --json",
            "ctdild cohort survival --event death --by diagnosis --json",
            "ctdild cohort adverse-events --json",
            "ctdild cohort slopes --query 'diagnosis_group = SSc and drug = rituximab' --json",
        ),
    )
    parser.add_argument("analysis", metavar="NAME", choices=tuple(DEFINITIONS), help="the analysis")
    parser.add_argument("--measure", choices=_MEASURES, default="fvc_l", help="what is followed")
    parser.add_argument("--months", type=_positive, default=12, help="for change: months from the baseline")
    parser.add_argument(
        "--within", metavar="DAYS", type=_positive, default=365, help="for decline: the window"
    )
    parser.add_argument("--at", metavar="DAYS,DAYS", type=_days, default=_DAYS, help="days of the curves")
    parser.add_argument("--drug", metavar="DRUG", help="for pre-post and responders: code of the drug")
    parser.add_argument("--event", choices=_EVENTS, default="death", help="for survival: what ends the time")
    parser.add_argument(
        "--by", choices=("none", "drug", "diagnosis", "pattern"), default="none", help="for survival: groups"
    )
    parser.add_argument("--query", metavar="EXPRESSION", default="", help="only those of whom this is true")
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="nothing after this day; else today"
    )
    common.add_json(parser)


def _chosen(args: argparse.Namespace) -> Chosen:
    from ctdild_desktop.cohort.query import QueryError, parse
    from ctdild_desktop.services.cohort_data import Chosen

    try:
        return Chosen(query=parse(args.query), as_of=args.as_of)
    except QueryError as error:
        raise common.UserError(str(error)) from None


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of days or months above zero")
    return int(text)


def _days(text: str) -> tuple[int, ...]:
    return tuple(sorted(_positive(part) for part in text.split(",")))


def _answer(args: argparse.Namespace) -> int:
    if args.analysis in {"pre-post", "responders"}:
        _check_drug(args.drug)
    _chosen(args)
    with common.opened(args) as desk:
        common.note_listed(desk, "cohort")
        document = {
            "analysis": args.analysis,
            "definition": DEFINITIONS[args.analysis].format(
                months=args.months, event=args.event.replace("_", " "), drug=args.drug
            ),
            "as_of": args.as_of or desk.today(),
            "query": args.query,
            **_ANSWERS[args.analysis](desk, args),
        }
    if args.json:
        common.print_json(document)
    else:
        _print(document)
    return 0


def _check_drug(drug: str | None) -> None:
    from ctdild_desktop.clinical.codes import drugs

    if drug is None:
        raise common.UsageError("name the drug with --drug")
    if drug not in drugs():
        raise common.UserError(f"{drug} is no drug of the list; known are {', '.join(drugs().codes)}.")


def _summary(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort

    found = cohort.describe(desk, _chosen(args))
    return {
        "n": counts(found.n),
        "by": found.by,
        "result": {name: described(value) for name, value in found.values.items()},
    }


def _change(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort

    found = cohort.changes(desk, args.measure, args.months, _chosen(args))
    return {
        "measure": args.measure,
        "n": counts(found.n),
        "result": _tested(found.absolute),
        "relative": _tested(found.relative),
        "responders": {name: share(value) for name, value in found.responders.items()},
    }


def _slopes(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort

    found = cohort.slopes_of(desk, args.measure, _chosen(args))
    pooled = found.pooled
    return {
        "measure": args.measure,
        "n": counts(found.n),
        "result": described(found.result),
        "pooled": {
            "slope_per_year": pooled.slope_per_year,
            "se": pooled.se,
            "ci95": pooled.ci95,
            "intercept": pooled.intercept,
            "converged": pooled.converged,
            "n": pooled.n,
        },
    }


def _decline(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort

    found = cohort.decline(desk, args.measure, within_days=args.within, chosen=_chosen(args))
    return {
        "measure": args.measure,
        "n": counts(found.n),
        "result": {name: _declines(made, args.within) for name, made in found.losses.items()},
        "kaplan_meier": {name: curve(made.curve, args.at) for name, made in found.losses.items()},
        "incidence": {name: rate(made.incidence) for name, made in found.losses.items()},
    }


def _declines(made: Declines, within: int) -> dict[str, Any]:
    return {
        "any_time": share(made.any_time),
        f"within_{within}_days": share(made.within),
        "confirmed": share(made.confirmed),
        "at_last_visit": share(made.at_last_visit),
    }


def _survival(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort_events

    found = cohort_events.survival(desk, args.event, by=args.by, days=args.at, chosen=_chosen(args))
    test = found.log_rank
    return {
        "event": args.event,
        "by": args.by,
        "n": counts(found.n),
        "groups": {name: curve(made, args.at) for name, made in found.groups.items()},
        "logrank": {"chi2": test.chi2, "df": test.df, "p": test.p},
        "cumulative_incidence": {
            name: {
                event: [
                    {"day": day, "incidence": value} for day, value in zip(found.days, values, strict=True)
                ]
                for event, values in events.items()
            }
            for name, events in found.incidence.items()
        },
    }


def _pre_post(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort

    found = cohort.pre_post(desk, args.drug, _chosen(args))
    return {
        "drug": args.drug,
        "n": {name: counts(made.n) for name, made in found.measures.items()},
        "result": {name: _around(made) for name, made in found.measures.items()},
        "responses": found.responses,
    }


def _around(made: Around) -> dict[str, Any]:
    return {
        "pre": described(made.before),
        "post": described(made.after),
        "in_litres": made.in_litres,
        "paired": {"n": made.both, **_test(made.wilcoxon)},
    }


def _responders(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort

    return {"drug": args.drug, "result": cohort.responders(desk, args.drug, _chosen(args))}


def _adverse_events(desk: Desk, args: argparse.Namespace) -> dict[str, Any]:
    from ctdild_desktop.services import cohort_events

    return {
        "result": {
            drug: {
                "patients": made.patients,
                "person_years": float(made.years),
                "events": made.events.events,
                "rate_per_100_py": rate(made.events)["rate_per_100_py"],
                "ci95": rate(made.events)["ci95"],
                "first_event_rate": rate(made.first),
                "infections": rate(made.infections),
                "serious": rate(made.serious),
                "by_grade": made.by_grade,
                "discontinued": made.discontinued,
                "deaths": made.deaths,
                "undated_events": made.undated_events,
                "lines_left_out": made.lines_left_out,
            }
            for drug, made in cohort_events.adverse_events(desk, _chosen(args)).items()
        }
    }


_ANSWERS = {
    "summary": _summary,
    "change": _change,
    "slopes": _slopes,
    "decline": _decline,
    "survival": _survival,
    "pre-post": _pre_post,
    "responders": _responders,
    "adverse-events": _adverse_events,
}


def counts(n: Counts) -> dict[str, Any]:
    """How many at each step."""
    return {
        "registry": n.registry,
        "cannot_tell": n.cannot_tell,
        "cohort": n.cohort,
        "analysed": n.analysed,
        "excluded": n.excluded,
    }


def described(told: Summary) -> dict[str, Any]:
    """A description of values."""
    return {
        "n": told.n,
        "mean": told.mean,
        "sd": told.sd,
        "ci95": told.ci95,
        "median": told.median,
        "q1": told.q1,
        "q3": told.q3,
        "min": told.low,
        "max": told.high,
        "n_negative": told.n_negative,
    }


def _tested(told: Tested) -> dict[str, Any]:
    return {
        **described(told.summary),
        "paired_t": told.paired_t.statistic,
        "p_t": told.paired_t.p,
        "wilcoxon_w": told.wilcoxon.statistic,
        "p_wilcoxon": told.wilcoxon.p,
        "wilcoxon_method": told.wilcoxon.method,
    }


def _test(told: Test) -> dict[str, Any]:
    return {"wilcoxon_w": told.statistic, "p_wilcoxon": told.p, "method": told.method}


def share(told: Proportion) -> dict[str, Any]:
    """A share with its interval."""
    return {"n": told.n, "of": told.of, "percent": told.percent, "wilson95": told.wilson95}


def rate(told: Rate) -> dict[str, Any]:
    """Events per 100 patient-years."""
    known = told.per_100 is not None and told.low is not None and told.high is not None
    return {
        "events": told.events,
        "person_years": float(told.years),
        "rate_per_100_py": float(told.per_100) if told.per_100 is not None else None,
        "ci95": (float(told.low or 0), float(told.high or 0)) if known else None,
    }


def curve(made: Curve, days: tuple[int, ...]) -> dict[str, Any]:
    """A Kaplan-Meier curve at some days."""
    return {
        "n": made.n,
        "events": made.events,
        "median_days": made.median,
        "at": [_at(made.at(day)) for day in days],
    }


def _at(told: At) -> dict[str, Any]:
    return {
        "day": told.time,
        "survival": told.survival,
        "se": told.se,
        "ci95": told.ci95,
        "at_risk": told.at_risk,
    }


def _print(document: Mapping[str, Any], before: str = "") -> None:
    """One line for each number, named by where it stands."""
    for name, value in document.items():
        here = f"{before}{name}"
        if isinstance(value, Mapping):
            _print(value, f"{here} ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for one in value:
                _print(one, f"{here} {one.get('day', '')} ")
        else:
            print(f"{here}: {_plain(value)}")


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple):
        return " to ".join(map(_plain, value))
    return str(value)
