"""The form of a decision that is filled in while people talk; what is typed is kept when a field is left."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import check_signing
from ctdild_desktop.clinical.records import Action, Decision
from ctdild_desktop.services import decisions
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.services.presenting import CaseShown, computed_words
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.dialogs.field_form import FieldForm, FormField
from ctdild_desktop.ui.dialogs.sheet_parts import SheetNotice, plain_label
from ctdild_desktop.ui.dialogs.texts import as_text
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.presenting import decision_fields
from ctdild_desktop.ui.presenting.actions_table import ActionsTable
from ctdild_desktop.ui.presenting.present_panel import PresentPanel
from ctdild_desktop.ui.widgets.field_note import FieldNote
from ctdild_desktop.ui.widgets.fields import Field
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_PAUSE_MS = 1500
_ACTIONS = "actions"
_CAPTION = 88
"""Width of the captions; longer ones wrap."""


class DecisionForm(FieldForm):
    """One case that is not signed. It keeps drafts by itself; the acts are done by the page."""

    sign_requested = Signal()
    next_requested = Signal()
    said = Signal(str)
    action_done = Signal(str)
    """Id of an action of an earlier meeting."""

    def __init__(self, desk: Desk, runner: Runner, shown: CaseShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("decision_form")
        self.setAccessibleName(self.tr("Decision"))
        self.desk = desk
        self.shown = shown
        self.busy = False
        """Whether it is being signed."""
        self.base = shown.decision
        self.head = SectionHeader(self.tr("Decision"))
        self._clock_words = ""
        self._draft_words = ""
        self.notice = SheetNotice()
        self.problem = plain_label(name="sheet_problem", bold=0)
        self.problem.setWordWrap(True)
        self.problem.setContentsMargins(12, 4, 12, 4)
        self.problem.hide()
        self.todo = ActionsTable(desk.today)
        self.present = PresentPanel(desk, shown.meeting)
        self._lay_out()
        self._fill()
        self.draft_kind = f"decision:{shown.case.item.id}"
        self.drafts = DraftKeeper(desk, runner, self.draft_kind, shown.case.item.patient_id, self)
        self.drafts.set_start(self.payload(), self.base.version if self.base.id else None)
        self.drafts.kept.connect(self._on_kept)
        self.drafts.failed.connect(self.said)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.keep_draft)
        self.typed.connect(self._pause.start)
        self.field_left.connect(self.keep_draft)
        self.todo.changed.connect(lambda _text: self._on_actions())
        self.todo.typing.connect(self._on_actions)
        self.todo.left.connect(self.keep_draft)
        self.todo.accepted.connect(lambda: self._focus(self.fields["next_date"]))
        self.todo.done_requested.connect(self.action_done)

    # what the base class asks for

    def build(self) -> Decision:
        """See :meth:`FieldForm.build`."""
        return decision_fields.built(self.base, self.read, self.text)

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        return decisions.check(value, self.shown.view.record, self.desk.today())

    def payload(self) -> dict[str, str]:
        """See :meth:`FieldForm.payload`; the actions go with the fields, the one being typed included."""
        self.todo.settle()
        return {**super().payload(), _ACTIONS: self.todo.rows.text_value()}

    def restore(self, payload: dict[str, str]) -> None:
        """See :meth:`FieldForm.restore`."""
        if _ACTIONS in payload:
            self.todo.rows.set_text(payload[_ACTIONS])
        super().restore(payload)

    def refresh(self) -> None:
        """Ask why the team differs from the criteria, where it does."""
        asked = decisions.differs(self.build()) or bool(self.text("verdict_reason"))
        self.show_row("verdict_reason", shown=asked)

    def show_problem(self, text: str) -> None:
        """See :meth:`FieldForm.show_problem`."""
        self.problem.setText(text)
        self.problem.setAccessibleName(text)
        self.problem.setVisible(bool(text))

    def after_last(self) -> QWidget:
        """See :meth:`FieldForm.after_last`."""
        return self.sign_button

    def show_field(self, field: FormField) -> None:
        """See :meth:`FieldForm.show_field`."""
        self.area.ensureWidgetVisible(field, 0, theme.scaled_in(self, 40))

    def go_on(self, field: FormField) -> None:
        """See :meth:`FieldForm.go_on`; the actions come after what dissents."""
        if field.objectName() == decision_fields.BEFORE_ACTIONS[-1]:
            self._focus(self.todo)
        else:
            super().go_on(field)

    # opening, drafts

    def start(self) -> None:
        """Ready for typing; a draft of this case comes back."""
        self.ready = True
        self.refresh()
        self.drafts.load(self._on_draft_found)

    @property
    def dirty(self) -> bool:
        """Whether something is typed that the registry does not have as a decision."""
        return self.ready and self.drafts.dirty(self.payload())

    def keep_draft(self) -> None:
        """Keep what is typed, when it differs from what was kept before."""
        if self.ready:
            self.drafts.keep(self.payload())

    def finish(self) -> None:
        """What is typed is being kept as a decision: keep no draft of it any more."""
        self._pause.stop()
        self.ready = False
        self.drafts.stop()

    def leave(self) -> Typed | None:
        """What is typed, for whoever takes the window away; nothing is kept here any more."""
        self._pause.stop()
        if not self.ready:
            return None
        self.ready = False
        return self.drafts.leave(self.payload(), lambda: False)

    def wanted(self) -> tuple[Decision, tuple[Action, ...]] | None:
        """The decision and its actions as they are typed; None where something cannot be read."""
        self.todo.settle()
        if not self.readable() or self.todo.rows.problem():
            return None
        return self.build(), self.todo.rows.actions()

    def unreadable(self) -> str:
        """Why :meth:`wanted` has no answer."""
        wrong = next((field.problem() for field in self.order if field.problem()), "")
        return wrong or self.todo.rows.problem()

    def lacks(self) -> tuple[Issue, ...]:
        """What is missing before this can be signed, or is wrong with it."""
        wanted = self.wanted()
        if wanted is None:
            return ()
        value, actions = wanted
        found = (*self.issues_of(value), *check_signing(value, actions, self.desk.today()))
        return tuple(issue for issue in found if issue.hard)

    def show_lacks(self) -> bool:
        """Say what lacks beside the fields and go to the first; whether anything does."""
        if not self.complete():
            self.said.emit(self.unreadable())
            return True
        reason = self.todo.rows.problem()
        if reason:
            self.show_problem(reason)
            self._focus(self.todo)
            self.said.emit(reason)
            return True
        found = self.lacks()
        if not found:
            self.show_problem("")
            return False
        if any(issue.field == "verdict_reason" for issue in found):
            self.show_row("verdict_reason", shown=True)
        order = {name: at for at, name in enumerate(self.fields)}
        found = tuple(sorted(found, key=lambda issue: order.get(issue.field, len(order))))
        first = next((self.fields[issue.field] for issue in found if issue.field in self.fields), None)
        if first is not None:
            self._focus(first)
        differs = self.tr("Not the computed one: say why")
        beside = (replace(one, text=differs) if one.field == "verdict_reason" else one for one in found)
        self.show_issues(tuple(beside), all_fields=True)
        words = " ".join(issue.text for issue in found)
        self.said.emit(self.tr("Not signed. {reasons}").format(reasons=words))
        return True

    def discard_draft(self) -> None:
        """Go back to what the registry has of this case."""
        self.restore(self.drafts.start)
        self.drafts.discard()
        self.notice.clear()
        self.said.emit(self.tr("Draft discarded."))

    def set_clock(self, words: str) -> None:
        """How long the case has been discussed."""
        self._clock_words = words
        self._tell_head()

    def set_quorum(self, words: str) -> None:
        """Whether enough of the team are there."""
        self._quorum.setText(words)
        self._quorum.setToolTip(tip(words))

    def focus_first(self) -> None:
        """Put the focus where typing begins; what stands there is typed over."""
        first = self.order[0]
        self._focus(first)
        if isinstance(first, Field):
            first.selectAll()

    # parts

    def changeEvent(self, event: QEvent) -> None:
        """Give captions and dates their room when the type grows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _lay_out(self) -> None:
        body = named(QWidget(), "sheet_body")
        self.body = QVBoxLayout(body)
        self.body.addLayout(self.grid)
        *fields, day, event = decision_fields.fields_of(self.desk.today)
        for caption, field in fields:
            self.add_field(caption, field, wide=True)
        self._add_actions()
        self._add_again(day, event)
        self._add_present()
        self.body.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(body)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.notice)
        column.addWidget(self.area, 1)
        column.addWidget(self.problem)
        column.addWidget(self._make_foot())
        self._fit()

    def _add_actions(self) -> None:
        row = self.grid.rowCount()
        label = QLabel(self.tr("A&ctions"))
        label.setBuddy(self.todo)
        self.grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addWidget(self.todo, row, 1, 1, 2)

    def _add_again(self, day: tuple[str, FormField], event: tuple[str, FormField]) -> None:
        """When the case is discussed again: a day, or what happens first, on one line."""
        row, line = self.grid.rowCount(), QHBoxLayout()
        line.setSpacing(8)
        for at, (caption, field) in enumerate((day, event)):
            label = QLabel(caption)
            label.setBuddy(field)
            self._captions[field.objectName()] = label
            if at:
                line.addWidget(label)
            else:
                self.grid.addWidget(label, row, 0)
            line.addWidget(field, 2 + at)
            note = self.make_note(field)
            self.grid.addWidget(note, row + 1 + at, 1, 1, 2)
            self._below.add(field.objectName())
            note.setVisible(False)
            field.note_changed.connect(partial(_show_note, note))
            self.register(field)
        self.grid.addLayout(line, row, 1, 1, 2)

    def _add_present(self) -> None:
        row = self.grid.rowCount()
        self.grid.addWidget(QLabel(self.tr("Present")), row, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addWidget(self.present, row, 1, 1, 2)

    def _make_foot(self) -> QWidget:
        foot = named(QFrame(), "sheet_foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 7, 12, 7)
        self._quorum = plain_label(name="quorum", secondary=True)
        self._quorum.setWordWrap(True)
        row.addWidget(self._quorum, 1)
        self.next_button = named(QPushButton(self.tr("Next case  PgDn")), "next_case")
        self.next_button.clicked.connect(self.next_requested)
        row.addWidget(self.next_button)
        self.sign_button = named(QPushButton(self.tr("Sign off  Ctrl+Enter")), "sign_off")
        self.sign_button.setProperty("primary", True)
        self.sign_button.clicked.connect(self.sign_requested)
        refused = why_not(self.desk, decisions.sign_decision)
        self.sign_button.setEnabled(not refused)
        self.sign_button.setToolTip(tip(refused))
        row.addWidget(self.sign_button)
        return foot

    def _fill(self) -> None:
        for name in decision_fields.NAMES:
            self.fields[name].set_text(as_text(getattr(self.base, name)))
        owners = [one.name for one in self.shown.meeting.attendees if one.presence != "apology"]
        self.todo.show_actions(self.shown.actions, self.shown.carried, owners)
        self.read_out("team_verdict", computed_words(self.base))
        self.show_row("verdict_reason", shown=bool(self.base.verdict_reason))

    def _fit(self) -> None:
        edge = theme.scaled_in(self, 12)
        self.body.setContentsMargins(edge, theme.scaled_in(self, 6), edge, theme.scaled_in(self, 6))
        captions = theme.scaled_in(self, _CAPTION)
        self.grid.setColumnMinimumWidth(0, captions)
        for name, label in self._captions.items():
            if name != "next_trigger":
                label.setWordWrap(True)
                label.setFixedWidth(captions)
        self.grid.setVerticalSpacing(theme.scaled_in(self, 4))

    def _focus(self, field: QWidget) -> None:
        field.setFocus(Qt.FocusReason.TabFocusReason)
        self.area.ensureWidgetVisible(field, 0, theme.scaled_in(self, 40))

    def _tell_head(self) -> None:
        self.head.set_texts(self.tr("Decision"), self._draft_words, self._clock_words)

    def _on_actions(self) -> None:
        if self.ready:
            self.typed.emit()

    def _on_kept(self, at: str) -> None:
        self._draft_words = self.tr("draft saved {time}").format(time=at) if at else ""
        self._tell_head()

    def _on_draft_found(self, draft: Draft, at: str) -> None:
        self.notice.say(
            self.tr("Draft of {time} restored.").format(time=at), (self.tr("Discard"), self.discard_draft)
        )
        self.restore(draft.payload)
        self._draft_words = self.tr("draft saved {time}").format(time=at)
        self._tell_head()


def _show_note(note: FieldNote) -> None:
    note.setVisible(bool(note.words()))
