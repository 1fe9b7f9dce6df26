"""Everything that was done in the registry, for administrators: by person, kind and period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.language import say
from ctdild_desktop.services import history, history_terms
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.history import LogFilter
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.acts_view import ActsView
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.section_header import SectionHeader


class LogPage(Later):
    """The log of the registry with its filters; reads when it is asked to."""

    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log_page")
        self._desk, self._runner = desk, runner

    def _make_inside(self) -> None:
        tr, today = self.tr, self._desk.today
        self.person = ChoiceField("log_person", tr("Person"), empty=tr("Everybody"))
        self.group = ChoiceField(
            "log_group",
            tr("Kind of act"),
            ((name, say(name)) for name in history_terms.groups()),
            empty=tr("Everything"),
        )
        self.first = DateField("log_first", tr("From this day"), today)
        self.last = DateField("log_last", tr("Up to this day"), today)
        for field in (self.first, self.last):
            field.setFixedWidth(theme.scaled(100))
            field.accepted.connect(self.refresh)
        self.person.changed.connect(lambda _code: self.refresh())
        self.group.changed.connect(lambda _code: self.refresh())
        self.acts = ActsView(
            "log",
            tr("Log of the registry"),
            empty=(tr("Nothing here"), tr("No act fits this choice. Choose another person, kind or period.")),
            with_patients=True,
        )
        self.acts.older_requested.connect(self._read_older)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 6)
        head.setSpacing(8)
        captioned: tuple[tuple[str, QWidget], ...] = (
            (tr("Per&son"), self.person),
            (tr("&Kind"), self.group),
            (tr("Fro&m"), self.first),
            (tr("t&o"), self.last),
        )
        for words, widget in captioned:
            caption = QLabel(words)
            caption.setBuddy(widget)
            head.addWidget(caption)
            head.addWidget(widget)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(tr("Log of the registry"), remark=tr("Enter shows an act in full")))
        column.addLayout(head)
        column.addWidget(self.acts, 1)

    def start(self) -> None:
        """Read who there is, and the newest acts."""
        desk, chosen = self._desk, self.person.text_value()

        def show(found: tuple[tuple[str, str], ...]) -> None:
            self.person.set_choices(found)
            if chosen in dict(found):
                self.person.set_text(chosen)

        self._ask(lambda: history.people(desk), show)
        self.refresh()
        self.acts.focus_first()

    def refresh(self) -> None:
        """Read the newest acts that fit the choice."""
        desk, shown = self._desk, self._chosen()
        if shown is not None:
            self._ask(lambda: history.log(desk, shown), self.acts.show_page)

    def clear(self) -> None:
        """Hold nothing any more."""
        if self.made:
            self.acts.clear()

    def _read_older(self, before: int) -> None:
        desk, shown = self._desk, self._chosen()
        if shown is not None:
            self._ask(lambda: history.log(desk, shown, before=before), self.acts.add_page)

    def _chosen(self) -> LogFilter | None:
        """What the filters say; None when a date cannot be read, which its field says."""
        days: list[dt.date | None] = []
        for field in (self.first, self.last):
            try:
                days.append(field.value())
            except EntryError:
                field.show_issue(None)
                return None
        return LogFilter(self.person.text_value(), self.group.text_value(), days[0], days[1])

    def _ask(self, read: Callable[[], Any], show: Callable[[Any], None]) -> None:
        self._runner.run(read, while_alive(self, show), while_alive(self, self._on_refused))

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)
