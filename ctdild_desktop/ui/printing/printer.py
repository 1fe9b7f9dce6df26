"""A PDF on the system's printer: the sheets that were asked for, each in its size, in greys or colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter

from ctdild_desktop.ui.printing import sheets
from ctdild_desktop.ui.printing.sheets import POINT, Printout

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_FINE_GREY, _FINE_COLOUR = 600, 300
"""Dots for an inch at most: finer is slower and looks the same."""


class PrinterError(Exception):
    """The printer does not take what was sent to it."""


def made(printout: Printout, size: QSizeF) -> QPrinter:
    """The printer that the system proposes, set to sheets of this size in points."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(printout.title)
    printer.setCreator("CTD-ILD Desktop")
    lying = size.width() > size.height()
    page = QPageSize(size.transposed() if lying else size, QPageSize.Unit.Point)
    printer.setPageLayout(
        QPageLayout(
            page,
            QPageLayout.Orientation.Landscape if lying else QPageLayout.Orientation.Portrait,
            QMarginsF(),
            QPageLayout.Unit.Point,
        )
    )
    printer.setFullPage(True)
    mode = QPrinter.ColorMode
    printer.setColorMode(mode.Color if printout.colour else mode.GrayScale)
    return printer


def ordered(printer: QPrinter, shown: tuple[int, ...], current: int) -> tuple[int, ...]:
    """Which of the sheets in the preview the person asked the printer for, in the order of printing."""
    from PySide6.QtPrintSupport import QPrinter

    chosen = printer.printRange()
    if chosen == QPrinter.PrintRange.CurrentPage:
        wanted = tuple(sheet for sheet in shown if sheet == current)
    elif chosen == QPrinter.PrintRange.PageRange:
        ranges = printer.pageRanges()
        first, last = printer.fromPage(), printer.toPage()
        wanted = tuple(
            sheet
            for sheet in shown
            if (first <= sheet <= last if ranges.isEmpty() else ranges.contains(sheet))
        )
    else:
        wanted = shown
    copies = 1 if printer.supportsMultipleCopies() else max(printer.copyCount(), 1)
    backward = printer.pageOrder() == QPrinter.PageOrder.LastPageFirst
    once = tuple(reversed(wanted)) if backward else wanted
    if printer.collateCopies():
        return once * copies
    return tuple(sheet for sheet in once for _copy in range(copies))


def send(printer: QPrinter, pdf: bytes, wanted: tuple[int, ...], *, colour: bool) -> int:
    """Print these sheets; called away from the main thread. A sheet larger than the paper is made smaller.

    Returns:
        How many sheets were sent.

    Raises:
        PrinterError: the printer does not take them.
    """
    sizes = sheets.sizes_of(pdf)
    fine = min(printer.resolution(), _FINE_COLOUR if colour else _FINE_GREY)
    painter = QPainter()
    if not wanted or not painter.begin(printer):
        raise PrinterError(_tr("The printer does not take it; nothing was printed."))
    paper = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
    for at, sheet in enumerate(wanted):
        if at and not printer.newPage():
            painter.end()
            raise PrinterError(_tr("The printer stopped after {count} pages.").format(count=at))
        whole = sizes[sheet - 1] * (printer.resolution() / POINT)
        shrunk = min(1.0, paper.width() / whole.width(), paper.height() / whole.height())
        room = QRectF(0, 0, whole.width() * shrunk, whole.height() * shrunk)
        room.moveCenter(paper.center())
        painter.drawImage(room, sheets.picture(pdf, sheet, fine / POINT * shrunk, grey=not colour))
    painter.end()
    return len(wanted)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Printing", text)
