"""The tab of what the team decided on a patient, what came of it, and what is still to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import Decision, PatientRecord
from ctdild_desktop.services import decisions, mdt_actions, patients
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.case_page import persons
from ctdild_desktop.services.decision_text import carried_out, decision_lines
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.patient import mdt_rows
from ctdild_desktop.ui.patient.record_tab import RecordTab
from ctdild_desktop.ui.widgets.acts_view import details
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_CANCELLED = 200
"""Width of the name of the action that is cancelled."""


class MdtTab(Later):
    """Reads when it is in sight; ``done`` carries each act for the frame."""

    done = Signal(object)
    said = Signal(str)
    page_requested = Signal(str)
    """Id of the signed decision whose page shall be shown."""
    record_requested = Signal(str, str)
    """Kind ``decision`` and id: the answer whether it was carried out."""

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mdt_tab")
        self._desk, self._runner = desk, runner
        self._patient_id = ""
        self._stale = False
        self._record: PatientRecord | None = None
        self._names: Mapping[str, str] = {}
        """Of the people who signed, by login."""
        self._chosen = ""
        tr = self.tr
        self.decisions = RecordTab(
            "decision",
            tr("Decisions of the team"),
            mdt_rows.decision_columns(),
            add_words=tr("Carried &out?…"),
            empty=(
                tr("No decision of the team is recorded"),
                tr("Put the patient on the agenda of a meeting in the MDT room."),
            ),
            hint=tr("Enter opens the page"),
            parent=self,
        )
        self.decisions.add_button("decision_page", tr("Pa&ge…"), self._open_page)
        self.actions_tab = RecordTab(
            "action",
            tr("What is to be done"),
            mdt_rows.action_columns(),
            add_words=tr("&Done  Space"),
            empty=(
                tr("Nothing is to be done"),
                tr("Actions are written at the meeting, beside the decision."),
            ),
            hint=tr("Space: done today"),
            parent=self,
        )
        self.actions_tab.add_button("cancel_action", tr("&Cancel…"), self._ask_why)
        self._cancelling = ""
        """Id of the action of which the reason is asked."""
        self.decisions.add_requested.connect(self._answer)
        self.decisions.record_activated.connect(lambda _kind, _id: self._open_page())
        self.actions_tab.add_requested.connect(self.finish_current)

    def _make_inside(self) -> None:
        self._head = SectionHeader(self.tr("Decision"))
        self._text: QPlainTextEdit = details("decision_text", self.tr("The chosen decision in full"))
        self._why = named(QFrame(), "cancel_row")
        self._why.setProperty("notice", True)
        self.reason = TextField("cancel_reason", self.tr("Reason for cancelling"), max_length=200)
        self.reason.setPlaceholderText(self.tr("why, for example: done elsewhere"))
        confirm = named(QPushButton(self.tr("Cancel the action")), "cancel_confirm")
        line = QHBoxLayout(self._why)
        line.setContentsMargins(10, 4, 10, 4)
        self._because = plain_label(name="cancel_because")
        line.addWidget(self._because)
        line.addWidget(self.reason, 1)
        line.addWidget(confirm)
        confirm.clicked.connect(self._cancel)
        self.reason.accepted.connect(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        below = QHBoxLayout()
        below.setSpacing(1)
        left, right = QVBoxLayout(), QVBoxLayout()
        for part, widgets in (
            (left, (self._head, self._text)),
            (right, (SectionHeader(self.tr("Actions")), self.actions_tab, self._why)),
        ):
            part.setSpacing(0)
            for widget in widgets:
                part.addWidget(widget)
        below.addLayout(left, 2)
        below.addLayout(right, 3)
        column.addWidget(self.decisions, 3)
        column.addLayout(below, 4)
        self._why.hide()
        self.decisions.table.record_selected.connect(lambda _kind, _id: self._show_text())
        self.actions_tab.table.record_selected.connect(lambda _kind, _id: self._fit_buttons())
        self.actions_tab.table.installEventFilter(self)
        QWidget.setTabOrder(self.decisions.table, self.actions_tab.table)
        QWidget.setTabOrder(self.actions_tab.table, self._text)
        self._fill()

    # what the page asks

    @staticmethod
    def count(view: PatientView) -> int:
        """How many decisions a patient has, for the title of the tab."""
        return len(view.record.decisions)

    def widget(self) -> QWidget:
        """The tab itself."""
        return self

    def show_patient(self, patient_id: str) -> None:
        """Show this patient, as the registry has it now; read at once only when the tab is in sight."""
        if patient_id != self._patient_id:
            self._show(None)
        self._patient_id = patient_id
        self._stale = True
        if self.isVisible():
            self._read()

    def choose_action(self, action_id: str) -> None:
        """Put the keyboard on an action, as soon as it is listed."""
        self._chosen = action_id
        self._choose()

    def clear(self) -> None:
        """Hold nothing of any patient any more."""
        self._patient_id = ""
        self._show(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed since it was last in sight."""
        super().showEvent(event)
        if self._stale:
            self._read()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space on an action says that it is done."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            self.finish_current()
            return True
        return super().eventFilter(watched, event)

    # acts

    def finish_current(self) -> None:
        """Say that the action in hand was done today."""
        action_id, desk = self._current(self.actions_tab), self._desk
        if action_id and self._may(mdt_actions.finish_action):
            self._act(lambda: mdt_actions.finish_action(desk, action_id, desk.today()))

    def _ask_why(self) -> None:
        action_id, record = self._current(self.actions_tab), self._record
        if action_id and record is not None and self._may(mdt_actions.cancel_action):
            self._cancelling = action_id
            what = next(one.what for one in record.actions if one.id == action_id)
            room = theme.scaled(_CANCELLED)
            short = self._because.fontMetrics().elidedText(what, Qt.TextElideMode.ElideRight, room)
            self._because.setText(self.tr("Cancel “{action}”, because").format(action=short))
            self._because.setToolTip(tip(what))
            self._why.show()
            self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def _cancel(self) -> None:
        action_id, desk, reason = self._cancelling, self._desk, self.reason.text_value()
        if not reason:
            self.said.emit(self.tr("Say why this is cancelled."))
            self.reason.setFocus(Qt.FocusReason.TabFocusReason)
        elif action_id:
            self._runner.run(
                lambda: mdt_actions.cancel_action(desk, action_id, reason),
                while_alive(self, lambda done: self._on_cancelled(action_id, done)),
                while_alive(self, self._on_refused),
            )

    def _on_cancelled(self, action_id: str, done: Done[Any]) -> None:
        if self._cancelling == action_id:
            self._drop_reason()
            self.actions_tab.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.done.emit(done)

    def _drop_reason(self) -> None:
        self._cancelling = ""
        self.reason.set_text("")
        self._why.hide()

    def _answer(self) -> None:
        decision = self._decision()
        if decision is None:
            return
        if not decision.signed:
            self.said.emit(self.tr("This decision is not signed."))
        elif self._may(decisions.answer_carried_out):
            self.record_requested.emit("decision", decision.id)

    def _open_page(self) -> None:
        decision = self._decision()
        if decision is not None and decision.signed:
            self.page_requested.emit(decision.id)
        elif decision is not None:
            self.said.emit(self.tr("This decision is not signed."))

    def _may(self, act: Callable[..., Any]) -> bool:
        refused = why_not(self._desk, act)
        if refused:
            self.said.emit(refused)
        return not refused

    def _act(self, work: Callable[[], Done[Any]]) -> None:
        self._runner.run(work, while_alive(self, self.done.emit), while_alive(self, self._on_refused))

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)

    # what is shown

    def _read(self) -> None:
        self._stale = False
        desk, patient_id = self._desk, self._patient_id
        if not patient_id:
            return

        def show(found: tuple[PatientRecord, dict[str, str]]) -> None:
            if patient_id == self._patient_id:
                self._names = found[1]
                self._show(found[0])

        self._runner.run(
            lambda: (patients.load(desk, patient_id), persons(desk)),
            while_alive(self, show),
            while_alive(self, self._on_refused),
        )

    def _show(self, record: PatientRecord | None) -> None:
        self._record = record
        if self.made:
            self._fill()

    def _fill(self) -> None:
        record = self._record
        decided, doing = self.decisions.table.current_record(), self.actions_tab.table.current_record()
        self.decisions.show_rows(mdt_rows.decision_rows(record) if record is not None else ())
        self.actions_tab.show_rows(mdt_rows.action_rows(record) if record is not None else ())
        for tab, before in ((self.decisions, decided), (self.actions_tab, doing)):
            known = before is not None and tab.table.records.row_of(before[1]) >= 0
            if known and before is not None:
                tab.table.select_record(before[1])
            elif tab.table.records.rowCount():
                tab.table.selectRow(0)
        if self.actions_tab.table.records.row_of(self._cancelling) < 0:
            self._drop_reason()  # it was of another patient's
        self._choose()
        self._show_text()

    def _choose(self) -> None:
        if self._chosen and self.made and self.actions_tab.table.records.row_of(self._chosen) >= 0:
            self.actions_tab.table.select_record(self._chosen)
            self.actions_tab.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._chosen = ""
            self._fit_buttons()

    def _show_text(self) -> None:
        decision = self._decision()
        if decision is None or self._record is None:
            self._head.set_texts(self.tr("Decision"))
            self._text.clear()
        else:
            day, signed = wording.day(decision.date), self._signed_words(decision)
            self._head.set_texts(self.tr("Decision"), day, signed)
            self._text.setPlainText(self._in_full(decision, self._record))
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """Offer what can be done with the rows in hand."""
        decision, record = self._decision(), self._record
        self.decisions.button("decision_page").setEnabled(decision is not None and decision.signed)
        found = self._current(self.actions_tab)
        waiting = record is not None and any(
            one.id == found and one.status == "open" for one in record.actions
        )
        refused = why_not(self._desk, mdt_actions.finish_action)
        for button in (self.actions_tab.first_button, self.actions_tab.button("cancel_action")):
            button.setEnabled(waiting and not refused)
            button.setToolTip(tip(refused))
        refused = why_not(self._desk, decisions.answer_carried_out)
        self.decisions.first_button.setEnabled(decision is not None and decision.signed and not refused)
        self.decisions.first_button.setToolTip(tip(refused))

    def _decision(self) -> Decision | None:
        found = self._current(self.decisions)
        record = self._record
        return (
            next((one for one in record.decisions if one.id == found), None) if record is not None else None
        )

    def _current(self, tab: RecordTab) -> str:
        found = tab.table.current_record()
        return found[1] if found is not None else ""

    def _signed_words(self, decision: Decision) -> str:
        if decision.signed_at is None:
            return self.tr("not signed")
        return self.tr("signed {day} by {who}").format(
            day=wording.day(decision.signed_at.astimezone().date()),
            who=self._names.get(decision.signed_by, decision.signed_by),
        )

    def _in_full(self, decision: Decision, record: PatientRecord) -> str:
        """The decision line by line, with what came of it and what was added."""
        actions = tuple(one for one in record.actions if one.decision_id == decision.id)
        parts = [decision.question, ""]
        parts += [f"{line.caption}: {line.text}" for line in decision_lines(decision, actions)]
        if carried_out(decision):
            parts.append(f"{self.tr('Carried out')}: {carried_out(decision)}")
        for one in decision.addenda:
            caption = self.tr("Addendum {day}").format(day=wording.day(one.date))
            parts.append(f"{caption}: {one.text} ({self._names.get(one.by, one.by)})")
        return "\n".join(parts)
