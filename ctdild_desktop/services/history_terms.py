"""What tables, columns and events are called in a history: data of ``resources/history``, read once.

A column that is not listed is shown under its own name, never left out; a test names each that is missing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from ctdild_desktop.bundled import resources
from ctdild_desktop.language import remembered, say, say_in

TECHNICAL = "technical"
"""The form of a column that no person reads: identity, version, stamps."""
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Term:
    """One column: its label, the form of its values, and what the form needs (unit, list of codes)."""

    label: str
    form: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """One table or kind of event: the words that name a row, with columns in braces, and its group."""

    words: str
    group: str
    plain: str = ""
    """What it is called without saying which; empty where the words up to the first column say it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the words need."""
        return tuple(name for _text, name, _spec, _conversion in Formatter().parse(self.words) if name)


def _rows(name: str) -> list[dict[str, str]]:
    with (resources() / "history" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@remembered
def _terms() -> Mapping[tuple[str, str], Term]:
    return {
        (row["table"], row["column"]): Term(say_in("history", row["label"]), row["form"], row["detail"])
        for row in _rows("columns")
    }


@remembered
def _places() -> Mapping[tuple[str, str], int]:
    return {listed: place for place, listed in enumerate(_terms())}


@remembered
def tables() -> Mapping[str, Noun]:
    """How the rows of each table are named."""
    return {row["table"]: Noun(say(row["name"]), row["group"], say(row["plain"])) for row in _rows("tables")}


@remembered
def events() -> Mapping[str, Noun]:
    """How each kind of event is named."""
    return {row["kind"]: Noun(say(row["words"]), row["group"]) for row in _rows("events")}


def listed() -> tuple[tuple[str, str], ...]:
    """Table and column of every listed column; ``*`` stands for every table, ``event KIND`` for details."""
    return tuple(_terms())


def known(table: str, column: str) -> Term | None:
    """The term of a column as it is listed, for its own table or for all; None when it is not."""
    return _terms().get((table, column)) or _terms().get((_EVERY, column))


def term(table: str, column: str) -> Term:
    """The term of a column; one that is not listed goes by its own name."""
    return known(table, column) or Term(column.replace("_", " "), "text")


def in_order(table: str, columns: Iterable[str]) -> list[str]:
    """Columns as they are listed, the table's own first; those that are not listed come last."""
    places = _places()

    def place(column: str) -> tuple[int, int]:
        for rank, owner in enumerate((table, _EVERY)):
            if (owner, column) in places:
                return rank, places[owner, column]
        return 2, 0

    return sorted(columns, key=place)


def of_event(kind: str) -> str:
    """Where the terms of an event's details are listed."""
    return f"event {kind}"


def groups() -> tuple[str, ...]:
    """All groups in their order: of tables, then of events."""
    listed = (*tables().values(), *events().values())
    return tuple(dict.fromkeys(noun.group for noun in listed))


def members(group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables and the kinds of events of a group."""
    return (
        tuple(name for name, noun in tables().items() if noun.group == group),
        tuple(kind for kind, noun in events().items() if noun.group == group),
    )
