"""The text of a report as it was read, with the place of each value marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from ctdild_desktop.interchange.report_records import Spot
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named


@dataclass(frozen=True, slots=True)
class Marked:
    """A place with the name of the colour behind it."""

    spot: Spot
    color: str


class ReportView(QPlainTextEdit):
    """Shows the text; what is pasted into it is handed on, and nothing can be typed."""

    pasted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "report_text")
        self.setAccessibleName(self.tr("Text of the report"))
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(theme.scaled(12))
        self.setFont(fixed)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * 12)
        self.setPlaceholderText(
            self.tr(
                "Copy the report in the hospital system and press Ctrl+V here, or open the PDF of the "
                "laboratory. Nothing is saved before each value is confirmed."
            )
        )
        self.setMinimumHeight(theme.scaled(96))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand a pasted text on; the other keys move and select."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_now()
        else:
            super().keyPressEvent(event)

    def paste_now(self) -> None:
        """Hand on the text of the clipboard."""
        from PySide6.QtWidgets import QApplication

        data: QMimeData = QApplication.clipboard().mimeData()
        self.pasted.emit(data.text() if data.hasText() else "")

    def show_places(self, current: Spot | None, marks: Iterable[Marked]) -> None:
        """Mark the places of the values, and bring the line of the current one into sight."""
        made = []
        if current is not None:
            line = self._selection(Spot(current.line, 0, 0), "sel")
            line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            made.append(line)
        made += [self._selection(mark.spot, mark.color) for mark in marks]
        if current is not None:
            strong = self._selection(current, "accent")
            strong.format.setForeground(theme.color("onaccent"))
            made.append(strong)
            self._show_line(current)
        self.setExtraSelections(made)

    def _selection(self, spot: Spot, color: str) -> QTextEdit.ExtraSelection:
        found = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document().findBlockByNumber(spot.line))
        start = cursor.position()
        cursor.setPosition(start + spot.start)
        cursor.setPosition(
            start + min(spot.end, cursor.block().length() - 1), QTextCursor.MoveMode.KeepAnchor
        )
        look = QTextCharFormat()
        look.setBackground(theme.color(color))
        look.setForeground(theme.color("text"))
        found.cursor = cursor
        found.format = look
        return found

    def _show_line(self, spot: Spot) -> None:
        cursor = QTextCursor(self.document().findBlockByNumber(spot.line))
        cursor.setPosition(cursor.position() + min(spot.end, cursor.block().length() - 1))
        self.setTextCursor(cursor)
        self.centerCursor()
