"""The practice registry: invented patients for whoever learns the program, apart from every clinic's own.

It lies in a folder of its own in the per-user data folder, its passphrase in the clear beside it: nothing
in it is real. In it the calendar begins soon after the invented histories end, so that what is due is due
whenever somebody begins, and goes on day by day from there.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ctdild_desktop import config
from ctdild_desktop.config import InboxSettings, SiteSettings, UpkeepSettings
from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.services import access
from ctdild_desktop.services.desk import Desk, RefusedError, Role, for_everybody, requires, utc_now
from ctdild_desktop.services.progress import Progress

PATIENTS = 40
FIRST_DAY = dt.date(2026, 3, 16)
"""A Monday soon after the last invented clinic, three days before the next meeting of the team."""
_FILE, _PASSPHRASE, _KEPT = "demo.ctdild", "passphrase.txt", "practice.json"
_UNFINISHED = ".practice-"


def folder() -> Path:
    """Where the practice registry lies, or will lie."""
    return config.default_registry_path().parent / "practice"


def place() -> Place:
    """The practice registry itself."""
    return Place(path=folder() / _FILE)


def is_there() -> bool:
    """Whether one was made."""
    return (folder() / _FILE).is_file()


def open_practice(
    settings: SiteSettings | None = None,
    progress: Progress | None = None,
    *,
    anew: bool = False,
    upkeep: UpkeepSettings | None = None,
) -> Desk:
    """Open the practice registry as its user, who may do everything; make it when there is none that opens.

    Args:
        settings: how the site writes and measures.
        progress: told while patients are invented, and asked whether to stop.
        anew: make a fresh one in any case, with no lesson done.
        upkeep: how soon the window locks; its folders are not used.

    Raises:
        RegistryError: the disk is full or takes no files; what was there is as it was.
        CancelledError: it was stopped; what was there is as it was.
    """
    desk = None if anew else _open_present(settings)
    if desk is None:
        _make(progress or Progress())
        desk = _open(settings)
    claim(desk, upkeep)
    return desk


@for_everybody
def claim(desk: Desk, upkeep: UpkeepSettings | None = None) -> bool:
    """Keep a desk at the practice registry apart from the clinic's folders; tells whether it is one.

    However it was opened: a backup that was restored over it is one, too.
    """
    if desk.demo and desk.registry.place == place():
        desk.practice = True
        desk.inbox = InboxSettings()
        desk.upkeep = replace(upkeep or UpkeepSettings(), backup_folder=None, copy_folder=None)
    return desk.practice


def remove() -> None:
    """Take all of it away; it may not be open.

    Raises:
        RefusedError: a file cannot be removed.
    """
    try:
        for left in (*_unfinished(), folder()):
            if left.is_dir():
                shutil.rmtree(left)
    except OSError:
        raise RefusedError(
            "The practice data cannot be removed now. Close other windows of them first."
        ) from None


@for_everybody
def done(desk: Desk) -> frozenset[str]:
    """Ids of the steps that were done, in this and earlier sessions."""
    found = _kept(desk.registry.path.parent).get("done", [])
    return frozenset(str(step) for step in found) if isinstance(found, list) else frozenset()


@requires(Role.ADMINISTRATOR, doing="making a demonstration")
def keep_done(desk: Desk, steps: Collection[str]) -> None:
    """Remember which steps were done; a folder that cannot be written does not matter."""
    beside = desk.registry.path.parent
    _keep(beside, {**_kept(beside), "done": sorted(steps)})


@for_everybody
def happened(desk: Desk, after: int) -> tuple[frozenset[str], int]:
    """What this person did since an entry of the audit trail, and the last entry now.

    Each deed is a word: ``insert pft`` (operation and table), ``event mdt_print letter_gp`` (kind and what),
    ``signed`` for a decision, ``undo``.
    """
    from sqlalchemy import select

    from ctdild_desktop.registry.models import AuditRow

    found: set[str] = set()
    with desk.registry.read() as session:
        rows = select(AuditRow).where(AuditRow.seq > after).order_by(AuditRow.seq)
        for row in session.execute(rows).scalars():
            after = row.seq
            if row.user_id == desk.login:
                found.update(_deeds(row))
    return frozenset(found), after


@for_everybody
def last_entry(desk: Desk) -> int:
    """The last entry of the audit trail; what is done from here on counts."""
    from sqlalchemy import func, select

    from ctdild_desktop.registry.models import AuditRow

    with desk.registry.read() as session:
        return session.execute(select(func.max(AuditRow.seq))).scalar_one() or 0


def _deeds(row: Any) -> Iterator[str]:
    if row.op == "event":
        yield f"event {row.row_id}"
        detail = json.loads(row.new or "{}")
        if "what" in detail:
            yield f"event {row.row_id} {detail['what']}"
        if "identity" in detail:
            yield f"event {row.row_id} identity {detail['identity']}"
        return
    if row.reason.startswith("Undo"):
        yield "undo"
        return
    yield f"{row.op} {row.table_name}"
    if row.table_name == "decision" and json.loads(row.new or "{}").get("signed_at"):
        yield "signed"


def _clock(begun: dt.date) -> Callable[[], dt.datetime]:
    ahead = FIRST_DAY - begun
    return lambda: utc_now() + ahead


def _open_present(settings: SiteSettings | None) -> Desk | None:
    """The one that is there; None when there is none, or none that this version opens as it is."""
    from ctdild_desktop.registry.errors import (
        DamagedError,
        NewerError,
        NotFoundError,
        OlderError,
        WrongPassphraseError,
    )

    try:
        return _open(settings)
    except (DamagedError, NewerError, NotFoundError, OlderError, WrongPassphraseError):
        return None
    except (OSError, ValueError, KeyError, TypeError):  # the passphrase or the day is not beside it
        return None


def _open(settings: SiteSettings | None) -> Desk:
    from ctdild_desktop.services import demo

    passphrase = (folder() / _PASSPHRASE).read_text(encoding="utf-8").strip()
    desk = access.unlock(
        folder() / _FILE,
        login=demo.LOGIN,
        passphrase=passphrase,
        clock=_clock(dt.date.fromisoformat(_kept(folder())["begun"])),
        settings=settings,
        upgrading=access.asking_first(),
    )
    if not desk.demo:
        desk.close()
        raise ValueError("this is no registry of invented patients")
    return desk


def _make(progress: Progress) -> None:
    """Make a fresh one beside the place, and put it there in one step."""
    from ctdild_desktop.registry.errors import DiskError
    from ctdild_desktop.registry.keystore import CHEAPEST
    from ctdild_desktop.services import demo

    for left in _unfinished():
        shutil.rmtree(left, ignore_errors=True)
    begun = utc_now().astimezone().date()
    workshop: Path | None = None
    try:
        folder().parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(dir=folder().parent, prefix=_UNFINISHED))
        demo.make_demo(
            workshop / "made",
            patients=PATIENTS,
            clock=_clock(begun),
            cost=CHEAPEST,
            progress=progress,
            name=say("Practice"),
        )
        kept = json.dumps({"begun": begun.isoformat(), "done": []})
        (workshop / "made" / _KEPT).write_text(kept, encoding="utf-8")
        _exchange(workshop / "made", workshop / "before")
    except OSError as error:
        raise DiskError(
            "The practice registry could not be made: the disk is full or takes no files.",
            f"The folder is {folder().parent}.",
        ) from error
    finally:
        if workshop is not None:
            shutil.rmtree(workshop, ignore_errors=True)


def _exchange(made: Path, before: Path) -> None:
    """Put what was made into the place of what is there, or leave that."""
    if not folder().exists():
        os.replace(made, folder())
        return
    os.replace(folder(), before)
    try:
        os.replace(made, folder())
    except OSError:
        os.replace(before, folder())
        raise


def _unfinished() -> list[Path]:
    return sorted(folder().parent.glob(f"{_UNFINISHED}*"))


def _kept(beside: Path) -> dict[str, Any]:
    try:
        found = json.loads((beside / _KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(beside: Path, content: dict[str, Any]) -> None:
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=beside, prefix=f"{_KEPT}.")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(content, out)
        os.replace(temporary, beside / _KEPT)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
