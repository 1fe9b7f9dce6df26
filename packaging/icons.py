"""Make the sizes of the program's icon from its drawing, for the window, the desktop and Windows.

.venv/bin/python packaging/icons.py
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons" / "program"
NAME = "ctdild-desktop"
SIZES = (16, 24, 32, 48, 64, 128, 256)


def drawn(drawing: QSvgRenderer, size: int) -> bytes:
    """The icon in one size, as PNG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    drawing.render(painter, QRectF(0, 0, size, size))
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise OSError(f"the icon of {size} pixels could not be written")
    return bytes(kept.data())


def as_ico(pictures: dict[int, bytes]) -> bytes:
    """All sizes in the one file that Windows wants; it reads PNG in it since Vista."""
    place = 6 + 16 * len(pictures)
    entries = b""
    for size, png in pictures.items():
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), place)
        place += len(png)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures.values())


def main() -> None:
    """Write every size beside the drawing."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _app = QGuiApplication([])
    drawing = QSvgRenderer(str(FOLDER / f"{NAME}.svg"))
    if not drawing.isValid():
        raise SystemExit(f"{FOLDER / NAME}.svg is no drawing")
    pictures = {size: drawn(drawing, size) for size in SIZES}
    for size, png in pictures.items():
        (FOLDER / f"{size}.png").write_bytes(png)
    (FOLDER / f"{NAME}.ico").write_bytes(as_ico(pictures))


if __name__ == "__main__":
    main()
