"""Of the diagnostic bundle: the registry, as its files lie there and as the open registry tells it."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.place import Place
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.diagnosis_facts import about_bytes, about_count, of_path, of_server

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HOUR = 3600.0


def of_place(place: Place | None, *, opened: bool, trouble: str) -> list[str]:
    """What can be told from outside; no byte of the registry's own files is read.

    Reading one that is open would drop the locks that the database library holds on it.
    """
    if place is None:
        return ["registry: not known, because the settings cannot be used"]
    state = "open" if opened else f"does not open: {trouble}" if trouble else "locked"
    if place.path is None:
        return [f"registry: {of_server(place)}", f"state: {state}"]
    lines = [f"registry: {of_path(place.path)}", f"state: {state}"]
    return lines + _guarded("files", lambda: _of_files(place.file))


def _of_files(path: Path) -> list[str]:
    from ctdild_desktop.registry.files import companions, file_system, keys_path
    from ctdild_desktop.registry.synced import synced_by

    folder = path.parent
    if not folder.is_dir():
        return ["folder: is not there"]
    lines = [f"{name}: {_size_of(one)}" for name, one in (("file", path), ("key slots", keys_path(path)))]
    lines += [f"{one.name.removeprefix(path.name)}: {_size_of(one)}" for one in companions(path)]
    unfinished = path.with_name(f".{path.name}.restoring").exists()
    lines += [
        f"restore that was cut short: {'yes' if unfinished else 'no'}",
        f"file system: {file_system(folder) or 'not told by the system'}",
        f"synchronised by a service: {'yes' if synced_by(path) else 'no'}",
        f"free space: {about_bytes(shutil.disk_usage(folder).free)}",
    ]
    return lines


def _size_of(path: Path) -> str:
    try:
        return about_bytes(path.stat().st_size)
    except FileNotFoundError:
        return "is not there"
    except OSError as error:
        return f"cannot be read: {type(error).__name__}"


@for_everybody
def of_desk(desk: Desk, *, full_check: bool | None = None) -> list[str]:
    """What the open registry tells of itself; each part stands for itself when another cannot be read."""
    lines = [f"role of who is signed in: {desk.role}", f"demonstration: {'yes' if desk.demo else 'no'}"]
    for title, facts in (
        ("tables", _tables),
        ("checks", partial(_checks, full_check=full_check)),
        ("backups", _backups),
        ("imports", _imports),
    ):
        lines += ["", *_guarded(title, partial(facts, desk))]
    return lines


def _guarded(title: str, facts: Callable[[], list[str]]) -> list[str]:
    """The facts, or the kind of the error for which there are none; its text may hold anything."""
    try:
        return facts()
    except Exception as error:  # a damaged registry may fail in every way, and the bundle is made for it
        return [f"{title}: cannot be told, {type(error).__name__}"]


def _tables(desk: Desk) -> list[str]:
    from ctdild_desktop.registry import schema

    started = time.perf_counter()
    with desk.registry.read() as session:
        connection = session.connection()
        found = schema.current(connection)
        server = _server_version(connection)
    first = time.perf_counter()
    counts = desk.registry.counts()
    counted = time.perf_counter()
    lines = [f"revision: {found}, expected {schema.REVISION}", *server]
    lines += [f"rows of {name}: {about_count(count)}" for name, count in sorted(counts.items())]
    lines += [
        f"first answer: {_about_ms(first - started)}",
        f"counting all tables: {_about_ms(counted - first)}",
    ]
    return lines


def _server_version(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        return []
    version = connection.dialect.server_version_info or ()
    return [f"PostgreSQL server: {'.'.join(map(str, version[:2]))}"]


def _about_ms(seconds: float) -> str:
    return f"{float(f'{seconds * 1000:.2g}'):g} ms"


def _checks(desk: Desk, *, full_check: bool | None) -> list[str]:
    from ctdild_desktop.registry import triggers
    from ctdild_desktop.services.diagnosis import FULL_CHECK_UP_TO

    with desk.registry.read() as session:
        guards = "as expected" if not triggers.differences(session.connection()) else "NOT as expected"
    lines = [f"guards that write the trail: {guards}"]
    at, detail = desk.registry.last_event("verify") or (None, {})
    if at is None:
        lines.append("last full check: none")
    else:
        hours = (desk.clock() - at).total_seconds() / _HOUR
        outcome = "in order" if detail.get("ok") == "yes" else "NOT in order"
        lines.append(f"last full check: {_about_hours(hours)} ago, {outcome}")
    path = desk.registry.place.path
    small = path is None or path.stat().st_size <= FULL_CHECK_UP_TO
    if not (small if full_check is None else full_check):
        return [*lines, "full check now: not made, the registry is large (ctdild diagnose --verify makes it)"]
    started = time.perf_counter()
    found = desk.registry.verify()
    for name, outcome in found["checks"].items():
        if name != "blobs":
            lines.append(f"check {name}: {'in order' if outcome is True else 'NOT in order'}")
    return [*lines, f"full check now: {_about_ms(time.perf_counter() - started)}"]


def _backups(desk: Desk) -> list[str]:
    from ctdild_desktop.services import backups

    if backups.on_server(desk):
        return ["backups: those of the server"]
    found = backups.generations(desk)
    good = [one for one in found if one.good]
    lines = [f"backups: {len(found)}, of them not to be used {len(found) - len(good)}"]
    if good:
        hours = (desk.clock() - good[0].made_at).total_seconds() / _HOUR
        lines.append(f"newest good backup: {_about_hours(hours)} old, {about_bytes(good[0].size)}")
    folder = backups.folder_of(desk)
    if folder.is_dir():
        lines.append(f"free space for backups: {about_bytes(shutil.disk_usage(folder).free)}")
    return [*lines, f"second place for backups: {'set' if desk.upkeep.copy_folder else 'none'}"]


def _about_hours(hours: float) -> str:
    if hours < 0:
        return "a time to come"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _imports(desk: Desk) -> list[str]:
    """Formats of imported files and how often, as the trail notes them; never the name of a file."""
    from sqlalchemy import select

    from ctdild_desktop.interchange.reading import FORMATS
    from ctdild_desktop.registry.models import AuditRow

    noted = select(AuditRow.new).where(AuditRow.op == "event", AuditRow.row_id == "import")
    with desk.registry.read() as session:
        details = [json.loads(detail or "{}") for detail in session.execute(noted).scalars()]
    found = Counter(
        one if one in FORMATS else "exported by this program" if one.startswith("exported ") else "another"
        for one in (str(detail.get("format", "")) for detail in details)
    )
    if not found:
        return ["imports: none"]
    return [f"imports of {name}: {about_count(times)}" for name, times in sorted(found.items())]
