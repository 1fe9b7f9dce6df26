"""The files of ``ctdild cohort``: the answer as PDF and as one table."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.services.cohort.analyses import Options
    from ctdild_desktop.services.cohort.answer import Answer
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.desk import Desk


def write(desk: Desk, args: argparse.Namespace, chosen: Chosen) -> None:
    """Write the files that were asked for; each is whole or not there."""
    if args.pdf is None and args.csv is None:
        return
    from ctdild_desktop.reports.cohort import write_answer
    from ctdild_desktop.services.cohort import answer_files

    answer = _answer(desk, args, chosen)
    if args.csv is not None:
        answer_files.answer_into_csv(desk, answer, args.csv)
        common.say(f"Wrote {args.csv}.")
    if args.pdf is not None:
        by = answer_files.for_paper(desk, answer)
        try:
            write_answer(args.pdf, answer, by, page_size=args.page_size)
        except OSError as error:
            raise common.UserError(f"{args.pdf} cannot be written: {error.strerror}.") from None
        common.say(f"Wrote {args.pdf}.")


def _answer(desk: Desk, args: argparse.Namespace, chosen: Chosen) -> Answer:
    from ctdild_desktop.services.cohort import analyses, studies

    with common.progress() as progress:
        if args.analysis == "study":
            return studies.study(desk, args.id, chosen, progress)
        return analyses.answer(desk, args.analysis, _options(args), chosen, progress)


def _options(args: argparse.Namespace) -> Options:
    from ctdild_desktop.services.cohort.analyses import Options

    first, second = (*args.drugs, "", "")[:2]
    return Options(
        measure=args.measure,
        months=args.months[0],
        within_days=args.within,
        at_days=args.at,
        drug=first,
        drugs=(first, second),
        event=args.event,
        by=args.by,
        covariates=args.covariates,
        time_zero=args.time_zero,
        course_months=args.months,
    )
