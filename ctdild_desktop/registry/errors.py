"""What can go wrong with a registry that its user can do something about."""

from __future__ import annotations

from pathlib import Path

from ctdild_desktop.language import say, say_n


class RegistryError(Exception):
    """A condition of the registry, its keys or its disk, told in one clear sentence.

    ``text`` (and ``str()``) is that sentence; ``hint`` may say what to do next.
    """

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(say(text))
        self.text = str(self)
        self.hint = say(hint)


class NotFoundError(RegistryError):
    """There is no such registry, or a file of it is missing."""


class DamagedError(RegistryError):
    """The file is empty, cut, changed or not a registry."""


class NotOpenedError(DamagedError):
    """The key does not open the file."""


class WrongPassphraseError(RegistryError):
    """The login or the passphrase does not open the registry."""


class TooManyAttemptsError(RegistryError):
    """Passphrases were wrong too often; ``seconds`` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        wait = _length(seconds)
        super().__init__(say("Too many wrong attempts: please wait {wait} and try again.", wait=wait))
        self.seconds = seconds


class TemporaryPassphraseError(RegistryError):
    """The passphrase was given by an administrator and must be replaced by an own one first."""


class NewerError(RegistryError):
    """The registry was made by a newer version of the program."""


class OlderError(RegistryError):
    """An older program made the registry, and nobody has said yet that it may be brought up to date."""

    def __init__(self, backups: Path, size_bytes: int) -> None:
        super().__init__(
            "This registry was made by an older version of the program; nothing was changed.",
            "It is brought up to date after a backup, when you say so.",
        )
        self.backups = backups
        """Where the backup will be."""
        self.size_bytes = size_bytes
        """Of the registry's file."""


class ChangedElsewhereError(RegistryError):
    """Somebody else changed the same entry first."""


class BusyError(RegistryError):
    """Another window or program is writing just now."""


class DiskError(RegistryError):
    """The disk is full, cannot be written or cannot be read."""


class StoppedError(RegistryError):
    """Long work was stopped because somebody said so; nothing was changed."""


def _length(seconds: int) -> str:
    if seconds < 60:
        return say_n("{n} second", "{n} seconds", seconds)
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


class UnreachableError(RegistryError):
    """The server that keeps the registry does not answer."""


class UncertainError(UnreachableError):
    """The server was lost while saving, and whether it kept the change is not known; ``batch`` can be asked
    for when it is back.
    """

    def __init__(self, batch: str) -> None:
        super().__init__(
            "The server was lost while saving; it is not known whether this was saved.",
            "Look at the record when the server is back, before you enter it again.",
        )
        self.batch = batch
