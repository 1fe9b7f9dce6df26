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
    UnreachableError,
)


def understood(error: BaseException) -> RegistryError | None:
    """The condition behind a library's error that its user can act on; None when it is a bug.

    The texts never repeat the library's words, which may quote values.
    """
    if isinstance(error, RegistryError):
        return error
    if isinstance(error, StaleDataError):
        return ChangedElsewhereError("Somebody else changed this entry first; nothing was saved.")
    orig = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(orig, RegistryError):
        return orig
    if type(orig).__module__.startswith("psycopg"):
        return _of_server(orig)
    if not isinstance(orig, driver.Error):
        return None
    said = str(orig).lower()
    for words, condition in _conditions():
        if words in said:
            return condition
    return None


def _of_server(error: BaseException | None) -> RegistryError | None:
    """The condition behind an error of a PostgreSQL server, by its class (PostgreSQL manual, appendix A)."""
    state = getattr(error, "sqlstate", None)
    if state == "23505":
        named = str(getattr(getattr(error, "diag", None), "constraint_name", ""))
        taken = {"uq_patient_mrn_live": _MRN_TAKEN, "uq_app_user_login": _LOGIN_TAKEN}.get(named)
        return RegistryError(taken) if taken else None
    if state is None or state[:2] in {"08", "57"}:
        lost = type(error).__name__ == "OperationalError" or state is not None
        return UnreachableError("The server was lost; nothing of this was saved.") if lost else None
    busy = BusyError("Another desk is writing to the registry; please try again.")
    conditions = {
        "55P03": busy,
        "40P01": busy,
        "40001": busy,
        "53300": BusyError("The server has too many connections; please try again."),
        "53100": DiskError("The server's disk is full; nothing of this was saved.", "Tell hospital IT."),
        "25006": DiskError("The registry is read-only on the server; nothing of this was saved."),
        "42501": RegistryError("Your account on the server does not allow this."),
        "42P01": DamagedError("The database holds no registry of this program."),
    }
    return conditions.get(state)


_MRN_TAKEN = "This MRN is already in the registry."
_LOGIN_TAKEN = "This login is already taken."


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
        ("unique constraint failed: patient.mrn", RegistryError(_MRN_TAKEN)),
        ("unique constraint failed: app_user.login", RegistryError(_LOGIN_TAKEN)),
    )
