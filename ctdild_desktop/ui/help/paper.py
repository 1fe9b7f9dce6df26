"""The manual on paper: the page in sight to the printer, a book as a PDF file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.clinical import wording
from ctdild_desktop.manual.books import Manual, Page
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.printing import printer, sheets
from ctdild_desktop.ui.printing.printer import PrinterError
from ctdild_desktop.ui.printing.sheets import Printout


class Paper(QObject):
    """``said`` carries what became of it."""

    said = Signal(str)

    def __init__(self, runner: Runner, ask: Ask, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._ask = runner, ask

    @staticmethod
    def size() -> str:
        """The paper that is usual where dates are written as this computer writes them."""
        return "Letter" if wording.style().date.startswith("mm") else "A4"

    def save_book(self, manual: Manual, book: str, path: Path) -> None:
        """Write a book to a file."""
        size = self.size()

        def write() -> Path:
            from ctdild_desktop.reports.manual import write_book

            write_book(path, manual, book, page_size=size)
            return path

        self.said.emit(self.tr("Writing…"))
        self._runner.run(
            write,
            while_alive(self, self._on_written),
            while_alive(self, self._on_refused),
            files=True,
        )

    def _on_written(self, path: Path) -> None:
        self.said.emit(self.tr("Written: {name}.").format(name=path.name))

    def print_page(self, manual: Manual, page: Page) -> None:
        """Let the person choose a printer for a page."""
        size = self.size()

        def make(paper: str, _chosen: tuple[int, ...]) -> bytes:
            from ctdild_desktop.reports.manual import page_pdf

            return page_pdf(manual, page, page_size=paper)

        printout = Printout(title=page.title, file_name="manual.pdf", make=make, colour=True)
        self._runner.run(
            lambda: make(size, ()),
            while_alive(self, lambda pdf: self._choose(printout, pdf)),
            while_alive(self, self._on_refused),
            files=True,
        )

    def _choose(self, printout: Printout, pdf: bytes) -> None:
        sizes = sheets.sizes_of(pdf)
        device = printer.made(printout, sizes[0])

        def send() -> None:
            wanted = printer.ordered(device, tuple(range(1, len(sizes) + 1)), 1)
            self._runner.run(
                lambda: printer.send(device, pdf, wanted, colour=True),
                while_alive(self, self._on_printed),
                while_alive(self, self._on_refused),
                files=True,
            )

        self._ask.choose_printer(device, len(sizes), send)

    def _on_printed(self, count: int) -> None:
        self.said.emit(self.tr("Printed pages: {n}.").format(n=count))

    def _on_refused(self, error: Exception) -> None:
        words = str(error) if isinstance(error, PrinterError) else sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)
