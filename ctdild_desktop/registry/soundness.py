"""Whether every page of a registry's file can be read and its tables hang together.

The library refuses a page that was changed on the disk whenever it is read, so a damaged page never becomes a
value. This check finds it early. It reads the whole file, about 100 MB in a second: whoever opens a window
has it done beside the first work, and everybody else before anything is read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ctdild_desktop.language import say
from ctdild_desktop.registry.engine import connect
from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.translate import understood

_STEPS = 20_000
"""Steps of the check between two questions whether to go on: some milliseconds."""
_found: set[Path] = set()
"""Files in which damage was found since the program was started."""


def known_damaged(path: Path) -> bool:
    """Whether damage was found in this file; it is checked then before it is opened again."""
    return path in _found


def refuse_unless(result: object, path: Path) -> None:
    """Raise DamagedError unless the library's answer to ``PRAGMA quick_check`` says that all is well."""
    if result != "ok":
        raise _damage(path)
    _found.discard(path)


def _damage(path: Path) -> DamagedError:
    _found.add(path)
    return DamagedError(say("{name} is damaged.", name=path.name), "Restore the last good backup.")


def check_beside(path: Path, key: bytes, stop: Callable[[], bool]) -> bool:
    """Check the file over a connection of its own; False when it was stopped before the end.

    Raises:
        DamagedError: it is damaged.
        RegistryError: it cannot be read now.
    """
    connection = connect(path, key)
    stopped = False

    def asked() -> int:
        nonlocal stopped
        stopped = stopped or stop()
        return int(stopped)

    try:
        connection.set_progress_handler(asked, _STEPS)
        refuse_unless(_answer(connection), path)
    except DamagedError:
        raise
    except Exception as error:
        if stopped:
            return False
        condition = understood(error)
        if isinstance(condition, DamagedError):
            raise _damage(path) from error
        raise condition or error from error
    finally:
        connection.close()
    return True


def _answer(connection: Any) -> object:
    row = connection.execute("PRAGMA quick_check(1)").fetchone()
    return row[0] if row else None
