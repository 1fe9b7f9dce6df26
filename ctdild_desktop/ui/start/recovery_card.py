"""The recovery code, shown once: copy it, print it, or write it down; then go on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.start.card import Card
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.naming import named


class RecoveryCard(Card):
    """``noted`` follows when the person says that the code is kept."""

    noted = Signal()

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(
            _tr("Keep this recovery code"),
            _tr(
                "It opens the registry when a passphrase is lost. It is shown this once and kept nowhere "
                "in the program. Keep it on paper, locked away, not on this workstation."
            ),
            _tr("Go on  Enter"),
            parent,
        )
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
        shown.setAccessibleName(_tr("Recovery code"))
        self.column.insertWidget(2, shown)
        row = QHBoxLayout()
        copy = named(QPushButton(_tr("&Copy")), "recovery_copy")
        copy.clicked.connect(self._on_copy)
        printing = named(QPushButton(_tr("&Print…")), "recovery_print")
        printing.clicked.connect(self._on_print)
        row.addWidget(copy)
        row.addWidget(printing)
        row.addStretch(1)
        self.column.insertLayout(3, row)
        self.tick = named(CheckBox(_tr("I have &written it down or printed it")), "recovery_noted")
        self.tick.toggled.connect(self.go.setEnabled)
        self.column.insertWidget(4, self.tick)
        self.go.setEnabled(False)
        self.go.clicked.connect(self.noted)

    def focus_first(self) -> None:
        """The tick: Space sets it, Tab and Enter go on."""
        self.tick.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)

    def _on_print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._print_on(printer))
        dialog.show()

    def _print_on(self, printer: QPrinter) -> None:
        page = QTextDocument()
        title = self.tr("Recovery code of a CTD-ILD registry. Keep it locked away.")
        page.setPlainText(f"{title}\n\n{self._code}\n")
        page.print_(printer)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecoveryCard", text)
