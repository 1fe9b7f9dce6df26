"""``ctdild cohort``: analyses of the patients of a registry, each with n, interval, method and definition."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ctdild_desktop.cli import cohort_files, cohort_queries, cohort_studies, common
from ctdild_desktop.cli.cohort_answers import ANSWERS
from ctdild_desktop.services.cohort.definitions import DEFINITIONS, TIME_ZEROS, definition

_MEASURES = ("fvc_l", "fvc_percent_predicted", "dlco_percent_predicted")
_EVENTS = ("death", "transplant", "treatment_failure")
_DAYS = (365, 730, 1095, 1825)
_DRUGS = {"pre-post": 1, "responders": 1, "compare": 2}
"""How many drugs an analysis must be told."""
_DRUG_OR_NONE = frozenset({"epochs", "next-line"})
_FROM_ZERO = frozenset({"change", "decline", "survival"})
"""What may be counted from another time zero."""


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
            + ", ".join((*DEFINITIONS, *cohort_studies.DEFINITIONS, *cohort_queries.DEFINITIONS))
            + "."
        ),
        examples=(
            "ctdild cohort summary --json",
            "ctdild cohort slopes --measure fvc_l --json",
            "ctdild cohort change --measure fvc_percent_predicted --months 12 --json",
            "ctdild cohort course --measure fvc_percent_predicted --months 6,12,24 --by drug --json",
            "ctdild cohort decline --measure fvc_l --within 365 --at 365,730 --json",
            "ctdild cohort pre-post --drug rituximab --json",
            "ctdild cohort survival --event death --by diagnosis --json",
            "ctdild cohort adverse-events --json",
            "ctdild cohort survival --time-zero ild-diagnosis --json",
            "ctdild cohort epochs --measure fvc_percent_predicted --json",
            "ctdild cohort next-line --drug mycophenolate --json",
            "ctdild cohort compare --drug rituximab --drug mycophenolate --covariates age,sex --json",
            "ctdild cohort slopes --query 'diagnosis_group = SSc and drug = rituximab' --json",
            "ctdild cohort pre-post --drug rituximab --pdf rituximab.pdf --csv rituximab.csv",
            "ctdild cohort studies --json",
            "ctdild cohort queries --json",
            "ctdild cohort summary --query 'RTX in ASyS' --json",
            "ctdild cohort study R10 --json",
        ),
    )
    names = (*DEFINITIONS, *cohort_studies.DEFINITIONS, *cohort_queries.DEFINITIONS)
    parser.add_argument("analysis", metavar="NAME", choices=names, help="the analysis")
    parser.add_argument("id", metavar="ID", nargs="?", help="for study: which one, as studies lists them")
    parser.add_argument("--measure", choices=_MEASURES, default="fvc_l", help="what is followed")
    parser.add_argument(
        "--months",
        metavar="MONTHS,MONTHS",
        type=_numbers,
        default=(12,),
        help="months from the baseline: one for change and compare, several for course",
    )
    parser.add_argument(
        "--within", metavar="DAYS", type=_positive, default=365, help="for decline: the window"
    )
    parser.add_argument("--at", metavar="DAYS,DAYS", type=_numbers, default=_DAYS, help="days of the curves")
    parser.add_argument(
        "--drug",
        metavar="DRUG",
        dest="drugs",
        action="append",
        default=[],
        help="code of the drug; twice for compare; all drugs when not given for epochs and next-line",
    )
    parser.add_argument(
        "--time-zero",
        choices=tuple(TIME_ZEROS),
        default="",
        help="for change, decline and survival: from when time is counted; the first test when not given",
    )
    parser.add_argument(
        "--covariates",
        metavar="NAME,NAME",
        type=_names,
        help="for compare: what the drugs are matched on; all when not given, none for no matching",
    )
    parser.add_argument(
        "--event",
        metavar="EVENT,EVENT",
        type=_events,
        default="death",
        help=f"for survival: what ends the time, the first of several ({', '.join(_EVENTS)})",
    )
    parser.add_argument(
        "--by",
        choices=("none", "drug", "diagnosis", "pattern"),
        default="none",
        help="for survival and course: groups",
    )
    parser.add_argument(
        "--query",
        metavar="NAME|EXPRESSION",
        default="",
        help="only those of whom this is true: the name of a saved question, or one that is written",
    )
    parser.add_argument(
        "--as-of", metavar="DATE", type=common.iso_date, help="nothing after this day; else today"
    )
    parser.add_argument("--pdf", metavar="FILE", type=Path, help="write the answer as PDF, too")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write the answer as one table, too")
    parser.add_argument(
        "--page-size", choices=("A4", "Letter"), default="A4", help="for --pdf: A4 when not given"
    )
    common.add_json(parser)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of days or months above zero")
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(_positive(part) for part in text.split(",")))


def _events(text: str) -> str:
    for event in text.split(","):
        if event not in _EVENTS:
            raise argparse.ArgumentTypeError(f"{event} is no event; choose of {', '.join(_EVENTS)}")
    return text


def _names(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(part.strip() for part in text.split(","))


def _answer(args: argparse.Namespace) -> int:
    if (args.id is not None) is not (args.analysis == "study"):
        raise common.UsageError("give the ID of a study with study, and with nothing else")
    if args.analysis in cohort_studies.DEFINITIONS:
        return _studies(args)
    if args.analysis in cohort_queries.DEFINITIONS:
        return _queries(args)
    _check_drugs(args)
    if args.analysis in {"change", "compare"} and len(args.months) > 1:
        raise common.UsageError(f"{args.analysis} takes one number of --months; course takes several")
    with common.opened(args) as desk:
        chosen = cohort_queries.chosen(desk, args.query, args.as_of)
        common.note_listed(desk, "cohort")
        with common.progress() as told:
            answer = ANSWERS[args.analysis](desk, args, chosen, told)
        document = {
            "analysis": args.analysis,
            "definition": definition(
                args.analysis,
                months=args.months[0],
                event=args.event.replace(",", " or ").replace("_", " "),
                drug=", ".join(args.drugs),
                time_zero=args.time_zero,
            ),
            "as_of": args.as_of or desk.today(),
            "query": args.query,
            **answer,
        }
        cohort_files.write(desk, args, chosen)
    if args.json:
        common.print_json(document)
    else:
        _print(document)
    return 0


def _studies(args: argparse.Namespace) -> int:
    if args.analysis == "studies":
        if args.pdf is not None or args.csv is not None:
            raise common.UsageError("name one study with study ID for --pdf or --csv")
        document = cohort_studies.listed()
    else:
        with common.opened(args) as desk:
            chosen = cohort_queries.chosen(desk, args.query, args.as_of)
            common.note_listed(desk, "cohort")
            with common.progress() as told:
                document = cohort_studies.answered(desk, args.id, chosen, told)
            cohort_files.write(desk, args, chosen)
    if args.json:
        common.print_json({"analysis": args.analysis, **document})
    else:
        _print(document)
    return 0


def _queries(args: argparse.Namespace) -> int:
    if args.pdf is not None or args.csv is not None:
        raise common.UsageError("queries takes no --pdf and no --csv")
    with common.opened(args) as desk:
        document = cohort_queries.listed(desk)
    if args.json:
        common.print_json({"analysis": args.analysis, **document})
    else:
        _print(document)
    return 0


def _check_drugs(args: argparse.Namespace) -> None:
    from ctdild_desktop.clinical.codes import drugs

    wanted = _DRUGS.get(args.analysis, 0)
    if args.time_zero and args.analysis not in _FROM_ZERO:
        raise common.UsageError(f"{args.analysis} takes no --time-zero")
    if args.time_zero == "drug-start" or (args.analysis in _DRUG_OR_NONE and args.drugs):
        wanted = 1
    if len(args.drugs) < wanted:
        raise common.UsageError(f"name the {'two drugs, each' if wanted > 1 else 'drug'} with --drug")
    if len(args.drugs) > wanted:
        raise common.UsageError(f"{args.analysis} takes {wanted or 'no'} --drug")
    for drug in args.drugs:
        if drug not in drugs():
            raise common.UserError(f"{drug} is no drug of the list; known are {', '.join(drugs().codes)}.")


def _print(document: Mapping[str, Any], before: str = "") -> None:
    """One line for each number, named by where it stands."""
    for name, value in document.items():
        here = f"{before}{name}"
        if isinstance(value, Mapping):
            _print(value, f"{here} ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for one in value:
                _print(one, f"{here} {one.get('day', one.get('month', ''))} ")
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
