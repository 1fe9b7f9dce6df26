"""The last look at every text on its way into a database, alike for a file and for a server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, event

from ctdild_desktop.registry.errors import RegistryError


def refuse_unkeepable(engine: Engine) -> None:
    """Refuse statements with a text that not every database keeps: one with NUL, or with half a letter.

    PostgreSQL ends a text at NUL and SQLite does not; neither keeps half of a letter. The program refuses
    both where they are typed or read; this catches what came another way, before anything is written.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def look(
        _connection: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        if _holds_unkeepable(parameters):
            raise RegistryError("A text holds a character that cannot be kept; remove it and try again.")


def _holds_unkeepable(parameters: Any) -> bool:
    values: Iterable[Any] = parameters.values() if isinstance(parameters, dict) else parameters or ()
    for value in values:
        if isinstance(value, str):
            if "\0" in value or not (value.isascii() or _whole(value)):
                return True
        elif isinstance(value, dict | tuple | list) and _holds_unkeepable(value):
            return True
    return False


def _whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
