"""A runner whose jobs wait until they are told to run, so that a test can stand in the middle of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ctdild_desktop.ui.jobs import ImmediateRunner


class LateRunner:
    """Jobs of the registry and of files run at once; those of upkeep wait for :meth:`go_on`.

    Args:
        all_wait: let every job wait, in the order in which it was given.
    """

    def __init__(self, *, all_wait: bool = False) -> None:
        self._all_wait = all_wait
        self.waiting: list[Callable[[], None]] = []
        self._now = ImmediateRunner()

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        files: bool = False,
        upkeep: bool = False,
        aside: bool = False,
    ) -> None:
        del aside
        if upkeep or self._all_wait:
            self.waiting.append(lambda: self._now.run(work, on_done, on_error))
        else:
            self._now.run(work, on_done, on_error, files=files)

    def go_on(self) -> None:
        """Run the job that waits longest."""
        self.waiting.pop(0)()

    def go_on_to_the_end(self) -> None:
        """Run every job that waits, and those that they ask for."""
        while self.waiting:
            self.go_on()

    def close(self) -> None:
        self.waiting.clear()
