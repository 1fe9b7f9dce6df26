"""The demonstration registry: invented patients with the spread of diseases and courses of a real clinic."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services import access
from ctdild_desktop.services.demo.papers import content_of
from ctdild_desktop.services.demo.people import REFERENCE_DAY, invent
from ctdild_desktop.services.demo.stored import holloway
from ctdild_desktop.services.demo.team import hold_meetings
from ctdild_desktop.services.desk import RefusedError, Role, requires, utc_now
from ctdild_desktop.services.progress import Progress

if TYPE_CHECKING:
    from ctdild_desktop.config import SiteSettings
    from ctdild_desktop.registry.keystore import Cost
    from ctdild_desktop.services.desk import Desk

__all__ = ["LOGIN", "REFERENCE_DAY", "DemoMade", "fill", "hold_meetings", "holloway", "invent", "make_demo"]

LOGIN = "demo"
_FILE = "demo.ctdild"
_PASSPHRASE = "passphrase.txt"
_FAMILY = ("", ".keys", "-wal", "-shm")
_TOGETHER = 100
"""Patients of one transaction: some ten thousand rows, which are sealed together."""
_AT_MEETINGS = 200
"""The cases of the invented meetings are among the first so many."""


@dataclass(frozen=True, slots=True)
class DemoMade:
    """A demonstration registry that was made."""

    registry: Path
    passphrase_file: Path
    login: str
    patients: int
    tests: int

    def unlock(self, settings: SiteSettings | None = None) -> Desk:
        """Open it with the passphrase of its file; raises RegistryError as any unlocking does."""
        passphrase = self.passphrase_file.read_text(encoding="utf-8").strip()
        return access.unlock(self.registry, login=self.login, passphrase=passphrase, settings=settings)


def make_demo(
    folder: Path,
    *,
    patients: int = 60,
    seed: int = 1,
    clock: Callable[[], dt.datetime] = utc_now,
    cost: Cost | None = None,
    progress: Progress | None = None,
    name: str = "Demonstration",
) -> DemoMade:
    """Make ``demo.ctdild`` with its key slots and ``passphrase.txt`` in a folder, and the user ``demo``.

    The same seed gives the same people. A demonstration that is there is replaced, in one step at the end.

    Args:
        folder: made when it is not there.
        patients: how many, at least one.
        seed: another number gives other people, but for the first two.
        clock: stamps the audit trail only; the histories end on :data:`REFERENCE_DAY` whatever it says.
        cost: what one guess of the passphrase costs; measured on this computer when None.
        progress: told of each patient, and asked whether to stop.
        name: what the user is called.

    Raises:
        RefusedError: another file of one of these names is there.
        RegistryError: the folder cannot be used, or the disk is full.
        CancelledError: it was stopped; what was there is as it was.
    """
    _refuse_foreign(folder)
    folder.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(dir=folder, prefix=".demo-"))
    try:
        passphrase = f"demo-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        (workshop / _PASSPHRASE).touch(mode=0o600)
        (workshop / _PASSPHRASE).write_text(f"{passphrase}\n", encoding="utf-8")
        desk, _code = access.create_registry(
            workshop / _FILE,
            login=LOGIN,
            display_name=name,
            passphrase=passphrase,
            clock=clock,
            cost=cost,
        )
        try:
            first: list[PatientRecord] = []
            people = _told(invent(patients, seed), patients, progress or Progress(), first)
            tests = fill(desk, people)
            hold_meetings(desk, first)
        finally:
            desk.close()
        for ending in _FAMILY:
            (folder / f"{_FILE}{ending}").unlink(missing_ok=True)
        for made in sorted(workshop.iterdir()):
            os.replace(made, folder / made.name)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return DemoMade(folder / _FILE, folder / _PASSPHRASE, LOGIN, patients, tests)


def _told(
    people: Iterable[PatientRecord], of: int, progress: Progress, first: list[PatientRecord]
) -> Iterator[PatientRecord]:
    """Each of them, telling how far it is; the first are kept for the meetings."""
    for done, record in enumerate(people):
        progress.step(done, of, "Inventing patients")
        if done < _AT_MEETINGS:
            first.append(record)
        yield record


@requires(Role.ADMINISTRATOR, doing="making a demonstration")
def fill(desk: Desk, people: Iterable[PatientRecord]) -> int:
    """Write invented patients into a new registry and mark it as a demonstration.

    They are taken up and written a hundred at a time, each hundred in a transaction of its own, so that
    memory does not grow with their number.

    Returns:
        The number of tests written.
    """
    from sqlalchemy import update

    from ctdild_desktop.registry.models import RegistryInfoRow
    from ctdild_desktop.services.inserting import insert_contents, insert_records

    tests, waiting, marked = 0, iter(people), False
    while (records := tuple(islice(waiting, _TOGETHER))) or not marked:
        with desk.registry.write(user=desk.login, reason="invented patients for demonstration") as session:
            if not marked:
                session.execute(update(RegistryInfoRow).values(demo=True))
            insert_records(session, records, source="demo", user=desk.login, at=desk.clock())
            insert_contents(session, (one for record in records for one in _contents(record)))
        marked = True
        tests += sum(len(record.tests) for record in records)
    desk.demo = True
    return tests


def _contents(record: PatientRecord) -> Iterator[tuple[str, str, str, bytes]]:
    for file in record.attachments:
        yield file.id, record.patient.id, file.sha256, content_of(file, record.patient.mrn)


def _refuse_foreign(folder: Path) -> None:
    """Refuse to replace anything but a demonstration, which is what its own passphrase opens as one."""
    registry, passphrase_file = folder / _FILE, folder / _PASSPHRASE
    taken = [path for path in (registry, folder / f"{_FILE}.keys", passphrase_file) if path.exists()]
    if not taken:
        return
    if not _is_demo(registry, passphrase_file):
        raise RefusedError(f"{taken[0]} is not a demonstration registry; choose another folder.")


def _is_demo(registry: Path, passphrase_file: Path) -> bool:
    from ctdild_desktop.registry.errors import RegistryError
    from ctdild_desktop.registry.registry import Registry

    if not registry.is_file() or not passphrase_file.is_file():
        return False
    try:
        passphrase = passphrase_file.read_text(encoding="utf-8").strip()
        # not a person signing in: a registry that is no demonstration is left as it is
        desk = access.at_desk(Registry.open(registry, LOGIN, passphrase), utc_now, None)
    except (RegistryError, RefusedError, OSError, UnicodeDecodeError):
        return False
    try:
        return desk.demo
    finally:
        desk.close()
