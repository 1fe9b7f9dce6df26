"""Each verdict as sentences with its tests, numbers, limit and source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from ctdild_desktop.clinical.verdict import Assessment, Evidence, Verdict
from ctdild_desktop.services.answers import Group, grouped, verdict_word
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.words import Remark, missing_kinds, why_words
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.plain import tip
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


_ACTION_OF = {"test": "log_pft", "visit": "add_visit", "hrct": "add_hrct"}
"""The action behind the link to each kind of record."""


class _Paragraph(QFrame):
    """The criteria that have one reason, and where the missing part of it is entered."""

    record_requested = Signal(str)

    def __init__(
        self, group: Group, told: Sequence[Evidence], remarks: Sequence[Remark], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.group = group
        first = group.first
        self.setObjectName(f"why_{first.criterion}")
        self.links: list[tuple[QPushButton, str]] = []
        """The links, each with the action that it stands for."""
        self._chosen = False
        word = verdict_word(first)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(11), 7, theme.scaled(10), 7)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(_Mark(first.verdict, self), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._label(group.titles, bold=True), 1)
        label = self._label(word, bold=True, ink=_WORD_INK[first.verdict], wrap=False)
        head.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        for text in why_words(group, told, rich=True):
            label = self._label(text)
            label.setTextFormat(Qt.TextFormat.RichText)
            column.addLayout(self._indented(label))
        self._add_links(column, first)
        cautions = tuple(
            dict.fromkeys(
                wording.say(caution.text) for one in group.answers for caution in one.further_cautions
            )
        )
        for caution in cautions:
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(_Mark(None, self), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(self._label(caution), 1)
            column.addLayout(row)
        for remark in remarks:
            label = self._label(remark.words, ink="text2")
            label.setObjectName("why_remark")
            label.setToolTip(tip(remark.source))
            column.addLayout(self._indented(label))
        sources = "; ".join(dict.fromkeys(one.source for one in group.answers if one.source))
        if sources:
            column.addLayout(self._indented(self._label(sources, small=True, ink="text3")))
        self.setAccessibleName(f"{group.titles}: {word}")
        said = [*why_words(group, told), *cautions, *(remark.words for remark in remarks)]
        self.setAccessibleDescription(" ".join(said))

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
            link.setToolTip(tip(key))
            link.setObjectName(f"why_add_{kind}")
            link.setProperty("link", True)
            link.setProperty("kind", kind)
            link.clicked.connect(self._on_link)
            self.links.append((link, _ACTION_OF[kind]))
            row.addWidget(link)
        if row.count() > 1:
            row.addStretch(1)
            column.addLayout(row)

    def _on_link(self) -> None:
        self.record_requested.emit(str(self.sender().property("kind")))

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


@dataclass(frozen=True, slots=True)
class _Shown:
    assessments: tuple[Assessment, ...]
    choice: int | None
    as_of: str
    references: str
    fvc_remarks: tuple[Remark, ...]


class WhyPanel(QWidget):
    """A paragraph per reason, with every criterion that has it; choosing one chooses its chip."""

    chosen = Signal(int)
    record_requested = Signal(str)
    """Kind of record that would answer a criterion: ``test``, ``visit`` or ``hrct``."""

    def __init__(self, permits: Permits | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._permits = permits
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
        self._shown: _Shown | None = None

    def show_assessments(
        self,
        assessments: Sequence[Assessment],
        choice: int | None,
        *,
        as_of: str,
        references: str,
        fvc_remarks: Sequence[Remark] = (),
    ) -> None:
        """Replace all paragraphs.

        ``as_of`` and ``references`` stand in the header; ``fvc_remarks`` quietly below the first paragraph
        that rests on two FVC tests.
        """
        self._shown = _Shown(tuple(assessments), choice, as_of, references, tuple(fvc_remarks))
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
        self._paragraphs = []
        told: list[Evidence] = []
        remarks = tuple(fvc_remarks)
        for group in grouped(assessments):
            pair = group.pair
            mine = remarks if pair is not None and pair.measure == "fvc" else ()
            paragraph = _Paragraph(group, told, mine, body)
            remarks = () if mine else remarks
            told += [pair] if pair is not None else []
            paragraph.installEventFilter(self)
            paragraph.record_requested.connect(self.record_requested)
            if self._permits is not None:
                for link, action_id in paragraph.links:
                    self._permits.fit(link, action_id)
            column.addWidget(paragraph)
            self._paragraphs.append(paragraph)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self._mark(choice)

    def choose(self, choice: int | None) -> None:
        """Mark the paragraph of a chip and bring it into view."""
        if self._shown is not None:
            self._shown = replace(self._shown, choice=choice)
        self._mark(choice)
        for paragraph in self._paragraphs:
            if choice in paragraph.group.places:
                self._scroll.ensureWidgetVisible(paragraph, 0, 0)

    def _mark(self, choice: int | None) -> None:
        for paragraph in self._paragraphs:
            paragraph.set_chosen(choice in paragraph.group.places)

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
            place = watched.group.places[0]
            self.choose(place)
            self.chosen.emit(place)
        return super().eventFilter(watched, event)

    def _on_theme(self) -> None:
        shown = self._shown
        if shown is not None:
            self.show_assessments(
                shown.assessments,
                shown.choice,
                as_of=shown.as_of,
                references=shown.references,
                fvc_remarks=shown.fvc_remarks,
            )
