"""What is reported and how: the span, its division, which part, and what is done with the report."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.quality.periods import Asked
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.fields import DateField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

COMPLETENESS, PLAUSIBILITY, LEFT_OUT = "completeness", "plausibility", "left_out"


class QualityHead(QFrame):
    """Two rows of controls; ``changed`` says that another report, or another part of it, is wanted."""

    changed = Signal()
    part_changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agenda_head")
        tr = self.tr
        self.since = DateField("quality_since", tr("From this day"), desk.today)
        self.until = DateField("quality_until", tr("Up to this day"), desk.today)
        self.by = SegmentedControl(
            "quality_by",
            tr("Divided by"),
            (
                ("whole", tr("whole")),
                ("year", tr("year")),
                ("half", tr("half-year")),
                ("quarter", tr("quarter")),
            ),
        )
        self.by.set_current("year")
        self.part = SegmentedControl(
            "quality_part",
            tr("Part of the report"),
            (
                (COMPLETENESS, tr("Completeness")),
                (PLAUSIBILITY, tr("Plausibility")),
                (LEFT_OUT, tr("Left out")),
            ),
        )
        self.part.set_current(COMPLETENESS)
        self._written = ("", "")
        self.lacking = named(CheckBox(tr("Only &what lacks")), "quality_lacking")
        self.names = named(CheckBox(tr("Print the &list with names")), "quality_names")
        self.problem = plain_label(name="sheet_problem", bold=0)
        self.facts = plain_label(name="quality_facts", secondary=True)
        self.read_button = named(QPushButton(tr("Read again  Ctrl+U")), "quality_read")
        self.print_button = named(QPushButton(tr("Print…  Ctrl+P")), "quality_print")
        self.file_button = named(QPushButton(tr("Numbers as &CSV…")), "quality_csv")
        self.back_button = named(QPushButton(tr("Back  Esc")), "quality_back")
        self._lay_out()
        for field in (self.since, self.until):
            field.setFixedWidth(theme.scaled(100))
            field.left.connect(self._on_left)
        self.by.chosen.connect(self.changed)
        self.part.chosen.connect(self.part_changed)
        self.lacking.toggled.connect(self.part_changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(12), theme.scaled(7), theme.scaled(12), theme.scaled(7))
        column.setSpacing(theme.scaled(6))
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(plain_label(self.tr("Quality of the registry"), name="quality_title", bold=4))
        first.addWidget(self.problem, 1)
        for part in (self.names, self.read_button, self.file_button, self.print_button, self.back_button):
            first.addWidget(part)
        for words, field in ((self.tr("Fro&m"), self.since), (self.tr("t&o"), self.until)):
            caption = QLabel(words)
            caption.setBuddy(field)
            second.addWidget(caption)
            second.addWidget(field)
        for control in (self.by, self.part, self.lacking):
            second.addWidget(control)
        second.addStretch(1)
        for row in (first, second):
            row.setSpacing(theme.scaled(8))
            column.addLayout(row)
        column.addWidget(self.facts)

    def _on_left(self) -> None:
        """The numbers follow the days that stand there, with Enter or without."""
        written = (self.since.text(), self.until.text())
        if written != self._written:
            self._written = written
            self.changed.emit()

    def asked(self) -> Asked | None:
        """The span that is written there; None, with the reason beside it, when it is none."""
        try:
            by = self.by.current()
            asked = Asked(self.since.value(), self.until.value(), "" if by == "whole" else by)
        except EntryError as error:
            self.problem.setText(str(error))
            return None
        except ValueError:
            self.problem.setText(self.tr("Write a first day and a last day that is not before it."))
            return None
        self.problem.setText("")
        return asked

    def connect_acts(self, acts: dict[str, Callable[[], None]]) -> None:
        """What the buttons do: ``read``, ``print``, ``file`` and ``back``."""
        for name, act in acts.items():
            button: QPushButton = getattr(self, f"{name}_button")
            button.clicked.connect(lambda _checked=False, act=act: act())
