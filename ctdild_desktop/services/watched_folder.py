"""A folder into which devices write: what is finished is read, put into the inbox, and then moved away.

A file is read when two looks, one after the other, found it with the same size and time. It is moved only
after the registry has kept it: to ``processed``, or to ``failed`` when it cannot be read. A crash between the
two is harmless, because the inbox knows the same bytes. Links and folders are not followed, and nothing is
ever overwritten. What goes wrong is said once, until it is another thing or has come right; nothing of it is
logged, because the name of a file may be a patient's.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ctdild_desktop.clinical.typed_text import file_name
from ctdild_desktop.interchange.source import Source, source_of
from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.inbox import MOST_BYTES, Received

PROCESSED, FAILED = "processed", "failed"
MOST_AT_ONCE = 50
MOST_BYTES_AT_ONCE = 2 * MOST_BYTES
"""What one look reads at most; the rest is for the next."""
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_OURS = (".ctdild", ".keys", "-wal", "-shm", ".ctdild-backup")
"""Endings of a registry and its backups, which are never opened from here."""
_MOST_NAMES = 10_000
_FOLDER, _WRITING, _REGISTRY = "/", "/writing", "/registry"
"""What is said of no file: no file is called so."""
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a file looked: another size or time is another content."""

    size: int
    time_ns: int

    @classmethod
    def of(cls, facts: os.stat_result) -> Mark:
        """As the system tells it."""
        return cls(facts.st_size, facts.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that was read whole, as it was then; without content when it is too large."""

    name: str
    mark: Mark
    source: Source | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What one look brought: files to keep, and what is to be said."""

    finished: tuple[Finished, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The contents that go into the inbox."""
        return tuple(one.source for one in self.finished if one.source is not None)


def is_left_alone(name: str) -> bool:
    """Whether a file is none of a device: hidden, being written under another name, or of a registry."""
    lower = name.casefold()
    return lower.startswith((".", "~")) or lower.endswith((*_UNFINISHED, *_OURS))


def settled(before: Mapping[str, Mark], now: Mapping[str, Mark]) -> tuple[str, ...]:
    """The names of files that have not changed between two looks and hold something, the oldest first."""
    same = [name for name, mark in now.items() if mark.size > 0 and before.get(name) == mark]
    return tuple(sorted(same, key=lambda name: (now[name].time_ns, name)))


def destinations(found: Found, received: Received | None) -> tuple[tuple[Finished, str], ...]:
    """Where each file goes after the registry has kept what can be kept.

    Args:
        found: the files of one look.
        received: what the inbox said; None when there was nothing to keep.
    """
    failed = received.failed if received is not None else frozenset[str]()
    return tuple(
        (one, FAILED if one.source is None or one.source.sha256 in failed else PROCESSED)
        for one in found.finished
    )


@for_everybody
def why_not(desk: Desk, folder: Path) -> str:
    """Why a folder cannot be watched, in one sentence; empty when it can be."""
    if not folder.is_absolute():
        return say("Choose the folder by its whole path.")
    own = [desk.upkeep.backup_folder, desk.upkeep.copy_folder]
    path = desk.registry.place.path
    if path is not None:
        own += [path.parent, path.parent / "backups"]
    try:
        here = folder.resolve()
        if any(one is not None and one.resolve() == here for one in own):
            return say(
                "This folder holds the registry or its backups; choose one of its own for the devices."
            )
    except OSError:
        return _cannot_be_reached(None)
    return ""


class WatchedFolder:
    """One folder as one desk looks at it again and again; nothing of it is kept between sessions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marks: dict[str, Mark] = {}
        self._names: set[str] = set()
        self._kept: dict[str, tuple[Mark, str]] = {}
        """Files that are in the inbox and could not be moved yet, with where they go."""
        self._said: dict[str, str] = {}
        """What was said last of each file, and of the folder."""

    def look(self) -> Found:
        """Read every file that is finished; must not run twice at once."""
        said: list[str] = []
        try:
            now = self._present(said)
        except OSError as error:
            self._marks = {}
            self._tell(_FOLDER, _cannot_be_reached(error), said)
            return Found((), tuple(said))
        if self._said.pop(_FOLDER, ""):
            said.append(say("The watched folder can be reached again."))
        ready = settled(self._marks, now)
        self._marks = now
        self._said = {
            name: words for name, words in self._said.items() if name[0] == "/" or name in self._names
        }
        self._kept = {name: kept for name, kept in self._kept.items() if now.get(name) == kept[0]}
        self.put_away((), said)
        return Found(tuple(self._read(ready, said)), tuple(said))

    def put_away(
        self, done: Iterable[tuple[Finished, str]], said: list[str] | None = None
    ) -> tuple[str, ...]:
        """Move files that are in the inbox, or that never can be, and those left from before.

        Args:
            done: each file with ``processed`` or ``failed``.
            said: what is to be said already.

        Returns:
            What is to be said.
        """
        words = said if said is not None else []
        self._kept |= {one.name: (one.mark, goes) for one, goes in done}
        for name, (mark, goes) in list(self._kept.items()):
            try:
                self._move(name, mark, goes)
            except OSError:
                self._tell(_WRITING, _cannot_be_written(), words)
                return tuple(words)
            del self._kept[name]
            self._marks.pop(name, None)
        self._said.pop(_WRITING, None)
        return tuple(words)

    def tell(self, words: str) -> tuple[str, ...]:
        """What to say of a registry that takes nothing just now: once, until it is another reason."""
        said: list[str] = []
        self._tell(_REGISTRY, words, said)
        return tuple(said)

    def came_right(self) -> None:
        """The registry takes messages again."""
        self._said.pop(_REGISTRY, None)

    def _present(self, said: list[str]) -> dict[str, Mark]:
        found: dict[str, Mark] = {}
        self._names = set()
        with os.scandir(self.folder) as entries:
            for number, entry in enumerate(entries):
                if number >= _MOST_NAMES:
                    break
                if is_left_alone(entry.name):
                    continue
                self._names.add(entry.name)
                try:
                    facts = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(facts.st_mode) and not entry.is_symlink():
                        # the folder's own list of some shares is late
                        found[entry.name] = Mark.of(os.stat(entry.path, follow_symlinks=False))
                    elif not stat.S_ISDIR(facts.st_mode):
                        self._tell(entry.name, _left(entry.name), said)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    self._tell(entry.name, _cannot_be_read(entry.name, error), said)
        return found

    def _read(self, names: Sequence[str], said: list[str]) -> Iterable[Finished]:
        total = 0
        waiting = [name for name in names if name in self._marks and name not in self._kept]
        for name in waiting[:MOST_AT_ONCE]:
            mark = self._marks[name]
            if mark.size > MOST_BYTES:
                words = say(
                    "{name} is too large for a message ({most} MB at most); it is moved to {folder}.",
                    name=file_name(name),
                    most=MOST_BYTES >> 20,
                    folder=FAILED,
                )
                self._tell(name, words, said)
                yield Finished(name, mark)
                continue
            if total and total + mark.size > MOST_BYTES_AT_ONCE:
                return
            try:
                content = _content(self.folder / name, mark)
            except FileNotFoundError:
                self._marks.pop(name, None)
            except OSError as error:
                self._tell(name, _cannot_be_read(name, error), said)
            else:
                if content is None:
                    self._marks.pop(name, None)  # it is written to: the next two looks tell
                    continue
                total += len(content)
                yield Finished(name, mark, source_of(name, content))

    def _move(self, name: str, mark: Mark, goes: str) -> None:
        """Move one file under a name that is free; nothing is done when it changed or is gone."""
        source, target = self.folder / name, self.folder / goes
        target.mkdir(exist_ok=True)
        if target.is_symlink() or not target.is_dir():
            raise NotADirectoryError(goes)
        try:
            if Mark.of(os.stat(source, follow_symlinks=False)) != mark:
                return
        except FileNotFoundError:
            return
        place = _reserved(target, name)
        try:
            os.replace(source, place)
        except FileNotFoundError:  # another workstation moved it
            place.unlink(missing_ok=True)
        except OSError:
            place.unlink(missing_ok=True)
            raise

    def _tell(self, name: str, words: str, said: list[str]) -> None:
        if self._said.get(name) != words:
            self._said[name] = words
            said.append(words)


def _content(path: Path, mark: Mark) -> bytes | None:
    """The whole content of a plain file that is as it was seen; None when it is not."""
    handle = os.open(path, os.O_RDONLY | _NOFOLLOW)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode) or Mark.of(facts) != mark:
            return None
        content = stream.read(MOST_BYTES + 1)
        after = Mark.of(os.fstat(stream.fileno()))
    return content if after == mark and len(content) == mark.size else None


def _reserved(folder: Path, name: str) -> Path:
    """An empty file of one's own, under the name or the name with a number: nobody else gets it."""
    stem, ending = os.path.splitext(name)
    number = 1
    while True:
        place = folder / (name if number == 1 else f"{stem} ({number}){ending}")
        try:
            with place.open("xb"):
                return place
        except FileExistsError:
            number += 1


def _cannot_be_reached(error: OSError | None) -> str:
    reason = (error.strerror if error is not None else None) or say("the system refused it")
    return say("The watched folder cannot be reached ({reason}); it is tried again.", reason=reason)


def _cannot_be_written() -> str:
    return say(
        "The watched folder cannot be written: what was received stays there and is not received twice."
    )


def _cannot_be_read(name: str, error: OSError) -> str:
    reason = error.strerror or say("the system refused it")
    return say("{name} cannot be read ({reason}); it is tried again.", name=file_name(name), reason=reason)


def _left(name: str) -> str:
    return say("{name} is a link or no plain file; it is left where it is.", name=file_name(name))
