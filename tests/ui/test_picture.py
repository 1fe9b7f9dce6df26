"""The time-line leaves the program as a picture: by key, named or not, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk
from tests.ui.conftest import Keyboard

NAMES = ("HOLLOWAY", "Ingrid", "DEMO-0417", "18.09.1970")


@pytest.fixture
def opened(desk: Desk, bench: Workbench) -> Workbench:
    fill(desk, holloway.record())
    bench.open_patient(holloway.patient().id)
    return bench


def texts(path: Path) -> str:
    return " ".join(part.text or "" for part in ElementTree.parse(path).iter())


def test_svg_is_letters_and_lines_named_by_default_and_without_a_name_when_asked(
    opened: Workbench, ask: FakeAsk, tmp_path: Path
) -> None:
    named, bare = tmp_path / "a.svg", tmp_path / "b.svg"
    ask.saves += [named, bare]
    opened.act("save_picture_svg")
    assert not any(name in ask.suggested[0].name for name in NAMES)
    assert opened.window.said == "Time-line saved: a.svg"
    told = texts(named)
    assert all(name in told for name in NAMES)
    assert "FVC 64 %" in told
    assert "Mycophenolate" in told
    assert "<image" not in named.read_text(encoding="utf-8")
    identity = next(act for act in opened.patient.overview.bar.pictures.actions() if act.isCheckable())
    identity.setChecked(False)
    opened.act("save_picture_svg")
    assert not any(name in texts(bare) for name in NAMES)
    assert "F · 55 y" in texts(bare)


def test_png_and_pdf_are_written_by_key_in_the_light_colours(
    qtbot: QtBot, opened: Workbench, ask: FakeAsk, keyboard: Keyboard, tmp_path: Path
) -> None:
    png, pdf = tmp_path / "a.png", tmp_path / "a.pdf"
    ask.saves += [png, pdf]
    theme.state().tokens, before = theme.DARK, theme.state().tokens
    keyboard.ctrl(Qt.Key.Key_S, shift=True)
    assert theme.state().tokens is theme.DARK
    theme.state().tokens = before
    image = QImage(str(png))
    assert image.width() == 2 * 1180
    assert image.pixelColor(4, 4).name() == theme.LIGHT.base.lower()
    keyboard.ctrl(Qt.Key.Key_P, shift=True)
    qtbot.waitUntil(lambda: keyboard.focus() == "sheet_view")
    keyboard.ctrl(Qt.Key.Key_S)
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert ask.suggested[1].suffix == ".pdf"


def test_copying_puts_an_image_on_the_clipboard(opened: Workbench, keyboard: Keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_C, shift=True)
    assert QGuiApplication.clipboard().image().width() == 2 * 1180
    assert opened.window.said == "Time-line copied, with name, MRN and birth date."
    QGuiApplication.clipboard().clear()


def test_d3_a_place_that_cannot_be_written_is_told_and_nothing_half_is_left(
    opened: Workbench, ask: FakeAsk, tmp_path: Path
) -> None:
    ask.saves.append(tmp_path / "no folder" / "a.png")
    opened.act("save_picture_png")
    assert opened.window.said.startswith("a.png could not be written or read: no such file")
    assert list(tmp_path.glob("no folder*")) == []
