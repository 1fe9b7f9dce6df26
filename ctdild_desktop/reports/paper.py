"""One sheet of paper: where text, lines and areas go, and a memory of every text that was put there.

Lengths are points (1/72 inch); y is measured from the top edge downward. Every text remembers the box that it
fills and the frame that it must stay in, so that a test can prove that nothing overlaps and nothing is cut.
"""

from __future__ import annotations

import functools
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.typesetting import (
    GLUE,
    LEAST_POINTS,
    Face,
    Line,
    clean,
    drawn,
    fit,
    register_fonts,
    text_box,
    width_of,
)
from ctdild_desktop.services.page_words import Words

MILLIMETRE = 72 / 25.4

SIZES = {"A4": (210 * MILLIMETRE, 297 * MILLIMETRE), "Letter": (612.0, 792.0)}


class Grey(StrEnum):
    """The inks of the print palette: black and greys, so that any printer and a fax look the same."""

    BLACK = "#000000"
    TEXT2 = "#333333"
    LANE = "#444444"
    LLN = "#4A4A4A"
    EDGE = "#555555"
    DLCO = "#5A5A5A"
    LINE = "#9A9A9A"
    CONVENTIONAL = "#D2D2D2"
    GRID = "#DADADA"
    GRADE2 = "#D8D8D8"
    GRADE3 = "#9C9C9C"
    GRADE4 = "#3A3A3A"
    BAND = "#ECECEC"
    HEADER = "#EDEDED"
    ALT = "#F4F4F4"
    WHITE = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Placed:
    """One drawn text: what it says, the box that its ink may fill, its size and the frame it belongs to."""

    text: str
    box: Box
    size: float
    frame: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The number of a sheet among all of its file."""

    page: int = 1
    pages: int = 1


class Paper:
    """A PDF of single sheets, drawn from the top left corner.

    The same drawing always gives the same bytes: no clock and no random name goes into the file.
    """

    def __init__(
        self,
        target: Path | BinaryIO,
        *,
        page_size: str,
        title: str,
        author: str,
        subject: str,
        language: str,
        words: Words | None = None,
    ) -> None:
        from reportlab.pdfgen.canvas import Canvas

        register_fonts()
        self.width, self.height = SIZES[page_size]
        self.words = words or Words()
        self._target = target
        self._bytes = io.BytesIO()
        self._canvas = Canvas(
            self._bytes,
            pagesize=(self.width, self.height),
            invariant=1,
            lang=language,
            initialFontName=Face.REGULAR.value,
            pageCompression=1,
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject(subject)
        self._canvas.setCreator(author)
        self.placed: list[Placed] = []
        self.operations: Counter[str] = Counter()
        """How often what was drawn: ``line``, ``path`` and its ``point``, ``circle``, ``clip``, ``sheet``."""
        self.frames: dict[str, Box] = {}
        self._frame = ""

    @contextmanager
    def frame(self, name: str, box: Box) -> Iterator[Box]:
        """Texts drawn inside belong to this frame; a test proves that they stay in it."""
        if name in self.frames:
            raise ValueError(f"two frames are called {name!r}")
        outer, self._frame = self._frame, name
        self.frames[name] = box
        yield box
        self._frame = outer

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        face: Face = Face.REGULAR,
        size: float = LEAST_POINTS,
        align: str = "left",
        width: float | None = None,
        least: float = LEAST_POINTS,
        ink: Grey = Grey.BLACK,
    ) -> Box:
        """Draw one line and return its box; with ``width`` it shrinks to ``least``, then is elided."""
        text = clean(text).replace(GLUE, " ")
        if width is not None:
            text, size = fit(text, width, face, size, least)
        box = text_box(x, baseline, text, face=face, size=size, align=align)
        if not text.strip():
            return box
        canvas = self._canvas
        canvas.setFillColor(_colour(ink))
        canvas.setFont(face.value, size)
        canvas.drawString(box.x0, self.height - baseline, drawn(text, face))
        self.placed.append(Placed(text, box, size, self._frame))
        return box

    def line_of_runs(
        self, x: float, baseline: float, line: Line, size: float = LEAST_POINTS, ink: Grey = Grey.BLACK
    ) -> None:
        """Draw one wrapped line."""
        for run in line.runs:
            self.text(x, baseline, run.text, face=run.face, size=size, ink=ink)
            x += width_of(run.text, run.face, size)

    def line(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        weight: float = 0.75,
        ink: Grey = Grey.BLACK,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a straight line."""
        self._pen(weight, ink, dash)
        self.operations["line"] += 1
        self._canvas.line(x0, self.height - y0, x1, self.height - y1)

    def dots(self, x0: float, x1: float, y: float, *, pitch: float, radius: float, ink: Grey) -> None:
        """Draw a row of dots: one line with round ends and dashes of no length, not hundreds of circles."""
        self._pen(2 * radius, ink, (0.01, pitch - 0.01))
        self.operations["line"] += 1
        self._canvas.setLineCap(1)
        self._canvas.line(x0, self.height - y, x1, self.height - y)
        self._canvas.setLineCap(0)

    def polyline(
        self,
        points: Sequence[tuple[float, float]],
        *,
        weight: float,
        ink: Grey = Grey.BLACK,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw joined lines."""
        self._pen(weight, ink, dash)
        self._canvas.drawPath(self._path(points, close=False), stroke=1, fill=0)

    def polygon(
        self,
        points: Sequence[tuple[float, float]],
        *,
        fill: Grey | None = None,
        edge: Grey | None = Grey.BLACK,
        weight: float = 0.75,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a closed shape."""
        if edge is not None:
            self._pen(weight, edge, dash)
        if fill is not None:
            self._canvas.setFillColor(_colour(fill))
        self._canvas.drawPath(
            self._path(points, close=True), stroke=int(edge is not None), fill=int(fill is not None)
        )

    def rectangle(
        self,
        box: Box,
        *,
        fill: Grey | None = None,
        edge: Grey | None = Grey.BLACK,
        weight: float = 0.75,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw an upright rectangle."""
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        self.polygon(corners, fill=fill, edge=edge, weight=weight, dash=dash)

    def circle(
        self, x: float, y: float, radius: float, *, fill: Grey | None, edge: Grey | None, weight: float = 0.75
    ) -> None:
        """Draw a circle."""
        if edge is not None:
            self._pen(weight, edge, ())
        if fill is not None:
            self._canvas.setFillColor(_colour(fill))
        self.operations["circle"] += 1
        self._canvas.circle(
            x, self.height - y, radius, stroke=int(edge is not None), fill=int(fill is not None)
        )

    @contextmanager
    def clipped(self, shape: Sequence[tuple[float, float]]) -> Iterator[None]:
        """Draw only inside a closed shape."""
        self.operations["clip"] += 1
        self._canvas.saveState()
        self._canvas.clipPath(self._path(shape, close=True), stroke=0, fill=0)
        yield
        self._canvas.restoreState()

    def bookmark(self, title: str, level: int = 0) -> None:
        """Name this sheet in the outline; of one below another the level is higher by one."""
        sheet = f"sheet{self._canvas.getPageNumber()}"
        self.operations[sheet] += 1
        key = sheet if self.operations[sheet] == 1 else f"{sheet}.{self.operations[sheet]}"
        self._canvas.bookmarkPage(key)
        self._canvas.addOutlineEntry(clean(title), key, level, closed=level > 0)

    def lead_to(self, sheet: int, box: Box) -> None:
        """Let a click into a box lead to a sheet that is or will be named in the outline."""
        corners = (box.x0, self.height - box.y1, box.x1, self.height - box.y0)
        self._canvas.linkRect("", f"sheet{sheet}", corners, Border="[0 0 0]")

    def picture(self, file: Path, box: Box) -> None:
        """Draw the picture of a file into a box, with a thin edge."""
        self._canvas.drawImage(str(file), box.x0, self.height - box.y1, box.x1 - box.x0, box.y1 - box.y0)
        self.rectangle(box, weight=0.5, edge=Grey.LINE)

    def next_sheet(self) -> None:
        """End this sheet and begin another one."""
        self.operations["sheet"] += 1
        self._canvas.showPage()

    def finish(self) -> None:
        """Write the file: wholly, or not at all.

        Raises:
            OSError: the file cannot be written there; what was there before is untouched.
        """
        self.operations["sheet"] += 1
        self._canvas.showPage()
        self._canvas.save()
        if not isinstance(self._target, Path):
            self._target.write(self._bytes.getvalue())
            return
        part = self._target.with_name(f"{self._target.name}.part")
        try:
            part.write_bytes(self._bytes.getvalue())
            part.replace(self._target)
        finally:
            part.unlink(missing_ok=True)

    def _pen(self, weight: float, ink: Grey, dash: tuple[float, ...]) -> None:
        self._canvas.setLineWidth(weight)
        self._canvas.setStrokeColor(_colour(ink))
        self._canvas.setDash(list(dash))

    def _path(self, points: Sequence[tuple[float, float]], *, close: bool) -> Any:
        self.operations.update(path=1, point=len(points))
        path = self._canvas.beginPath()
        path.moveTo(points[0][0], self.height - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, self.height - y)
        if close:
            path.close()
        return path


@functools.cache
def _colour(ink: Grey) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(ink.value)
