"""Progress of long work, and stopping it between two pieces."""

from __future__ import annotations

import pytest

from ctdild_desktop.services.desk import RefusedError
from ctdild_desktop.services.progress import CancelledError, Progress


def test_each_step_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    progress = Progress(lambda done, of, what: told.append((done, of, what)))
    progress.step(0, 2, "Reading")
    progress.step(2, 2)
    assert told == [(0, 2, "Reading"), (2, 2, "")]


def test_work_stops_at_the_step_after_it_was_cancelled_and_says_so() -> None:
    told: list[int] = []
    progress = Progress(lambda done, _of, _what: told.append(done))
    progress.step(1, 9)
    progress.cancel()
    assert progress.cancelled
    with pytest.raises(CancelledError, match="nothing was changed") as stopped:
        progress.step(2, 9)
    assert isinstance(stopped.value, RefusedError)
    assert told == [1]
