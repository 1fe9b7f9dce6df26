"""Where the key slots of a registry are kept: a file beside a local registry, another place for a server."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import DamagedError, NotFoundError
from ctdild_desktop.registry.files import disk_error, keys_path, write_whole

LARGEST = 1_000_000
"""Bytes of key slots; more is something else."""


class KeyHolder(Protocol):
    """One place for the text of the key slots, which is read and written as a whole."""

    @property
    def name(self) -> str:
        """What messages call the place."""

    def read(self) -> bytes:
        """The text of the key slots.

        Raises:
            NotFoundError: there is none.
            DamagedError: it is too large to be one.
            RegistryError: the place cannot be read.
        """

    def write(self, content: bytes) -> None:
        """Keep a new text, whole or not at all.

        Raises:
            RegistryError: the place does not take it; the old text is kept.
        """


class FileHolder:
    """The file ``NAME.ctdild.keys``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, registry: Path) -> FileHolder:
        """The keys file of the registry at ``registry``."""
        return cls(keys_path(registry))

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def read(self) -> bytes:
        """The text of the file; raises NotFoundError, DamagedError or DiskError."""
        try:
            if self.path.stat().st_size > LARGEST:
                raise DamagedError(say("{name} is not a file of registry keys.", name=self.name))
            return self.path.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(
                say(
                    "{name} is missing: without this file of keys the registry cannot be opened.",
                    name=self.name,
                ),
                "It lies beside the registry and inside every backup.",
            ) from error
        except OSError as error:
            raise disk_error(error, self.path) from error

    def write(self, content: bytes) -> None:
        """Replace the file, whole or not at all; raises DiskError."""
        write_whole(self.path, content)
