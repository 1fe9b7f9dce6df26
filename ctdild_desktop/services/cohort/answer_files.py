"""The answer of an analysis as a file of one table, in English as all data, and the note that it leaves.

One line is one fact, so that a spreadsheet filters it and R reads it with ``read.csv`` as it is:

- ``about``: name, title, definition, question, dates, fingerprint of the registry, and the command that makes
  the same answer again, in ``column`` and ``value``;
- ``step``: how many patients at each step, ``table`` saying whether they are counted or left out;
- ``result``: one line for each cell of each table, ``row`` being its first column; a number stands in full in
  ``value``, the ends of an interval in ``low`` and ``high``; what cannot be told is empty;
- ``method`` of each table, ``caveat`` and ``claim`` in ``value``.

Texts that a spreadsheet would calculate are made harmless. What leaves the program is noted first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from ctdild_desktop import __version__
from ctdild_desktop.interchange.outgoing import harmless
from ctdild_desktop.language import english_of, marked
from ctdild_desktop.services import events
from ctdild_desktop.services.cohort.answer import Answer, Cell, Result
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.printed import PrintedBy, printed_by

PUBLISHING = marked("Counts of 1 to 4 may identify a person; do not publish them.")
COLUMNS = ("part", "table", "line", "row", "column", "value", "low", "high")
_DASH = "–"


def answer_csv(answer: Answer) -> bytes:
    """The file: CSV in UTF-8 with its mark, which spreadsheets look for."""
    held = io.StringIO(newline="")
    writer = csv.DictWriter(held, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in (*_about(answer), *_steps(answer), *_results(answer), *_words(answer)):
        writer.writerow({name: harmless(english_of(value)) for name, value in row.items()})
    return held.getvalue().encode("utf-8-sig")


def _about(answer: Answer) -> Iterator[dict[str, str]]:
    made = answer.made
    told = {
        "analysis": answer.analysis,
        "title": answer.title,
        "definition": answer.definition,
        "query": made.query,
        "query_in_words": made.query_text,
        "as_of": made.as_of.isoformat(),
        "computed_at": made.at.isoformat(timespec="seconds"),
        "registry_fingerprint": made.fingerprint,
        "command": made.command,
        "program": f"CTD-ILD Desktop {__version__}",
    }
    for name, value in told.items():
        yield {"part": "about", "column": name, "value": value}


def _steps(answer: Answer) -> Iterator[dict[str, str]]:
    for number, step in enumerate(answer.steps, start=1):
        yield {
            "part": "step",
            "table": "left_out" if step.left_out else "counted",
            "line": str(number),
            "row": step.text,
            "column": "patients",
            "value": str(step.count),
        }


def _results(answer: Answer) -> Iterator[dict[str, str]]:
    for result in answer.results:
        for number, row in enumerate(result.rows, start=1):
            for column, cell in zip(result.columns[1:], row[1:], strict=True):
                yield {
                    "part": "result",
                    "table": result.title,
                    "line": str(number),
                    "row": row[0].text,
                    "column": column.label,
                    **_value(cell),
                }
        yield from _method(result)


def _method(result: Result) -> Iterator[dict[str, str]]:
    if result.method:
        yield {"part": "method", "table": result.title, "value": result.method}


def _value(cell: Cell) -> dict[str, str]:
    if isinstance(cell.value, tuple):
        return {"low": _number(cell.value[0]), "high": _number(cell.value[1])}
    if cell.value is None:
        return {"value": "" if cell.text == _DASH else cell.text}
    return {"value": cell.value if isinstance(cell.value, str) else _number(float(cell.value))}


def _number(value: float) -> str:
    """In full, as any program reads it."""
    return str(int(value)) if value == int(value) else repr(value)


def _words(answer: Answer) -> Iterator[dict[str, str]]:
    for sentence in (*answer.caveats, PUBLISHING):
        yield {"part": "caveat", "value": sentence}
    for claim in answer.claims:
        yield {"part": "claim", "value": claim}


@for_everybody
def answer_into_csv(desk: Desk, answer: Answer, path: Path) -> Path:
    """Write an answer as CSV, whole or not at all.

    Raises:
        RegistryError: it cannot be noted, or the folder or the disk does not take the file.
    """
    from ctdild_desktop.registry.files import write_whole

    content = answer_csv(answer)
    events.note(desk, "export", what="cohort_answer", form="csv", analysis=answer.analysis)
    write_whole(path, content)
    return path


@for_everybody
def for_paper(desk: Desk, answer: Answer) -> PrintedBy:
    """What is printed at the desk today; that an answer is written as PDF is noted first.

    Raises:
        RegistryError: it cannot be noted.
    """
    events.note(desk, "export", what="cohort_answer", form="pdf", analysis=answer.analysis)
    return printed_by(desk)
