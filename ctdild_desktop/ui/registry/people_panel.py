"""People in the room of the registry: who may open it, as what, and one's own passphrase."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.language import say_in
from ctdild_desktop.services import people
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.history_words import moment
from ctdild_desktop.services.people import Person
from ctdild_desktop.services.permissions import may
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.table_view import TableView

_HIGHEST = 280
"""Pixels of the table; more people are scrolled to."""
_ON_ACTIVE = ("set_role", "rename", "reset_passphrase", "remove_person")


class PeoplePanel(Later):
    """Shows people; ``asked`` names an act of :class:`people_acts.PeopleActs` and the person, or None."""

    asked = Signal(str, object)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("people_panel")
        self._desk, self._runner = desk, runner
        self._may = may(desk, people.list_people)
        self._people: tuple[Person, ...] = ()
        self._buttons: dict[str, QPushButton] = {}
        self._model = QStandardItemModel(0, 5, self)

    def _make_inside(self) -> None:
        self._model.setHorizontalHeaderLabels(
            [
                self.tr("Name"),
                self.tr("Login"),
                self.tr("Role"),
                self.tr("Unlocked last"),
                self.tr("Remark"),
            ]
        )
        self.table = self._make_table()
        self._words = named(QLabel(), "people_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 14)
        column.setSpacing(8)
        column.addWidget(self.table)
        column.addLayout(self._make_row(self._on_people()))
        column.addWidget(self._words)
        column.addLayout(self._make_row(self._on_keys()))
        self._show_offer()
        self.refresh()

    def fit_role(self) -> None:
        """Offer what the role may do, which may be another one than before."""
        may_now = may(self._desk, people.list_people)
        if may_now != self._may:
            self._may = may_now
            self.clear()
            if self.made:
                self._show_offer()
            self.refresh()

    def _show_offer(self) -> None:
        self.table.setVisible(self._may)
        for name, button in self._buttons.items():
            button.setVisible(self._may or name == "change_passphrase")
        self._say("" if self._may else self.tr("Administrators look after people and keys."))

    def refresh(self) -> None:
        """Read who there is anew."""
        if not (self._may and self.made):
            return
        desk = self._desk
        self._runner.run(
            lambda: people.list_people(desk),
            while_alive(self, self._show),
            while_alive(self, self._on_refused),
        )

    def clear(self) -> None:
        """Hold nobody any more."""
        self._people = ()
        self._model.removeRows(0, self._model.rowCount())

    @property
    def chosen(self) -> Person | None:
        """The person in the row that is chosen."""
        row = self.table.currentIndex().row()
        return self._people[row] if 0 <= row < len(self._people) else None

    def _on_people(self) -> tuple[tuple[str, str], ...]:
        return (
            ("add_person", self.tr("Add a perso&n…")),
            ("set_role", self.tr("Chan&ge role…")),
            ("rename", self.tr("Change na&me…")),
            ("reset_passphrase", self.tr("Re&set passphrase…")),
            ("remove_person", self.tr("Remove…")),
            ("reactivate", self.tr("Let in again…")),
        )

    def _on_keys(self) -> tuple[tuple[str, str], ...]:
        return (
            ("change_passphrase", self.tr("Change m&y passphrase…")),
            ("new_recovery_code", self.tr("Ne&w recovery code…")),
            ("rotate_keys", self.tr("Renew all &keys…")),
        )

    def _make_table(self) -> TableView:
        table = named(TableView(), "people_table")
        table.setAccessibleName(self.tr("People who may open the registry"))
        table.setModel(self._model)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.scaled(24))
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        table.setMaximumHeight(theme.scaled(_HIGHEST))
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._on_chosen())
        table.activated.connect(lambda _index: self._ask("set_role"))
        return table

    def _make_row(self, buttons: tuple[tuple[str, str], ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, words in buttons:
            button = named(QPushButton(words), f"people_{name}")
            button.clicked.connect(lambda _checked=False, name=name: self._ask(name))
            self._buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _ask(self, name: str) -> None:
        if not self._buttons[name].isEnabled():
            return
        on_person = name in {*_ON_ACTIVE, "reactivate"}
        self.asked.emit(name, self.chosen if on_person else None)

    def _show(self, found: tuple[Person, ...]) -> None:
        chosen = self.chosen
        self._people = found
        self._model.removeRows(0, self._model.rowCount())
        for one in found:
            self._model.appendRow([_item(text) for text in self._cells(one)])
        logins = [one.login for one in found]
        at = logins.index(chosen.login) if chosen is not None and chosen.login in logins else 0
        self.table.setCurrentIndex(self._model.index(at, 0))
        self.table.updateGeometry()
        self._say("")
        self._on_chosen()

    def _cells(self, one: Person) -> tuple[str, ...]:
        last = self.tr("never")
        if one.last_unlocked is not None:
            last = moment(one.last_unlocked)
        remark = self.tr("temporary passphrase") if one.must_change else ""
        return (
            one.name,
            one.login,
            say_in("role", one.role),
            last,
            remark if one.active else self.tr("removed"),
        )

    def _on_chosen(self) -> None:
        chosen = self.chosen
        for name in _ON_ACTIVE:
            self._buttons[name].setEnabled(chosen is not None and chosen.active)
        self._buttons["rename"].setEnabled(chosen is not None)
        self._buttons["reactivate"].setEnabled(chosen is not None and not chosen.active)

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._say(words)

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))


def _item(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setEditable(False)
    item.setToolTip(tip(text))
    return item
