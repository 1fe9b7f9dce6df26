"""What became of long work whose window was locked, or ended, before its answer came."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from ctdild_desktop.language import joined, say_n
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.import_report import FileReport, ImportReport, what_of


@for_everybody
def trail_position(desk: Desk) -> int:
    """The last entry of the audit trail; what is done later stands behind it."""
    from sqlalchemy import func, select

    from ctdild_desktop.registry.models import AuditRow

    with desk.registry.read() as session:
        return session.execute(select(func.max(AuditRow.seq))).scalar_one() or 0


@for_everybody
def imported_since(desk: Desk, position: int, sha256s: Collection[str]) -> str | None:
    """What the person at the desk has imported of some files since a position of the trail; None for nothing.

    Args:
        sha256s: the fingerprints of the files; an exported set, which only an empty registry takes, has its
            own and needs none of them.

    Returns:
        ``1 new test, 1 new patient``; empty when the program ended before the counts were noted.
    """
    from sqlalchemy import false, or_, select

    from ctdild_desktop.registry.models import AuditRow

    later = (AuditRow.seq > position, AuditRow.user_id == desk.login)
    noted = select(AuditRow.new).where(*later, AuditRow.op == "event", AuditRow.row_id == "import")
    of_them = or_(false(), *(AuditRow.new.contains(f"import:{sha256}") for sha256 in sha256s))
    written = select(AuditRow.seq).where(*later, AuditRow.reason.startswith("Import of "), of_them)
    with desk.registry.read() as session:
        events = [json.loads(event or "{}") for event in session.execute(noted).scalars()]
        told = [event for event in events if _is_of(event, sha256s)]
        if not told and session.execute(written.limit(1)).first() is None:
            return None

    def counted(name: str) -> int:
        return sum(int(one.get(name, 0)) for one in told)

    whole = FileReport(
        file="",
        format="",
        imported=True,
        patients_added=counted("patients_added"),
        tests_added=counted("tests_added"),
        tests_updated=counted("tests_updated"),
    )
    others = counted("records_added")
    more = [say_n("{n} other record", "{n} other records", others)] if others else []
    return joined([*filter(None, (what_of(ImportReport((whole,))),)), *more])


def _is_of(event: Mapping[str, str], sha256s: Collection[str]) -> bool:
    return event.get("sha256") in sha256s or event.get("format", "").startswith("exported ")


def exported_since(parent: Path, since: dt.datetime) -> Path | None:
    """The exported set that has been finished in a folder since then; None when there is none.

    A set has its name and its manifest when it is whole, and neither before.

    Raises:
        RegistryError: the folder cannot be read.
    """
    try:
        folders = sorted(one for one in parent.iterdir() if one.name.startswith("ctdild-export "))
        return next((folder for folder in reversed(folders) if _made_at(folder) >= since), None)
    except OSError as error:
        from ctdild_desktop.registry.files import disk_error

        raise disk_error(error, parent) from None


def _made_at(folder: Path) -> dt.datetime:
    """When a set was made; long ago for what is none."""
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    try:
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        made = dt.datetime.fromisoformat(said["made_at"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return never
    return made if made.tzinfo is not None else never
