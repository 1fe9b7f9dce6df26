"""The first tab: the time-line over the latest tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.reference_choice import Chosen
from ctdild_desktop.clinical.verdict import Evidence
from ctdild_desktop.config import PLOT_USUAL
from ctdild_desktop.figures.panel import NO_TESTS
from ctdild_desktop.figures.scene import Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.language import say
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.test_table import TestRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.pft_rows import pft_columns, pft_rows, unit_remark
from ctdild_desktop.ui.patient.plot_bar import PlotBar
from ctdild_desktop.ui.patient.plot_key import PlotKey
from ctdild_desktop.ui.patient.record_table import RecordTable
from ctdild_desktop.ui.patient.reference_menu import chosen_words
from ctdild_desktop.ui.patient.words import pair_change, possible_scales, remarks_on_tests
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

if TYPE_CHECKING:
    from ctdild_desktop.ui.charts.timeline_chart import TimelineChart

Span = Literal["all"] | int
_LEAST_ROWS, _USUAL_ROWS, _MANY_ROWS = 3, 5, 10
_USUAL_LANES, _ALL_LANES = 6, 1000
_LEAST_CHART = 270
"""Below this height of the picture it scrolls, whatever it shows."""


@dataclass(slots=True)
class _Choice:
    """What the reader chose to see; stays from patient to patient."""

    scale: Scale = Scale.PERCENT
    span: Span = "all"
    shown: tuple[str, ...] = PLOT_USUAL


class Overview(QWidget):
    """Tool bar, time-line and latest tests, moving together with the chosen criterion."""

    record_activated = Signal(str, str)
    reference_asked = Signal()
    """Another reference test shall be offered."""
    shown_changed = Signal(object)
    """What the plot shows was chosen anew: a tuple of names of ``config.PLOT_PARTS``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview")
        self._chart: TimelineChart | None = None
        self._view: PatientView | None = None
        self._pair: Evidence | None = None
        self._rows: tuple[TestRow, ...] = ()
        self._preview: DerivedTest | None = None
        self._meeting: dt.date | None = None
        self._choice = _Choice()
        self._asking = False
        self._impossible: dict[Scale, str] = {}
        self._bar = PlotBar(self)
        self._bar.scale_chosen.connect(self.set_scale)
        self._bar.span_chosen.connect(self._on_span)
        self._bar.shown_changed.connect(self._on_shown)
        self._bar.reference_asked.connect(self.reference_asked)
        self._header = SectionHeader(self.tr("Latest tests"))
        self._table = RecordTable("latest_tests", self.tr("Latest tests"), pft_columns(), self)
        self._table.record_activated.connect(self.record_activated)
        self._table.record_selected.connect(self._on_row_selected)
        self._table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room = QScrollArea(self)
        self._room.setObjectName("plot_room")
        self._room.setWidgetResizable(True)
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pair_line = QLabel(self)
        self._pair_line.setObjectName("pair_line")
        self._pair_line.setTextFormat(Qt.TextFormat.PlainText)
        self._pair_line.setContentsMargins(12, 0, 10, 4)
        self._pair_line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._pair_line.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pair_line)
        column.addWidget(self._room, 1)
        column.addWidget(self._header)
        column.addWidget(self._table)
        for key, scale in (("1", Scale.LITRES), ("2", Scale.PERCENT), ("3", Scale.Z)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setProperty("scale", scale.value)
            shortcut.activated.connect(self._on_scale_key)
        for key, act in (
            ("S", self._bar.open_menu),
            ("P", self._bar.open_pictures),
            ("R", self.reference_asked.emit),
            ("K", self.show_key),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    @property
    def chart(self) -> TimelineChart:
        """The time-line; made on first use, because its library is slow to load."""
        if self._chart is None:
            from ctdild_desktop.ui.charts.timeline_chart import TimelineChart

            chart = TimelineChart(self)
            chart.record_activated.connect(self.record_activated)
            chart.record_selected.connect(self._on_mark_selected)
            chart.pair_dragged.connect(self._on_pair_dragged)
            chart.scale_requested.connect(self.set_scale)
            chart.drugs_asked.connect(partial(self._bar.switch, "all_drugs", on=True))
            self._room.setWidget(chart)
            self._chart = chart
            for first, second in pairwise((*self._bar.stops, chart, self._table)):
                QWidget.setTabOrder(first, second)
        return self._chart

    @property
    def table(self) -> RecordTable:
        """The latest tests."""
        return self._table

    @property
    def statement(self) -> str:
        """The change between two dragged tests, else which test is the reference."""
        return self._pair_line.text() or self._bar.words.text()

    def show_view(
        self,
        view: PatientView,
        pair: Evidence | None,
        rows: tuple[TestRow, ...],
        chosen: Chosen | None = None,
    ) -> None:
        """Show a patient against a pair, from which ``rows`` are counted.

        ``chosen`` is the reader's own choice that made it; None for the pair of the chosen criterion.
        """
        if self._view is None or self._view.record.patient.id != view.record.patient.id:
            self._meeting = None
        self._view, self._pair, self._rows = view, pair, rows
        self._preview = None
        self._offer_scales()
        self._draw()
        self._bar.set_words(chosen_words(pair, chosen))
        self._say_pair("")
        self._table.show_rows(pft_rows(rows, pair))
        self._fit()
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()  # before the first painting, which would be followed by a second

    def set_preview(self, preview: DerivedTest | None) -> None:
        """Show a test that is being typed as hollow points, or take it away."""
        if preview is self._preview:
            return  # a field was left and says what it said before
        self._preview = preview
        self._draw()

    def set_scale(self, scale: str) -> None:
        """Show litres, % predicted or z-scores (values of :class:`Scale`), if these tests have it."""
        if self._impossible.get(Scale(scale)):
            return
        self._choice.scale = Scale(scale)
        self._bar.scales.set_current(scale)
        self._draw()

    def set_shown(self, names: Sequence[str]) -> None:
        """Show these parts of the plot from now on, as they were remembered."""
        self._bar.set_shown(names)
        self._choice.shown = self._bar.shown
        self._draw()

    def show_key(self) -> None:
        """Say what the signs of the picture mean, in a window beside it."""
        picture, view = self.timeline(), self._view
        if picture is not None and view is not None:
            whose = f"{view.header.name} · {view.header.identity}"
            PlotKey(picture, whose, self.window()).show()

    @property
    def pointed_test(self) -> str:
        """Id of the test that the read-out stands on, else of the one selected in the table; may be empty."""
        stop = self._chart.read_out if self._chart is not None else None
        if stop is not None and stop.kind == "test":
            return stop.record_id
        selected = self._table.current_record()
        return selected[1] if selected is not None else ""

    @property
    def bar(self) -> PlotBar:
        """The bar above the picture."""
        return self._bar

    def set_asking(self, *, asking: bool) -> None:
        """Whether the person has to ask somebody else to record what is missing."""
        self._asking = asking

    def _offered(self, picture: Timeline | None) -> Timeline | None:
        if picture is None or not self._asking:
            return picture
        ask = self.tr("Ask a recorder or clinician to record it.")
        panel = picture.panel
        if panel.empty_text == say(NO_TESTS):
            panel = replace(panel, empty_text=f"{self.tr('No tests yet.')} {ask}")
        lanes = f"{self.tr('No therapy recorded.')} {ask}" if picture.empty_lanes_text else ""
        return replace(picture, panel=panel, empty_lanes_text=lanes)

    @property
    def patient_id(self) -> str:
        """Id of the patient shown; empty before the first one."""
        return self._view.record.patient.id if self._view is not None else ""

    def set_meeting(self, meeting: dt.date | None) -> None:
        """Show the meeting to come on whose agenda the patient is, or none."""
        if meeting != self._meeting:
            self._meeting = meeting
            self._draw()

    def timeline(self) -> Timeline | None:
        """The picture as chosen; None before a patient is shown."""
        return None if self._view is None else self.timeline_of(self._view, self._preview)

    def timeline_of(self, view: PatientView, preview: DerivedTest | None = None) -> Timeline:
        """The picture of any view of this patient as chosen here, with a test that is being typed or none."""
        shown = self._choice.shown
        return build_timeline(
            view.record,
            view.derived,
            scale=self._scale(),
            today=view.today,
            reference=self._pair,
            meeting=self._meeting,
            span=self._choice.span,
            preview=preview,
            show_lln="lln" in shown,
            show_band="band" in shown,
            lane_limit=_ALL_LANES if "all_drugs" in shown else _USUAL_LANES,
            strips=shown,
            course=view.trajectory if "epochs" in shown else None,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between picture and table anew."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """A picture that can be read over three rows."""
        rows = theme.scaled(26 + 24 + 22 * _LEAST_ROWS) + 2
        return QSize(theme.scaled(500), theme.scaled(32) + self._chart_least() + rows)

    def _scale(self) -> Scale:
        """The chosen scale; where this patient's tests have none of it, the first that they have."""
        order = (self._choice.scale, Scale.PERCENT, Scale.LITRES, Scale.Z)
        return next((scale for scale in order if not self._impossible.get(scale)), self._choice.scale)

    def _offer_scales(self) -> None:
        self._impossible = possible_scales(self._view.derived) if self._view is not None else {}
        self._bar.offer_scales(self._impossible, self._scale())

    def _draw(self) -> None:
        picture = self._offered(self.timeline())
        if picture is not None:
            measure = self._pair.measure if self._pair is not None else "fvc"
            self.chart.show_timeline(picture, remarks_on_tests(self._rows, measure))

    def _chart_least(self) -> int:
        least = theme.scaled(_LEAST_CHART)
        return min(self._chart.minimumSizeHint().height(), least) if self._chart is not None else least

    def _say_pair(self, words: str) -> None:
        self._pair_line.setText(words)
        self._pair_line.setToolTip(tip(words))
        self._pair_line.setVisible(bool(words))

    def _fit(self) -> None:
        """The picture gives way first, then the table goes from five rows to three."""
        if self._chart is None:
            return
        row, head = theme.scaled(22), theme.scaled(24)
        room = self.height() - self._bar.height() - self._header.sizeHint().height() - head - 1
        least = self._chart.minimumSizeHint().height()
        count = max(min((room - least - theme.scaled(30)) // row, _USUAL_ROWS), _LEAST_ROWS)
        if self.window().height() >= theme.scaled(1000):
            count = max(min((room - least - theme.scaled(180)) // row, _MANY_ROWS), count)
        total = len(self._rows)
        count = min(count, total)
        self._table.setFixedHeight(head + count * row + 1)
        detail = self.tr("{shown} of {total}").format(shown=count, total=total)
        self._header.set_texts(self.tr("Latest tests"), detail, unit_remark(self._rows))

    def _on_shown(self, names: tuple[str, ...]) -> None:
        self._choice.shown = names
        self._draw()
        self._fit()
        self.shown_changed.emit(names)

    def _on_span(self, code: str) -> None:
        self._choice.span = "all" if code == "all" else int(code)
        self._draw()

    def _on_scale_key(self) -> None:
        self.set_scale(str(self.sender().property("scale")))

    def _on_row_selected(self, _kind: str, record_id: str) -> None:
        self.chart.select_test(record_id)

    def _on_mark_selected(self, kind: str, record_id: str) -> None:
        if kind == "test":
            self._table.select_record(record_id)
            self.chart.select_test(record_id)

    def _on_pair_dragged(self, first: str, last: str) -> None:
        found = {row.test.id: row for row in self._rows}
        both = first in found and last in found
        self._say_pair(pair_change(found[first], found[last]) if both else "")
