"""A question in fields: what is asked most, then free conditions and groups of them, one level deep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.cohort.fields import FIELDS, PARTS
from ctdild_desktop.cohort.question_rows import ALL, ANY, Group, Item, Row, Rows, fields_of
from ctdild_desktop.language import say
from ctdild_desktop.ui.cohort.condition_row import ConditionRow, remove_button
from ctdild_desktop.ui.cohort.quick_rows import QuickRows
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

Today = Callable[[], dt.date]


class _RowList(QWidget):
    """Conditions below one another."""

    changed = Signal()

    def __init__(self, kind: str, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._today = kind, today
        self.rows: list[ConditionRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def add(self, row: Row | None = None) -> ConditionRow:
        """Add a condition at the end."""
        made = ConditionRow(fields_of(self._kind), self._today)
        if row is not None:
            made.show_row(row)
        made.changed.connect(self.changed)
        made.removed.connect(lambda: self._remove(made))
        self.rows.append(made)
        self._column.addWidget(made)
        return made

    def _remove(self, row: ConditionRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.changed.emit()


class _GroupBox(QFrame):
    """A group of conditions with its title."""

    changed = Signal()
    removed = Signal()

    def __init__(self, group: Group, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cohort_group")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._kind = group.kind
        title = plain_label(self._title(), bold=0)
        title.setWordWrap(True)
        away = remove_button(self.tr("Remove this group"))
        away.clicked.connect(self.removed)
        self.list = _RowList(group.kind, today)
        self.list.changed.connect(self.changed)
        add = named(QPushButton(self.tr("Add condition")), "cohort_add_in_group")
        add.clicked.connect(self._on_add)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(away)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 4, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        for row in group.rows:
            self.list.add(row)

    def group(self) -> Group:
        """The group as it stands."""
        return Group(self._kind, tuple(one.row() for one in self.list.rows))

    def _title(self) -> str:
        if self._kind in PARTS:
            return self.tr("{part} of which all is so").format(part=say(PARTS[self._kind].label))
        return self.tr("any of these") if self._kind == ANY else self.tr("all of these")

    def _on_add(self) -> None:
        self.list.add().field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()


class QuestionBuilder(QWidget):
    """``changed`` says that something else is asked."""

    changed = Signal()

    def __init__(self, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        tr = self.tr
        self.join = SegmentedControl(
            "cohort_join", tr("How many must be so"), ((ALL, tr("All of these")), (ANY, tr("Any of these")))
        )
        self.join.set_current(ALL)
        self.quick = QuickRows(today)
        self.items: list[ConditionRow | _GroupBox] = []
        self._held = QVBoxLayout()
        self._held.setSpacing(4)
        self._add = named(QPushButton(tr("Add condition")), "cohort_add")
        self._add_group = named(QPushButton(tr("Add group")), "cohort_add_group")
        self._add_group.setMenu(self._group_menu())
        line = QHBoxLayout()
        line.addWidget(self._add)
        line.addWidget(self._add_group)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.join, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.quick)
        column.addLayout(self._held)
        column.addLayout(line)
        self.join.chosen.connect(lambda _code: self._on_join())
        self.quick.changed.connect(self.changed)
        self._add.clicked.connect(self._on_add)

    def rows(self) -> Rows:
        """The question as it stands, with what is not asked yet."""
        free = tuple(one.row() if isinstance(one, ConditionRow) else one.group() for one in self.items)
        return Rows((*self.quick.items(), *free), any_of=self.join.current() == ANY)

    def unread(self) -> str:
        """The first field whose value cannot be read, by its label; empty when all can."""
        rows = [
            row for one in self.items for row in (one.list.rows if isinstance(one, _GroupBox) else (one,))
        ]
        fields = (*self.quick.fields.values(), *(row.value for row in rows))
        return next((field.label for field in fields if field.problem()), "")

    def show_rows(self, rows: Rows) -> None:
        """Show a question, without saying that it is another one."""
        self.blockSignals(True)
        for one in self.items:
            one.hide()
            one.deleteLater()
        self.items.clear()
        self.join.set_current(ANY if rows.any_of else ALL)
        self._fit_menu()
        for item in self.quick.take(rows.items):
            self._put(item)
        self.blockSignals(False)

    def _put(self, item: Item) -> ConditionRow | _GroupBox:
        made: ConditionRow | _GroupBox
        if isinstance(item, Group):
            made = _GroupBox(item, self._today)
        else:
            made = ConditionRow(FIELDS, self._today)
            made.show_row(item)
        made.changed.connect(self.changed)
        made.removed.connect(lambda: self._remove(made))
        self.items.append(made)
        self._held.addWidget(made)
        return made

    def _remove(self, one: ConditionRow | _GroupBox) -> None:
        self.items.remove(one)
        one.hide()
        one.deleteLater()
        self.changed.emit()

    def _on_add(self) -> None:
        made = self._put(Row("age"))
        assert isinstance(made, ConditionRow)
        made.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_join(self) -> None:
        self._fit_menu()
        self.changed.emit()

    def _group_menu(self) -> QMenu:
        menu = QMenu(self)
        tr = self.tr
        kinds = [(ANY, tr("Any of several conditions")), (ALL, tr("All of several conditions"))]
        kinds += [(name, say(part.label)) for name, part in PARTS.items()]
        for kind, words in kinds:
            act = QAction(words, menu)
            act.setData(kind)
            act.triggered.connect(self._on_group)
            menu.addAction(act)
        return menu

    def _fit_menu(self) -> None:
        """A group joins its conditions otherwise than the question does."""
        for act in self._add_group.menu().actions():
            act.setEnabled(act.data() != self.join.current())

    def _on_group(self) -> None:
        sender = self.sender()
        assert isinstance(sender, QAction)
        kind = str(sender.data())
        made = self._put(Group(kind, (Row(next(iter(fields_of(kind)))),)))
        assert isinstance(made, _GroupBox)
        made.list.rows[0].field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()
