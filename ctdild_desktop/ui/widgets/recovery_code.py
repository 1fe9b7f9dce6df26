"""The recovery code as it is shown once: to be copied, printed or written down."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.naming import named


class RecoveryCode(QWidget):
    """The code with its buttons; ``kept`` tells whether the person says that it is kept."""

    kept = Signal(bool)

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = code
        shown = named(QLabel(code), "recovery_code")
        face = QFont("monospace")
        face.setStyleHint(QFont.StyleHint.Monospace)
        face.setPixelSize(theme.px(2))
        shown.setFont(face)
        shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        shown.setWordWrap(True)
        shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        shown.setAccessibleName(self.tr("Recovery code"))
        copy = named(QPushButton(self.tr("&Copy")), "recovery_copy")
        copy.clicked.connect(self._on_copy)
        printing = named(QPushButton(self.tr("&Print…")), "recovery_print")
        printing.clicked.connect(self._on_print)
        row = QHBoxLayout()
        row.addWidget(copy)
        row.addWidget(printing)
        row.addStretch(1)
        self.tick = named(CheckBox(self.tr("I have &written it down or printed it")), "recovery_noted")
        self.tick.toggled.connect(self.kept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(shown)
        column.addLayout(row)
        column.addWidget(self.tick)

    def focus_first(self) -> None:
        """The tick: Space sets it."""
        self.tick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)

    def _on_print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._print_on(printer))
        dialog.finished.connect(self.focus_first)
        dialog.show()

    def _print_on(self, printer: QPrinter) -> None:
        page = QTextDocument()
        title = self.tr("Recovery code of a CTD-ILD registry. Keep it locked away.")
        page.setPlainText(f"{title}\n\n{self._code}\n")
        page.print_(printer)
