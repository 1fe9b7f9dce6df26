"""The printouts for the tour: of a meeting its pack, minutes, letters and what was done; quality; cohort."""

from __future__ import annotations

from pathlib import Path

from ctdild_desktop.clinical.quality.periods import Asked
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services import carried_out, meetings, quality
from ctdild_desktop.services.cohort.analyses import ANALYSES, Options
from ctdild_desktop.services.cohort.analyses import answer as cohort_answer
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.letter_templates import KINDS
from ctdild_desktop.services.letters import letter
from ctdild_desktop.services.minutes import minutes
from ctdild_desktop.services.pack import pack
from ctdild_desktop.services.printed import printed_by

_OPTIONS = Options(drug="rituximab", drugs=("rituximab", "mycophenolate"), by="diagnosis")


def print_meetings(desk: Desk, out: Path) -> tuple[Path, ...]:
    """Print the next meeting's pack and, of the latest that was closed, what follows it."""
    from ctdild_desktop.reports.carried_out import write_carried_out
    from ctdild_desktop.reports.letter import write_letter
    from ctdild_desktop.reports.minutes import write_minutes
    from ctdild_desktop.reports.pack import write_pack

    lines = meetings.meetings(desk)
    planned = next((line.meeting for line in lines if line.meeting.status == "planned"), None)
    closed = next((line.meeting for line in lines if line.meeting.status == "closed"), None)
    made: list[Path] = []

    def file(name: str) -> Path:
        made.append(out / f"{name}.pdf")
        return made[-1]

    if planned is not None:
        write_pack(file("pack"), pack(desk, planned.id, appendix=True))
        write_pack(file("pack-pseudonymised"), pack(desk, planned.id, pseudonymised=True))
    if closed is not None:
        write_minutes(file("minutes"), minutes(desk, closed.id))
        signed = [case.decision for case in meetings.meeting_view(desk, closed.id).cases if case.decision]
        for kind in KINDS if signed else ():
            write_letter(file(f"letter-{kind}"), letter(desk, signed[0].id, kind))
        counted = carried_out.carried_out(desk, lines[-1].meeting.date, closed.date)
        write_carried_out(file("carried-out"), counted, printed_by(desk))
    return tuple(made)


def print_cohort(desk: Desk, out: Path) -> tuple[Path, ...]:
    """Print every analysis of the cohort, and one of nobody."""
    from ctdild_desktop.reports.cohort import write_answer

    made: list[Path] = []
    nobody = Chosen(query=parse("drug = rituximab and not drug = rituximab"))
    asked = [(one.name, one.name, Chosen()) for one in ANALYSES]
    for name, analysis, chosen in (*asked, ("nobody", "pre-post", nobody)):
        try:
            answer = cohort_answer(desk, analysis, _OPTIONS, chosen)
        except RefusedError:  # a small registry has nobody for some of them
            continue
        made.append(out / f"cohort-{name}.pdf")
        write_answer(made[-1], answer, printed_by(desk))
    return tuple(made)


def print_quality(desk: Desk, out: Path) -> tuple[Path, ...]:
    """Print the report of quality by year, with the records in which something lacks."""
    from ctdild_desktop.reports.quality import write_quality

    found, path = quality.read(desk), out / "quality.pdf"
    write_quality(path, found, found.report(Asked(by="year")), printed_by(desk), names=True)
    return (path,)
