"""Work off the main thread, with results that come back to it through one signal."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from ctdild_desktop.ui.allocator import give_back

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Runner(Protocol):
    """What a screen needs of a job runner."""

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        files: bool = False,
        upkeep: bool = False,
        aside: bool = False,
    ) -> None:
        """Do ``work`` elsewhere and call ``on_done(result)`` or ``on_error(error)`` on the main thread.

        Work that touches the registry runs strictly in the order it was given. ``files=True`` is for work
        that touches files alone (printing, rendering) and may run beside it. ``upkeep=True`` is for backups
        and checks, which take long, may wait for a share and may run beside both. ``aside=True`` is for long
        reading that nobody waits for: what a person asks for does not stand behind it; with ``upkeep`` it
        reads no registry and runs beside what does. Without ``on_error``
        an error goes to the exception hook, as a bug does.
        """
        ...

    def close(self) -> None:
        """Finish what was given and take nothing more."""
        ...


_REST_S = 0.25
"""How long reading aside rests after a sign of work: a key, a click, an answer that is being drawn."""
_LONGEST_REST_S = 1.0
"""After so long it does one small piece, so that it comes to an end also while somebody types for hours."""
_LOOK_S = 0.02
_LONG_S = 0.5
"""Work that takes so long held much memory."""
_GIVE_BACK_MS = 2000
"""How long after an answer what was let go meanwhile goes back to the system."""
_GAP_MS = 50
"""How soon a gap between two answers is looked for when somebody waits just then."""


def while_alive(owner: QObject, then: Callable[[T], None]) -> Callable[[T], None]:
    """``then``, but not called any more once ``owner`` (a sheet that was closed meanwhile) is gone."""

    def deliver(result: T) -> None:
        if isValid(owner):
            then(result)

    return deliver


class _Job:
    """One piece of work with its two continuations; the runner owns it until it is delivered."""

    __slots__ = ("awaited", "error", "on_done", "on_error", "result", "work")

    def __init__(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None] | None,
        on_error: Callable[[Exception], None] | None,
    ) -> None:
        self.work = work
        self.on_done = on_done
        self.on_error = on_error
        self.awaited = False
        """Somebody waits for it."""
        self.result: Any = None
        self.error: Exception | None = None

    def do(self) -> None:
        begun = time.monotonic()
        try:
            self.result = self.work()
        except Exception as error:
            self.error = error
        if time.monotonic() - begun > _LONG_S:
            give_back()

    def deliver(self) -> None:
        if self.error is None:
            if self.on_done is not None:
                self.on_done(self.result)
        elif self.on_error is not None:
            self.on_error(self.error)
        else:
            sys.excepthook(type(self.error), self.error, self.error.__traceback__)


class JobRunner(QObject):
    """Four queues of one thread each: registry, files, upkeep, reading aside. Make it on the main thread."""

    busy_changed = Signal(bool)
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry = ThreadPoolExecutor(max_workers=1, thread_name_prefix="registry")
        self._files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self._upkeep = ThreadPoolExecutor(max_workers=1, thread_name_prefix="upkeep")
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
        self._jobs: set[_Job] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._asked = 0
        """Jobs that somebody waits for."""
        self._rest_until = 0.0
        self._ended = threading.Event()
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._giving_back = QTimer(self)
        self._giving_back.setSingleShot(True)
        self._giving_back.timeout.connect(self._give_back)

    @property
    def pending(self) -> int:
        """How many jobs are not delivered yet."""
        with self._lock:
            return len(self._jobs)

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        files: bool = False,
        upkeep: bool = False,
        aside: bool = False,
    ) -> None:
        """See :meth:`Runner.run`. After :meth:`close` new work is not taken and nothing is called."""
        if self._closed:
            _log.info("a job came after closing and was not taken")
            return
        job = _Job(work, on_done, on_error)
        with self._lock:
            self._jobs.add(job)
            first = len(self._jobs) == 1
        if first:
            self.busy_changed.emit(True)
        pool = self._upkeep if upkeep else self._files if files else self._aside if aside else self._registry
        do = job.do
        if aside:
            do = partial(self._at_leisure, job)
        elif not upkeep:
            job.awaited = True
            self._asked += 1
            self.give_way()
        pool.submit(do).add_done_callback(lambda _future: self._announce(_future, job))

    @property
    def asked(self) -> int:
        """How many jobs somebody waits for are not delivered yet."""
        return self._asked

    def give_way(self) -> None:
        """Somebody is at work: let reading aside rest for a moment."""
        self._rest_until = time.monotonic() + _REST_S

    def close(self) -> None:
        """Wait for the work that was given, then take no more; results are no longer delivered."""
        self._closed = True
        self._ended.set()
        self._registry.shutdown(wait=True)
        self._files.shutdown(wait=True)
        self._upkeep.shutdown(wait=True)
        self._aside.shutdown(wait=True)
        with self._lock:
            self._jobs.clear()

    def _at_leisure(self, job: _Job) -> None:
        from ctdild_desktop.services.leisure import at_leisure

        with at_leisure(self._free):
            job.do()

    def _free(self, waited_s: float) -> bool:
        """Whether reading aside may go on: nobody waits for something else or is at work."""
        if not self._asked and time.monotonic() >= self._rest_until:
            return True
        return waited_s >= _LONGEST_REST_S or self._ended.wait(_LOOK_S)

    def _announce(self, _future: Future[None], job: _Job) -> None:
        if not self._closed:
            self._finished.emit(job)

    @Slot(object)
    def _deliver(self, job: _Job) -> None:
        with self._lock:
            if job not in self._jobs:
                return
            self._jobs.discard(job)
            idle = not self._jobs
        if idle:
            self.busy_changed.emit(False)
        if not self._giving_back.isActive():
            self._giving_back.start(_GIVE_BACK_MS)
        if not job.awaited:
            job.deliver()
            return
        try:
            job.deliver()
        finally:
            self._asked -= 1
            self.give_way()  # what was delivered is drawn now

    def _give_back(self) -> None:
        """Give back beside the window, between two things that somebody waits for."""
        if self._closed:
            return
        if self._asked:
            self._giving_back.start(_GAP_MS)
        else:
            self._upkeep.submit(give_back)


class ImmediateRunner:
    """Does each job at once on the calling thread: for tests and for pictures of the screens."""

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        files: bool = False,
        upkeep: bool = False,
        aside: bool = False,
    ) -> None:
        """See :meth:`Runner.run`; the queue makes no difference here."""
        del files, upkeep, aside
        job = _Job(work, on_done, on_error)
        job.do()
        if job.error is not None and job.on_error is None:
            raise job.error
        job.deliver()

    def close(self) -> None:
        """Nothing is pending here."""
