"""What the picture of an analysis shows, as plain values on two number axes.

The screen and the paper draw these same values. Nothing here knows pixels, colours or fonts: a mark says
its meaning, and each renderer maps that to its own ink, shape and dash. Texts are final, in the locale of
the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Place: TypeAlias = tuple[float, float]
"""A place in the units of the two axes."""


class Meaning(StrEnum):
    """What a mark stands for: names its ink, its shape and its dash."""

    PATIENT = "patient"
    """One of many, drawn thin and quiet."""
    FVC = "fvc"
    DLCO = "dlco"
    FIRST = "first"
    """The first group, or what is told of everybody."""
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    PUBLISHED = "published"
    """What a publication says: hollow."""
    BEFORE_MATCHING = "before_matching"
    """A difference before matching: hollow, beside that after it."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place of an axis."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis from ``low`` to ``high``; a category is a tick at a whole number.

    ``downward`` counts from the top, as a list is read.
    """

    label: str
    low: float
    high: float
    ticks: tuple[Tick, ...]
    downward: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Places joined by straight lines, or by steps that change at the later place.

    ``dots`` marks each place, too.
    """

    points: tuple[Place, ...]
    meaning: Meaning
    step: bool = False
    dots: bool = False
    patient_id: str = ""
    """Whose line it is, where it is one patient's."""
    read_out: str = ""
    """What is said of the line when it is pointed at; never who it is."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One marker; ``text`` is written beside it."""

    at: Place
    meaning: Meaning
    text: str = ""
    patient_id: str = ""
    read_out: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A bar with ends from one place to another on a level or upright line: an interval or quartiles."""

    start: Place
    end: Place
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Column:
    """A filled bar from zero to a value at a category; level where the categories are down the side."""

    at: float
    value: float
    meaning: Meaning
    level: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A pale area between two stepped or straight edges: (x, low, high)."""

    edges: tuple[tuple[float, float, float], ...]
    meaning: Meaning
    step: bool = True


@dataclass(frozen=True, slots=True)
class Strokes:
    """Short upright strokes across a line: where the observation of somebody ends."""

    at: tuple[Place, ...]
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Guide:
    """A dotted line across the whole picture: a threshold or no difference."""

    value: float
    level: bool
    text: str = ""


Mark: TypeAlias = Line | Dot | Span | Column | Area | Strokes | Guide


class Sign(StrEnum):
    """How an entry of the key is shown."""

    MARK = "mark"
    """The line of the meaning with its marker."""
    LINE = "line"
    POINT = "point"
    """The marker alone."""
    SPAN = "span"
    """A bar with ends."""
    AREA = "area"
    STROKE = "stroke"


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One line of the key: what a meaning stands for in this picture."""

    meaning: Meaning | None
    """None: a guide."""
    text: str
    sign: Sign = Sign.MARK


@dataclass(frozen=True, slots=True)
class BelowRow:
    """Numbers below the picture at the ticks of the level axis: patients at risk of one group."""

    name: str
    meaning: Meaning
    values: tuple[str, ...]
    """One for each tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One picture; ``marks`` are drawn in their order, so that what matters stands last."""

    title: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    key: tuple[KeyEntry, ...] = ()
    below_title: str = ""
    below: tuple[BelowRow, ...] = ()
    empty_text: str = ""
    """Said in place of the picture when there is nothing to draw."""
    description: str = ""
    """The picture in one or two sentences, for assistive technology and the tag of the page."""
    measure: Meaning | None = None
    """The measure whose ink the title has."""
