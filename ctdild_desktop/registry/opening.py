"""What is looked at before a registry's file is opened: the place, the file, its keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ctdild_desktop.registry import swap
from ctdild_desktop.registry.engine import check_file, check_library, is_plain_sqlite, opens, why_not_opened
from ctdild_desktop.registry.errors import NotFoundError
from ctdild_desktop.registry.files import refuse_network
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore
from ctdild_desktop.registry.subkeys import subkey


def fits(path: Path) -> Callable[[bytearray], bool]:
    """Tells whether a data key opens the file at ``path``."""
    return lambda dek: opens(path, subkey(dek, "db"))


def keys_for(path: Path) -> Keystore:
    """The key slots beside a registry that may be opened: a file, on a local disk, with its keys.

    Raises:
        RegistryError: in one sentence for each thing that can be wrong; nothing was changed.
    """
    refuse_network(path)
    check_library()
    swap.finish(path)
    check_file(path)
    try:
        return Keystore.load(FileHolder.beside(path))
    except NotFoundError:
        if is_plain_sqlite(path):
            raise why_not_opened(path) from None
        raise
