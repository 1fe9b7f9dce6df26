"""Drafts of one form: kept in the encrypted registry under the person who types, never in a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services import drafts
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.permissions import may
from ctdild_desktop.ui.jobs import Runner, while_alive


class DraftKeeper(QObject):
    """Keeps, finds and discards the draft of one kind of form and one patient."""

    kept = Signal(str)
    """The time of day of the draft, ``10:41:52``; empty when there is none any more."""
    failed = Signal(str)
    """Why the draft was not kept."""

    def __init__(
        self, desk: Desk, runner: Runner, kind: str, patient_id: str | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._kind = kind
        self._patient_id = patient_id
        self._kept: dict[str, str] | None = None
        self._over = not may(desk, drafts.save_draft)
        self.start: dict[str, str] = {}
        """How the form was before anything was typed."""
        self.version: int | None = None
        """The version of the record that the form began from; None for a new one."""

    def set_start(self, payload: dict[str, str], version: int | None = None) -> None:
        """Say how the form is before anything is typed: that much is no draft."""
        self.start = dict(payload)
        self.version = version

    @property
    def possible(self) -> bool:
        """Whether the person may keep drafts."""
        return may(self._desk, drafts.save_draft)

    def dirty(self, payload: dict[str, str]) -> bool:
        """Whether something was typed that is not in the form by itself."""
        return payload != self.start

    def stop(self) -> None:
        """Keep, find and discard nothing from now on."""
        self._over = True

    def keep(self, payload: dict[str, str], then: Callable[[], None] | None = None) -> None:
        """Keep what is typed, unless it is kept already or nothing was typed.

        Args:
            then: called when it is kept; never when that failed.
        """
        if self._over or payload == (self._kept if self._kept is not None else self.start):
            if then is not None:
                # what is being kept just now may still fail: the queue tells when it did not
                confirm = then
                self._runner.run(lambda: None, while_alive(self, lambda _: self._confirm(payload, confirm)))
            return
        self._kept = dict(payload)
        desk, kind, patient_id = self._desk, self._kind, self._patient_id
        changed = self._changed(payload)
        at = f"{desk.clock().astimezone():%H:%M:%S}"
        self._runner.run(
            lambda: drafts.save_draft(desk, kind, patient_id, changed),
            while_alive(self, lambda _done: self._tell(at, then)),
            while_alive(self, self._fail),
        )

    def _confirm(self, payload: dict[str, str], then: Callable[[], None]) -> None:
        if self._over or payload == (self._kept if self._kept is not None else self.start):
            then()

    def leave(self, payload: dict[str, str], saved: Callable[[], bool]) -> Typed:
        """What is typed in a form that goes; from now on nothing is kept here any more."""
        over, self._over = self._over, True
        known = self._kept if self._kept is not None else self.start
        typed = self.dirty(payload) or payload != known
        changed = self._changed(payload) if typed and not over else None
        return Typed(self._kind, self._patient_id, changed, saved)

    def _changed(self, payload: dict[str, str]) -> dict[str, str]:
        changed = {name: text for name, text in payload.items() if text != self.start.get(name, "")}
        if not changed or self.version is None:
            return changed
        return drafts.with_basis(changed, self.start, self.version)

    def load(self, on_found: Callable[[drafts.Draft, str], None]) -> None:
        """Find a draft; ``on_found`` gets it and its time, and is not called when there is none."""
        if self._over:
            return
        desk, kind, patient_id = self._desk, self._kind, self._patient_id
        self._runner.run(
            lambda: drafts.load_draft(desk, kind, patient_id),
            while_alive(self, lambda draft: self._found(draft, on_found)),
            while_alive(self, self._fail),
        )

    def discard(self) -> None:
        """Throw the draft away."""
        if not may(self._desk, drafts.discard_draft):
            return
        desk, kind, patient_id = self._desk, self._kind, self._patient_id
        self._kept = None
        self._runner.run(
            lambda: drafts.discard_draft(desk, kind, patient_id),
            while_alive(self, lambda _done: self._tell("")),
            while_alive(self, self._fail),
        )

    def finish(self) -> None:
        """The form was saved: throw the draft away and keep nothing any more."""
        self._over = True
        self.discard()

    def _found(self, draft: drafts.Draft | None, on_found: Callable[[drafts.Draft, str], None]) -> None:
        if draft is not None and draft.payload and not self._over:
            self._kept = {**self.start, **draft.payload}
            on_found(draft, f"{draft.saved_at.astimezone():%H:%M}")

    def _tell(self, at: str, then: Callable[[], None] | None = None) -> None:
        self.kept.emit(at)
        if then is not None:
            then()

    def _fail(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._kept = None
        self.failed.emit(words)
