"""How the meanings of a picture look in black and greys: weight, dash, shape of the mark, fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ctdild_desktop.figures.chart import Meaning
from ctdild_desktop.figures.scene import LaneStyle
from ctdild_desktop.reports.paper import Grey, Paper

Corners = Callable[[float, float, float], tuple[tuple[float, float], ...]]
"""The corners of a mark at a place, of a radius."""


@dataclass(frozen=True, slots=True)
class Look:
    """One meaning on paper."""

    ink: Grey
    weight: float
    shape: Corners | None = None
    """None for a circle."""
    radius: float = 2.6
    dash: tuple[float, ...] = ()
    filled: bool = True
    fill: LaneStyle = LaneStyle.CONVENTIONAL


def _square(x: float, y: float, radius: float) -> tuple[tuple[float, float], ...]:
    return (
        (x - radius, y - radius),
        (x + radius, y - radius),
        (x + radius, y + radius),
        (x - radius, y + radius),
    )


def _triangle(x: float, y: float, radius: float) -> tuple[tuple[float, float], ...]:
    reach = radius * 1.25
    return ((x - reach, y + radius), (x, y - reach), (x + reach, y + radius))


def _diamond(x: float, y: float, radius: float) -> tuple[tuple[float, float], ...]:
    reach = radius * 1.35
    return ((x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach))


LOOKS: dict[Meaning, Look] = {
    Meaning.PATIENT: Look(Grey.LINE, 0.5, radius=1.3),
    Meaning.FVC: Look(Grey.BLACK, 1.6),
    Meaning.DLCO: Look(Grey.DLCO, 1.6, _square, radius=2.4),
    Meaning.FIRST: Look(Grey.BLACK, 1.4),
    Meaning.SECOND: Look(
        Grey.EDGE, 1.4, _square, radius=2.3, dash=(4.5, 2.0), fill=LaneStyle.CYCLOPHOSPHAMIDE
    ),
    Meaning.THIRD: Look(Grey.BLACK, 1.2, _triangle, dash=(1.2, 1.8), fill=LaneStyle.ANTIFIBROTIC),
    Meaning.FOURTH: Look(Grey.LINE, 2.2, _diamond, dash=(8.0, 2.0, 1.5, 2.0), fill=LaneStyle.GLUCOCORTICOID),
    Meaning.PUBLISHED: Look(Grey.BLACK, 1.0, _diamond, filled=False),
    Meaning.BEFORE_MATCHING: Look(Grey.BLACK, 1.0, filled=False),
}


def draw_mark(paper: Paper, x: float, y: float, look: Look, *, radius: float = 0.0) -> None:
    """Draw the mark of a meaning at a place; smaller or larger than usual when a radius is given."""
    ink = Grey.EDGE if look.ink is Grey.LINE and look.weight < 1 else look.ink
    fill, size = ink if look.filled else Grey.WHITE, radius or look.radius
    if look.shape is None:
        paper.circle(x, y, size, fill=fill, edge=ink, weight=0.9)
    else:
        paper.polygon(look.shape(x, y, size), fill=fill, edge=ink, weight=0.9)
