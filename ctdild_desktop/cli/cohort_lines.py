"""The answers of ``ctdild cohort epochs`` and ``next-line`` as JSON documents."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import cohort_json as as_json

if TYPE_CHECKING:
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.progress import Progress


def epochs(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    """Slopes while each drug was given."""
    from ctdild_desktop.services.cohort import therapy_lines

    found = therapy_lines.epochs(
        desk, args.measure, drug=as_json.one_drug(args), chosen=chosen, progress=told
    )
    return {
        "measure": args.measure,
        "n": as_json.counts(found.n),
        "result": {
            drug: {
                "lines": made.lines,
                "patients": made.patients,
                "lines_left_out": made.left_out,
                **as_json.described(made.result),
                "pooled": as_json.pooled(made.pooled),
            }
            for drug, made in found.drugs.items()
        },
    }


def next_line(desk: Desk, args: argparse.Namespace, chosen: Chosen, told: Progress) -> dict[str, Any]:
    """Time to the next line of therapy."""
    from ctdild_desktop.services.cohort import therapy_lines

    found = therapy_lines.next_line(
        desk, drug=as_json.one_drug(args), by=args.by, days=args.at, chosen=chosen, progress=told
    )
    return {
        "drug": found.drug or None,
        "by": found.by,
        "late_entries": found.late,
        "n": as_json.counts(found.n),
        "groups": {name: as_json.curve(made, args.at) for name, made in found.groups.items()},
        "logrank": as_json.log_rank(found.log_rank),
        "cumulative_incidence": as_json.incidence(found.incidence, found.days),
        "next_drugs": found.next_drugs,
    }
