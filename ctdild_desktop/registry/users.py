"""The people who may open a registry: adding, removing, roles, passphrases, and the recovery code.

Each change of a person is one transaction with one audit batch; the key slots are written just before it is
committed and put back when it is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.registry import audit, wal
from ctdild_desktop.registry.errors import RegistryError, WrongPassphraseError
from ctdild_desktop.registry.keystore import (
    Cost,
    Keystore,
    calibrated_cost,
    check_passphrase,
    tidy_login,
)
from ctdild_desktop.registry.models import ROLES, AuditRow, UserRow
from ctdild_desktop.registry.opening import fits, keys_for
from ctdild_desktop.registry.passphrases import same_passphrase
from ctdild_desktop.registry.registry import Registry, utc_now
from ctdild_desktop.registry.sessions import Clock
from ctdild_desktop.registry.throttle import (
    RECOVERY,
    Throttle,
    attempts_path,
    attempts_path_of,
    note_failures,
)

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has or had an account."""

    login: str
    name: str
    role: str
    active: bool
    must_change: bool
    """The passphrase is a temporary one that was not replaced yet."""
    last_unlocked: dt.datetime | None
    """None for somebody who never unlocked the registry."""


def list_people(registry: Registry) -> tuple[Person, ...]:
    """Everybody with an account, those who are switched off at the end."""
    unlocked = (
        select(AuditRow.user_id, func.max(AuditRow.at))
        .where(AuditRow.op == "event", AuditRow.row_id.in_(("unlock", "recovery")))
        .group_by(AuditRow.user_id)
    )
    with registry.read() as session:
        last = {str(login): at for login, at in session.execute(unlocked)}
        rows = session.execute(select(UserRow)).scalars().all()
    people = [_person(row, last.get(row.login)) for row in rows]
    return tuple(sorted(people, key=lambda one: (not one.active, one.name.casefold(), one.login)))


def add_user(
    registry: Registry,
    login: str,
    display_name: str,
    role: str,
    passphrase: str,
    *,
    temporary: bool = False,
    by: str | None = None,
    cost: Cost | None = None,
) -> Person:
    """Let another person open the registry.

    Args:
        temporary: the person must replace the passphrase before anything else.
        by: login of the person who does it; of whoever unlocked the registry when None.

    Raises:
        RegistryError: the login is taken or cannot be one, or the passphrase is too short.
    """
    name, check = tidy_login(login), _checked_role(role)
    check_passphrase(passphrase, name)
    with _changing(registry, by, f"new {check}") as work:
        taken = work.session.execute(select(UserRow.id).where(UserRow.login == name)).first()
        if taken is not None or name in work.store.logins:
            raise RegistryError("This login is already taken.")
        row = UserRow(login=name, display_name=display_name, role=check, must_change=temporary)
        work.session.add(row)
        work.session.flush()
        registry.accounts.add(work.session.connection(), name, check, passphrase)
        work.store.put(registry.data_key, name, passphrase, cost or calibrated_cost())
    return _person(row, None)


def set_role(registry: Registry, login: str, role: str, *, by: str | None = None, reason: str = "") -> Person:
    """Give a person another role.

    Raises:
        RegistryError: nobody active has this login, or it is the last active administrator's.
    """
    with registry.write(by or registry.login, reason or "role changed") as session:
        row = _active(session, login)
        if role != ADMINISTRATOR:
            _refuse_last_administrator(session, row)
        row.role = _checked_role(role)
        session.flush()
        registry.accounts.set_role(session.connection(), row.login, row.role)
    return _person(row, None)


def rename(
    registry: Registry, login: str, display_name: str, *, by: str | None = None, reason: str = ""
) -> Person:
    """Write a person's name in another way; raises RegistryError when nobody has this login."""
    with registry.write(by or registry.login, reason or "name changed") as session:
        row = _row(session, login)
        row.display_name = display_name
    return _person(row, None)


def reset_passphrase(
    registry: Registry, login: str, passphrase: str, *, by: str | None = None, cost: Cost | None = None
) -> Person:
    """Give a person a temporary passphrase in place of one that was lost.

    Raises:
        RegistryError: nobody active has this login, or the passphrase is too short.
    """
    check_passphrase(passphrase, login)
    with _changing(registry, by, "passphrase reset") as work:
        row = _active(work.session, login)
        row.must_change = True
        work.set_passphrase(row.login, passphrase, cost)
    return _person(row, None)


def change_passphrase(
    registry: Registry, login: str, old: str, new: str, *, cost: Cost | None = None
) -> None:
    """Give a person a new passphrase after checking the old one; everybody else keeps theirs.

    Raises:
        WrongPassphraseError: the old one is another.
        TooManyAttemptsError: it was wrong too often.
        RegistryError: the new one is too short, or is the old one.
    """
    name = tidy_login(login)
    check_passphrase(new, name)
    store = registry.keystore()
    with throttle_of(registry, store).attempt(name, store.logins):
        store.unlock(name, old, lambda key: key == registry.data_key)
    if same_passphrase(old, new):
        raise RegistryError("The new passphrase must differ from the present one.")
    with _changing(registry, name, "own passphrase changed") as work:
        row = _active(work.session, name)
        row.must_change = False
        work.set_passphrase(name, new, cost)
    if registry.login == name:
        registry.must_change = False


def remove_user(registry: Registry, login: str, reason: str, *, by: str | None = None) -> Person:
    """Take a person's key away and switch the account off; the name stays in the audit trail.

    Raises:
        RegistryError: nobody active has this login, or it is the last active administrator's.
    """
    with _changing(registry, by, reason) as work:
        row = _active(work.session, login)
        _refuse_last_administrator(work.session, row)
        if registry.place.is_server and row.login == registry.login:
            raise RegistryError("On a server another administrator removes you.")
        row.active = row.must_change = False
        work.session.flush()
        registry.accounts.remove(work.session.connection(), row.login)
        if row.login in work.store.logins:
            work.store.remove(registry.data_key, row.login)
    return _person(row, None)


def reactivate(
    registry: Registry, login: str, passphrase: str, *, by: str | None = None, cost: Cost | None = None
) -> Person:
    """Let a person who was removed open the registry again, with a temporary passphrase.

    Raises:
        RegistryError: nobody who was removed has this login, or the passphrase is too short.
    """
    check_passphrase(passphrase, login)
    with _changing(registry, by, "account switched on again") as work:
        row = _row(work.session, login)
        if row.active:
            raise RegistryError(say("The account of “{login}” is in use already.", login=row.login))
        row.active = row.must_change = True
        work.session.flush()
        registry.accounts.add(work.session.connection(), row.login, row.role, passphrase)
        work.store.put(registry.data_key, row.login, passphrase, cost or calibrated_cost())
    return _person(row, None)


def renew_recovery(registry: Registry, *, by: str | None = None, cost: Cost | None = None) -> str:
    """A new recovery code, which is kept nowhere; the old one opens nothing any more."""
    with _changing(registry, by, "new recovery code") as work:
        audit.note_event(work.session.connection(), kind="recovery_code", subject_id=None, detail={})
        return work.store.renew_recovery(registry.data_key, cost or calibrated_cost())


def recover(
    where: Path | Place,
    *,
    recovery_code: str,
    login: str,
    passphrase: str,
    cost: Cost | None = None,
    clock: Clock = utc_now,
) -> tuple[Registry, str]:
    """Give a known login a new passphrase by means of the recovery code, which is replaced.

    Args:
        where: the file; or the database of a server, in an address that names its owner.

    Returns:
        The opened registry and the new recovery code; the old one no longer opens anything.

    Raises:
        TooManyAttemptsError: it was wrong too often, and it is too early for another attempt.
        RegistryError: the code has a wrong character or belongs to another registry, or the login is unknown.
    """
    check_passphrase(passphrase, login)
    if isinstance(where, Place) and where.path is None:
        return _recover_on_server(
            where, recovery_code=recovery_code, login=login, passphrase=passphrase, cost=cost, clock=clock
        )
    path = Path(where.file if isinstance(where, Place) else where).absolute()
    store = keys_for(path)
    log = wal.look(path)
    throttle = Throttle(attempts_path(path), store.db_id, clock)
    dek = _unlock_by_code(store, throttle, recovery_code, login, fits(path))
    registry = Registry.enter(path, store, dek, login, clock, unfinished=log.unfinished)
    return registry, _new_passphrase(registry, throttle, passphrase, cost)


def _recover_on_server(
    place: Place, *, recovery_code: str, login: str, passphrase: str, cost: Cost | None, clock: Clock
) -> tuple[Registry, str]:
    from ctdild_desktop.registry.server import Server

    throttle = Throttle(attempts_path_of(place), str(place), clock)
    owner = Server.of_address(place)
    try:
        dek = _unlock_by_code(Keystore.load(owner.holder), throttle, recovery_code, login, None)
        registry = Registry(owner, dek, clock)
        registry.login = tidy_login(login)
        code = _new_passphrase(registry, throttle, passphrase, cost)
    finally:
        owner.close()
    return Registry.open(place, login, passphrase, clock=clock), code


def _unlock_by_code(
    store: Keystore,
    throttle: Throttle,
    recovery_code: str,
    login: str,
    fit: Callable[[bytearray], bool] | None,
) -> bytearray:
    with throttle.attempt(RECOVERY, store.logins):
        dek = store.unlock_by_code(recovery_code, fit)
    if tidy_login(login) not in store.logins:
        raise WrongPassphraseError(
            say("Nobody with the login “{login}” may open this registry.", login=tidy_login(login))
        )
    return dek


def _new_passphrase(registry: Registry, throttle: Throttle, passphrase: str, cost: Cost | None) -> str:
    """What the recovery code is good for; returns the new code, and closes the registry when it fails."""
    try:
        with _changing(registry, None, "recovery code used") as work:
            _active(work.session, registry.login).must_change = False
            work.set_passphrase(registry.login, passphrase, cost)
            audit.note_event(work.session.connection(), kind="recovery", subject_id=None, detail={})
            code = work.store.renew_recovery(registry.data_key, cost or calibrated_cost())
        registry.must_change = False
        note_failures(registry, throttle, RECOVERY)
    except BaseException:
        registry.close()
        raise
    return code


def throttle_of(registry: Registry, store: Keystore) -> Throttle:
    """The counted attempts on an open registry."""
    if registry.place.is_server:
        return Throttle(attempts_path_of(registry.place), str(registry.place), registry.clock)
    return Throttle(attempts_path(registry.path), store.db_id, registry.clock)


@dataclass(frozen=True, slots=True)
class _Work:
    """A transaction, and the key slots as they are in it."""

    registry: Registry
    session: Session
    store: Keystore

    def set_passphrase(self, login: str, passphrase: str, cost: Cost | None) -> None:
        """Give a person another passphrase."""
        connection = self.session.connection()
        audit.note_event(connection, kind="passphrase", subject_id=None, detail={"login": login})
        self.session.flush()
        self.registry.accounts.set_passphrase(connection, login, passphrase)
        self.store.put(self.registry.data_key, login, passphrase, cost or calibrated_cost())


@contextmanager
def _changing(registry: Registry, by: str | None, reason: str) -> Iterator[_Work]:
    """A transaction whose key slots are written just before it is committed; on a server, within it."""
    store: Keystore | None = None
    before = b""
    try:
        with registry.write(by or registry.login, reason) as session:
            store = registry.keystore(session.connection())
            before = store.content()
            yield _Work(registry, session, store)
            session.flush()
            store.save()
    except BaseException:
        if store is not None and store.content() != before and not registry.place.is_server:
            with suppress(RegistryError):
                store.holder.write(before)
        raise


def _row(session: Session, login: str) -> UserRow:
    name = tidy_login(login)
    row = session.execute(select(UserRow).where(UserRow.login == name)).scalar_one_or_none()
    if row is None:
        raise RegistryError(say("Nobody has the login “{name}”.", name=name))
    return row


def _active(session: Session, login: str) -> UserRow:
    row = _row(session, login)
    if not row.active:
        raise RegistryError(say("The account of “{login}” is switched off.", login=row.login))
    return row


def _refuse_last_administrator(session: Session, row: UserRow) -> None:
    others = select(func.count()).where(
        UserRow.role == ADMINISTRATOR, UserRow.active.is_(True), UserRow.id != row.id
    )
    if row.role == ADMINISTRATOR and not session.execute(others).scalar_one():
        raise RegistryError(
            "The last administrator can neither be removed nor given another role.",
            "Make somebody else an administrator first.",
        )


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise RegistryError(say("A role is one of: {ROLES}.", ROLES=", ".join(ROLES)))
    return role


def _person(row: UserRow, last_unlocked: dt.datetime | None) -> Person:
    return Person(row.login, row.display_name, row.role, row.active, row.must_change, last_unlocked)
