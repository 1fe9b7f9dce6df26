"""What the signs of a time-line mean: one line for each kind of sign that is in the picture, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.figures.epochs import sentences
from ctdild_desktop.figures.scene import EventKind, EventMark, LaneStyle, Scale, Series, Timeline
from ctdild_desktop.language import marked, say


class Sign(StrEnum):
    """Kinds of signs; a renderer draws a sample of each."""

    SERIES = "series"
    HOLLOW = "hollow"
    PREVIEW = "preview"
    RING = "ring"
    BAND = "band"
    LIMIT = "limit"
    SET_CHANGE = "set_change"
    TODAY = "today"
    FIT = "fit"
    EPOCH = "epoch"
    LANE = "lane"
    POSSIBLE = "possible"
    TICK = "tick"
    GAP = "gap"
    UNCERTAIN = "uncertain"
    ARROW = "arrow"
    ADVERSE_EVENT = "adverse_event"
    SERIOUS = "serious"
    ONGOING = "ongoing"
    SCAN = "scan"
    ADMISSION = "admission"
    MDT = "mdt"
    PLANNED = "planned"
    NONE = "none"
    """Words without a sign."""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the key; ``detail`` is the measure, the lane's style or the grade that is drawn."""

    sign: Sign
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """Lines that belong together, under a title."""

    title: str
    lines: tuple[KeyLine, ...]


_MEASURES = {
    "fvc": marked("FVC, forced vital capacity"),
    "dlco": marked("DLCO, transfer factor for carbon monoxide, as measured"),
    "fev1": marked("FEV1, forced expiratory volume in one second"),
    "tlc": marked("TLC, total lung capacity"),
    "kco": marked("KCO, transfer coefficient"),
    "spo2": marked("SpO₂ at rest"),
    "spo2_nadir": marked("SpO₂, the lowest on exertion"),
    "mmrc": marked("mMRC grade of breathlessness, 0 (none) to 4 (most)"),
}
_SCALES = {
    Scale.PERCENT: marked("The scale is % of the predicted value."),
    Scale.LITRES: marked("The scale is litres. DLCO has another unit and is not drawn on it."),
    Scale.Z: marked("The scale is z-scores: standard deviations from the predicted value."),
}
_STYLES = {
    LaneStyle.GLUCOCORTICOID: marked(
        "Glucocorticoid; the height is the dose, full at 40 mg prednisolone a day"
    ),
    LaneStyle.CONVENTIONAL: marked(
        "Conventional immunosuppressant; the height is the dose against its highest"
    ),
    LaneStyle.CYCLOPHOSPHAMIDE: marked("Cyclophosphamide"),
    LaneStyle.ANTI_CD20: marked("Anti-CD20 antibody: six months after the last infusion of a course"),
    LaneStyle.OTHER_BIOLOGIC: marked("Other biologic"),
    LaneStyle.JAK: marked("JAK inhibitor"),
    LaneStyle.ANTIFIBROTIC: marked("Antifibrotic"),
    LaneStyle.OUTLINE_ONLY: marked("Oxygen or rehabilitation"),
}


def key_of(timeline: Timeline) -> tuple[KeyPart, ...]:
    """The key of this picture, part by part from top to bottom; a part without lines is left out."""
    parts = (
        KeyPart(say("Lung function"), tuple(_lung(timeline))),
        KeyPart(say("Epochs of therapy"), tuple(_epochs(timeline))),
        KeyPart(say("Therapy"), tuple(_therapy(timeline))),
        KeyPart(say("Events"), tuple(_events([mark for mark in timeline.events if _shown(timeline, mark)]))),
    )
    return tuple(part for part in parts if part.lines)


def _shown(timeline: Timeline, mark: EventMark) -> bool:
    return timeline.start <= mark.date <= timeline.end


def _lung(timeline: Timeline) -> Iterator[KeyLine]:
    panel = timeline.panel
    shown: Sequence[Series] = (
        *panel.series,
        *(one for strip in timeline.strips for one in strip.series),
    )
    for series in shown:
        yield KeyLine(Sign.SERIES, say(_MEASURES[series.measure]), series.measure)
    points = [point for series in shown for point in series.points]
    if any(not point.used and not point.preview for point in points):
        hollow = next(series for series in shown if any(not point.used for point in series.points))
        words = say("Hollow: not used by the criteria; the reason stands beside it")
        yield KeyLine(Sign.HOLLOW, words, hollow.measure)
    if any(point.preview for point in points):
        yield KeyLine(Sign.PREVIEW, say("Being typed, not saved"), "fvc")
    if panel.rings:
        yield KeyLine(Sign.RING, say("The two tests that are compared; the earlier one is the reference"))
    if panel.band is not None:
        yield KeyLine(Sign.BAND, say("From the reference down to 10 % less; the line below is that limit"))
    if panel.limits:
        yield KeyLine(Sign.LIMIT, say("LLN, lower limit of normal of FVC: the 5th percentile, z −1.645"))
    if panel.set_changes:
        yield KeyLine(Sign.SET_CHANGE, say("The reference set changes here; values are not joined across it"))
    if points:
        yield KeyLine(
            Sign.TODAY, say("{day}; the column at the right stands at this day", day=timeline.today_text)
        )
        if panel.series:
            yield KeyLine(Sign.NONE, say(_SCALES[panel.scale]))
        yield KeyLine(
            Sign.NONE, say("A line breaks where tests cannot be compared or lie over 24 months apart.")
        )


def _epochs(timeline: Timeline) -> Iterator[KeyLine]:
    row = timeline.epochs
    if row is None:
        return
    if row.spans:
        words = say(
            "From one start or stop of a drug to the next: slope of FVC a year (95 % interval), n tests"
        )
        yield KeyLine(Sign.EPOCH, words)
    if any(span.line is not None for span in row.spans):
        yield KeyLine(Sign.FIT, say("Straight line fitted to the tests of an epoch (least squares)"))
    for sentence in sentences(row):
        yield KeyLine(Sign.NONE, sentence)
    yield KeyLine(Sign.NONE, say("A slope describes the course; it does not say what caused it."))


def _therapy(timeline: Timeline) -> Iterator[KeyLine]:
    lanes = timeline.lanes
    for style, words in _STYLES.items():
        if any(lane.style is style and lane.blocks for lane in lanes):
            yield KeyLine(Sign.LANE, say(words), style.value)
    blocks = [block for lane in lanes for block in lane.blocks]
    if any(block.possible for block in blocks):
        yield KeyLine(Sign.POSSIBLE, say("Six to nine months after it, or infusions not recorded: possible"))
    if any(lane.ticks for lane in lanes):
        yield KeyLine(Sign.TICK, say("An infusion or a pulse"))
    if any(lane.gaps for lane in lanes):
        yield KeyLine(Sign.GAP, say("Interrupted"))
    if any(block.start_uncertain or block.end_uncertain for block in blocks):
        yield KeyLine(Sign.UNCERTAIN, say("The date is known to the month or the year only"))
    if any(lane.running and lane.blocks for lane in lanes):
        yield KeyLine(Sign.ARROW, say("Still running"))


def _events(marks: Sequence[EventMark]) -> Iterator[KeyLine]:
    harms = [mark for mark in marks if mark.kind is EventKind.ADVERSE_EVENT]
    for grade in sorted({mark.grade or 0 for mark in harms}):
        words = (
            say("Adverse event, CTCAE grade {grade}", grade=grade)
            if grade
            else say("Adverse event, not graded")
        )
        yield KeyLine(Sign.ADVERSE_EVENT, words, str(grade))
    if any(mark.serious for mark in harms):
        yield KeyLine(Sign.SERIOUS, say("Serious"))
    if any(mark.ongoing_until is not None for mark in harms):
        yield KeyLine(Sign.ONGOING, say("Going on until this day"))
    kinds = {mark.kind for mark in marks}
    if EventKind.HRCT in kinds:
        words = say(
            "HRCT, with better, same or worse than the one before; its day is dotted through all rows"
        )
        yield KeyLine(Sign.SCAN, words)
    if EventKind.ADMISSION in kinds:
        yield KeyLine(Sign.ADMISSION, say("Admission, with its nights"))
    meetings = {mark.planned for mark in marks if mark.kind is EventKind.MDT}
    if False in meetings:
        yield KeyLine(Sign.MDT, say("Decision or view of the multidisciplinary team (MDT)"))
    if True in meetings:
        yield KeyLine(Sign.PLANNED, say("Planned meeting of the team"))
    if len(marks) > 2:
        yield KeyLine(Sign.NONE, say("×3: three marks too close to be drawn apart; the gravest is drawn."))
