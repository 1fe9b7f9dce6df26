"""The words beside a field: why it is refused or unlikely, where it was carried from, or a read-out."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.attendees_field import AttendeesField
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.codes_field import CodesField
from ctdild_desktop.ui.widgets.fields import Field, FieldState
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.option_field import OptionField
from ctdild_desktop.ui.widgets.plain import tip

AnyField = Field | ChoiceField | OptionField | CodesField | ChecksField | LongTextField | AttendeesField


class FieldNote(QWidget):
    """Shows the message of one field and, while there is none, the read-out given by :meth:`set_read_out`."""

    def __init__(self, field: AnyField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._read_out = ""
        self._fix = QPushButton(self)
        self._fix.setProperty("link", True)
        self._fix.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fix.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._fix)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName(f"{field.objectName()}_note")
        field.note_changed.connect(self._on_note)
        if isinstance(field, Field):
            self._fix.clicked.connect(field.apply_fix)

    def set_read_out(self, text: str) -> None:
        """What stands here while nothing is wrong."""
        self._read_out = text
        self._on_note()

    def words(self) -> str:
        """The text as shown."""
        field = self._field
        if field.state is FieldState.UNLIKELY:
            if isinstance(field, Field) and field.kept_unlikely:
                return self.tr("{reason} Kept.").format(reason=_ended(field.message))
            return self.tr("{reason} Enter again keeps it").format(reason=_ended(field.message))
        return field.message or self._read_out

    def sizeHint(self) -> QSize:
        """One line of text beside a glyph."""
        width = self.fontMetrics().horizontalAdvance(self.words()) + theme.scaled_in(self, 24)
        return QSize(min(width, theme.scaled_in(self, 420)), theme.scaled_in(self, 22))

    def minimumSizeHint(self) -> QSize:
        """Narrow layouts elide the words; the tool tip has all of them."""
        return QSize(theme.scaled_in(self, 60), theme.scaled_in(self, 22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the glyph of the state and the words, elided when they do not fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state, left = self._field.state, 0
        size = theme.scaled_in(self, 14)
        box = QRectF(0, (self.height() - size) / 2, size, size)
        bold = state is FieldState.REFUSED
        if state is FieldState.REFUSED:
            glyphs.warning(painter, box, theme.color("over"), theme.color("base"))
            left = size + 6
        elif state is FieldState.UNLIKELY:
            glyphs.again(painter, box, theme.color("text"))
            left = size + 6
        painter.setFont(theme.font_in(self, bold=bold))
        painter.setPen(theme.color("text" if bold else "text2"))
        right = self._fix.width() + 4 if self._fix.isVisible() else 0
        room = self.rect().adjusted(left, 0, -right, 0)
        text = painter.fontMetrics().elidedText(self.words(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _on_note(self) -> None:
        fix = self._field.fix
        self._fix.setVisible(fix is not None)
        if fix is not None:
            key = QKeySequence(self._field.fix_key).toString() if isinstance(self._field, Field) else ""
            self._fix.setText(f"{fix.label} {key}".strip())
        words = self.words()
        self.setToolTip(tip(words))
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
