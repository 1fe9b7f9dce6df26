"""Above the work list: the day, a button for each kind of reason with its count, what to do with a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.services.today import Group
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.texts import weekday
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_FILTERS: tuple[Group | None, ...] = (None, *Group)


class TodayHead(QFrame):
    """Says by signals what was pressed; which button is down is the page's to say."""

    chosen = Signal(object)
    """A ``Group``, or None for all of them."""
    put_off_chosen = Signal()
    print_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("today_head")
        self.filters: dict[Group | None, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._date = named(FittingLabel(), "today_date")
        self._date.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.snooze = named(QPushButton(), "snooze_button")
        self.snooze.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Space does it from the list itself
        self.print = named(QPushButton(self.tr("Print…  Ctrl+P")), "print_list")
        self.print.clicked.connect(self.print_asked)
        QShortcut(QKeySequence("Ctrl+P"), self, self.print.click)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scaled(10), theme.scaled(7), theme.scaled(10), theme.scaled(7))
        row.setSpacing(theme.scaled(6))
        title = QLabel(self.tr("Today"))
        title.setFont(theme.font(4, bold=True))
        row.addWidget(title)
        row.addWidget(self._date)
        row.addSpacing(theme.scaled(4))
        for number, group in enumerate(_FILTERS, start=1):
            row.addWidget(self._make_filter(number, group))
        self.put_off = self._make_button(len(_FILTERS) + 1, "put_off", self.tr("Rows that were put off"))
        self.put_off.clicked.connect(self.put_off_chosen)
        row.addWidget(self.put_off)
        row.addStretch(1)
        row.addWidget(self.snooze)
        row.addWidget(self.print)

    def _make_filter(self, number: int, group: Group | None) -> QToolButton:
        title = words.group_title(group) if group is not None else words.group_name(None)
        button = self._make_button(number, group.value if group is not None else "all", title)
        button.setChecked(group is None)
        button.clicked.connect(lambda: self.chosen.emit(group))
        self.filters[group] = button
        return button

    def _make_button(self, number: int, name: str, title: str) -> QToolButton:
        button = named(QToolButton(), f"filter_{name}")
        button.setCheckable(True)
        button.setProperty("filter", True)
        button.setToolTip(tip(f"{title}  Alt+{number}"))
        # a button's own shortcut would press it for a tenth of a second first
        QShortcut(QKeySequence(f"Alt+{number}"), self, button.click)
        self._group.addButton(button)
        return button

    def set_day(self, day: dt.date) -> None:
        """Name the day of the list; the weekday gives way first."""
        self._date.set_wordings((weekday(day), wording.day(day)))

    def show_counts(self, counts: Mapping[Group | None, int], put_off: int, *, keep: bool = False) -> None:
        """Say how many rows there are; the button of what is put off hides at none, unless kept."""
        for group, button in self.filters.items():
            name, count = words.group_name(group), counts.get(group, 0)
            button.setText(f"{name}  {count}")
            button.setAccessibleName(self.tr("{name}: {count}").format(name=name, count=count))
        self.put_off.setText(self.tr("Put off  {count}").format(count=put_off))
        self.put_off.setVisible(bool(put_off) or keep)

    def offer_snooze(self, *, again: bool, possible: bool, refusal: str) -> None:
        """Offer to put the row in hand off, or to show it again."""
        self.snooze.setText(self.tr("Show again  Space") if again else self.tr("Put off…  Space"))
        self.snooze.setEnabled(possible and not refusal)
        usual = self.tr("Takes the row off the list until a day, with a reason.")
        self.snooze.setToolTip(tip(refusal or usual))
