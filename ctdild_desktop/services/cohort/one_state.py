"""The state of the registry that an answer is of: equal as long as nothing of a patient changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody

T = TypeVar("T")
_TIMES = 3
"""So often a registry is read that changes while it is read."""


@for_everybody
def fingerprint(desk: Desk) -> str:
    """What is equal as long as nothing about a patient has changed in the registry."""
    from ctdild_desktop.registry import audit

    with desk.registry.read() as session:
        return audit.last_change(session.connection())


@for_everybody
def on_one_state(desk: Desk, work: Callable[[], T]) -> tuple[T, str]:
    """What the work makes of the registry, and the fingerprint before and after it.

    The work is done anew when something of a patient changed meanwhile.

    Raises:
        RefusedError: the registry changed each time.
    """
    for _once in range(_TIMES):
        before = fingerprint(desk)
        made = work()
        if before == fingerprint(desk):
            return made, before
    raise RefusedError(say("The registry changes all the time; nothing was computed. Try again."))
