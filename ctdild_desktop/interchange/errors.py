"""The one error of this room."""

from __future__ import annotations

from ctdild_desktop.language import say


class FormatError(Exception):
    """A file or mapping that cannot be used; ``str()`` is one clear sentence for the person who chose it."""

    def __init__(self, text: str) -> None:
        super().__init__(say(text))
