"""The one error of this room."""

from __future__ import annotations


class FormatError(Exception):
    """A file or mapping that cannot be used; ``str()`` is one clear sentence for the person who chose it."""
