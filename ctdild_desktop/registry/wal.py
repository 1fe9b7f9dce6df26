"""The write-ahead log that a stopped program left behind, looked at before the database library takes it up.

The library ends at the first frame of the log that does not check and drops the rest without a word: after a
crash that rest is a change that nobody was told is saved, but a flipped bit in the middle drops saved changes
too. A frame carries the running checksum of all before it, so what was written after a damaged frame can be
told: the next frame continues from the checksum that is stored in it.

Format: SQLite, "The Write-Ahead Log" (www.sqlite.org/fileformat2.html#walformat).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any
from weakref import WeakKeyDictionary

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.files import companions, disk_error

PAGE = 4096
_HEADER, _FRAME_HEADER = 32, 24
_ORDERS = {0x377F0682: "<u4", 0x377F0683: ">u4"}
"""Order of the bytes in the words that are summed, by the first word of the log."""
_VERSION = 3007000
_LOOKS, _BETWEEN_S = 3, 0.05


@dataclass(frozen=True, slots=True)
class Log:
    """What a log holds beyond what the database library will read from it."""

    lost: int = 0
    """Changes that were written whole and would be dropped: a frame among them is damaged."""
    unfinished: bool = False
    """The last change is not whole: it was being written when the program stopped, or it is damaged."""


_IN_USE: WeakKeyDictionary[object, Path] = WeakKeyDictionary()
"""Registries that this process has open: their logs are the library's alone."""


def in_use(owner: object, path: Path) -> None:
    """Say that ``owner`` has the registry at ``path`` open from now on."""
    _IN_USE[owner] = path


def left(owner: object) -> None:
    """Say that ``owner`` has closed it."""
    _IN_USE.pop(owner, None)


def look(path: Path) -> Log:
    """What the log beside the registry at ``path`` holds; nothing when this process has the registry open.

    A log that another program is writing just now may look broken for a moment, so it is looked at again.

    Raises:
        DamagedError: saved changes would be lost by opening the registry; nothing was changed.
        DiskError: the log cannot be read.
    """
    log = companions(path)[0]
    found = Log()
    if path in _IN_USE.values():
        return found
    for attempt in range(_LOOKS):
        if attempt:
            sleep(_BETWEEN_S)
        try:
            content = log.read_bytes()
        except FileNotFoundError:
            return Log()
        except OSError as error:
            raise disk_error(error, log) from error
        found = examine(content)
        if found == Log():
            return found
    if found.lost:
        raise DamagedError(
            say(
                "{name} is damaged: changes that were saved last cannot be read. Nothing was changed.",
                name=log.name,
            ),
            "Keep a copy of all files of the registry, then restore the last good backup.",
        )
    return found


def examine(content: bytes) -> Log:
    """What the content of a log holds beyond what the database library will read from it.

    A frame that is not whole, with nothing whole after it but the end of its own change, is what a power cut
    leaves. Anything whole after that, or a frame that continues the sums under another generation's salt, is
    damage.
    """
    number = max(0, len(content) - _HEADER) // (_FRAME_HEADER + PAGE)
    if number == 0:
        return Log()
    lost = 0
    for order in _ORDERS.values():
        frames = _Frames(content, number, order)
        if frames.header_good:
            return _after(frames, number)
        lost = max(lost, int((frames.commits & frames.whole).sum()))
    return Log(lost)  # the library would take up nothing at all


def _after(frames: _Frames, number: int) -> Log:
    """What stands behind the first frame that the library would not take up."""
    bad = frames.first_bad
    if bad == number:
        return Log()
    later = frames.whole.copy()
    later[: bad + 1] = False
    dropped = int((frames.commits & later).sum())
    if frames.linked[bad] or frames.salted[bad]:
        dropped += int(frames.commits[bad])
    if dropped > 1 or (dropped == 1 and frames.linked[bad]):
        return Log(lost=dropped)
    return Log(unfinished=bool(dropped or frames.salted[bad]))


class _Frames:
    """The frames of a log, each with whether it is of this generation and continues the sums before it."""

    def __init__(self, content: bytes, number: int, order: str) -> None:
        import numpy as np

        size = _FRAME_HEADER + PAGE
        raw = np.frombuffer(content, np.uint8, number * size, _HEADER).reshape(number, size)
        heads = raw[:, :_FRAME_HEADER].copy().view(">u4")
        first = [int(word) for word in np.frombuffer(content, ">u4", 8)]
        words = np.hstack((raw[:, :8], raw[:, _FRAME_HEADER:])).view(order).astype(np.uint32)
        stored = heads[:, 4:6].astype(np.uint32)
        head_sum = _summed(np.zeros((1, 2), np.uint32), np.frombuffer(content, order, 6)[None, :])
        kept_sum = np.array([first[6:8]], np.uint32)
        self.header_good = (
            first[0] in _ORDERS and first[1:3] == [_VERSION, PAGE] and bool((head_sum == kept_sum).all())
        )
        salts = first[4:6] if self.header_good else heads[0, 2:4]
        self.commits: Any = heads[:, 1] != 0
        self.salted: Any = (heads[:, 2:4] == salts).all(axis=1)
        sums = _summed(np.vstack((kept_sum, stored[:-1])), words)
        self.linked: Any = (sums == stored).all(axis=1)
        # a sum that is itself damaged: what follows continues from what it should be
        for at in (-1, *np.flatnonzero(~self.linked[:-1])[:1]):
            seed = head_sum if at < 0 else sums[at : at + 1]
            follows = _summed(seed, words[at + 1 : at + 2])
            self.linked[at + 1] |= bool((follows == stored[at + 1]).all())
        self.whole: Any = self.salted & self.linked
        self.first_bad = number if self.whole.all() else int(np.argmin(self.whole))


def _summed(seed: Any, words: Any) -> Any:
    """The running sum of each row of words after the sum in its row of ``seed``."""
    import numpy as np

    sums = seed.astype(np.uint32).copy()
    one, two = sums[:, 0], sums[:, 1]
    columns = np.ascontiguousarray(words.T.astype(np.uint32))
    for at in range(0, len(columns), 2):
        one += columns[at] + two
        two += columns[at + 1] + one
    return sums
