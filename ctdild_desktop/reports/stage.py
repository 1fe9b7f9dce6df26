"""What the parts of the printed time-line share: the sheet, the date axis, and what ink already takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ctdild_desktop.figures.layout import Box, DateAxis
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.typesetting import Face, text_box

GUTTER_LEFT = 87.0
"""Names of the rows stand left of the axis, in this width."""

GUTTER_RIGHT = 78.0
"""The Now column."""


@dataclass(slots=True)
class Stage:
    """What the parts of the picture share: the sheet, the date axis, and the places already taken by ink."""

    paper: Paper
    axis: DateAxis
    frame: Box
    taken: list[Box] = field(default_factory=list)

    def place(
        self,
        spots: Iterable[tuple[float, float, str]],
        text: str,
        *,
        within: Box,
        face: Face = Face.REGULAR,
        ink: Grey = Grey.BLACK,
        ground: Grey | None = Grey.WHITE,
        clear: float = 0.0,
    ) -> bool:
        """Write a text at the first free one of the spots (x, baseline, alignment); False when none is.

        ``clear`` is kept free at both sides, so that two numbers do not read as one.
        """
        for x, baseline, align in spots:
            box = text_box(x, baseline, text, face=face, align=align)
            wide = Box(box.x0 - clear, box.y0, box.x1 + clear, box.y1)
            if not box.inside(within) or any(wide.meets(other) for other in self.taken):
                continue
            if ground is not None:
                around = Box(box.x0 - 1, box.y0 - 0.5, box.x1 + 1, box.y1 + 0.5)
                self.paper.rectangle(around, fill=ground, edge=None)
            self.paper.text(x, baseline, text, face=face, align=align, ink=ink)
            self.taken.append(box)
            return True
        return False

    def gutter(self, baseline: float, name: str, now: str, *, quiet: bool = False) -> None:
        """Write the name of a row left of the axis and its Now text right of it."""
        ink = Grey.TEXT2 if quiet else Grey.BLACK
        left, right = self.axis.left, self.axis.right
        named = self.paper.text(left - 6, baseline, name, align="right", width=GUTTER_LEFT - 12, ink=ink)
        self.taken.append(Box(named.x0 - 2, named.y0, named.x1 + 2, named.y1))
        self.paper.text(right + 6, baseline, now, width=GUTTER_RIGHT - 9, ink=ink)


def corners(box: Box) -> tuple[tuple[float, float], ...]:
    """The corners of a rectangle as a closed shape."""
    return ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
