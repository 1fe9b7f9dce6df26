"""The frame that all forms share: Enter goes on, Ctrl+Enter saves, nothing typed is lost.

A sheet stands beside the page it belongs to and never blocks it. It keeps a draft in the encrypted registry
each time a field is left; the draft comes back when the sheet is opened again and goes when it is saved or
discarded.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.services import drafts
from ctdild_desktop.services.acts import Standing
from ctdild_desktop.services.desk import Desk, Done, RefusedError
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.dialogs.field_form import FieldForm, FormField
from ctdild_desktop.ui.dialogs.sheet_parts import (
    RemovalRow,
    SheetHead,
    SheetNotice,
    elsewhere_words,
    plain_label,
)
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


@dataclass(frozen=True, slots=True)
class SheetActs:
    """The acts behind a sheet, for asking whether the role may do them."""

    keep: Callable[..., Any] = drafts.save_draft
    """What its main button does; who may not do it sees the sheet for reading only."""
    remove: Callable[..., Any] = drafts.save_draft


class FormSheet(FieldForm):
    """Base of the side sheets: a subclass adds its fields and answers ``build``, ``issues_of``, ``settle``.

    ``draft_kind`` names what is being typed; two sheets of one kind and patient share one draft.
    """

    acts = SheetActs()
    saved = Signal(object)
    """The ``Done`` of the act."""
    closed = Signal()
    said = Signal(str)
    """A sentence for the status bar."""
    outdated = Signal()
    """What the screen shows of the patient is not any more what the registry has."""
    width_changed = Signal()
    """The sheet needs another width."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        *,
        title: str,
        identity: str,
        draft_kind: str,
        patient_id: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.runner = runner
        self.patient_id = patient_id
        self._asked: tuple[Issue, ...] = ()
        self._asked_payload: dict[str, str] = {}
        self._saving = False
        self._kept_by_act = False
        self.setObjectName("form_sheet")
        self.setAccessibleName(title)
        self.setMinimumWidth(theme.scaled(430))
        self.setProperty("tall", True)
        self.head = SheetHead(title, identity)
        self.notice = SheetNotice()
        self.problem = plain_label(name="sheet_problem", bold=0)
        self.problem.setWordWrap(True)
        self.problem.setContentsMargins(12, 4, 12, 4)
        self.problem.hide()
        self.removal = RemovalRow()
        self._lay_out()
        self.drafts = DraftKeeper(desk, runner, draft_kind, patient_id, self)
        self.drafts.kept.connect(self._on_draft_kept)
        self.drafts.failed.connect(self.said)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1500)
        self._timer.timeout.connect(self.keep_draft)
        self.typed.connect(self._timer.start)
        self.field_left.connect(self.keep_draft)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            self.add_key(key, self.save)
        self.add_key("Esc", self.close_sheet)
        self.add_key("Ctrl+Shift+Z", self.discard_draft)

    # what a subclass answers

    @abstractmethod
    def settle(self, value: Any, confirmed: Collection[str]) -> None:
        """Do what the main button means with a value that is in order."""

    def shown_record(self) -> Any:
        """The saved record that this sheet is about; None for a new one."""
        return None

    def sizeHint(self) -> QSize:
        """As wide as its fields need, with room for a scroll bar."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        body = self._fields_area.minimumSizeHint().width() + bar + 4
        return QSize(max(self.minimumWidth(), body), super().sizeHint().height())

    # opening

    def start(self, first: FormField | None = None) -> None:
        """Ready for typing: restore a draft, show what follows, focus the first field.

        Who may not do what the sheet is for sees its values and can change nothing.
        """
        reason = why_not(self.desk, self.acts.keep)
        if reason:
            self.show_for_reading(reason)
            return
        self.ready = True
        target = first or self.order[0]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.drafts.load(self._on_draft_found)
        self.refresh()

    @property
    def reading(self) -> bool:
        """Whether the sheet shows its values only."""
        return bool(self.property("reading"))

    def show_for_reading(self, reason: str) -> None:
        """Show the values, with nothing to change, save or remove, and no draft."""
        self.setProperty("reading", True)
        self.drafts.stop()
        for field in self.order:
            if isinstance(field, QLineEdit):
                field.setReadOnly(True)
            else:
                field.setEnabled(False)
        for button in self.changing_buttons():
            button.hide()
        self.refresh()
        self.notice.say(self.tr("For reading. {reason}").format(reason=reason))
        self.close_button.setFocus(Qt.FocusReason.TabFocusReason)

    def changing_buttons(self) -> list[QPushButton]:
        """The buttons of the foot that change something."""
        held = (self.foot.itemAt(at) for at in range(self.foot.count()))
        widgets = (item.widget() for item in held if item is not None)
        return [one for one in widgets if isinstance(one, QPushButton) and one is not self.close_button]

    def register(self, field: FormField, *, required: bool = False) -> None:
        """See :meth:`FieldForm.register`."""
        super().register(field, required=required)
        for line in (field, *field.findChildren(QLineEdit)):
            if isinstance(line, QLineEdit):
                line.installEventFilter(self)

    def after_last(self) -> QWidget:
        """See :meth:`FieldForm.after_last`."""
        return self.save_button

    def show_field(self, field: FormField) -> None:
        """See :meth:`FieldForm.show_field`; sheets with folded parts unfold them here."""
        self.area.ensureWidgetVisible(field)

    def show_problem(self, text: str) -> None:
        """See :meth:`FieldForm.show_problem`."""
        self.problem.setText(text)
        self.problem.setAccessibleName(text)
        self.problem.setVisible(bool(text))

    # saving

    def save(self) -> None:
        """Check and save; unlikely values are asked once and kept by saving again."""
        if self._saving or self.reading or not self.complete():
            return
        value = self.build()
        confirmed = self.confirmed_now()
        unsettled = tuple(
            issue
            for issue in self.issues_of(value)
            if issue.hard or not {issue.field, issue.code} & confirmed
        )
        if unsettled:
            self._ask(unsettled)
        else:
            self.settle(value, confirmed)

    def confirmed_now(self) -> frozenset[str]:
        """Fields and codes of what is unlikely and confirmed, by a second Enter or by saving again."""
        confirmed = set(self.confirmed)
        if self._asked_payload == self.payload():
            for issue in self._asked:
                confirmed.update(() if issue.hard else (issue.field, issue.code))
        return frozenset(confirmed)

    def run_act(self, work: Callable[[], Done[Any]]) -> None:
        """Do an act of this sheet; it closes when the act is done and says so when it is refused."""
        self._saving = True
        self.save_button.setEnabled(False)
        self._timer.stop()

        def act() -> Done[Any]:
            done = work()
            self._kept_by_act = True
            return done

        self.runner.run(act, while_alive(self, self._on_saved), while_alive(self, self._on_refused))

    def _ask(self, issues: tuple[Issue, ...]) -> None:
        payload = self.payload()
        before = self._asked if self._asked_payload == payload else ()
        self._asked, self._asked_payload = (*before, *issues), payload
        first = next((self.fields[issue.field] for issue in issues if issue.field in self.fields), None)
        if first is not None:
            self.show_field(first)
            # Leaving the field before checks everything once more: so the focus goes first.
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_issues(issues, all_fields=True)
        if not any(issue.hard for issue in issues):
            self.said.emit(self.tr("Unlikely values: Ctrl+Enter again keeps them."))
            if self.problem.text():
                words = self.tr("{reason} Ctrl+Enter again keeps it.")
                self.show_problem(words.format(reason=self.problem.text()))

    def _on_saved(self, done: Done[Any]) -> None:
        self._saving = False
        self.drafts.finish()
        self.saved.emit(done)

    def _on_refused(self, error: Exception) -> None:
        self._saving = False
        self.save_button.setEnabled(True)
        words = sentence_of(error)
        if words is None:
            self.keep_draft()
            raise error
        if isinstance(error, RefusedError) and error.issues:
            self._ask(error.issues)
        else:
            self.show_problem(words)
        self.said.emit(words)

    # removing

    def allow_removal(self, remove: Callable[[str], Done[Any]]) -> None:
        """Offer to void the record that is open, for a reason; ``remove`` runs on the registry's thread."""
        self.removal.confirmed.connect(lambda reason: self.run_act(lambda: remove(reason)))
        button = named(QPushButton(self.tr("Remove…")), "sheet_remove")
        button.clicked.connect(self.removal.ask)
        reason = why_not(self.desk, self.acts.remove)
        button.setEnabled(not reason)
        button.setToolTip(tip(reason))
        self.foot.insertWidget(1, button)

    # leaving, drafts

    def close_sheet(self) -> None:
        """Close; what was typed is kept as a draft and said so.

        While it is being saved the sheet stays, and so it does when the draft could not be kept.
        """
        if self._saving:
            return
        if self.ready and self.drafts.possible and self.drafts.dirty(self.payload()):
            self.drafts.keep(self.payload(), then=self._close_with_draft)
        else:
            self.closed.emit()

    def _close_with_draft(self) -> None:
        self.said.emit(self.tr("Draft kept; nothing is saved until Ctrl+Enter."))
        self.closed.emit()

    def keep_draft(self) -> None:
        """Keep what is typed, when it differs from what was kept before."""
        if self.ready and not self._saving:
            self.drafts.keep(self.payload())

    def leave(self) -> Typed | None:
        """What is typed, for whoever takes the window away; the sheet itself keeps nothing any more.

        An act that is being done counts as not done until it is: whoever keeps what is typed asks then.
        """
        self._timer.stop()
        if not self.ready:
            return None
        self.ready = False
        return self.drafts.leave(self.payload(), lambda: self._kept_by_act)

    def mark_elsewhere(self, found: Standing) -> None:
        """Say that another desk changed or removed the record; what is typed is not touched."""
        self.notice.say(elsewhere_words(found))

    def discard_draft(self) -> None:
        """Throw the draft away and go back to how the sheet was opened."""
        if self.reading:
            return
        self.restore(self.drafts.start)
        self.drafts.discard()
        self.notice.clear()
        self.said.emit(self.tr("Draft discarded."))

    def _on_draft_found(self, draft: Draft, at: str) -> None:
        self.notice.say(
            self.tr("Draft of {time} restored.").format(time=at),
            (self.tr("Discard  Ctrl+Shift+Z"), self.discard_draft),
        )
        self.restore(draft.payload)

    def _on_draft_kept(self, at: str) -> None:
        self._draft_label.setText(self.tr("Draft saved {time}").format(time=at) if at else "")

    # parts and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that a line of text would keep to itself: Ctrl+Shift+Z is its Redo."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            if event.key() == Qt.Key.Key_Z and event.modifiers() == both:
                self.discard_draft()
                return True
        return super().eventFilter(watched, event)

    def add_key(self, key: str, slot: Callable[[], None]) -> None:
        """Let a key call something while the focus is in this sheet."""
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        body = named(QWidget(), "sheet_body")
        self._fields_area = body
        self.body = QVBoxLayout(body)
        self.body.setContentsMargins(12, 2, 12, 2)
        self.body.setSpacing(2)
        self.body.addLayout(self.grid)
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
        column.addWidget(self.removal)
        column.addWidget(self._make_foot())

    def _make_foot(self) -> QWidget:
        foot = named(QFrame(), "sheet_foot")
        self.foot_frame = foot
        self.foot = QHBoxLayout(foot)
        self.foot.setContentsMargins(12, 7, 12, 7)
        self.foot.setSpacing(8)
        self._draft_label = plain_label(name="draft_label", secondary=True)
        self.foot.addWidget(self._draft_label, 1)
        self.close_button = named(QPushButton(self.tr("Close  Esc")), "sheet_close")
        self.close_button.clicked.connect(self.close_sheet)
        self.foot.addWidget(self.close_button)
        self.save_button = named(QPushButton(self.tr("Save  Ctrl+Enter")), "sheet_save")
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.save)
        self.foot.addWidget(self.save_button)
        return foot
