"""The numbers of the report of quality as a file: counts without a name, in English as all data.

Texts that a spreadsheet would calculate are made harmless. What leaves the program is noted first.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from ctdild_desktop.clinical.quality.periods import key_of
from ctdild_desktop.clinical.quality.report import Counts, Report, Row
from ctdild_desktop.interchange.outgoing import harmless
from ctdild_desktop.language import english_of
from ctdild_desktop.services import events
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.printed import PrintedBy, printed_by
from ctdild_desktop.services.quality import Quality

_WHOLE, _VAGUE = "whole", "date_not_exact"
_COMPLETENESS = ("expected", "recorded", "not_known", "missing", "percent_recorded", "percent_answered")
_CHECK = ("looked_at", "in_order", "cannot_tell", "found", "percent_found")
COLUMNS = (
    *("part", "kind", "id", "label", "counted", "source", "entered", "as_of", "from", "to", "period"),
    *_COMPLETENESS,
    *_CHECK,
    *("outside_period", "date_not_exact"),
)
"""The columns of the file. What does not apply to a line is empty; a percentage of nothing is empty, too."""


def numbers(row: Row, counts: Counts) -> dict[str, int | Decimal | None]:
    """The counts of a line under the names that data has for them."""
    if row.line.check:
        return {
            "looked_at": counts.expected,
            "in_order": counts.good,
            "cannot_tell": counts.said,
            "found": counts.lacking,
            "percent_found": counts.percent(counts.lacking),
        }
    return {
        "expected": counts.expected,
        "recorded": counts.good,
        "not_known": counts.said,
        "missing": counts.lacking,
        "percent_recorded": counts.percent(counts.good),
        "percent_answered": counts.percent(counts.answered),
    }


def counts_csv(report: Report) -> bytes:
    """Every line, whole and by period, as CSV in UTF-8 with its mark, which spreadsheets look for."""
    held = io.StringIO(newline="")
    writer = csv.DictWriter(held, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in report.rows:
        for period, counts in _counted(report, row):
            writer.writerow({**_what(report, row), "period": period, **_cells(row, counts, period)})
    return held.getvalue().encode("utf-8-sig")


def _counted(report: Report, row: Row) -> Iterator[tuple[str, Counts]]:
    yield _WHOLE, row.whole
    for period, counts in row.periods:
        yield key_of(period, report.asked.by) or _VAGUE, counts


def _what(report: Report, row: Row) -> dict[str, str]:
    line, asked = row.line, report.asked
    return {
        "part": "plausibility" if line.check else "completeness",
        "kind": line.kind,
        "id": line.id,
        "label": harmless(english_of(line.label)),
        "counted": harmless(english_of(line.definition)),
        "source": harmless(english_of(line.source)),
        "entered": "" if line.check else "import" if line.by_import else "form",
        "as_of": report.tally.as_of.isoformat(),
        "from": asked.since.isoformat() if asked.since is not None else "",
        "to": asked.until.isoformat() if asked.until is not None else "",
    }


def _cells(row: Row, counts: Counts, period: str) -> dict[str, str]:
    cells = {name: "" if value is None else str(value) for name, value in numbers(row, counts).items()}
    if period == _WHOLE:
        cells |= {"outside_period": str(row.outside), "date_not_exact": str(row.undecided)}
    return cells


@for_everybody
def counts_into_file(desk: Desk, report: Report, path: Path) -> Path:
    """Write the numbers as CSV, whole or not at all.

    Raises:
        RegistryError: it cannot be noted, or the folder or the disk does not take the file.
    """
    from ctdild_desktop.registry.files import write_whole

    content = counts_csv(report)
    events.note(desk, "export", what="quality_counts", form="csv")
    write_whole(path, content)
    return path


def fingerprint(report: Report) -> str:
    """The checksum of the file with the same numbers, by which a printed page is told to belong to it."""
    return hashlib.sha256(counts_csv(report)).hexdigest()


@for_everybody
def for_paper(desk: Desk, found: Quality, *, names: bool) -> PrintedBy:
    """What is printed at the desk today; that patients are listed with their names is noted first.

    Raises:
        RegistryError: it cannot be noted.
    """
    if names:
        events.note(desk, "listed", what="quality", patients=str(found.patients))
    return printed_by(desk)
