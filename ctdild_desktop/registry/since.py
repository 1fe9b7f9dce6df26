"""Whether anything changed since a moment of the audit trail; cheap, because it reads its end alone."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text

OF_UPKEEP = ("backup", "backup_copy", "rehearsal", "check")
"""Events that tell of looking after the registry; a backup need not be made again because of them."""
_SEAL = text("SELECT mac FROM audit_seal WHERE last_seq = :seq")
_MORE = text(
    "SELECT seq FROM audit WHERE seq > :seq AND (op <> 'event' OR row_id NOT IN :upkeep) LIMIT 1"
).bindparams(bindparam("upkeep", expanding=True))


def changed_since(connection: Connection, head: str) -> bool:
    """Whether something was recorded after ``head`` (the short form of the trail's end, as backups carry it).

    A head that this trail never had means that the registry is another one by now: that is a change.
    """
    number, _, start_of_mac = head.partition("-")
    if not number.isdigit():
        return True
    seal = connection.execute(_SEAL, {"seq": int(number)}).scalar_one_or_none()
    if seal is None or bytes(seal).hex()[:12] != start_of_mac:
        return True
    more = connection.execute(_MORE, {"seq": int(number), "upkeep": list(OF_UPKEEP)})
    return more.first() is not None
