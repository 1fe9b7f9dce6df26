"""Which errors are for the person at the desk, and the sentence to show for each."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.registry.errors import (
    DamagedError,
    OlderError,
    RegistryError,
    TemporaryPassphraseError,
    TooManyAttemptsError,
)
from ctdild_desktop.services.desk import RefusedError


def places_of(trace: TracebackType | None) -> str:
    """Where in the program a bug was met, innermost first; the text of an error may hold what a person typed
    and is never told.
    """
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(places))


def sentence_of(error: BaseException) -> str | None:
    """One clear sentence for an error that a person can act on; None for a bug, which must not be hidden."""
    if isinstance(error, RegistryError | RefusedError | FormatError | EntryError):
        hint = getattr(error, "hint", "") or ""
        return f"{error} {hint}".strip()
    return None


def tells_damage(error: BaseException) -> bool:
    """Whether the registry's file is damaged: nothing more may be written to it."""
    return isinstance(error, DamagedError)


def wait_of(error: BaseException) -> int:
    """Seconds to wait before an attempt to unlock makes sense again; 0 when it is not a matter of waiting."""
    return error.seconds if isinstance(error, TooManyAttemptsError) else 0


def wants_own_passphrase(error: BaseException) -> bool:
    """Whether a temporary passphrase must be replaced by an own one first."""
    return isinstance(error, TemporaryPassphraseError)


def asks_to_upgrade(error: BaseException) -> tuple[Path, int] | None:
    """Where the backup will be and how many bytes the registry has, when it is older and a person has to say
    whether it may be brought up to date; None for any other error.
    """
    return (error.backups, error.size_bytes) if isinstance(error, OlderError) else None
