"""The answer of an analysis as it is shown, printed and written to a file: one value for all three.

Texts are final, in the language in use; ``value`` of a cell is the number itself, for a file.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from ctdild_desktop.figures.chart import Chart

CellValue: TypeAlias = int | float | Decimal | Fraction | str | tuple[float, float] | None
"""A pair is the two ends of an interval."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is read, and the number behind it where there is one."""

    text: str
    value: CellValue = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result; numbers stand at the right."""

    label: str
    number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One table of an answer."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    method: str = ""
    """How its intervals and tests are made, in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Patients at one step from the registry to those analysed."""

    text: str
    count: int
    left_out: bool = False
    patients: tuple[str, ...] = ()
    """Who they are, by id, so that they can be listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Of what and by what an answer was made, so that it can be made again."""

    as_of: dt.date
    at: dt.datetime
    seconds: float
    query: str
    """The expression of whom it is about; empty for everybody."""
    query_text: str
    """The same in words."""
    fingerprint: str
    """Of the registry: equal while nothing in it has changed."""
    command: str
    """The ``ctdild cohort`` command that makes the same answer, without what opens the registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The whole answer of an analysis."""

    analysis: str
    """Its name on the command line."""
    title: str
    definition: str
    made: Made
    steps: tuple[Step, ...]
    results: tuple[Result, ...]
    charts: tuple[Chart, ...] = ()
    caveats: tuple[str, ...] = field(default=())
    """What the numbers cannot show, in sentences."""
    claims: tuple[str, ...] = ()
    """Ids of the evidence that asks the same."""
