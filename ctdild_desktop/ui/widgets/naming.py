"""Object names, by which tests, the style sheet and assistive technology find a widget."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

Named = TypeVar("Named", bound=QObject)


def named(thing: Named, name: str) -> Named:
    """The same object, with its object name set."""
    thing.setObjectName(name)
    return thing
