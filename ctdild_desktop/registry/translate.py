"""What the database library says, in sentences for the person at the screen."""

from __future__ import annotations

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from ctdild_desktop.registry.errors import (
    BusyError,
    ChangedElsewhereError,
    DamagedError,
    DiskError,
    NotOpenedError,
    RegistryError,
)


def understood(error: BaseException) -> RegistryError | None:
    """The condition behind a library's error that its user can act on; None when it is a bug.

    The texts never repeat the library's words, which may quote values.
    """
    if isinstance(error, RegistryError):
        return error
    if isinstance(error, StaleDataError):
        return ChangedElsewhereError("Somebody else changed this entry first; nothing was saved.")
    if not isinstance(error, (DBAPIError, driver.Error)):
        return None
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    for words, condition in _conditions():
        if words in said:
            return condition
    return None


def _conditions() -> tuple[tuple[str, RegistryError], ...]:
    return (
        (
            "is full",
            DiskError("The disk is full; nothing of this was saved.", "Free some space and save again."),
        ),
        ("disk i/o error", DiskError("The disk did not take the change; nothing of this was saved.")),
        (
            "readonly",
            DiskError(
                "The registry is read-only here; nothing of this was saved.", "Check the folder's rights."
            ),
        ),
        ("locked", BusyError("Another window or program is writing to the registry; please try again.")),
        (
            "unable to open",
            DiskError("The registry file cannot be opened.", "Check the folder and its rights."),
        ),
        (
            "malformed",
            DamagedError("The registry file is damaged or was cut off.", "Restore the last good backup."),
        ),
        ("not a database", NotOpenedError("The file is not a registry that these keys open.")),
        ("unique constraint failed: patient.mrn", RegistryError("This MRN is already in the registry.")),
        ("unique constraint failed: app_user.login", RegistryError("This login is already taken.")),
    )
