"""Pictures above, tables below, then the definition, what the numbers cannot show, and the command."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.services.cohort.answer import Answer, Result
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.chart_view import ChartView
from ctdild_desktop.ui.cohort.answer_table import AnswerTable
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.scrolled_page import ScrolledPage
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_TWO = 760
"""From this width on, at the usual font, two pictures stand beside each other."""
_HIGH, _HIGH_ALONE, _HIGH_EMPTY, _ROW_BELOW = 300, 340, 120, 14
_ALIKE = 1.3
"""A picture is made no more than so many times as high as it needs to be beside another one."""
_BRIEF = 70
"""A method in so many letters stands in the header of its table."""


class AnswerBody(QWidget):
    """Everything of an answer but its head; it scrolls as a whole."""

    patient_requested = Signal(str)
    picture_requested = Signal(object, str)
    """The ``Chart``, and ``clipboard``, ``png`` or ``svg``."""
    command_copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answer_body")
        self._answer: Answer | None = None
        self.charts: list[ChartView] = []
        self.tables: list[AnswerTable] = []
        self._in_hand: AnswerTable | None = None
        self._inside = QWidget()
        self._page = ScrolledPage(QWidget())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._page)

    def show_answer(self, answer: Answer | None) -> None:
        """Replace what is shown."""
        self._answer, self._in_hand = answer, None
        for chart in self.charts:
            chart.clear()
        self.charts, self.tables = [], []
        self._inside = named(QWidget(), "sheet_body")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if answer is not None:
            self._make_charts(answer.charts, column)
            for at, result in enumerate(answer.results):
                self._make_table(at, result, column)
            self._make_foot(answer, column)
        column.addStretch(1)
        old = self._page.takeWidget()
        self._page.setWidget(self._inside)
        self._inside.installEventFilter(self._page)
        if old is not None:
            old.deleteLater()
        self._place_charts()

    def _make_charts(self, charts: tuple[Chart, ...], column: QVBoxLayout) -> None:
        pictures = QWidget()
        pictures.setBackgroundRole(QPalette.ColorRole.Base)
        pictures.setAutoFillBackground(True)
        self._grid = QGridLayout(pictures)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        for at, chart in enumerate(charts):
            view = named(ChartView(), f"answer_chart_{at}")
            view.show_chart(chart)
            view.patient_requested.connect(self.patient_requested)
            view.picture_requested.connect(lambda form, chart=chart: self.picture_requested.emit(chart, form))
            self.charts.append(view)
        column.addWidget(pictures)

    def _make_table(self, at: int, result: Result, column: QVBoxLayout) -> None:
        brief = len(result.method) <= _BRIEF
        column.addWidget(SectionHeader(result.title, "", result.method if brief else ""))
        if not result.rows:
            column.addWidget(self._label(self.tr("There is nothing to count here."), f"answer_none_{at}"))
            return
        table = AnswerTable(f"answer_table_{at}", result)
        table.row_reached.connect(self._bring_in_sight)
        table.installEventFilter(self)
        self.tables.append(table)
        column.addWidget(table)
        if not brief:
            method = self._label(result.method, f"answer_method_{at}")
            method.setProperty("secondary", True)
            column.addWidget(method)

    def _make_foot(self, answer: Answer, column: QVBoxLayout) -> None:
        if answer.caveats:
            column.addWidget(SectionHeader(self.tr("What this cannot show")))
            column.addWidget(self._label("\n".join(answer.caveats), "answer_caveats"))
        column.addWidget(SectionHeader(self.tr("Definition")))
        column.addWidget(self._label(answer.definition, "answer_definition"))
        made = answer.made
        print_ = self.tr("as of {day} · registry {fingerprint}")
        fact = print_.format(day=made.as_of.isoformat(), fingerprint=made.fingerprint)
        column.addWidget(SectionHeader(self.tr("The same from the command line"), "", fact))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.scaled(12), 0)
        command = self._label(made.command, "answer_command")
        command.setProperty("verbatim", True)  # the same in every language
        row.addWidget(command, 1)
        button = named(QPushButton(self.tr("Copy the &command")), "answer_copy_command")
        button.clicked.connect(self._copy_command)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)

    def _label(self, text: str, name: str) -> QLabel:
        label = named(QLabel(), name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText(text)
        label.setWordWrap(True)
        mouse = Qt.TextInteractionFlag.TextSelectableByMouse
        label.setTextInteractionFlags(mouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        label.setContentsMargins(theme.scaled(12), theme.scaled(5), theme.scaled(12), theme.scaled(6))
        return label

    # acts

    def set_pale(self, *, on: bool) -> None:
        """Say by its ink that it is of an older question."""
        for chart in self.charts:
            chart.set_faded(on=on)
        for table in self.tables:
            table.set_pale(on=on)

    def focus_first(self) -> None:
        """Put the keyboard on the first picture, or on the first table."""
        for part in (*self.charts, *self.tables):
            part.setFocus(Qt.FocusReason.OtherFocusReason)
            return

    def copy_table(self) -> str:
        """Copy the table in hand, or the first one; its title, or nothing."""
        table = self._in_hand or next(iter(self.tables), None)
        if table is None:
            return ""
        table.copy_all()
        return table.result.title

    def _copy_command(self) -> None:
        if self._answer is not None:
            QGuiApplication.clipboard().setText(self._answer.made.command)
            self.command_copied.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Know which table was used last."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, AnswerTable):
            self._in_hand = watched
        return super().eventFilter(watched, event)

    def _bring_in_sight(self, table: QWidget, top: int, bottom: int) -> None:
        if not table.hasFocus():
            return
        where = table.mapTo(self._inside, table.rect().topLeft())
        self._page.ensureVisible(0, where.y() + bottom, 0, 8)
        self._page.ensureVisible(0, where.y() + top, 0, theme.scaled(24))

    # places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two pictures beside each other, or one above the other."""
        super().resizeEvent(event)
        self._place_charts()

    def _place_charts(self) -> None:
        if not self.charts:
            return
        two = self.width() >= theme.scaled(_TWO) and len(self.charts) > 1
        each = 2 if two else 1
        for start in range(0, len(self.charts), each):
            row = self.charts[start : start + each]
            wide = self.width() // len(row) - 2
            heights = [self._height_of(view, wide, usual=_HIGH if two else _HIGH_ALONE) for view in row]
            for place, (view, own) in enumerate(zip(row, heights, strict=True)):
                span = each if len(row) == 1 else 1
                self._grid.addWidget(view, start // each, place, 1, span, Qt.AlignmentFlag.AlignTop)
                high = max(heights)
                view.setFixedHeight(high if high <= own * _ALIKE else own)

    def _height_of(self, view: ChartView, wide: int, *, usual: int) -> int:
        empty = view.chart is not None and bool(view.chart.empty_text)
        rows = len(view.chart.below) if view.chart is not None and not empty else 0
        wanted = theme.scaled(_HIGH_EMPTY if empty else usual + rows * _ROW_BELOW)
        return max(wanted, view.heightForWidth(max(wide, 200)))
