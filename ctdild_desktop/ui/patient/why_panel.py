"""Each verdict as sentences with its tests, numbers, limit and source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ctdild_desktop.clinical.verdict import Assessment, Evidence
from ctdild_desktop.services.answers import Group, grouped
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.why_paragraph import Paragraph
from ctdild_desktop.ui.patient.words import Remark
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.laying_out import laid_out_once
from ctdild_desktop.ui.widgets.section_header import SectionHeader


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
        self._paragraphs: list[Paragraph] = []
        self._spare: list[Paragraph] = []
        """Paragraphs without words, for a patient who needs more of them."""
        self._body, self._lines = self._make_body()
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
        """Let the paragraphs say the reasons of these.

        ``as_of`` and ``references`` stand in the header; ``fvc_remarks`` quietly below the first paragraph
        that rests on two FVC tests.
        """
        self._shown = _Shown(tuple(assessments), choice, as_of, references, tuple(fvc_remarks))
        detail = self.tr("as of {day}").format(day=as_of)
        self._header.set_texts(self.tr("Why"), detail, references)
        with laid_out_once(self._body, *self._paragraphs, *self._spare):
            self._tell(grouped(assessments), tuple(fvc_remarks))
        for first, second in pairwise(link for one in self._paragraphs for link in one.links):
            QWidget.setTabOrder(first, second)
        self._scroll.verticalScrollBar().setValue(0)
        self._mark(choice)

    def _tell(self, groups: Sequence[Group], remarks: tuple[Remark, ...]) -> None:
        self._spare = [*self._paragraphs, *self._spare]
        self._paragraphs = []
        told: list[Evidence] = []
        for group in groups:
            pair = group.pair
            mine = remarks if pair is not None and pair.measure == "fvc" else ()
            paragraph = self._spare.pop(0) if self._spare else self._make_paragraph()
            paragraph.tell(group, told, mine)
            remarks = () if mine else remarks
            told += [pair] if pair is not None else []
            self._paragraphs.append(paragraph)
        for paragraph in self._spare:
            paragraph.fall_silent()

    def _make_body(self) -> tuple[QWidget, QVBoxLayout]:
        """An empty column for the paragraphs, in place of the one before."""
        body = QWidget()
        body.setObjectName("why_body")
        body.setMinimumHeight(
            1
        )  # else the scroll area takes the height at the least width for the least height
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        lines = QVBoxLayout()
        column.addLayout(lines)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self._paragraphs, self._spare = [], []
        return body, lines

    def _make_paragraph(self) -> Paragraph:
        made = Paragraph(self._permits, self._body)
        made.installEventFilter(self)
        made.record_requested.connect(self.record_requested)
        self._lines.addWidget(made)
        return made

    def choose(self, choice: int | None) -> None:
        """Mark the paragraph of a chip and bring it into view."""
        if self._shown is not None:
            self._shown = replace(self._shown, choice=choice)
        self._mark(choice)
        for paragraph in self._paragraphs:
            if choice in paragraph.places:
                self._scroll.ensureWidgetVisible(paragraph, 0, 0)

    def _mark(self, choice: int | None) -> None:
        for paragraph in self._paragraphs:
            paragraph.set_chosen(choice in paragraph.places)

    def texts(self) -> tuple[str, ...]:
        """Accessible name and description of each paragraph, as one text each."""
        return tuple(f"{one.accessibleName()}. {one.accessibleDescription()}" for one in self._paragraphs)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a paragraph chooses it."""
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and isinstance(watched, Paragraph)
        ):
            place = watched.places[0]
            self.choose(place)
            self.chosen.emit(place)
        return super().eventFilter(watched, event)

    def _on_theme(self) -> None:
        self._body, self._lines = self._make_body()  # paragraphs keep the inks they were made with
        shown = self._shown
        if shown is not None:
            self.show_assessments(
                shown.assessments,
                shown.choice,
                as_of=shown.as_of,
                references=shown.references,
                fvc_remarks=shown.fvc_remarks,
            )
