"""Which errors are for the person at the desk, and the sentence to show for each."""

from __future__ import annotations

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services.desk import RefusedError


def sentence_of(error: BaseException) -> str | None:
    """One clear sentence for an error that a person can act on; None for a bug, which must not be hidden."""
    if isinstance(error, RegistryError | RefusedError | FormatError | EntryError):
        hint = getattr(error, "hint", "") or ""
        return f"{error} {hint}".strip()
    return None
