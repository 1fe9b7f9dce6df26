"""A line to a PostgreSQL server that can be cut at the moment a desk saves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import Enum
from pathlib import Path

from ctdild_desktop.place import Place

_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""How the driver asks for a commit: a simple query (PostgreSQL manual, section 55.7)."""
_GOODBYE = b"X\x00\x00\x00\x04"
_NAME = ".s.PGSQL.5432"
_AT_ONCE = 65536


class Cut(Enum):
    """What happens when a desk asks for a commit."""

    NOT = "the line holds"
    BEFORE = "the line breaks before the server hears of it"
    AFTER = "the server commits, and its answer is lost"
    GONE = "the same, and the line stays down"
    DEAF = "the line breaks before, and stays down"
    LATE = "the desk loses the line, and the server hears of it later"


class Line:
    """A line through which connections run; :attr:`cut` counts for the next commit alone."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.cut = Cut.NOT
        self.down = False
        """Whether no new connection is let in."""
        self.commits = 0
        """Commits that were asked for through the line."""
        self.deliver = threading.Event()
        """Lets what is under way be delivered (:data:`Cut.LATE`)."""
        self._server = str(server / _NAME)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._answering: dict[socket.socket, threading.Thread] = {}
        self._cut_off: threading.Thread | None = None
        """What hears the server's answer to the commit whose desk lost the line."""
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / _NAME))
        self._door.listen()
        self._start(self._let_in)

    def close(self) -> None:
        """Break every connection and take the line away."""
        self.deliver.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for one in self._open:
            _hang_up(one)
        for thread in self._threads:
            thread.join(10)

    def mend(self) -> None:
        """Let connections in again, when the server has done what it had heard."""
        if self._cut_off is not None:
            self._cut_off.join(10)
        self.down = False

    def _start(self, work: Callable[..., None], *given: socket.socket) -> threading.Thread:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                desk, _ = self._door.accept()
                if self.down:
                    _hang_up(desk)
                    continue
                server = socket.socket(socket.AF_UNIX)
                self._open += [desk, server]
                try:
                    server.connect(self._server)
                except OSError:
                    _hang_up(desk)
                    continue
                self._answering[server] = self._start(self._answer, server, desk)
                self._start(self._ask, desk, server)

    def _ask(self, desk: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := desk.recv(_AT_ONCE):
                if _COMMIT in said:
                    self.commits += 1
                    cut, self.cut = self.cut, Cut.NOT
                    if cut is not Cut.NOT:
                        self._cut(cut, desk, server, said)
                        return
                server.sendall(said)
        _hang_up(server)

    def _cut(self, cut: Cut, desk: socket.socket, server: socket.socket, said: bytes) -> None:
        self.down = cut in {Cut.GONE, Cut.DEAF}
        self._cut_off = self._answering[server]
        _hang_up(desk)
        if cut is Cut.LATE:
            self.deliver.wait(30)
        if cut in {Cut.BEFORE, Cut.DEAF}:
            _hang_up(server)
        else:
            server.sendall(said + _GOODBYE)

    def _answer(self, server: socket.socket, desk: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(_AT_ONCE):
                desk.sendall(said)
        _hang_up(desk)


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def line_to(place: Place, folder: Path) -> Iterator[tuple[Line, Place]]:
    """A line to a registry's server, and the registry's address through it."""
    server = Path(dict(place.options)["host"])
    line = Line(folder, server)
    try:
        yield line, replace(place, options=(("host", str(folder)),))
    finally:
        line.close()
