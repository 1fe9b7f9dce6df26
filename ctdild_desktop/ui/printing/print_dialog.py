"""The preview of a printout: which sheets, on which paper, how large; from here to the printer or a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.services import printouts
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask, documents_folder
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.printing import printer, sheets
from ctdild_desktop.ui.printing.printer import PrinterError
from ctdild_desktop.ui.printing.sheet_view import Fit, SheetView
from ctdild_desktop.ui.printing.sheets import Printout, RangeError
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.help_key import helps
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl


class PrintDialog(QDialog):
    """Open it with :meth:`begin`. It closes when something was printed or written, and says so."""

    said = Signal(str)
    """A sentence for the status bar."""
    written = Signal(object)
    """The file that was written."""
    delivered = Signal()
    """It was printed or written: what led here need not stay."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, printout: Printout, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._ask, self._printout = desk, runner, ask, printout
        self._pdf = b""
        self._sizes: tuple[QSizeF, ...] = ()
        self._shown: tuple[int, ...] = ()
        self._made_for = ""
        self._in_view: tuple[str, tuple[int, ...]] = ("", ())
        self._busy = False
        self.setObjectName("print_dialog")
        helps(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Print: {title}").format(title=printout.title))
        self.setAccessibleName(self.windowTitle())
        self.view = SheetView()
        self._lay_out()
        self.view.wanted.connect(self._draw)
        self.view.changed.connect(self._tell_place)
        self.pages.changed.connect(self._on_range)
        self.pages.accepted.connect(lambda: self.view.setFocus(Qt.FocusReason.TabFocusReason))
        for keys, slot in (
            (("Ctrl+P", "Ctrl+Return", "Ctrl+Enter"), self.print),
            (("Ctrl+S",), self.save),
        ):
            for key in keys:
                QShortcut(QKeySequence(key), self).activated.connect(slot)

    # parts

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        self._note = plain_label(self._printout.note, name="print_note")
        self._note.setWordWrap(True)
        self._note.setContentsMargins(12, 4, 12, 4)
        self._note.setVisible(bool(self._printout.note))
        column.addWidget(self._note)
        column.addWidget(self.view, 1)
        self.problem = plain_label(name="sheet_problem", bold=0)
        self.problem.setWordWrap(True)
        self.problem.setContentsMargins(12, 4, 12, 4)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addWidget(self._make_foot())

    def _make_head(self) -> QFrame:
        head = named(QFrame(), "sheet_head")
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self._caption = QLabel(self.tr("Pa&ges"))
        self.pages = TextField("print_pages", self.tr("Pages to print"), max_length=60)
        self.pages.setPlaceholderText(self.tr("all, or 1-3, 5"))
        self.pages.setFixedWidth(theme.scaled(120))
        self._caption.setBuddy(self.pages)
        self._place = plain_label(name="print_place", secondary=True)
        row.addWidget(self._caption)
        row.addWidget(self.pages)
        row.addWidget(self._place)
        row.addStretch(1)
        if self._printout.whose:
            row.addWidget(plain_label(self._printout.whose, name="print_whose", bold=0))
            row.addStretch(1)
        self.paper = SegmentedControl(
            "print_paper", self.tr("Paper"), [(size, size) for size in self._printout.sizes]
        )
        us = wording.style().date.startswith("mm") and "Letter" in self._printout.sizes
        self.paper.set_current("Letter" if us else self._printout.sizes[0])
        self.paper.chosen.connect(lambda _size: self._make())
        self.paper.setVisible(len(self._printout.sizes) > 1)
        row.addWidget(self.paper)
        for text, name, words, slot in (
            ("\u2212", "print_smaller", self.tr("Smaller"), lambda: self.view.zoom(-1)),
            ("", "print_zoom", "", None),
            ("+", "print_larger", self.tr("Larger"), lambda: self.view.zoom(1)),
            (self.tr("Width"), "print_width", self.tr("Width"), lambda: self.view.fit(Fit.WIDTH)),
            (self.tr("Whole page"), "print_whole", self.tr("Whole page"), lambda: self.view.fit(Fit.PAGE)),
        ):
            row.addWidget(self._zoom_part(text, name, words, slot))
        return head

    def _zoom_part(self, text: str, name: str, words: str, slot: Callable[[], None] | None) -> QWidget:
        if slot is None:
            self._zoom = plain_label(name=name, secondary=True)
            self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._zoom.setMinimumWidth(theme.scaled(46))
            return self._zoom
        button = named(QPushButton(text), name)
        button.setProperty("small", True)
        button.setAccessibleName(words)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _make_foot(self) -> QFrame:
        foot = named(QFrame(), "sheet_foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        told = plain_label(self.tr("A saved PDF is not encrypted."), name="print_caution", secondary=True)
        row.addWidget(told, 1)
        self.close_button = named(QPushButton(self.tr("Close  Esc")), "print_close")
        self.close_button.clicked.connect(self.reject)
        self.save_button = named(QPushButton(self.tr("Save PDF…  Ctrl+S")), "print_save")
        self.save_button.clicked.connect(self.save)
        self.print_button = named(QPushButton(self.tr("Print…  Ctrl+P")), "print_print")
        self.print_button.setProperty("primary", True)
        self.print_button.clicked.connect(self.print)
        for button in (self.close_button, self.save_button, self.print_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        return foot

    def sizeHint(self) -> QSize:
        """As high as the window that it stands over, as wide as a sheet at 100 % and its buttons."""
        over = self.parentWidget()
        room = over.size() if over is not None else QSize(1366, 740)
        return QSize(min(theme.scaled(940), room.width() - 40), room.height() - 40)

    # making

    def begin(self) -> None:
        """Show the dialog and draw the printout."""
        self.resize(self.sizeHint())
        self.open()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._make()

    @property
    def size_name(self) -> str:
        """The size of paper that is chosen."""
        return self.paper.current()

    @property
    def ready(self) -> bool:
        """Whether the sheets are there and those to print can be read."""
        return bool(self._shown) and not self._busy

    def _make(self) -> None:
        size, make = self.size_name, self._printout.make
        self._set_busy(True)

        def draw() -> tuple[bytes, tuple[QSizeF, ...]]:
            pdf = make(size, ())
            return pdf, sheets.sizes_of(pdf)

        def show(drawn: tuple[bytes, tuple[QSizeF, ...]]) -> None:
            if size == self.size_name:
                self._pdf, self._sizes = drawn
                self._made_for = size
                self._set_busy(False)
                self._on_range()

        self._runner.run(draw, while_alive(self, show), while_alive(self, self._on_refused), files=True)

    def _on_range(self) -> None:
        if not self._sizes:
            return
        for part in (self._caption, self.pages):
            part.setVisible(len(self._sizes) > 1)
        try:
            shown = sheets.sheets_of(self.pages.text(), len(self._sizes))
            words = ""
        except RangeError as error:
            shown, words = (), str(error)
        self._tell_problem(words)
        if (self._made_for, shown) != self._in_view:
            self._in_view = (self._made_for, shown)
            self._shown = shown
            self.view.show_sheets(tuple((sheet, self._sizes[sheet - 1]) for sheet in shown))
        self._fit_buttons()
        self._tell_place()

    def _draw(self, sheet: int, scale: float) -> None:
        pdf = self._pdf

        def show(image: QImage) -> None:
            if self._pdf is pdf:
                self.view.set_picture(sheet, scale, image)

        self._runner.run(
            lambda: sheets.picture(pdf, sheet, scale),
            while_alive(self, show),
            while_alive(self, self._on_refused),
            files=True,
        )

    # what is said

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        for button in (self.print_button, self.save_button):
            button.setEnabled(self.ready)

    def _tell_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setAccessibleName(words)
        self.problem.setVisible(bool(words))

    def _tell_place(self) -> None:
        count, chosen = len(self._sizes), len(self._shown)
        several = self.tr("1 page") if count == 1 else self.tr("{count} pages").format(count=count)
        words = (
            several
            if chosen == count
            else self.tr("{chosen} of {count} pages").format(chosen=chosen, count=count)
        )
        self._place.setText(words if count else self.tr("Drawing…"))
        self._zoom.setText(f"{self.view.percent} %")
        self._zoom.setAccessibleName(self.tr("Zoom {percent} %").format(percent=self.view.percent))
        told = self.tr("Preview, page {page} of {count}").format(page=self.view.current, count=count)
        self.view.setAccessibleName(told)

    # to the printer

    def print(self) -> None:
        """Let the person choose a printer, and print the sheets that are shown."""
        if not self.ready:
            return
        device = printer.made(self._printout, self._sizes[self._shown[0] - 1])

        def send() -> None:
            pdf, colour = self._pdf, self._printout.colour
            wanted = printer.ordered(device, self._shown, self.view.current)
            self._set_busy(True)
            self.said.emit(self.tr("Printing…"))
            self._runner.run(
                lambda: printer.send(device, pdf, wanted, colour=colour),
                while_alive(self, self._on_printed),
                while_alive(self, self._on_refused),
                files=True,
            )

        self._ask.choose_printer(device, len(self._sizes), send)

    def _on_printed(self, count: int) -> None:
        words = self.tr("Sent to the printer: {count} pages.").format(count=count)
        self.said.emit(self.tr("Sent to the printer: 1 page.") if count == 1 else words)
        self._finish()

    # to a file

    def save(self) -> None:
        """Let the person choose a place, and write the sheets that are shown there."""
        if not self.ready:
            return
        self._ask.save_file(
            self.tr("Save PDF"),
            documents_folder() / self._printout.file_name,
            self.tr("PDF (*.pdf)"),
            self._write,
        )

    def _write(self, path: Path) -> None:
        desk, pdf, make, size = self._desk, self._pdf, self._printout.make, self.size_name
        chosen = self._shown if len(self._shown) < len(self._sizes) else ()
        self._set_busy(True)

        def write() -> Path:
            return printouts.into_file(desk, path, make(size, chosen) if chosen else pdf)

        self._runner.run(
            write, while_alive(self, self._on_written), while_alive(self, self._on_refused), files=True
        )

    def _on_written(self, path: Path) -> None:
        self.written.emit(path)
        self._finish()

    def _finish(self) -> None:
        self._set_busy(False)
        self.delivered.emit()
        self.accept()

    def _on_refused(self, error: Exception) -> None:
        self._set_busy(False)
        words = str(error) if isinstance(error, PrinterError) else sentence_of(error)
        if words is None:
            raise error
        self._tell_problem(words)
        self.said.emit(words)
