"""Marks of the two event rows on paper: triangles with a grade, and boxes and pennants for the rest."""

from __future__ import annotations

from collections.abc import Sequence

from ctdild_desktop.figures.layout import Box, Mark, merge_marks, spread
from ctdild_desktop.figures.scene import EventKind, EventMark, Timeline
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.stage import Stage
from ctdild_desktop.reports.typesetting import Face, width_of

_REACH = 12.0
_GRADE_FILL = {1: Grey.WHITE, 2: Grey.GRADE2, 3: Grey.GRADE3, 4: Grey.GRADE4, 5: Grey.BLACK}
_WIDTH = {EventKind.HRCT: 15.0, EventKind.ADMISSION: 11.0, EventKind.MDT: 10.0}


def draw_events(stage: Stage, timeline: Timeline, box: Box) -> None:
    """Draw both rows into the lower part of the picture."""
    middle = (box.y0 + box.y1) / 2
    stage.paper.line(box.x0, middle, box.x1, middle, weight=0.5, ink=Grey.GRID)
    upper = Box(box.x0, box.y0, box.x1, middle)
    lower = Box(box.x0, middle, box.x1, box.y1)
    shown = [mark for mark in timeline.events if stage.axis.shows(mark.date)]
    _draw_adverse(stage, [mark for mark in shown if mark.kind is EventKind.ADVERSE_EVENT], upper)
    _draw_others(stage, [mark for mark in shown if mark.kind is not EventKind.ADVERSE_EVENT], lower)
    stage.gutter((upper.y0 + upper.y1) / 2 + 3, stage.paper.words("Adverse events"), timeline.adverse_now)
    stage.gutter((lower.y0 + lower.y1) / 2 + 3, "", timeline.other_now)
    _draw_key(stage, lower)


def _draw_key(stage: Stage, row: Box) -> None:
    """The name of the lower row, with the sign of an MDT beside its word."""
    x, baseline = stage.axis.left - 6, (row.y0 + row.y1) / 2 + 3
    stage.paper.text(x, baseline, stage.paper.words.of("mark", "MDT"), align="right")
    x -= width_of(stage.paper.words.of("mark", "MDT")) + 9
    _pennant(stage.paper, x, (row.y0 + row.y1) / 2, planned=False)
    stage.paper.text(x - 9, baseline, stage.paper.words.of("mark", "CT, H"), align="right")


def _fitting(stage: Stage, places: Sequence[float], width: float) -> tuple[Mark, ...]:
    """Merge marks, with a greater reach each time, until all of them have room side by side."""
    reach = _REACH
    room = stage.axis.right - stage.axis.left - 20
    marks = merge_marks(places, reach)
    while len(marks) * width > room and len(marks) > 1:
        reach *= 1.5
        marks = merge_marks(places, reach)
        if reach > 4 * room:
            break
    return marks


def _draw_adverse(stage: Stage, events: Sequence[EventMark], row: Box) -> None:
    axis, paper = stage.axis, stage.paper
    marks = _fitting(stage, [axis.x(event.date) for event in events], 9.0)
    sizes = [24.0 if len(mark.members) > 1 else 9.0 for mark in marks]
    centres = spread([mark.x for mark in marks], sizes, row.x0 + 4, row.x1 - 4)
    base = row.y1 - 2.6
    drawn: list[tuple[float, EventMark]] = []
    for mark, centre in zip(marks, centres, strict=True):
        members = [events[index] for index in mark.members]
        gravest = max(members, key=lambda event: (event.grade or 0, event.serious))
        many = len(members) > 1
        x = centre - 5 if many else centre
        for event in members:
            _draw_duration(stage, event, x, base)
        serious = any(event.serious for event in members)
        _triangle(paper, x, base, gravest.grade, serious=serious)
        stage.taken.append(Box(x - 7.5, row.y0, x + 7.5, row.y1))
        if many:
            words = paper.text(x + 7.5, base - 0.5, f"×{len(members)}")
            stage.taken.append(words)
        else:
            drawn.append((x, gravest))
    for x, event in drawn:
        if event.label:
            spots = [(x + 9, base - 0.5, "left"), (x - 9, base - 0.5, "right")]
            within = Box(row.x0, row.y0, row.x1, row.y1)
            stage.place(spots, event.label, within=within, ink=Grey.TEXT2)


def _draw_duration(stage: Stage, event: EventMark, x: float, base: float) -> None:
    axis, paper = stage.axis, stage.paper
    if event.ongoing_until is not None and axis.x(event.ongoing_until) > x:
        paper.line(x, base, axis.x(event.ongoing_until), base, weight=0.9)
    if event.uncertain is not None:
        shown = axis.clip(*event.uncertain)
        if shown is not None:
            paper.line(shown[0], base, shown[1], base, weight=0.8, dash=(2.2, 1.5))


def _triangle(paper: Paper, x: float, base: float, grade: int | None, *, serious: bool) -> None:
    fill = _GRADE_FILL.get(grade or 1, Grey.WHITE)
    paper.polygon([(x, base - 12), (x + 7.5, base), (x - 7.5, base)], fill=fill, weight=0.85)
    ink = Grey.WHITE if grade is not None and grade >= 4 else Grey.BLACK
    text = "?" if grade is None else str(grade)
    paper.text(x, base - 1.1, text, face=Face.BOLD, align="centre", ink=ink)
    if serious:
        paper.line(x - 8, base + 1.5, x + 8, base + 1.5, weight=1.5)


def _draw_others(stage: Stage, events: Sequence[EventMark], row: Box) -> None:
    axis, paper = stage.axis, stage.paper
    marks: list[tuple[float, EventMark, int]] = []
    for kind in (EventKind.HRCT, EventKind.ADMISSION, EventKind.MDT):
        own = [event for event in events if event.kind is kind]
        merged = _fitting(stage, [axis.x(event.date) for event in own], 40.0)
        marks += [(mark.x, own[mark.members[0]], len(mark.members)) for mark in merged]
    sizes = [_WIDTH[event.kind] + (16.0 if count > 1 else 1.5) for _, event, count in marks]
    places = [x for x, _, _ in marks]
    centres = spread(places, sizes, row.x0 + 2, row.x1 - 2)
    middle = (row.y0 + row.y1) / 2
    for (_, event, count), centre, size in zip(marks, centres, sizes, strict=True):
        x = centre - size / 2 + _WIDTH[event.kind] / 2 + 0.75
        letters = _letters(stage, event.kind)
        if letters is None:
            _pennant(paper, x, middle, planned=event.planned)
        else:
            half = _WIDTH[event.kind] / 2
            sign = Box(x - half, middle - 5.2, x + half, middle + 5.2)
            paper.rectangle(sign, fill=Grey.WHITE, weight=0.75)
            paper.text(x, middle + 3, letters, face=Face.BOLD, align="centre")
        if count > 1:
            paper.text(x + _WIDTH[event.kind] / 2 + 1.5, middle + 3, f"×{count}")
        stage.taken.append(Box(centre - size / 2, row.y0, centre + size / 2, row.y1))
    for (_, event, count), centre, size in zip(marks, centres, sizes, strict=True):
        if event.label and count == 1:
            spots = [
                (centre - size / 2 - 2, middle + 3, "right"),
                (centre + size / 2 + 2, middle + 3, "left"),
            ]
            stage.place(spots, event.label, within=row, ink=Grey.TEXT2)


def _letters(stage: Stage, kind: EventKind) -> str | None:
    """What stands in the square of a scan or an admission; a meeting has a sign of its own."""
    if kind is EventKind.HRCT:
        return stage.paper.words("CT")
    return "H" if kind is EventKind.ADMISSION else None


def _pennant(paper: Paper, x: float, middle: float, *, planned: bool) -> None:
    shape = [
        (x - 4.5, middle - 5),
        (x + 4.5, middle - 5),
        (x + 4.5, middle - 0.5),
        (x, middle + 5),
        (x - 4.5, middle - 0.5),
    ]
    if planned:
        paper.polygon(shape, fill=Grey.WHITE, weight=0.8, dash=(1.5, 1.2))
    else:
        paper.polygon(shape, fill=Grey.BLACK, edge=None)
