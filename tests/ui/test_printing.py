"""The preview of a printout, its range and paper, the printer and the file, all by keyboard."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas
from shiboken6 import isValid

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.printing import printer, sheets
from ctdild_desktop.ui.printing.print_dialog import PrintDialog
from ctdild_desktop.ui.printing.sheets import Printout, RangeError, sheets_of
from tests.support.fake_ask import FakeAsk

SIZES = {"A4": (595.28, 841.89), "Letter": (612.0, 792.0)}


def pdf_of(size: str, count: int = 5) -> bytes:
    """Sheets that say their number, each with a black square of two inches at its left edge."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=SIZES[size])
    for number in range(1, count + 1):
        canvas.drawString(300, 400, f"Sheet {number}")
        canvas.rect(72, 400, 144, 144, fill=1)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded().strip() for page in document]


@pytest.fixture
def made() -> list[tuple[str, tuple[int, ...]]]:
    return []


@pytest.fixture
def preview(
    qtbot: QtBot, desk: Desk, ask: FakeAsk, made: list[tuple[str, tuple[int, ...]]]
) -> Iterator[PrintDialog]:
    def make(size: str, wanted: tuple[int, ...]) -> bytes:
        made.append((size, wanted))
        return sheets.only(pdf_of(size), wanted) if wanted else pdf_of(size)

    printout = Printout(title="Pack", file_name="pack.pdf", make=make)
    dialog = PrintDialog(desk, ImmediateRunner(), ask, printout)
    with qtbot.waitActive(dialog):
        dialog.begin()
    yield dialog
    if isValid(dialog):
        dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("", (1, 2, 3, 4, 5, 6)), ("1-3, 5", (1, 2, 3, 5)), ("5;2", (2, 5)), ("4-", (4, 5, 6)), ("2–2", (2,))],
)
def test_a_range_of_pages_is_read(text: str, meant: tuple[int, ...]) -> None:
    assert sheets_of(text, 6) == meant


@pytest.mark.parametrize("text", ["0", "7", "3-1", "a", "1,,2", "-3"])
def test_a_range_that_means_no_pages_is_refused(text: str) -> None:
    with pytest.raises(RangeError):
        sheets_of(text, 6)


def test_a_chosen_range_is_saved_alone_and_nothing_of_the_other_sheets(
    preview: PrintDialog, ask: FakeAsk, keyboard: Any, tmp_path: Path, made: list[Any]
) -> None:
    written: list[Path] = []
    preview.written.connect(written.append)
    ask.saves = [tmp_path / "pack.pdf"]
    assert keyboard.focus() == "sheet_view"
    assert preview.view.accessibleName() == "Preview, page 1 of 5"
    keyboard.press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    keyboard.type("9")
    assert preview.problem.text() == "There are pages 1 to 5."
    assert not preview.save_button.isEnabled()
    keyboard.press(Qt.Key.Key_Backspace)
    keyboard.line("2, 4-")
    keyboard.ctrl(Qt.Key.Key_S)
    assert ask.suggested[0].name == "pack.pdf"
    assert written == [tmp_path / "pack.pdf"]
    assert texts(written[0]) == ["Sheet 2", "Sheet 4", "Sheet 5"]
    assert made == [("A4", ()), ("A4", (2, 4, 5))]


def test_the_printer_gets_the_sheets_of_both_ranges_in_the_size_of_the_paper(
    preview: PrintDialog, ask: FakeAsk, keyboard: Any, tmp_path: Path
) -> None:
    said: list[str] = []
    preview.said.connect(said.append)

    def choose(device: QPrinter) -> None:
        assert device.docName() == "Pack"
        device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        device.setOutputFileName(str(tmp_path / "paper.pdf"))
        device.setPrintRange(QPrinter.PrintRange.PageRange)
        device.setFromTo(3, 4)
        device.setPageOrder(QPrinter.PageOrder.LastPageFirst)

    ask.printers = [choose]
    preview.paper._buttons["Letter"].click()
    keyboard.press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    keyboard.type("1-3")
    keyboard.ctrl(Qt.Key.Key_P)
    assert said == ["Printing…", "Sent to the printer: 1 page."]
    with pypdfium2.PdfDocument(tmp_path / "paper.pdf") as document:
        assert [round(length) for length in document[0].get_size()] == [612, 792]
        assert len(document) == 1
        drawn = document[0].render(scale=1).to_numpy()
    # the square stands where it stands on the sheet: 72 to 216 points from the left, 248 to 392 from the top
    assert drawn[300, 100].max() < 40
    assert drawn[300, 60].min() > 220
    assert drawn[300, 230].min() > 220


def test_e2_nothing_of_a_printout_is_left_in_temporary_files(
    preview: PrintDialog, ask: FakeAsk, keyboard: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def choose(device: QPrinter) -> None:
        device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        device.setOutputFileName(str(tmp_path / "paper.pdf"))
        device.setPrintRange(QPrinter.PrintRange.CurrentPage)

    ask.printers = [choose]
    keyboard.press(Qt.Key.Key_End)
    keyboard.ctrl(Qt.Key.Key_P)
    assert (tmp_path / "paper.pdf").stat().st_size > 0
    assert tempfile.gettempdir() == str(folder)
    assert list(folder.rglob("*")) == []


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing_is_said_and_the_preview_stays(
    preview: PrintDialog, ask: FakeAsk, keyboard: Any, tmp_path: Path
) -> None:
    def choose(device: QPrinter) -> None:
        device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        device.setOutputFileName(str(tmp_path / "no such folder" / "paper.pdf"))

    ask.printers = [choose]
    keyboard.ctrl(Qt.Key.Key_P)
    assert preview.problem.text() == "The printer does not take it; nothing was printed."
    assert preview.isVisible()
    assert preview.print_button.isEnabled()


def test_a_larger_sheet_is_made_smaller_for_the_paper_and_never_larger(tmp_path: Path) -> None:
    device = QPrinter()
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(tmp_path / "small.pdf"))
    device.setFullPage(True)
    device.setPageSize(device.pageLayout().pageSize().PageSizeId.A5)
    assert printer.send(device, pdf_of("A4", 2), (2, 1, 2), colour=True) == 3
    with pypdfium2.PdfDocument(tmp_path / "small.pdf") as document:
        width = document[0].get_size()[0]
        drawn = document[0].render(scale=1).to_numpy()
    share = width / SIZES["A4"][0]
    assert share == pytest.approx(0.705, abs=0.01)
    assert drawn[round(370 * share), round(144 * share)].max() < 40
    assert drawn[round(370 * share), round(60 * share)].min() > 220


def test_zoom_asks_for_a_finer_picture_of_what_is_in_sight_alone(preview: PrintDialog, keyboard: Any) -> None:
    asked: list[tuple[int, float]] = []
    preview.view.wanted.connect(lambda sheet, scale: asked.append((sheet, scale)))
    before = preview.view.percent
    keyboard.press(Qt.Key.Key_Plus)
    assert preview.view.percent == pytest.approx(before * 1.25, abs=2)
    assert 0 < len(asked) < 5
    keyboard.press(Qt.Key.Key_End)
    assert preview.view.current == 5
    assert not preview.view.waiting
    image = preview.view.viewport().grab().toImage()
    assert isinstance(image, QImage)
    keyboard.press(Qt.Key.Key_0)
    keyboard.press(Qt.Key.Key_0)
    assert preview.view.percent <= before
