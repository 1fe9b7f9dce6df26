"""What the end of the audit trail tells: whether anything changed since a moment, and when an event was
last. Cheap, because the trail is not read through.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, bindparam, text

NO_CHANGE = ("backup", "backup_copy", "rehearsal", "verify", "unlock", "unlock_failed", "lock")
"""Events of looking after the registry and of signing in; no backup is made because of them alone."""
_SEAL = text("SELECT mac FROM audit_seal WHERE last_seq = :seq")
_MORE = text(
    "SELECT seq FROM audit WHERE seq > :seq AND (op <> 'event' OR row_id NOT IN :quiet) LIMIT 1"
).bindparams(bindparam("quiet", expanding=True))
_LAST_EVENT = text(
    "SELECT at, new FROM audit WHERE op = 'event' AND row_id = :kind ORDER BY seq DESC LIMIT 1"
)


def changed_since(connection: Connection, head: str) -> bool:
    """Whether something was recorded after ``head`` (the short form of the trail's end, as backups carry it).

    A head that this trail never had means that the registry is another one by now: that is a change.
    """
    number, _, start_of_mac = head.partition("-")
    if not number.isdecimal():
        return True
    seal = connection.execute(_SEAL, {"seq": int(number)}).scalar_one_or_none()
    if seal is None or bytes(seal).hex()[:12] != start_of_mac:
        return True
    more = connection.execute(_MORE, {"seq": int(number), "quiet": list(NO_CHANGE)})
    return more.first() is not None


def last_event(connection: Connection, kind: str) -> tuple[dt.datetime, dict[str, Any]] | None:
    """When an event of this kind was noted last, and its detail; None when there was none."""
    found = connection.execute(_LAST_EVENT, {"kind": kind}).one_or_none()
    if found is None:
        return None
    return dt.datetime.fromisoformat(str(found.at)), dict(json.loads(found.new or "{}"))
