"""The middle of the screen: the question, the facts in a line, the time-line, what is new and what is met."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import AgendaItem, Meeting
from ctdild_desktop.figures.panel import NO_TESTS
from ctdild_desktop.figures.scene import Scale
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.language import say
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.presenting import criteria_dated, criterion_lines, fact_line
from ctdild_desktop.services.since_mdt import SinceLast
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.presenting.lines import Line, WrappedLines
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader

if TYPE_CHECKING:
    from ctdild_desktop.ui.charts.timeline_chart import TimelineChart

_LANES = 6
_BELOW = 0.34
"""The most of the height that the two lists below the time-line take."""
_LEAST_BELOW = 96


class CaseView(QWidget):
    """Shows one case and holds nothing of it after :meth:`clear`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_view")
        self.asked = plain_label(name="case_asked", secondary=True)
        self.question = _wrapped("case_question")
        self.facts = _wrapped("case_facts")
        self.since = WrappedLines("since_mdt", self.tr("Since the last MDT"))
        self.criteria = WrappedLines("case_criteria", self.tr("Criteria"))
        self._since_head = SectionHeader(self.tr("Since last MDT"))
        self._criteria_head = SectionHeader(self.tr("Criteria"))
        self._chart: TimelineChart | None = None
        self._scale = Scale.PERCENT
        self._shown: tuple[PatientView, Meeting] | None = None
        self._growth = 1.0
        self._lay_out()
        self._fit()

    @property
    def chart(self) -> TimelineChart:
        """The time-line; made on first use, because its library is slow to load."""
        if self._chart is None:
            from ctdild_desktop.ui.charts.timeline_chart import TimelineChart

            chart = TimelineChart(self)
            chart.scale_requested.connect(self._on_scale)
            chart.grow(self._growth)
            self._room.setWidget(chart)
            self._chart = chart
        return self._chart

    @property
    def patient_id(self) -> str:
        """Whose time-line is shown; empty when none is."""
        return self._shown[0].record.patient.id if self._shown is not None else ""

    def show_question(self, item: AgendaItem) -> None:
        """Say what is asked, before anything was read of the patient."""
        asked = self.tr("Question from {who}").format(who=item.requested_by)
        words = asked if item.requested_by else self.tr("Question")
        self.asked.setText(f"{words} · {self.tr('urgent')}" if item.urgency == "urgent" else words)
        self.question.setText(item.question)

    def show_case(self, view: PatientView, meeting: Meeting, since: SinceLast) -> None:
        """Show the patient of the case."""
        self._shown = (view, meeting)
        self.facts.setText(fact_line(view))
        never = self.tr("No team has discussed this patient before.")
        self.since.show_lines(tuple(Line(text) for text in since.lines or (never,)))
        if since.since is None:
            self._since_head.set_texts(self.tr("No MDT before"))
        else:
            self._since_head.set_texts(self.tr("Since last MDT"), wording.day(since.since))
        rows = criterion_lines(view)
        self.criteria.show_lines(tuple(Line(row.detail, row.title, row.word, row.verdict) for row in rows))
        self._criteria_head.set_texts(self.tr("Criteria"), criteria_dated(view))
        self._draw()
        self._share()

    def clear(self) -> None:
        """Show nobody."""
        self._shown = None
        for label in (self.asked, self.question, self.facts):
            label.setText("")
        self.since.show_lines(())
        self.criteria.show_lines(())
        self._since_head.set_texts(self.tr("Since last MDT"))
        self._criteria_head.set_texts(self.tr("Criteria"))
        if self._chart is not None:
            self._chart.clear()

    def grow(self, factor: float) -> None:
        """Draw the time-line this many times as large; the words follow the type of the page."""
        self._growth = factor
        if self._chart is not None:
            self._chart.grow(factor)

    def changeEvent(self, event: QEvent) -> None:
        """Grow the edges with the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between time-line and lists anew."""
        super().resizeEvent(event)
        self._share()

    def _lay_out(self) -> None:
        self._room = QScrollArea()
        self._room.setObjectName("presenting_plot")
        self._room.setWidgetResizable(True)
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._top = QVBoxLayout()
        for label in (self.asked, self.question, self.facts):
            self._top.addWidget(label)
        self._below = named(QFrame(), "case_below")
        lists = QHBoxLayout(self._below)
        lists.setContentsMargins(0, 0, 0, 0)
        lists.setSpacing(1)
        for part, head, stretch in (
            (self.since, self._since_head, 2),
            (self.criteria, self._criteria_head, 3),
        ):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(head)
            column.addWidget(part, 1)
            lists.addLayout(column, stretch)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(self._top)
        page.addWidget(self._room, 1)
        page.addWidget(self._below)

    def _fit(self) -> None:
        edge = theme.scaled_in(self, 14)
        self._top.setContentsMargins(edge, theme.scaled_in(self, 8), edge, theme.scaled_in(self, 6))
        self._top.setSpacing(theme.scaled_in(self, 3))

    def _share(self) -> None:
        """The lists take what they need, up to a third of the height; longer ones move."""
        head = theme.scaled_in(self, 26)
        need = max(self.since.needed(), self.criteria.needed()) + head + 2
        most = max(round(self.height() * _BELOW), theme.scaled_in(self, _LEAST_BELOW))
        self._below.setFixedHeight(min(max(need, theme.scaled_in(self, _LEAST_BELOW)), most))

    def _draw(self) -> None:
        if self._shown is None:
            return
        view, meeting = self._shown
        picture = build_timeline(
            view.record,
            view.derived,
            scale=self._scale,
            today=view.today,
            reference=view.pair(view.first_choice),
            lane_limit=_LANES,
            meeting=meeting.date,
        )
        panel = picture.panel
        if panel.empty_text == say(NO_TESTS):
            panel = replace(panel, empty_text=self.tr("No tests yet."))
        lanes = self.tr("No therapy recorded.") if picture.empty_lanes_text else ""
        now = self.tr("this meeting")
        self.chart.show_timeline(replace(picture, panel=panel, empty_lanes_text=lanes, other_now=now))

    def _on_scale(self, scale: str) -> None:
        self._scale = Scale(scale)
        self._draw()


def _wrapped(name: str) -> QLabel:
    label = plain_label(name=name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    return label
