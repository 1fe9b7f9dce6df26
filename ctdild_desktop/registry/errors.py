"""What can go wrong with a registry that its user can do something about."""

from __future__ import annotations


class RegistryError(Exception):
    """A condition of the registry, its keys or its disk, told in one clear sentence.

    ``text`` (and ``str()``) is that sentence; ``hint`` may say what to do next.
    """

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


class NotFoundError(RegistryError):
    """There is no such registry, or a file of it is missing."""


class DamagedError(RegistryError):
    """The file is empty, cut, changed or not a registry."""


class NotOpenedError(DamagedError):
    """The key does not open the file."""


class WrongPassphraseError(RegistryError):
    """The login or the passphrase does not open the registry."""


class NewerError(RegistryError):
    """The registry was made by a newer version of the program."""


class ChangedElsewhereError(RegistryError):
    """Somebody else changed the same entry first."""


class BusyError(RegistryError):
    """Another window or program is writing just now."""


class DiskError(RegistryError):
    """The disk is full, cannot be written or cannot be read."""


class StoppedError(RegistryError):
    """Long work was stopped because somebody said so; nothing was changed."""
