"""How long work is asked to end early."""

from __future__ import annotations

from collections.abc import Callable

Stop = Callable[[], bool]
"""Asked now and then in long work; once it says True, the work ends with StoppedError."""


def go_on() -> bool:
    """A :data:`Stop` that never stops."""
    return False
