"""The tab of a patient's history: who did what, when and why; and what was removed, with the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ctdild_desktop.language import say
from ctdild_desktop.services import history, removed
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.history import Page
from ctdild_desktop.services.permissions import may
from ctdild_desktop.services.removed import Removed
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.acts_view import ActsView
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.widgets.removed_view import RemovedView
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

ACTS, GONE = "acts", "removed"


class HistoryTab(Later):
    """Reads when it is in sight; ``done`` carries a restoring act, so that the frame can offer its undo."""

    done = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_tab")
        self._desk, self._runner = desk, runner
        self._patient_id = ""
        self._stale = False

    def _make_inside(self) -> None:
        self._lists = SegmentedControl(
            "history_list",
            self.tr("What is listed"),
            ((ACTS, self.tr("History")), (GONE, self.tr("Removed records"))),
        )
        self._lists.set_current(ACTS)
        self._lists.chosen.connect(self._on_list)
        self.group = ChoiceField(
            "history_group",
            self.tr("Limit the history to"),
            ((name, say(name)) for name in history.patient_groups()),
            empty=self.tr("Everything"),
        )
        self.group.changed.connect(lambda _code: self._read_acts())
        self.acts = ActsView(
            "history",
            self.tr("History of the patient"),
            empty=(self.tr("Nothing here"), self.tr("No act of this kind is in the patient's history.")),
        )
        self.acts.older_requested.connect(self._read_older)
        self.gone = RemovedView(
            "removed",
            self.tr("Removed records of the patient"),
            empty=(
                self.tr("Nothing was removed"),
                self.tr("What is removed from this record stays here and can be restored."),
            ),
            may_restore=may(self._desk, removed.restore_removed),
            why_not=self.tr("Your role may look but not restore."),
        )
        self.gone.restore_requested.connect(self._restore)
        self._lay_out()

    def _lay_out(self) -> None:
        caption = QLabel(self.tr("Sho&w"))
        caption.setBuddy(self.group)
        self._filter = QWidget()
        chosen = QHBoxLayout(self._filter)
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.addWidget(caption)
        chosen.addWidget(self.group)
        head = QHBoxLayout()
        head.setContentsMargins(10, 5, 10, 5)
        head.setSpacing(14)
        head.addWidget(self._lists)
        head.addWidget(self._filter)
        head.addStretch(1)
        self._stack = PageStack()
        self._stack.addWidget(self.acts)
        self._stack.addWidget(self.gone)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def widget(self) -> QWidget:
        """The tab itself."""
        return self

    def show_patient(self, patient_id: str) -> None:
        """Show this patient, as the registry has it now; read at once only when the tab is in sight."""
        if patient_id != self._patient_id:
            self.clear()
        self._patient_id = patient_id
        self._stale = True
        if self.isVisible():
            self._read()

    def show_list(self, name: str) -> None:
        """List the acts (``acts``) or what was removed (``removed``); KeyError for another name."""
        self.make()
        self._lists.set_current(name)
        self._on_list(name)

    def focus_first(self) -> None:
        """Put the focus where reading begins."""
        (self.acts if self._lists.current() == ACTS else self.gone).focus_first()

    def clear(self) -> None:
        """Hold nothing of any patient any more."""
        self._patient_id = ""
        if self.made:
            self.acts.clear()
            self.gone.clear()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed since it was last in sight."""
        super().showEvent(event)
        if self._stale:
            self._read()

    def _on_list(self, name: str) -> None:
        self._stack.bring(self.acts if name == ACTS else self.gone)
        self._filter.setVisible(name == ACTS)
        self.focus_first()

    def _read(self) -> None:
        self._stale = False
        if self._patient_id:
            self._read_acts()
            desk, patient_id = self._desk, self._patient_id
            self._ask(lambda: removed.removed_records(desk, patient_id), self.gone.show_items)

    def _read_acts(self) -> None:
        desk, patient_id, group = self._desk, self._patient_id, self.group.text_value()
        if patient_id:
            self._ask(lambda: history.of_patient(desk, patient_id, group=group), self.acts.show_page)

    def _read_older(self, before: int) -> None:
        desk, patient_id, group = self._desk, self._patient_id, self.group.text_value()

        def read() -> Page:
            return history.of_patient(desk, patient_id, group=group, before=before)

        self._ask(read, self.acts.add_page)

    def _ask(self, read: Callable[[], Any], show: Callable[[Any], None]) -> None:
        patient_id, group = self._patient_id, self.group.text_value()

        def answered(found: Any) -> None:
            if (patient_id, group) == (self._patient_id, self.group.text_value()):
                show(found)

        self._runner.run(read, while_alive(self, answered), while_alive(self, self._on_refused))

    def _restore(self, item: Removed, reason: str) -> None:
        desk = self._desk
        self._runner.run(
            lambda: removed.restore_removed(desk, item.kind, item.id, reason),
            while_alive(self, self.done.emit),
            while_alive(self, self._on_refused),
        )

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)
