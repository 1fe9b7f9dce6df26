"""One window for one local registry: who else has it open, and showing that window instead.

A lock file beside the registry names the process; that of a process that is gone is taken over. A second
window asks the first one by a local socket to come to the front. The command line works beside the window.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLockFile, QObject, QSysInfo, Signal

from ctdild_desktop.place import Place

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_SHOW: Final = b"show\n"
_SHOWN: Final = b"shown\n"
_ANSWER_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a registry open."""

    place: Place
    process: int
    computer: str
    here: bool
    """It is a process of this computer."""

    @property
    def words(self) -> str:
        """One sentence for the person who wants to open it."""
        if self.here:
            said = _tr("{name} is open in another window on this computer (process {process}).")
        else:
            said = _tr(
                "{name} was opened on the computer {computer} (process {process}) and not closed there. Open "
                "it here only when it is not in use there any more."
            )
        return said.format(name=self.place.name, process=self.process, computer=self.computer)


class OneWindow(QObject):
    """Holds at most one registry for this program; ``asked_to_show`` comes from a second window."""

    asked_to_show = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: tuple[Path, QLockFile] | None = None
        self._server: QLocalServer | None = None

    def take(self, place: Place) -> Holder | None:
        """Hold a registry for this window, in place of the one held before.

        Returns:
            Who has it open; None when it is held here now. Any number of desks may use one on a server.
        """
        if place.path is None:
            self.release()
            return None
        path = place.path.absolute()
        if self._held is not None and self._held[0] == path:
            return None
        lock = QLockFile(str(lock_path(path)))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
            process, computer, _program = lock.getLockInfo()
            return Holder(place, process, computer, here=computer in ("", QSysInfo.machineHostName()))
        # A folder that takes no file at all is told of by the registry itself, with its own sentence.
        self.release()
        self._held = (path, lock)
        self._listen(path)
        return None

    def take_over(self, place: Place) -> Holder | None:
        """Take a registry although another computer's program did not give it back."""
        if place.path is not None:
            with suppress(OSError):
                lock_path(place.path.absolute()).unlink(missing_ok=True)
        return self.take(place)

    def release(self) -> None:
        """Hold nothing any more."""
        held, self._held = self._held, None
        if self._server is not None:
            self._server.close()
        if held is not None:
            held[1].unlock()

    def show_other(self, place: Place) -> bool:
        """Ask the window that has this registry open to come to the front; tells whether it did."""
        if place.path is None:
            return False
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(_address(place.path.absolute()))
        if not socket.waitForConnected(_ANSWER_MS):
            return False
        socket.write(_SHOW)
        socket.flush()
        shown = socket.waitForReadyRead(_ANSWER_MS) and socket.readLine().data() == _SHOWN
        socket.disconnectFromServer()
        return shown

    def _listen(self, path: Path) -> None:
        from PySide6.QtNetwork import QLocalServer

        if self._server is None:
            self._server = QLocalServer(self)
            self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
            self._server.newConnection.connect(self._on_asked)
        address = _address(path)
        QLocalServer.removeServer(address)
        self._server.listen(address)

    def _on_asked(self) -> None:
        socket = self._server.nextPendingConnection() if self._server is not None else None
        if socket is None:
            return
        socket.setParent(self)
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(lambda: self._answer(socket))
        if socket.bytesAvailable():
            self._answer(socket)

    def _answer(self, socket: QLocalSocket) -> None:
        if socket.readLine(len(_SHOW) + 1).data() == _SHOW:
            socket.write(_SHOWN)
            socket.flush()
            self.asked_to_show.emit()
        socket.disconnectFromServer()


def lock_path(path: Path) -> Path:
    """The file that names who has a registry open: ``NAME.ctdild.lock``."""
    return path.with_name(f"{path.name}.lock")


def _address(path: Path) -> str:
    """The name of the local socket of a registry and person; it tells neither."""
    from hashlib import sha256

    who = os.environ.get("USERNAME") or os.environ.get("USER") or ""
    mixed = sha256(f"{who}|{path}".encode()).hexdigest()
    return f"ctdild-{mixed[:24]}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("OneWindow", text)
