"""A painting as a file for elsewhere, PNG or SVG, always in the light colours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice, QPainter

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.tokens import LIGHT

Paint = Callable[[QPainter], None]
_FINE = 2
"""Pixels of a saved picture for each of the screen's."""


def paint_light(device: QPaintDevice, size: QSize, scale: float, paint: Paint) -> None:
    """Paint on a white ground in the light colours, whatever theme is in force."""
    with theme.drawn_in(LIGHT):
        painter = QPainter(device)
        painter.scale(scale, scale)
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.color("base"))
        paint(painter)
        painter.end()


def image_of(size: QSize, paint: Paint) -> QImage:
    """The painting in pixels, fine enough for a slide."""
    made = QImage(size * _FINE, QImage.Format.Format_RGB32)
    made.setDotsPerMeterX(round(96 * _FINE / 0.0254))
    made.setDotsPerMeterY(made.dotsPerMeterX())
    paint_light(made, size, float(_FINE), paint)
    return made


def png_of(size: QSize, paint: Paint) -> bytes:
    """The painting as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image_of(size, paint))
    return bytes(buffer.data().data())


def svg_of(size: QSize, paint: Paint, title: str, description: str) -> bytes:
    """The painting as an SVG file, whose lines and letters stay sharp at every size."""
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the other version cannot clip
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setResolution(96)
    generator.setTitle(title)
    generator.setDescription(description)
    paint_light(generator, size, 1.0, paint)
    return bytes(buffer.data().data())
