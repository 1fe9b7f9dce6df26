"""The people who may open a registry: adding, removing, new passphrases, and the recovery code."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from ctdild_desktop.registry import audit
from ctdild_desktop.registry.errors import RegistryError, WrongPassphraseError
from ctdild_desktop.registry.keystore import Cost, calibrated_cost, check_passphrase, tidy_login
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.registry.registry import Clock, Registry, fits, keys_for, utc_now


def add_user(
    registry: Registry, login: str, display_name: str, role: str, passphrase: str, *, cost: Cost | None = None
) -> None:
    """Let another person open the registry; raises RegistryError when the login is taken."""
    store = registry.keystore()
    if tidy_login(login) in store.logins:
        raise RegistryError("This login is already taken.")
    with registry.write(registry.login) as session:
        session.add(UserRow(login=tidy_login(login), display_name=display_name, role=role))
        session.flush()
        store.put(registry.data_key, login, passphrase, cost or calibrated_cost())
        store.save()


def change_passphrase(
    registry: Registry, login: str, old: str, new: str, *, cost: Cost | None = None
) -> None:
    """Give a person a new passphrase after checking the old one; everybody else keeps theirs."""
    store = registry.keystore()
    store.unlock(login, old, lambda key: key == registry.data_key)
    store.put(registry.data_key, login, new, cost or calibrated_cost())
    with registry.write(registry.login) as session:
        detail = {"login": tidy_login(login)}
        audit.note_event(session.connection(), kind="passphrase", subject_id=None, detail=detail)
        store.save()


def remove_user(registry: Registry, login: str, reason: str) -> None:
    """Take a person's key away and switch the account off; the name stays in the audit trail.

    Raises:
        RegistryError: nobody has this login, or it is the last that can open the registry.
    """
    store = registry.keystore()
    store.remove(registry.data_key, login)
    with registry.write(registry.login, reason) as session:
        user = session.execute(select(UserRow).where(UserRow.login == tidy_login(login))).scalar_one()
        user.active = False
        session.flush()
        store.save()


def recover(
    path: Path,
    *,
    recovery_code: str,
    login: str,
    passphrase: str,
    cost: Cost | None = None,
    clock: Clock = utc_now,
) -> tuple[Registry, str]:
    """Give a known login a new passphrase by means of the recovery code, which is replaced.

    Returns:
        The opened registry and the new recovery code; the old one no longer opens anything.

    Raises:
        RegistryError: the code has a wrong character or belongs to another registry, or the login is unknown.
    """
    path = Path(path).absolute()
    store = keys_for(path)
    check_passphrase(passphrase, login)
    dek = store.unlock_by_code(recovery_code, fits(path))
    if tidy_login(login) not in store.logins:
        raise WrongPassphraseError(f"Nobody with the login “{tidy_login(login)}” may open this registry.")
    cost = cost or calibrated_cost()
    registry = Registry.enter(path, store, dek, login, clock)
    try:
        with registry.write(registry.login, "recovery code used") as session:
            audit.note_event(session.connection(), kind="recovery", subject_id=None, detail={})
            store = registry.keystore()
            store.put(dek, login, passphrase, cost)
            code = store.renew_recovery(dek, cost)
            session.flush()
            store.save()
    except BaseException:
        registry.close()
        raise
    return registry, code
