"""What saving would change: one line per criterion, changed verdicts first, and how the test compares."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services.assessment import one_line
from ctdild_desktop.services.pft import PftPreview, VerdictChange
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_WORDS = {Verdict.MET: "met", Verdict.CANNOT_ASSESS: "unkt"}


class VerdictLine(QWidget):
    """Glyph, name, verdict and its reason on one line; the reason gives way first."""

    def __init__(self, change: VerdictChange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        answer = change.assessment
        self._verdict = answer.verdict
        self.title = answer.title
        word = wording.verdict(answer.verdict)
        becomes = change.changes and change.before is not None
        self.word = self.tr("becomes {verdict}").format(verdict=word) if becomes else word
        self.reason = one_line(change.assessment)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{self.title}: {self.word}. {self.reason}")
        self.setAccessibleName(f"{self.title}, {self.word}, {self.reason}")

    def sizeHint(self) -> QSize:
        """24 px at the usual font."""
        return QSize(theme.scaled(200), theme.scaled(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line and the hairline below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("base"))
        painter.setPen(theme.color("grid"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        size = theme.scaled(12)
        glyphs.verdict(
            painter, QRectF(theme.scaled(14), (self.height() - size) / 2, size, size), self._verdict
        )
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font(bold=True))
        painter.setPen(theme.color("text"))
        name = self.rect().adjusted(theme.scaled(34), 0, 0, 0)
        name.setWidth(theme.scaled(128))
        painter.drawText(
            name,
            middle,
            painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, name.width()),
        )
        rest = self.rect().adjusted(theme.scaled(168), 0, -theme.scaled(12), 0)
        painter.setPen(theme.color(_WORDS.get(self._verdict, "text")))
        painter.drawText(rest, middle, self.word)
        rest.setLeft(rest.left() + painter.fontMetrics().horizontalAdvance(self.word) + 8)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        words = painter.fontMetrics().elidedText(self.reason, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, middle, words)


class SavedNow(QWidget):
    """The panel below the fields of a test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("saved_now")
        self._header = SectionHeader(self.tr("If saved now"))
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(self._lines)

    @property
    def lines(self) -> tuple[VerdictLine, ...]:
        """The lines in sight, in their order."""
        items = (self._lines.itemAt(at) for at in range(self._lines.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(widget for widget in widgets if isinstance(widget, VerdictLine))

    def show_preview(self, preview: PftPreview | None) -> None:
        """Show what saving would change; nothing while there is no date."""
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if preview is None:
            self._header.set_texts(self.tr("If saved now"))
            return
        against = ""
        if preview.last is not None:
            against = self.tr("against {date}").format(date=wording.day(preview.last.date))
        compared = " · ".join(preview.comparable)
        remark = " · ".join(part for part in (compared, against) if part)
        self._header.set_texts(self.tr("If saved now"), "", remark)
        for change in preview.verdicts:
            self._lines.addWidget(VerdictLine(change))
