"""The way back from a backup: into a registry, or into a private folder to see whether it would work."""

from __future__ import annotations

import datetime as dt
import glob
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from ctdild_desktop.language import say
from ctdild_desktop.registry import audit, checks, schema, swap, wal
from ctdild_desktop.registry.archive import Manifest, read_manifest, unpack
from ctdild_desktop.registry.engine import check_library, nobody_else
from ctdild_desktop.registry.errors import DamagedError, RegistryError, WrongPassphraseError
from ctdild_desktop.registry.files import (
    companions,
    disk_error,
    keys_path,
    refuse_network,
    refuse_program_folder,
    remove_stale_parts,
    temporary_beside,
    write_whole,
)
from ctdild_desktop.registry.frozen import Frozen
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Cost, Keystore, calibrated_cost, subkey, tidy_login
from ctdild_desktop.registry.making import remove
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.registry.registry import Registry, utc_now
from ctdild_desktop.registry.sessions import Clock
from ctdild_desktop.registry.stop import Stop, go_on


def restore(
    backup: Path,
    path: Path,
    login: str,
    passphrase: str,
    *,
    replace: bool = False,
    clock: Clock = utc_now,
) -> Registry:
    """Open a backup as the registry at ``path``.

    The backup is unpacked beside ``path`` and checked from end to end before anything else changes. With
    ``replace``, a registry that is there is moved aside under a dated name, never overwritten; it must not
    be open.

    Raises:
        RegistryError: the file is no backup, is damaged or changed, was made by a newer version, login or
            passphrase do not open it, or a registry is at ``path`` and ``replace`` is not set.
    """
    with prepare(backup, path, login, passphrase, replace=replace) as ready:
        return ready.put_in_place(clock)


def restore_by_code(
    backup: Path,
    path: Path,
    *,
    recovery_code: str,
    login: str,
    passphrase: str,
    replace: bool = False,
    cost: Cost | None = None,
    clock: Clock = utc_now,
) -> tuple[Registry, str]:
    """Open a backup by means of the recovery code, and give a login of that day a new passphrase.

    Returns:
        The opened registry and its new recovery code. The old code still opens the backup itself.

    Raises:
        RegistryError: as :func:`restore`; or the code has a wrong character or belongs to another registry,
            or the login was unknown on that day.
    """
    with prepare(
        backup, path, login, passphrase, recovery_code=recovery_code, replace=replace, cost=cost
    ) as ready:
        return ready.put_in_place(clock), ready.new_code


@contextmanager
def prepare(
    backup: Path,
    path: Path,
    login: str,
    passphrase: str,
    *,
    recovery_code: str = "",
    replace: bool = False,
    cost: Cost | None = None,
) -> Iterator[Prepared]:
    """Unpack and check a backup beside ``path``, where nothing else changes; the registry there may be open.

    Raises:
        RegistryError: as :func:`restore` and :func:`restore_by_code`.
    """
    backup, path = Path(backup).absolute(), Path(path).absolute()
    refuse_network(path)
    if not replace:
        refuse_program_folder(path)
    check_library()
    swap.finish(path)
    remove_stale_parts(path.parent, glob.escape(path.name))
    if not replace and (path.exists() or keys_path(path).exists()):
        raise RegistryError(say("{name} is already there.", name=path.name), "Restore under another name.")
    database, keys_part = temporary_beside(path), temporary_beside(keys_path(path))
    try:
        manifest, keys = read_manifest(backup)
        store = Keystore.parse(FileHolder.beside(path), keys, called=backup.name)
        if recovery_code:
            dek, new_code = _by_code(
                store, manifest, recovery_code, login=login, passphrase=passphrase, cost=cost
            )
        else:
            dek, new_code = store.unlock(login, passphrase, manifest.fits), ""
        if not manifest.fits(dek) or manifest.db_id != store.db_id:
            raise DamagedError(say("{name} was changed after it was made.", name=backup.name))
        path.parent.mkdir(parents=True, exist_ok=True)
        unpack(backup, database, manifest)
        _refuse_unfit(database, dek, manifest, tidy_login(login))
        write_whole(keys_part, store.content())
        yield Prepared(backup, path, login, manifest, store, dek, database, keys_part, new_code)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        if not swap.note_path(path).exists():
            remove(database, *companions(database), keys_part)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A backup that was unpacked and passed every check, waiting to become the registry at ``path``."""

    backup: Path
    path: Path
    login: str
    manifest: Manifest
    store: Keystore
    dek: bytearray
    database: Path
    keys: Path
    new_code: str
    """The new recovery code; empty when a passphrase opened the backup."""

    def put_in_place(self, clock: Clock = utc_now) -> Registry:
        """Make it the registry, which nobody may have open; a present one is moved aside under a dated name.

        Raises:
            RegistryError: the folder does not take it. The registry that was there is there still.
        """
        path = self.path
        if _somebody_has(path, self.dek):
            raise RegistryError(
                "Another window or program has this registry open; nothing was changed.",
                "Close it there and restore again.",
            )
        swap.exchange(path, self.database, self.keys, _free_name_aside(path, clock()))
        registry = Registry.enter(path, self.store, self.dek, self.login, clock)
        try:
            with registry.write(registry.login, "restored from a backup") as session:
                connection = session.connection()
                detail = {"backup": self.backup.name, "head": self.manifest.head}
                audit.note_event(connection, kind="restore", subject_id=None, detail=detail)
                if self.new_code:
                    audit.note_event(connection, kind="recovery", subject_id=None, detail={})
                    mine = select(UserRow).where(UserRow.login == registry.login)
                    session.execute(mine).scalar_one().must_change = False
                    registry.must_change = False
        except BaseException:
            registry.close()
            raise
        return registry


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal found: ``faults`` is empty when the backup could be restored as it is."""

    manifest: Manifest
    faults: str
    counts: dict[str, int]


def rehearse(backup: Path, dek: bytes | bytearray, stop: Stop = go_on) -> Rehearsed:
    """Unpack a backup into a private folder, encrypted as it is, run every check, and remove it.

    Raises:
        DamagedError: the file is no backup, is damaged or was changed.
        RegistryError: it was made with other keys than the present ones, or the folder takes no files.
    """
    manifest, _keys = read_manifest(backup)
    if not manifest.fits(dek):
        raise RegistryError(
            say("{name} was made with other keys than the present ones, or was changed.", name=backup.name),
            "Restore it under another name with the passphrase of that day to see what it holds.",
        )
    try:
        folder = Path(tempfile.mkdtemp(prefix="ctdild-"))
    except OSError as error:
        raise disk_error(error, Path(tempfile.gettempdir())) from error
    try:
        copy = folder / "rehearsal.ctdild"
        unpack(backup, copy, manifest, stop)
        found, counted = _checked(copy, dek, manifest, stop)
    except OSError as error:
        raise disk_error(error, backup) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Rehearsed(manifest, _faults(found, counted, manifest), counted)


def _somebody_has(path: Path, dek: bytearray) -> bool:
    """Whether the registry at ``path`` is open somewhere, as far as this key can tell.

    Asking takes up a log that a stopped program left; one that is damaged is left as it is, and nobody is
    asked then.
    """
    if not path.exists():
        return False
    try:
        wal.look(path)
    except RegistryError:
        return False
    try:
        return not nobody_else(path, subkey(dek, "db"))
    except RegistryError:  # another key, or damage: then nobody can be asked
        return False


def _by_code(
    store: Keystore, manifest: Manifest, code: str, *, login: str, passphrase: str, cost: Cost | None
) -> tuple[bytearray, str]:
    dek = store.unlock_by_code(code, manifest.fits)
    if tidy_login(login) not in store.logins:
        raise WrongPassphraseError(
            say("Nobody with the login “{login}” could open this registry.", login=tidy_login(login)),
            say("On the day of the backup there were: {logins}.", logins=", ".join(store.logins)),
        )
    store.settle(dek)
    cost = cost or calibrated_cost()
    store.put(dek, login, passphrase, cost)
    return dek, store.renew_recovery(dek, cost)


def _checked(
    copy: Path, dek: bytes | bytearray, manifest: Manifest, stop: Stop = go_on
) -> tuple[checks.Checked, dict[str, int]]:
    frozen = Frozen(copy, dek)
    try:
        schema.refuse_newer(frozen.engine)
        return frozen.check(stop)
    finally:
        frozen.close()


def _faults(found: checks.Checked, counted: dict[str, int], manifest: Manifest) -> str:
    old = manifest.revision != schema.REVISION
    faults = found.faults_but("schema", "triggers") if old else found.faults
    if not faults and (counted != manifest.counts or found.head != manifest.head):
        return "it holds something else than it says"
    return faults


def _refuse_unfit(unpacked: Path, dek: bytearray, manifest: Manifest, login: str) -> None:
    faults = _faults(*_checked(unpacked, dek, manifest), manifest)
    if faults:
        raise DamagedError(
            say("The backup did not pass its checks and was not restored ({faults}).", faults=faults)
        )
    frozen = Frozen(unpacked, dek)
    try:
        with frozen.engine.connect() as connection:
            account = text("SELECT active FROM app_user WHERE login = :login")
            active = connection.execute(account, {"login": login}).scalar_one_or_none()
    finally:
        frozen.close()
    if not active:
        raise WrongPassphraseError(
            say("The login “{login}” was switched off when the backup was made.", login=login)
        )


def _free_name_aside(path: Path, moment: dt.datetime) -> str:
    """A second restore within a second gets a name of its own; what stands aside is never overwritten."""
    second = f"{path.name}.replaced-{moment:%Y%m%d-%H%M%S}"
    names = itertools.chain([second], (f"{second}-{number:02}" for number in itertools.count(2)))
    return next(name for name in names if not path.with_name(name).exists())
