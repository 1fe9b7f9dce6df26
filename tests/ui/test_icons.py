"""Icons exist, follow the theme's ink, and a wrong name is a bug that shows at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from ctdild_desktop.app import program_icon
from ctdild_desktop.bundled import resources
from ctdild_desktop.ui import icons, theme

NAMES = sorted(path.stem for path in (resources() / "icons").glob("*.svg"))


def inks(name: str) -> set[str]:
    image = icons.icon(name).pixmap(QSize(36, 36)).toImage()
    found = set()
    for x in range(image.width()):
        for y in range(image.height()):
            colour = QColor(image.pixelColor(x, y))
            if colour.alpha() == 255:
                found.add(colour.name().upper())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_drawn_in_the_ink_of_the_theme(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, "light")
    assert theme.tokens().text2 in inks(name)
    theme.apply(qapp, "dark")
    assert theme.tokens().text2 in inks(name)
    theme.apply(qapp, "light")


def test_the_rooms_of_the_rail_have_icons() -> None:
    assert {"today", "patients", "mdt", "cohort", "evidence", "registry", "search", "lock"} <= set(NAMES)


def test_an_unknown_name_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no_such_icon")


def test_the_program_has_an_icon_for_every_size_that_a_desktop_asks(qapp: QApplication) -> None:
    shown = program_icon()
    assert {size.width() for size in shown.availableSizes()} == {16, 24, 32, 48, 64, 128, 256}
    small = shown.pixmap(QSize(16, 16)).toImage()
    assert small.pixelColor(0, 8).name() == "#0b5394"
