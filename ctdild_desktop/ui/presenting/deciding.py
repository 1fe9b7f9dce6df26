"""The right side of the screen: the form or the signed decision of the case in sight, and its acts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from ctdild_desktop.clinical.records import Action, Decision
from ctdild_desktop.services import decisions, drafts, mdt_actions
from ctdild_desktop.services.desk import Desk, Done, RefusedError
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.meetings import Case, MeetingView
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.services.presenting import CaseShown
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.presenting.decided_view import DecidedView
from ctdild_desktop.ui.presenting.decision_form import DecisionForm
from ctdild_desktop.ui.widgets.naming import named


@dataclass(frozen=True, slots=True)
class _Signing:
    """What came of signing: the case may be kept although it was not signed."""

    signed: Done[Any] | None
    kept: Done[Any] | None
    refusal: RefusedError | None = None


class Deciding(QStackedWidget):
    """A new part for each case, so that nothing of the one before can stand in it."""

    done = Signal(object)
    said = Signal(str)
    next_requested = Signal()
    attendees_changed = Signal(object)
    read_again = Signal(str)
    """Id of the agenda item in sight, of which the registry has something new."""

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("deciding")
        self._desk, self._runner = desk, runner
        self._meeting: MeetingView | None = None
        self._clock = ""
        self._asked: frozenset[str] = frozenset()
        """What is unlikely and was asked about when the case was to be signed."""
        self._nothing = named(QWidget(), "deciding_nothing")
        self.addWidget(self._nothing)
        self.part: DecisionForm | DecidedView | None = None

    @property
    def item_id(self) -> str:
        """The case whose decision is in sight; empty when none is."""
        return self.part.shown.case.item.id if self.part is not None else ""

    # what is shown

    def show_meeting(self, meeting: MeetingView) -> None:
        """Say who is there, and whether they are enough."""
        self._meeting = meeting
        if isinstance(self.part, DecisionForm):
            self.part.present.show_attendees(meeting.meeting.attendees)
        self._tell_quorum()

    def show_case(self, shown: CaseShown) -> None:
        """Show the decision of a case; what is being typed on it is not touched."""
        part = self.part
        if part is not None and part.shown.case.item.id == shown.case.item.id:
            before = part.shown
            same = (before.decision, before.actions, before.carried, before.changed)
            if same == (shown.decision, shown.actions, shown.carried, shown.changed):
                return
            if isinstance(part, DecisionForm) and part.dirty:
                part.notice.say(self.tr("This case was changed at another desk; what you typed is kept."))
                return
        had_focus = part is not None and part.isAncestorOf(QApplication.focusWidget() or self)
        self.keep_draft()
        self.clear()
        refused = why_not(self._desk, decisions.keep_decision)
        if shown.decision.signed or refused:
            self._show_decided(shown)
        else:
            self._show_form(shown)
        self._tell_quorum()
        self.set_clock(self._clock)
        if had_focus or part is None:
            self.focus_first()

    def clear(self) -> None:
        """Show nothing of any case."""
        part, self.part = self.part, None
        self._asked = frozenset()
        self.setCurrentWidget(self._nothing)
        if part is not None:
            self.removeWidget(part)
            part.hide()
            part.deleteLater()

    def set_clock(self, words: str) -> None:
        """How long the case has been discussed."""
        self._clock = words
        if self.part is not None:
            self.part.set_clock(words)

    def focus_first(self) -> None:
        """Put the focus where typing begins."""
        if self.part is not None:
            self.part.focus_first()

    # keeping

    def keep_draft(self) -> None:
        """Keep what is typed as a draft."""
        if self.part is not None:
            self.part.keep_draft()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed, for whoever takes the window away."""
        typed = self.part.leave() if self.part is not None else None
        return (typed,) if typed is not None else ()

    def leave_case(self) -> None:
        """Another case follows: keep what is written on this one."""
        self.keep()
        self.clear()

    def keep(self) -> None:
        """Keep what is written, unsigned; what cannot be kept as a decision stays a draft."""
        part = self.part
        if not isinstance(part, DecisionForm):
            if part is not None:
                part.keep_draft()
            return
        part.keep_draft()
        if part.busy or not part.dirty:
            return  # what is being signed is kept by the signing
        wanted = part.wanted()
        if wanted is None:
            self.said.emit(self.tr("Kept as a draft: {reason}").format(reason=part.unreadable()))
            return
        part.finish()
        self._runner.run(
            self._keeping(part, *wanted),
            while_alive(self, self.done.emit),
            while_alive(self, self._on_not_kept),
        )

    def _keeping(
        self, form: DecisionForm, decision: Decision, actions: Sequence[Action]
    ) -> Callable[[], Done[Any]]:
        desk, kind, patient_id = self._desk, form.draft_kind, form.shown.case.item.patient_id

        def work() -> Done[Any]:
            done = _kept(desk, decision, actions)
            drafts.discard_draft(desk, kind, patient_id)
            return done

        return work

    def _on_not_kept(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(self.tr("Kept as a draft: {reason}").format(reason=words))

    # acts

    def sign(self) -> None:
        """Sign the case; of a signed one, keep the addendum that is being written."""
        part = self.part
        if part is None or part.busy:
            return
        if isinstance(part, DecidedView):
            part.write_addendum()
            return
        refused = why_not(self._desk, decisions.sign_decision)
        if refused:
            self.said.emit(refused)
            return
        if part.show_lacks():
            return
        wanted = part.wanted()
        assert wanted is not None, "what lacks was said before"
        decision, actions = wanted
        keeping = self._keeping(part, decision, actions) if part.dirty or not decision.id else None
        desk, confirmed = self._desk, self._asked
        part.keep_draft()
        part.busy = True

        def work() -> _Signing:
            kept = keeping() if keeping is not None else None
            decision_id = kept.value.id if kept is not None else decision.id
            try:
                return _Signing(decisions.sign_decision(desk, decision_id, confirmed=confirmed), kept)
            except RefusedError as error:
                if kept is None:
                    raise
                return _Signing(None, kept, error)

        self._runner.run(
            work,
            while_alive(self, lambda found: self._on_signed(part, found)),
            while_alive(self, lambda error: self._on_not_signed(part, error)),
        )

    def _on_signed(self, form: DecisionForm, found: _Signing) -> None:
        form.busy = False
        if self.part is form:
            form.finish()
        if found.kept is not None:
            self.done.emit(found.kept)
        if found.signed is not None:
            self.done.emit(found.signed)
        refusal, case = found.refusal, form.shown.case
        if refusal is not None:
            # what was kept is being read anew: the words belong beside the form that comes of it
            self._runner.run(lambda: None, while_alive(self, lambda _: self._ask(case, refusal)))

    def _on_not_signed(self, form: DecisionForm, error: Exception) -> None:
        form.busy = False
        if sentence_of(error) is None:
            raise error
        self._ask(form.shown.case, error)

    def _ask(self, case: Case, error: Exception) -> None:
        """Say why it was not signed; what is only unlikely is signed by asking again."""
        issues = error.issues if isinstance(error, RefusedError) else ()
        words = " ".join(issue.text for issue in issues) or str(sentence_of(error))
        if self.item_id != case.item.id:  # another case was asked for meanwhile
            self.said.emit(self.tr("{name}: not signed. {reason}").format(name=case.name, reason=words))
            return
        soft = bool(issues) and not any(issue.hard for issue in issues)
        self._asked = (
            frozenset(name for issue in issues for name in (issue.field, issue.code)) if soft else frozenset()
        )
        if soft:
            words = self.tr("{reason} Ctrl+Enter again signs.").format(reason=words)
        if isinstance(self.part, DecisionForm):
            self.part.show_problem(words)
        self.said.emit(words)

    def _act(self, work: Callable[[], Done[Any]]) -> None:
        self._runner.run(work, while_alive(self, self.done.emit), while_alive(self, self._on_refused))

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)

    def _on_addendum(self, text: str) -> None:
        part = self.part
        if isinstance(part, DecidedView):
            desk, decision_id, case = self._desk, part.shown.decision.id, part.shown.case.item
            kind = part.draft_kind
            part.keep_draft()
            part.busy = True

            def work() -> Done[Any]:
                done = decisions.add_addendum(desk, decision_id, text)
                drafts.discard_draft(desk, kind, case.patient_id)
                return done

            def refused(error: Exception) -> None:
                part.busy = False
                self._on_refused(error)

            def added(done: Done[Any]) -> None:
                part.busy = False
                if self.part is part:
                    part.finish()
                self.done.emit(done)

            self._runner.run(work, while_alive(self, added), while_alive(self, refused))

    def _on_reopen(self, reason: str) -> None:
        if self.part is not None:
            desk, decision_id = self._desk, self.part.shown.decision.id
            self._act(lambda: decisions.reopen_decision(desk, decision_id, reason))

    def _on_action_done(self, action_id: str) -> None:
        desk = self._desk
        refused = why_not(desk, mdt_actions.finish_action)
        if refused:
            self.said.emit(refused)
        else:
            self._act(lambda: mdt_actions.finish_action(desk, action_id, desk.today()))

    # parts

    def _show_form(self, shown: CaseShown) -> None:
        form = DecisionForm(self._desk, self._runner, shown, self)
        form.sign_requested.connect(self.sign)
        form.next_requested.connect(self.next_requested)
        form.said.connect(self.said)
        form.action_done.connect(self._on_action_done)
        form.present.changed.connect(self.attendees_changed)
        self._put(form)
        form.start()

    def _show_decided(self, shown: CaseShown) -> None:
        view = DecidedView(self._desk, self._runner, shown, self)
        view.next_requested.connect(self.next_requested)
        view.said.connect(self.said)
        view.addendum_written.connect(self._on_addendum)
        view.reopen_requested.connect(self._on_reopen)
        self._put(view)
        view.start()

    def _put(self, part: DecisionForm | DecidedView) -> None:
        self.part = part
        self.addWidget(part)
        self.setCurrentWidget(part)

    def _tell_quorum(self) -> None:
        if self._meeting is None or self.part is None:
            return
        quorum = self._meeting.quorum
        missing = self.tr("Quorum: missing {roles}").format(roles=", ".join(quorum.missing))
        self.part.set_quorum(self.tr("Quorum met") if quorum.met else missing)


def _kept(desk: Desk, decision: Decision, actions: Sequence[Action]) -> Done[Any]:
    """Keep a decision that is not signed; what is unlikely in it stands beside its field."""
    confirmed: Collection[str] = ()
    try:
        return decisions.keep_decision(desk, decision, actions)
    except RefusedError as error:
        if not error.issues or any(issue.hard for issue in error.issues):
            raise
        confirmed = {name for issue in error.issues for name in (issue.field, issue.code)}
    return decisions.keep_decision(desk, decision, actions, confirmed=confirmed)
