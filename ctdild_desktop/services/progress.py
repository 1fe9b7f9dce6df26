"""How far long work has come, and the wish to stop it: told and asked between two pieces of the work."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ctdild_desktop.language import say
from ctdild_desktop.services.desk import RefusedError


class CancelledError(RefusedError):
    """A person stopped the work; raised inside a transaction it takes back all that was written in it."""

    def __init__(self) -> None:
        super().__init__("Stopped; nothing was changed.")


class Progress:
    """One piece of long work, seen from its own thread and from the one that waits for it.

    Args:
        tell: called at each step with how many pieces are done, of how many, and what is being done.
    """

    def __init__(self, tell: Callable[[int, int, str], None] | None = None) -> None:
        self._tell = tell
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the work shall stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop at the next step; may be called from any thread."""
        self._stop.set()

    def step(self, done: int, of: int, what: str = "") -> None:
        """Say how far the work is.

        Raises:
            CancelledError: the work shall stop.
        """
        if self.cancelled:
            raise CancelledError
        if self._tell is not None:
            self._tell(done, of, say(what) if what else "")
