"""What a process holds: its memory, the blocks of Python, and its windows; and whether that grows."""

from __future__ import annotations

import os
import statistics
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_MB = 300
"""What the program may hold after an hour."""
GROWS_MB = 5.0
"""What an hour may add for certain before it counts as growing: one table more or less on the screen."""
_MB = 1024 * 1024
_WARM = 1 / 3
"""The first part of the acts, in which what is made when first shown is made."""
_CERTAIN = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process held after so many acts."""

    acts: int
    rss_mb: float
    pss_mb: float | None
    """Shared pages counted by their share; None where the system does not tell."""
    blocks: int
    """Blocks of memory that Python has handed out. Objects are not listed for it: a list of them holds for a
    moment what another thread is just making, which then fails there."""
    widgets: int
    windows: int
    threads: int
    files: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The most that was held, and what an hour adds after the warm-up."""

    most_mb: float
    last_mb: float
    adds_mb: float
    """By the line through what was held, for all acts."""
    lower_mb: float
    upper_mb: float
    """Of its interval of 95 %."""

    @property
    def grows(self) -> bool:
        """Whether it certainly grows by more than what the last table shown makes."""
        return self.lower_mb > GROWS_MB

    @property
    def ok(self) -> bool:
        """Whether it holds little enough and does not grow."""
        return self.last_mb <= MOST_MB and not self.grows


def held(acts: int, widgets: int, windows: int) -> Held:
    """What this process holds now."""
    return Held(
        acts=acts,
        rss_mb=rss_mb() or 0.0,
        pss_mb=_pss_mb(),
        blocks=sys.getallocatedblocks(),
        widgets=widgets,
        windows=windows,
        threads=threading.active_count(),
        files=len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else None,
    )


def rss_mb() -> float | None:
    """The memory that this process holds now; None where the system does not tell it simply."""
    if sys.platform != "linux":
        return None
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def _pss_mb() -> float | None:
    try:
        told = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    found = next((line for line in told.splitlines() if line.startswith("Pss:")), None)
    return None if found is None else int(found.split()[1]) / 1024


def judged(samples: Sequence[Held]) -> Verdict:
    """What the samples say; the line is drawn through those after the warm-up.

    Raises:
        ValueError: there are fewer than four samples after it.
    """
    warm = [one for one in samples if one.acts >= samples[-1].acts * _WARM]
    if len(warm) < 4:
        raise ValueError("too few samples for a line")
    x, y = [one.acts for one in warm], [one.rss_mb for one in warm]
    line = statistics.linear_regression(x, y)
    off = sum((of - line.intercept - line.slope * at) ** 2 for at, of in zip(x, y, strict=True))
    middle = statistics.fmean(x)
    error = (off / (len(x) - 2) / sum((at - middle) ** 2 for at in x)) ** 0.5
    adds, half = line.slope * samples[-1].acts, _CERTAIN * error * samples[-1].acts
    return Verdict(
        most_mb=max(one.rss_mb for one in samples),
        last_mb=samples[-1].rss_mb,
        adds_mb=adds,
        lower_mb=adds - half,
        upper_mb=adds + half,
    )
