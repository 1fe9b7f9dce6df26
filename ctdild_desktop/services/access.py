"""The door: making a registry, unlocking one, and what is said when it does not open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import wording
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.place import Place
from ctdild_desktop.registry.errors import TemporaryPassphraseError
from ctdild_desktop.services import events
from ctdild_desktop.services.desk import Desk, RefusedError, admit, for_everybody, utc_now
from ctdild_desktop.services.progress import Progress

if TYPE_CHECKING:
    from ctdild_desktop.registry.keystore import Cost
    from ctdild_desktop.registry.registry import Registry
    from ctdild_desktop.registry.upgrading import Upgrading


def create_registry(
    where: Path | Place,
    *,
    login: str,
    display_name: str,
    passphrase: str,
    clock: Callable[[], dt.datetime] = utc_now,
    settings: SiteSettings | None = None,
    cost: Cost | None = None,
) -> tuple[Desk, str]:
    """Make a new encrypted registry whose first user, an administrator, is at once at the desk.

    Args:
        where: where ``NAME.ctdild`` shall be, folders on the way are made; or an empty database of a server.
        login: name to unlock with.
        display_name: name that printouts and the audit trail show.
        passphrase: at least eight characters, not the login.
        clock: the present moment, aware, in UTC.
        settings: how the site writes and measures.
        cost: what a guess of the passphrase costs; measured on this computer when None.

    Returns:
        The desk, and the recovery code: show it once, it is kept nowhere.

    Raises:
        RefusedError: the name is empty.
        RegistryError: login or passphrase is refused, or the place cannot be used (a file is there, a network
            share, a disk that cannot be written). Nothing is left on the disk.
    """
    name = " ".join(display_name.split())
    if not name:
        raise RefusedError("Enter the name that printouts shall show.")
    from ctdild_desktop.registry.registry import Registry

    registry, recovery_code = Registry.create(where, login, name, passphrase, cost=cost, clock=clock)
    return at_desk(registry, clock, settings), recovery_code


def load_ahead() -> None:
    """Load what :func:`unlock` needs, and make the tables known, before somebody waits for it."""
    from argon2 import low_level
    from cryptography.hazmat.backends.openssl import backend
    from sqlalchemy.orm import configure_mappers

    from ctdild_desktop.registry import registry, users
    from ctdild_desktop.services import store

    del low_level, backend, registry, users, store
    configure_mappers()


def unlock(
    where: Path | Place,
    *,
    login: str,
    passphrase: str,
    new_passphrase: str | None = None,
    clock: Callable[[], dt.datetime] = utc_now,
    settings: SiteSettings | None = None,
    cost: Cost | None = None,
    check: bool = True,
    upgrading: Upgrading | None = None,
) -> Desk:
    """Open a registry as this person; the audit trail notes it, and the failed attempts of before.

    Args:
        new_passphrase: the person's own, in place of a temporary one that an administrator gave; it is not
            used when the passphrase is not temporary.
        cost: what a guess of the new passphrase costs; measured on this computer when None.
        check: read the whole file first; a window has that done by ``upkeep.check_file`` beside its work.
        upgrading: whether an older registry may be brought up to date, and who is told; it may when None.

    Raises:
        TemporaryPassphraseError: the passphrase is a temporary one, and no new one was given.
        TooManyAttemptsError: it was wrong too often; ``seconds`` says how long to wait.
        OlderError: an older program made it, and ``upgrading`` does not allow to change it.
        RegistryError: it is not there, is no registry or a damaged one, was made by a newer version, lies on
            a network share, or login and passphrase do not open it; each with its own sentence. Nothing is
            changed on the disk.
    """
    from ctdild_desktop.registry import users
    from ctdild_desktop.registry.registry import Registry
    from ctdild_desktop.registry.upgrading import USUAL

    registry = Registry.open(where, login, passphrase, clock=clock, check=check, upgrading=upgrading or USUAL)
    try:
        if registry.must_change and new_passphrase is not None:
            users.change_passphrase(registry, login, passphrase, new_passphrase, cost=cost)
        desk = at_desk(registry, clock, settings)
    except BaseException:
        registry.close()
        raise
    events.note_or_wait(desk, "unlock", role=desk.role)
    return desk


def unlock_and_upgrade(
    where: Path | Place,
    *,
    login: str,
    passphrase: str,
    settings: SiteSettings | None = None,
    progress: Progress,
) -> Desk:
    """Open a registry that an older program made: a backup first, then its tables are brought up to date.

    Raises:
        StoppedError: it was cancelled during the backup; the registry is as it was.
        RegistryError: as of :func:`unlock`; when the disk is full or cannot be written, the registry is as it
            was.
    """
    from ctdild_desktop.registry.upgrading import BACKUP, Upgrading

    def tell(step: str) -> None:
        if step == BACKUP:
            progress.step(0, 2, "Making a backup and checking it")
        else:
            progress.step(1, 2, "Bringing the tables up to date")

    how = Upgrading(tell=tell, stop=lambda: progress.cancelled)
    return unlock(where, login=login, passphrase=passphrase, settings=settings, check=False, upgrading=how)


def asking_first() -> Upgrading:
    """Open no older registry before a person has said that it may be brought up to date."""
    from ctdild_desktop.registry.upgrading import Upgrading

    return Upgrading(allowed=False)


@for_everybody
def note_locked(desk: Desk) -> None:
    """Note in the audit trail that the person left the desk; call it before the desk is closed."""
    events.note_or_wait(desk, "lock")


def recover(
    where: Path | Place,
    *,
    recovery_code: str,
    login: str,
    passphrase: str,
    clock: Callable[[], dt.datetime] = utc_now,
    settings: SiteSettings | None = None,
    cost: Cost | None = None,
) -> tuple[Desk, str]:
    """Give a person who lost the passphrase a new one by means of the recovery code.

    Returns:
        The desk, and the new recovery code; the old one no longer opens anything.

    Raises:
        RegistryError: the code has a typing error or is not this registry's, or the login is unknown.
    """
    from ctdild_desktop.registry import users

    registry, renewed = users.recover(
        where, recovery_code=recovery_code, login=login, passphrase=passphrase, cost=cost, clock=clock
    )
    return at_desk(registry, clock, settings), renewed


def upgrade_server(place: Place) -> tuple[str, str]:
    """Bring the registry of a server up to date, as the owner whom the address names.

    Returns:
        The revision of its tables before and after.

    Raises:
        RegistryError: there is none, it is newer than this program, or the owner does not get in.
    """
    from ctdild_desktop.registry import founding, schema

    return founding.upgrade(place), schema.REVISION


def at_desk(registry: Registry, clock: Callable[[], dt.datetime], settings: SiteSettings | None) -> Desk:
    """The desk of the person who unlocked a registry.

    Raises:
        TemporaryPassphraseError: the person must replace the passphrase first; the registry is closed then.
    """
    from ctdild_desktop.registry.models import RegistryInfoRow

    if registry.must_change:
        registry.close()
        raise TemporaryPassphraseError(
            "This passphrase is a temporary one.", "Set a passphrase of your own to go on."
        )
    with registry.read() as session:
        info = session.get(RegistryInfoRow, 1)
        demo = info is not None and info.demo
    registry.admit = admit
    site = settings or SiteSettings()
    use_settings(site)
    return Desk(registry, registry.login, registry.display_name, registry.role, clock, site, demo)


def use_settings(settings: SiteSettings) -> None:
    """Write dates, decimals and haemoglobin as this site does, from now on.

    ``system`` is found out by the entry point; otherwise it is the style of :class:`wording.Style`.
    """
    usual = wording.Style()
    date, mark = settings.date_style, settings.decimal_mark
    wording.use_style(
        wording.Style(
            date=usual.date if date == "system" else date,
            decimal_mark=usual.decimal_mark if mark == "system" else mark,
            haemoglobin=settings.hb_unit,
        )
    )
