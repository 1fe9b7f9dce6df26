"""Reading the work list beside the person's work: in groups, those of whom there is news first.

Of some hundred at a time it is found out of whom there is news; where there is none, a group of the others is
read, so that rows come while it looks on. One question is asked at a time, so that whatever else a person
wants of the registry comes between two of them. Out of sight the reading waits; what was changed meanwhile is
read first when it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services import today
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.lately import Lately, Turn
from ctdild_desktop.services.today import Known, NextMeeting, OfPatient, Reading
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.today.work_list import WorkList

AT_ONCE = 50
"""Patients that are read at once: about a quarter of a second."""
_NOTHING = frozenset({Change.SETTINGS, Change.PEOPLE})
"""Changes that concern no row."""


class TodayReader(QObject):
    """Reads for one desk, while it is awake."""

    changed = Signal()
    """What is known has changed, or how far the reading is."""
    refused = Signal(str)
    """Why it could not be read."""

    def __init__(self, desk: Desk, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self.work = WorkList(desk.today())
        self.put_off = WorkList(desk.today())
        """The rows that somebody put off."""
        self.meeting: NextMeeting | None = None
        self._reading: Reading | None = None
        self._ids: set[str] = set()
        self._left: dict[str, None] = {}
        """Who is still to be read."""
        self._ahead: list[str] = []
        """Of whom it is still to be found out whether there is news; the first come last."""
        self._news: dict[str, None] = {}
        """Those of whom there is news, and who are read first."""
        self._known: dict[str, tuple[Lately, Turn | None]] = {}
        self._others_next = False
        self._stale: dict[str, None] = {}
        self._number = 0
        self._awake = self._waiting = self._pumping = False
        self.stopped = False
        """The person stopped the reading."""
        self.failed = False
        """The registry could not be read."""

    @property
    def patients(self) -> int | None:
        """How many patients there are; None before that is known."""
        return len(self._ids) if self._reading is not None else None

    @property
    def read(self) -> int:
        """How many of them were read."""
        return (self.patients or 0) - len(self._left)

    @property
    def complete(self) -> bool:
        """Whether everybody was read."""
        return self._reading is not None and not (self._left or self._stale or self._waiting)

    @property
    def busy(self) -> bool:
        """Whether it is reading for the list and not for one change."""
        return not self.idle and (self._reading is None or bool(self._left))

    @property
    def idle(self) -> bool:
        """Whether nothing more is read until the person says so."""
        return self.stopped or self.failed

    def wake(self) -> None:
        """Go on reading; another day than that of the list begins anew."""
        self._awake = True
        if self._desk.today() != self.work.day:
            self._begin_lists()
            self.refresh()
        self._go_on()

    def sleep(self) -> None:
        """Wait: nobody is looking."""
        self._awake = False

    def stop(self) -> None:
        """Read no further; what was read stays."""
        self.stopped = True
        self.changed.emit()

    def resume(self) -> None:
        """Go on after :meth:`stop`, or try again."""
        self.stopped = self.failed = False
        self.changed.emit()
        self._go_on()

    def refresh(self) -> None:
        """Read everybody anew; what is known stays in sight until it is replaced."""
        self._number += 1
        self._reading = None
        self._forget_order()
        self._stale.clear()
        self._waiting = self.failed = False
        self._go_on()

    def read_again(self, ids: Iterable[str]) -> None:
        """Read some patients again, before the others."""
        if self._reading is None and not self._waiting:
            return
        for patient_id in ids:
            self._stale[patient_id] = None
            self._no_more(patient_id)  # what is known of everybody is older than the change
        self._go_on()

    def hear(self, changes: ChangeSet) -> None:
        """Take over what was changed here or at another desk."""
        if changes.kinds <= _NOTHING:
            return
        if changes.patient_id is not None:
            self.read_again((changes.patient_id,))
        else:
            self.refresh()

    def forget(self) -> None:
        """Let go of everything that was read; nothing is taken any more."""
        self._number += 1
        self._awake = False
        self._begin_lists()
        self.meeting = self._reading = None
        self._ids, self._stale = set(), {}
        self._forget_order()

    def _forget_order(self) -> None:
        self._left, self._ahead, self._news, self._known = {}, [], {}, {}
        self._others_next = False

    def _no_more(self, patient_id: str) -> None:
        """Do not read a patient for the list any more."""
        self._left.pop(patient_id, None)
        self._news.pop(patient_id, None)
        self._known.pop(patient_id, None)

    def _begin_lists(self) -> None:
        day = self._desk.today()
        self.work, self.put_off = WorkList(day), WorkList(day)

    def _take(self, found: Iterable[OfPatient]) -> None:
        for one in found:
            self.work.put((one,))
            if one.put_off:
                self.put_off.put((replace(one, rows=one.put_off, clinic=(), following=None),))
            else:
                self.put_off.drop(one.person.id)

    def _drop(self, patient_id: str) -> None:
        for held in (self.work, self.put_off):
            held.drop(patient_id)

    # one question after the other

    def _go_on(self) -> None:
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._awake and not self.idle and not self._waiting and self._ask():
                pass
        finally:
            self._pumping = False

    def _ask(self) -> bool:
        """Ask for what is wanted most; False when nothing is."""
        desk, number, reading = self._desk, self._number, self._reading
        stale = tuple(self._stale)[:AT_ONCE]
        if reading is None:
            self._waiting = True
            self._runner.run(
                lambda: (today.begin(desk), today.next_meeting(desk)),
                while_alive(self, lambda found: self._on_begun(number, *found)),
                while_alive(self, lambda error: self._on_refused(number, error)),
                aside=True,
            )
        elif stale:
            self._waiting = True
            for patient_id in stale:
                del self._stale[patient_id]
            self._runner.run(
                lambda: (
                    tuple(today.of_patient(desk, one, reading.day) for one in stale),
                    today.next_meeting(desk),
                ),
                while_alive(self, lambda found: self._on_changed(number, stale, *found)),
                while_alive(self, lambda error: self._on_refused(number, error, stale)),
                aside=True,
            )
        elif not (self._news or self._others_next) and (looked := self._to_look_at()):
            self._waiting = True
            self._runner.run(
                lambda: today.look_ahead(desk, reading, looked),
                while_alive(self, lambda found: self._on_looked(number, looked, found)),
                while_alive(self, lambda error: self._on_refused(number, error)),
                aside=True,
            )
        elif self._left:
            self._waiting = True
            some = tuple(islice(self._news or self._left, AT_ONCE))
            known = {one: self._known[one] for one in some if one in self._known}
            self._runner.run(
                lambda: today.read_some(desk, reading, some, known),
                while_alive(self, lambda found: self._on_read(number, some, found)),
                while_alive(self, lambda error: self._on_refused(number, error)),
                aside=True,
            )
        else:
            return False
        return True

    def _to_look_at(self) -> tuple[str, ...]:
        """The next of whom it is not known whether there is news; those who were read meanwhile fall out."""
        while self._ahead:
            some = tuple(one for one in reversed(self._ahead[-today.AHEAD :]) if one in self._left)
            if some:
                return some
            del self._ahead[-today.AHEAD :]
        return ()

    def _on_begun(self, number: int, reading: Reading, meeting: NextMeeting | None) -> None:
        if number != self._number:
            return
        self._waiting = False
        self._reading, self.meeting = reading, meeting
        self._ids = set(reading.ids)
        self._forget_order()
        self._left = {one: None for one in reading.ids if one not in self._stale}
        self._ahead = list(reversed(self._left))
        for held in (self.work, self.put_off):
            held.keep_only(self._ids)
        self.changed.emit()
        self._go_on()

    def _on_looked(self, number: int, looked: tuple[str, ...], known: Known) -> None:
        if number != self._number:
            return
        self._waiting = False
        del self._ahead[-today.AHEAD :]
        self._known |= {one: told for one, told in known.items() if one in self._left}
        self._news = {one: None for one in today.of_news(looked, known) if one in self._left}
        self._others_next = not self._news  # rows come while it looks for news, also where there is none
        self.changed.emit()
        self._go_on()

    def _on_read(self, number: int, some: tuple[str, ...], found: tuple[OfPatient, ...]) -> None:
        if number != self._number:
            return
        self._waiting = False
        for one in some:
            self._no_more(one)
        self._others_next = False
        self._take(each for each in found if each.person.id not in self._stale)
        self.changed.emit()
        self._go_on()

    def _on_changed(
        self,
        number: int,
        asked: tuple[str, ...],
        found: tuple[OfPatient | None, ...],
        meeting: NextMeeting | None,
    ) -> None:
        if number != self._number:
            return
        self._waiting = False
        self.meeting = meeting
        for patient_id, one in zip(asked, found, strict=True):
            if one is None:
                self._ids.discard(patient_id)
                self._drop(patient_id)
            else:
                self._ids.add(patient_id)
                self._take((one,))
        self.changed.emit()
        self._go_on()

    def _on_refused(self, number: int, error: Exception, asked: tuple[str, ...] = ()) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        if number != self._number:
            return
        self._waiting = False
        self.failed = True
        self._stale.update(dict.fromkeys(asked))
        self.changed.emit()
        self.refused.emit(words)
