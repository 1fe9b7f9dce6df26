"""A decision to be read: one that is signed, or that the role may not write. What was added stands below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.language import say
from ctdild_desktop.services import decisions
from ctdild_desktop.services.decision_text import carried_out, decision_lines
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.services.presenting import CaseShown
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.dialogs.sheet_parts import SheetNotice, plain_label
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader


class DecidedView(QFrame):
    """Shows the decision of a case; nothing of it can be changed here, but an addendum written."""

    addendum_written = Signal(str)
    reopen_requested = Signal(str)
    """The reason why it is opened again."""
    next_requested = Signal()
    said = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, shown: CaseShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("decided_view")
        self.setAccessibleName(self.tr("Decision"))
        self.shown = shown
        self.head = SectionHeader(self.tr("Decision"))
        self.notice = SheetNotice()
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self.addendum = LongTextField("addendum", self.tr("Addendum"), lines=3)
        self.reason = TextField("reopen_reason", self.tr("Reason for opening again"), max_length=200)
        self.busy = False
        """Whether the addendum is being kept."""
        self.draft_kind = f"addendum:{shown.case.item.id}"
        self.drafts = DraftKeeper(desk, runner, self.draft_kind, shown.case.item.patient_id, self)
        self.drafts.set_start(self._payload())
        self.drafts.failed.connect(self.said)
        self.addendum.left.connect(self.keep_draft)
        self._make_buttons(desk)
        self._lay_out()
        self._fill(why_not(desk, decisions.keep_decision))
        self._fit()

    def set_clock(self, words: str) -> None:
        """How long the case has been discussed; of a signed one nobody asks that any more."""
        signed = self.shown.decision.signed
        self.head.set_texts(self.tr("Decision"), self._state(), "" if signed else words)

    def set_quorum(self, words: str) -> None:
        """Whether enough of the team are there."""
        self._quorum.setText(words)

    def write_addendum(self) -> None:
        """Show the field of an addendum; called again, keep what is written in it."""
        if self.busy or not self.add_button.isEnabled():
            return
        if self.addendum.isHidden():
            self.addendum.show()
            self.addendum.setFocus(Qt.FocusReason.TabFocusReason)
            self.add_button.setText(self.tr("Save addendum  Ctrl+Enter"))
        elif self.addendum.text_value():
            self.addendum_written.emit(self.addendum.text_value())
        else:
            self.addendum.setFocus(Qt.FocusReason.TabFocusReason)

    def reopen(self) -> None:
        """Ask why, then ask for it."""
        if self.reason.isHidden():
            self.reason.show()
            self.reason.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.reason.text_value():
            self.reopen_requested.emit(self.reason.text_value())
        else:
            self.said.emit(self.tr("Say why this is opened again."))
            self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def start(self) -> None:
        """Show an addendum that was begun and not kept."""
        if self.shown.decision.signed:
            self.drafts.load(self._on_draft_found)

    def keep_draft(self) -> None:
        """Keep an addendum that is being written."""
        self.drafts.keep(self._payload())

    def finish(self) -> None:
        """The addendum was kept: keep no draft of it any more."""
        self.drafts.stop()

    def leave(self) -> Typed | None:
        """What is written as an addendum, for whoever takes the window away."""
        return self.drafts.leave(self._payload(), lambda: False) if self.shown.decision.signed else None

    def _payload(self) -> dict[str, str]:
        return {"addendum": self.addendum.text_value()}

    def _on_draft_found(self, draft: Draft, _at: str) -> None:
        self.addendum.set_text(draft.payload.get("addendum", ""))
        self.write_addendum()

    def focus_first(self) -> None:
        """Put the focus where reading begins."""
        self.next_button.setFocus(Qt.FocusReason.TabFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Grow the edges with the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _make_buttons(self, desk: Desk) -> None:
        self.add_button = named(QPushButton(self.tr("Add addendum")), "add_addendum")
        self.add_button.clicked.connect(self.write_addendum)
        self.reopen_button = named(QPushButton(self.tr("Reopen…")), "reopen_decision")
        self.reopen_button.clicked.connect(self.reopen)
        self.next_button = named(QPushButton(self.tr("Next case  PgDn")), "next_case")
        self.next_button.clicked.connect(self.next_requested)
        self.reason.setPlaceholderText(self.tr("why, for example: HRCT read again"))
        self.reason.accepted.connect(self.reopen)
        self.addendum.accepted.connect(self.add_button.setFocus)
        signed = self.shown.decision.signed
        for button, act in (
            (self.add_button, decisions.add_addendum),
            (self.reopen_button, decisions.reopen_decision),
        ):
            refused = why_not(desk, act)
            if not signed:
                button.hide()
            button.setEnabled(not refused)
            button.setToolTip(tip(refused))

    def _lay_out(self) -> None:
        body = named(QWidget(), "sheet_body")
        self._body = QVBoxLayout(body)
        self._body.addLayout(self._grid)
        self._body.addWidget(self.addendum)
        self._body.addStretch(1)
        area = QScrollArea()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = named(QFrame(), "sheet_foot")
        lines = QVBoxLayout(foot)
        lines.setContentsMargins(12, 7, 12, 7)
        self._quorum = plain_label(name="quorum", secondary=True)
        self._quorum.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reopen_button)
        buttons.addStretch(1)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.next_button)
        for part in (self._quorum, self.reason):
            lines.addWidget(part)
        lines.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.notice)
        column.addWidget(area, 1)
        column.addWidget(foot)
        self.addendum.hide()
        self.reason.hide()

    def _fill(self, refused: str) -> None:
        decision, changed = self.shown.decision, self.shown.changed
        if changed:
            parts = ", ".join(changed)
            self.notice.say(self.tr("Data changed since signing: {parts}.").format(parts=parts))
        elif not decision.signed:
            self.notice.say(self.tr("For reading. {reason}").format(reason=refused))
        said = decision_lines(decision, self.shown.actions) if decision.id else ()
        lines = [(line.caption, line.text) for line in said]
        if carried_out(decision):
            lines.append((say("Carried out"), wording.capital(carried_out(decision))))
        for one in decision.addenda:
            lines.append(
                (
                    self.tr("Addendum {day}").format(day=wording.day(one.date)),
                    f"{one.text}\n{self.shown.people.get(one.by, one.by)}",
                )
            )
        for at, (caption, text) in enumerate(lines):
            named_by = plain_label(caption, secondary=True)
            named_by.setWordWrap(True)
            told = plain_label(text, name="decided_text")
            told.setWordWrap(True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(named_by, at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(told, at, 1, Qt.AlignmentFlag.AlignTop)
        if not lines:
            nothing = QLabel(self.tr("Nothing is written on this case yet."))
            self._grid.addWidget(nothing, 0, 0, 1, 2)
        self.set_clock("")

    def _state(self) -> str:
        decision = self.shown.decision
        if not decision.signed or decision.signed_at is None:
            return self.tr("not signed")
        at = decision.signed_at.astimezone()
        return self.tr("signed {day} at {time} by {who}").format(
            day=wording.day(at.date()),
            time=f"{at:%H:%M}",
            who=self._name(decision.signed_by),
        )

    def _name(self, login: str) -> str:
        return self.shown.people.get(login, login)

    def _fit(self) -> None:
        edge = theme.scaled_in(self, 12)
        self._body.setContentsMargins(edge, edge // 2, edge, edge // 2)
        self._grid.setColumnMinimumWidth(0, theme.scaled_in(self, 92))
        self._grid.setVerticalSpacing(theme.scaled_in(self, 7))
        self._grid.setHorizontalSpacing(theme.scaled_in(self, 8))
