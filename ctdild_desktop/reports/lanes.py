"""Therapy lanes on paper: blocks in the pattern of their class, infusions, interruptions and doses."""

from __future__ import annotations

from itertools import groupby, pairwise

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.figures.scene import Lane, LaneBlock, LaneStyle, Timeline
from ctdild_desktop.reports.paper import Grey
from ctdild_desktop.reports.patterns import Shape, draw_fill
from ctdild_desktop.reports.stage import Stage, corners
from ctdild_desktop.reports.typesetting import text_box, width_of

_STEPPED = {LaneStyle.GLUCOCORTICOID, LaneStyle.CONVENTIONAL}


def draw_lanes(stage: Stage, timeline: Timeline, box: Box, height: float) -> None:
    """Draw all lanes into their part of the picture, ``height`` points each."""
    paper = stage.paper
    if not timeline.lanes:
        paper.text(box.x0 + 6, box.y0 + height / 2 + 3, timeline.empty_lanes_text, ink=Grey.TEXT2)
        stage.gutter(box.y0 + height / 2 + 3, stage.paper.words("Therapy"), "")
    for number, lane in enumerate(timeline.lanes):
        row = Box(box.x0, box.y0 + number * height, box.x1, box.y0 + (number + 1) * height)
        if number:
            paper.line(row.x0, row.y0, row.x1, row.y0, weight=0.5, ink=Grey.GRID)
        with paper.clipped(corners(row)):
            _draw_blocks(stage, lane, row)
            _draw_ticks(stage, lane, row)
            _draw_gaps(stage, lane, row)
        stage.gutter(row.y0 + height / 2 + 3, lane.name, lane.now_text, quiet=not lane.running)
        _take(stage, lane, row)
        _draw_words(stage, lane, row)
        if lane.running:
            _draw_arrow(stage, timeline, lane, row)
    if timeline.folded_lanes:
        paper.text(
            stage.frame.x0 + 6,
            box.y0 - 5,
            paper.words("+ {folded} earlier", folded=timeline.folded_lanes),
            ink=Grey.TEXT2,
        )
    paper.line(box.x0, box.y1, box.x1, box.y1, ink=Grey.EDGE)


def _margin(row: Box) -> float:
    return 2.2 if row.y1 - row.y0 >= 13 else 0.9


def _body(stage: Stage, lane: Lane, block: LaneBlock, row: Box) -> Box | None:
    shown = stage.axis.clip(block.start, block.end)
    if shown is None:
        return None
    x0, x1 = shown
    x1 = max(x1, x0 + 0.8)
    if lane.style in _STEPPED:
        margin = _margin(row)
        base = row.y1 - margin
        return Box(x0, base - block.height * (row.y1 - row.y0 - 2 * margin), x1, base)
    inset = _margin(row) + (1.8 if lane.style is LaneStyle.CYCLOPHOSPHAMIDE else 0.8)
    return Box(x0, row.y0 + inset, x1, row.y1 - inset)


def _joined(stage: Stage, lane: Lane, row: Box) -> list[Shape]:
    """Neighbouring steps of a glucocorticoid as one outline, so that no line stands between them."""
    shapes: list[Shape] = []
    bodies = [body for block in lane.blocks if (body := _body(stage, lane, block, row)) is not None]
    runs: list[list[Box]] = []
    for body in bodies:
        if runs and body.x0 - runs[-1][-1].x1 < 0.3:
            runs[-1].append(body)
        else:
            runs.append([body])
    for run in runs:
        top = [corner for body in run for corner in ((body.x0, body.y0), (body.x1, body.y0))]
        shapes.append([(run[0].x0, run[0].y1), *top, (run[-1].x1, run[-1].y1)])
    return shapes


def _draw_blocks(stage: Stage, lane: Lane, row: Box) -> None:
    if lane.style is LaneStyle.GLUCOCORTICOID:
        for shape in _joined(stage, lane, row):
            draw_fill(stage.paper, shape, lane.style)
    else:
        for block in lane.blocks:
            body = _body(stage, lane, block, row)
            if body is not None:
                draw_fill(stage.paper, corners(body), lane.style, possible=block.possible)
    for block in lane.blocks:
        for span in (block.start_uncertain, block.end_uncertain):
            shown = stage.axis.clip(*span) if span is not None else None
            body = _body(stage, lane, block, row)
            if shown is not None and body is not None:
                veil = Box(shown[0], body.y0, shown[1], body.y1)
                stage.paper.rectangle(veil, fill=Grey.WHITE, edge=Grey.LANE, weight=0.6, dash=(2.2, 1.5))


def _draw_ticks(stage: Stage, lane: Lane, row: Box) -> None:
    weight = _tick_weight(stage, lane)
    for date in lane.ticks:
        if stage.axis.shows(date):
            x = stage.axis.x(date)
            stage.paper.line(x, row.y0 + 1, x, row.y1 - 1, weight=weight)


def _tick_weight(stage: Stage, lane: Lane) -> float:
    """As bold as neighbouring infusions allow without running into one bar."""
    apart = [(later - earlier).days * stage.axis.per_day for earlier, later in pairwise(lane.ticks)]
    return min([1.9, *(max(0.7, gap * 0.5) for gap in apart if gap > 0)])


def _draw_gaps(stage: Stage, lane: Lane, row: Box) -> None:
    for first, last in lane.gaps:
        shown = stage.axis.clip(first, last)
        if shown is None:
            continue
        middle = (shown[0] + shown[1]) / 2
        for x in (middle - 1.5, middle + 1.5):
            stage.paper.line(x, row.y0 + 3, x, row.y1 - 3, weight=0.8)


def _take(stage: Stage, lane: Lane, row: Box) -> None:
    for date in lane.ticks:
        if stage.axis.shows(date):
            x = stage.axis.x(date)
            stage.taken.append(Box(x - 1.5, row.y0, x + 1.5, row.y1))
    for first, last in lane.gaps:
        shown = stage.axis.clip(first, last)
        if shown is not None:
            middle = (shown[0] + shown[1]) / 2
            stage.taken.append(Box(middle - 2.5, row.y0, middle + 2.5, row.y1))


def _draw_words(stage: Stage, lane: Lane, row: Box) -> None:
    """Doses where they change, then the words beside the lane; what finds no place is left to the table."""
    middle = (row.y0 + row.y1) / 2 + 3
    within = Box(row.x0 - 12, row.y0 - 1.5, row.x1 - 1, row.y1 + 1.5)
    if lane.side_text:
        edges = [stage.axis.x(date) for date in lane.ticks]
        first, last = min(edges), max([*edges, *_ends(stage, lane, row)])
        left, right = (first - 5, middle, "right"), (last + 5, middle, "left")
        stage.place([left, right] if lane.side_before else [right, left], lane.side_text, within=within)
    bodies = [(block, _body(stage, lane, block, row)) for block in lane.blocks]
    said = [(block, body) for block, body in bodies if block.text and body is not None]
    if lane.style is LaneStyle.GLUCOCORTICOID:
        _draw_steroid_doses(stage, said, row)
        return
    for block, body in said:
        base = min((body.y0 + body.y1) / 2 + 3.1, row.y1 - 2.2)
        if width_of(block.text) + 4 <= body.x1 - body.x0:
            ground = None if lane.style is LaneStyle.CONVENTIONAL else Grey.WHITE
            inside = Box(body.x0 - 0.1, within.y0, body.x1 + 0.1, within.y1)
            spots = [((body.x0 + 4), base, "left"), (body.x0 + 2, base, "left"), (body.x1 - 2, base, "right")]
            stage.place(spots, block.text, within=inside, ground=ground)
            continue
        others = [other for _, other in bodies if other is not None and other is not body]
        beside = [(body.x1 + 4, middle, "left"), (body.x0 - 4, middle, "right")]
        spots = [spot for spot in beside if not _covers(block.text, spot, others)]
        stage.place(spots, block.text, within=within)


def _covers(text: str, spot: tuple[float, float, str], bodies: list[Box]) -> bool:
    """Whether a dose written there would stand on another dose's block and read as its own."""
    x, baseline, align = spot
    box = text_box(x, baseline, text, align=align)
    return any(box.x0 < body.x1 + 2 and body.x0 - 2 < box.x1 for body in bodies)


def _ends(stage: Stage, lane: Lane, row: Box) -> list[float]:
    if lane.style is LaneStyle.ANTI_CD20:
        return []
    return [body.x1 for block in lane.blocks if (body := _body(stage, lane, block, row)) is not None]


def _draw_steroid_doses(stage: Stage, said: list[tuple[LaneBlock, Box]], row: Box) -> None:
    """Numbers above the steps: the first and the highest of each rise first, then what finds room."""
    within = Box(row.x0 - 16, row.y0 - 1.5, row.x1 - 1, row.y1)
    turns = [list(group) for _, group in groupby(_numbered(said), key=lambda item: item[0])]
    order = [group[0] for group in turns] + [item for group in turns for item in group[1:]]
    for _, block, body in order:
        above = (body.x0 + 1.5, body.y0 - 1.5, "left")
        beside = (body.x0 - 2.5, body.y1 - 0.5, "right")
        begins = all(abs(other.x1 - body.x0) > 0.5 for _, other in said)
        roomy = body.y0 - 1.5 - 6.4 >= row.y0 - 1.5
        spots = [spot for spot, free in ((above, roomy), (beside, begins)) if free]
        stage.place(spots, block.text, within=within, ground=None, clear=3.5)


def _numbered(said: list[tuple[LaneBlock, Box]]) -> list[tuple[int, LaneBlock, Box]]:
    """Number the tapers: a new one begins where the dose rises."""
    numbered: list[tuple[int, LaneBlock, Box]] = []
    taper, before = 0, 0.0
    for block, body in said:
        if block.height > before:
            taper += 1
        before = block.height
        numbered.append((taper, block, body))
    return numbered


def _draw_arrow(stage: Stage, timeline: Timeline, lane: Lane, row: Box) -> None:
    """The arrow head at today of what goes on."""
    last = lane.blocks[-1] if lane.blocks else None
    if last is None or last.end != timeline.today or not stage.axis.shows(last.end):
        return
    body = _body(stage, lane, last, row)
    if body is None:
        return
    x, middle = body.x1, (body.y0 + body.y1) / 2
    middle = min(middle, row.y1 - 3.5)
    stage.paper.polygon([(x, middle - 3.2), (x + 4.5, middle), (x, middle + 3.2)], fill=Grey.EDGE, edge=None)
