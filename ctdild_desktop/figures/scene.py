"""What the time-line picture shows, as plain values on a date axis.

The screen and the paper draw these same values, so that they cannot disagree. Nothing here knows pixels,
colours or fonts: styles are named by meaning, and each renderer maps the name to its own ink.
Texts are final, in the locale of the reader.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    """What the vertical axis of the lung-function panel shows."""

    PERCENT = "percent"
    LITRES = "litres"
    Z = "z"


class LaneStyle(StrEnum):
    """Drug class of a lane; the pattern and colour follow from it."""

    GLUCOCORTICOID = "glucocorticoid"
    CONVENTIONAL = "conventional"
    CYCLOPHOSPHAMIDE = "cyclophosphamide"
    ANTI_CD20 = "anti_cd20"
    OTHER_BIOLOGIC = "other_biologic"
    JAK = "jak"
    ANTIFIBROTIC = "antifibrotic"
    TICKS_ONLY = "ticks_only"
    OUTLINE_ONLY = "outline_only"


class EventKind(StrEnum):
    """Kind of a mark in the two event rows."""

    ADVERSE_EVENT = "adverse_event"
    HRCT = "hrct"
    ADMISSION = "admission"
    MDT = "mdt"


@dataclass(frozen=True, slots=True)
class Point:
    """One marker. ``used`` False is drawn hollow, with ``note`` beside it, and not joined to the others.

    A ``preview`` is hollow too, and the line to it is dotted.
    """

    date: dt.date
    value: float
    used: bool
    record_id: str
    read_out: str
    """The value as words: ``2.31 L``, ``64.4 %``."""
    note: str = ""
    preview: bool = False
    """A value that is being typed and is not saved."""
    kind: str = "test"
    """Kind of the record: ``test`` or ``visit``."""


@dataclass(frozen=True, slots=True)
class Series:
    """One measure: its points in date order and which neighbours the line joins."""

    measure: str
    """``fvc``, ``dlco``, ``fev1`` ...: names colour, marker and dash."""
    label: str
    points: tuple[Point, ...]
    runs: tuple[tuple[int, ...], ...]
    """Indices of points joined by one line; a change of reference set or a gap of over 24 months starts a new
    run."""


@dataclass(frozen=True, slots=True)
class Band:
    """From the reference value down to the threshold, from the reference date to the latest test."""

    start: dt.date
    end: dt.date
    top: float
    bottom: float
    label: str


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A lower limit of normal as (date, value) points, with its name and value for the Now column."""

    measure: str
    points: tuple[tuple[dt.date, float], ...]
    now_text: str


@dataclass(frozen=True, slots=True)
class Ring:
    """An extra ring around a test of the reported pair; ``label`` stands above it when not empty."""

    date: dt.date
    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class SetChange:
    """Where the reference set changes between two tests: a small vertical tick with both names."""

    date: dt.date
    label: str
    """``GLI 2012 | GLI 2022``."""


@dataclass(frozen=True, slots=True)
class NowValue:
    """The latest value of a measure in the Now column: a headline at its height and one line of detail."""

    measure: str
    value: float
    headline: str
    detail: str
    preview: bool = False


@dataclass(frozen=True, slots=True)
class ScaleTick:
    """One labelled height of the vertical axis."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class LungPanel:
    """The lung-function panel: ``low`` and ``high`` are the ends of the vertical axis."""

    scale: Scale
    axis_text: str
    low: float
    high: float
    ticks: tuple[ScaleTick, ...]
    series: tuple[Series, ...]
    band: Band | None = None
    limits: tuple[LimitLine, ...] = ()
    rings: tuple[Ring, ...] = ()
    now: tuple[NowValue, ...] = ()
    empty_text: str = ""
    """Said in the panel when there is nothing to draw: no test, or none that this scale can show."""
    set_changes: tuple[SetChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A further panel on the same dates: one measure with its unit, its own scale and its latest value."""

    measure: str
    """``fev1``, ``tlc``, ``kco``, ``spo2`` or ``mmrc``."""
    name: str
    unit: str
    low: float = 0.0
    high: float = 1.0
    ticks: tuple[ScaleTick, ...] = ()
    series: tuple[Series, ...] = ()
    now: NowValue | None = None
    empty_text: str = ""
    """Said in the strip when there is nothing to draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochSpan:
    """A stretch between two therapy changes, with how FVC went in it."""

    start: dt.date
    end: dt.date
    words: tuple[str, ...]
    """The slope in ever fewer words: the first that has room is drawn."""
    sentence: str
    """Dates, drugs, slope, interval and number of tests."""
    known: bool
    """Whether there are tests enough for a slope."""
    line: tuple[tuple[dt.date, float], tuple[dt.date, float]] | None = None
    """Both ends of the fitted line, in the quantity of the panel; None where it cannot be drawn there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRow:
    """The epochs of therapy below the panels."""

    name: str
    spans: tuple[EpochSpan, ...]
    now_text: str = ""
    empty_text: str = ""
    """Why there are no epochs."""


@dataclass(frozen=True, slots=True)
class LaneBlock:
    """A stretch of therapy. ``height`` is 0-1 of the lane. Uncertain edges are drawn dashed over their span.

    The block itself begins at the earliest and ends at the latest day that its edges may mean.
    """

    start: dt.date
    end: dt.date
    height: float = 1.0
    text: str = ""
    """Dose where it changes; empty elsewhere."""
    possible: bool = False
    """The 6-9 month stretch of B-cell depletion: open hatch, dashed edge."""
    start_uncertain: tuple[dt.date, dt.date] | None = None
    end_uncertain: tuple[dt.date, dt.date] | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One drug: blocks, infusion ticks, interruptions and the Now text.

    An interruption is a gap between blocks, drawn with two short bars in its middle.
    """

    name: str
    style: LaneStyle
    blocks: tuple[LaneBlock, ...]
    ticks: tuple[dt.date, ...] = ()
    gaps: tuple[tuple[dt.date, dt.date], ...] = ()
    side_text: str = ""
    """Words after the last block (``6 × 1.1 g, completed``) or before the first tick (``2 × 1 g``)."""
    side_before: bool = False
    now_text: str = ""
    running: bool = False
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventMark:
    """One mark of the event rows; several within a mark's width are merged by the renderer as ``×n``."""

    kind: EventKind
    date: dt.date
    record_id: str
    label: str = ""
    read_out: str = ""
    grade: int | None = None
    serious: bool = False
    ongoing_until: dt.date | None = None
    uncertain: tuple[dt.date, dt.date] | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole stacked picture on one date axis.

    Everything recorded is here; what lies outside ``start`` to ``end`` is left out by the renderer.
    """

    start: dt.date
    end: dt.date
    today: dt.date
    today_text: str
    panel: LungPanel
    lanes: tuple[Lane, ...]
    folded_lanes: int
    """Stopped lanes beyond the limit, shown as ``+ n earlier``."""
    events: tuple[EventMark, ...]
    adverse_now: str
    """Now text of the adverse-event row: ``1 ongoing``."""
    other_now: str
    """Now text of the CT / admission / MDT row."""
    empty_lanes_text: str = ""
    description: str = ""
    """The picture in one or two sentences, for assistive technology."""
    strips: tuple[Strip, ...] = ()
    """Further panels that were asked for, below the first one."""
    epochs: EpochRow | None = None
    """None when they were not asked for."""
