"""Each verdict as sentences with its tests, numbers, limit and source."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.words import chip_words, missing_kinds
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_WORD_INK = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "text",
    Verdict.CANNOT_ASSESS: "unkt",
    Verdict.NOT_APPLICABLE: "text2",
}


class _Mark(QWidget):
    """A glyph in the column left of the words."""

    def __init__(self, verdict: Verdict | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._verdict = verdict
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(18), theme.scaled(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = theme.scaled(12)
        box = QRectF(1, theme.scaled(3), size, size)
        if self._verdict is None:
            glyphs.again(painter, box.adjusted(-1, -1, 1, 1), theme.color("text2"))
        else:
            glyphs.verdict(painter, box, self._verdict)


class _Paragraph(QFrame):
    """One criterion with its reasons, and where the missing part of it is entered."""

    record_requested = Signal(str)

    def __init__(self, index: int, assessment: Assessment, parent: QWidget) -> None:
        super().__init__(parent)
        self.index = index
        self.setObjectName(f"why_{assessment.criterion}")
        self._chosen = False
        words = chip_words(assessment)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(11), 7, theme.scaled(10), 7)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(_Mark(assessment.verdict, self))
        title = self._label(assessment.title, bold=True)
        head.addWidget(title, 1)
        word = self._label(words.word, bold=True, ink=_WORD_INK[assessment.verdict], wrap=False)
        head.addWidget(word)
        column.addLayout(head)
        for text in self._sentences(assessment):
            label = self._label(text)
            label.setTextFormat(Qt.TextFormat.RichText)
            column.addLayout(self._indented(label))
        self._add_links(column, assessment)
        for caution in assessment.further_cautions:
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(_Mark(None, self), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(self._label(wording.say(caution.text)), 1)
            column.addLayout(row)
        if assessment.source:
            column.addLayout(self._indented(self._label(assessment.source, small=True, ink="text3")))
        self.setAccessibleName(f"{assessment.title}: {words.word}")
        cautions = [wording.say(caution.text) for caution in assessment.further_cautions]
        self.setAccessibleDescription(" ".join([*self._sentences(assessment, rich=False), *cautions]))

    def set_chosen(self, chosen: bool) -> None:
        """Mark the paragraph that the plot shows."""
        self._chosen = chosen
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = "window" if self._chosen else "base"
        painter.fillRect(self.rect(), theme.color(ground))
        if self._chosen:
            painter.fillRect(0, 0, 3, self.height(), theme.color("accent"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _add_links(self, column: QVBoxLayout, assessment: Assessment) -> None:
        words = {
            "test": (self.tr("Log PFT…"), "Ctrl+T"),
            "visit": (self.tr("Add visit…"), "Ctrl+Shift+V"),
            "hrct": (self.tr("Add HRCT…"), "Ctrl+Shift+H"),
        }
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addSpacing(theme.scaled(18))
        for kind in missing_kinds(assessment):
            text, key = words[kind]
            link = QPushButton(text, self)
            link.setToolTip(key)
            link.setObjectName(f"why_add_{kind}")
            link.setProperty("link", True)
            link.setProperty("kind", kind)
            link.clicked.connect(self._on_link)
            row.addWidget(link)
        if row.count() > 1:
            row.addStretch(1)
            column.addLayout(row)

    def _on_link(self) -> None:
        self.record_requested.emit(str(self.sender().property("kind")))

    def _sentences(self, assessment: Assessment, *, rich: bool = True) -> list[str]:
        made = []
        if assessment.needs:
            needs = "; ".join(wording.say(need).rstrip(".") for need in assessment.needs)
            heading = f"<b>{self.tr('Needs:')}</b>" if rich else self.tr("Needs:")
            made.append(f"{heading} {_escaped(needs) if rich else needs}.")
        body = " ".join(wording.say(reason) for reason in assessment.because)
        if not body:
            body = " ".join(wording.say(reason) for part in assessment.domains for reason in part.because)
        if body:
            made.append(_escaped(body) if rich else body)
        return made

    def _label(
        self, text: str, *, bold: bool = False, small: bool = False, ink: str = "text", wrap: bool = True
    ) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText(text)
        label.setWordWrap(wrap)
        label.setFont(theme.font(-1 if small else 0, bold=bold))
        palette = label.palette()
        palette.setColor(palette.ColorRole.WindowText, theme.color(ink))
        label.setPalette(palette)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        label.setSizePolicy(
            QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum
        )
        return label

    def _indented(self, label: QLabel) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addSpacing(theme.scaled(18) + 6)
        row.addWidget(label, 1)
        return row


class WhyPanel(QWidget):
    """A paragraph per criterion; choosing one chooses its chip."""

    chosen = Signal(int)
    record_requested = Signal(str)
    """Kind of record that would answer a criterion: ``test``, ``visit`` or ``hrct``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("why_panel")
        self._header = SectionHeader(self.tr("Why"))
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("Why: the reasons of each verdict"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._scroll, 1)
        self._paragraphs: list[_Paragraph] = []
        theme.state().changed.connect(self._on_theme)
        self._shown: tuple[Sequence[Assessment], int | None, str, str] | None = None

    def show_assessments(
        self, assessments: Sequence[Assessment], choice: int | None, *, as_of: str, references: str
    ) -> None:
        """Replace all paragraphs; ``as_of`` and ``references`` stand in the header."""
        self._shown = (assessments, choice, as_of, references)
        detail = self.tr("as of {day}").format(day=as_of)
        self._header.set_texts(self.tr("Why"), detail, references)
        body = QWidget()
        body.setObjectName("why_body")
        body.setMinimumHeight(
            1
        )  # else the scroll area takes the height at the least width for the least height
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._paragraphs = [_Paragraph(index, one, body) for index, one in enumerate(assessments)]
        for paragraph in self._paragraphs:
            paragraph.installEventFilter(self)
            paragraph.record_requested.connect(self.record_requested)
            column.addWidget(paragraph)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self._mark(choice)

    def choose(self, choice: int | None) -> None:
        """Mark the paragraph of a chip and bring it into view."""
        if self._shown is not None:
            self._shown = (self._shown[0], choice, *self._shown[2:])
        self._mark(choice)
        for paragraph in self._paragraphs:
            if paragraph.index == choice:
                self._scroll.ensureWidgetVisible(paragraph, 0, 0)

    def _mark(self, choice: int | None) -> None:
        for paragraph in self._paragraphs:
            paragraph.set_chosen(paragraph.index == choice)

    def texts(self) -> tuple[str, ...]:
        """Accessible name and description of each paragraph, as one text each."""
        return tuple(f"{one.accessibleName()}. {one.accessibleDescription()}" for one in self._paragraphs)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a paragraph chooses it."""
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and isinstance(watched, _Paragraph)
        ):
            self.choose(watched.index)
            self.chosen.emit(watched.index)
        return super().eventFilter(watched, event)

    def _on_theme(self) -> None:
        if self._shown is not None:
            assessments, choice, as_of, references = self._shown
            self.show_assessments(assessments, choice, as_of=as_of, references=references)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
