"""Sealing the audit trail at commit, and checking it: an HMAC chain over what the triggers wrote."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, text

from ctdild_desktop.registry.models.types import instant_text

_COLUMNS = "seq, batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new"
_CONTEXT = text(
    "INSERT INTO audit_context (id, batch, at, user_id, reason) VALUES (1, :batch, :at, :user, :reason) "
    "ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, at = excluded.at, user_id = excluded.user_id, "
    "reason = excluded.reason"
)
_LAST_SEAL = text("SELECT id, last_seq, mac FROM audit_seal ORDER BY id DESC LIMIT 1")
_BATCH = text(f"SELECT {_COLUMNS} FROM audit WHERE seq > :after AND batch = :batch ORDER BY seq")


@dataclass(frozen=True, slots=True)
class Trail:
    """What a check of the trail found: ``fault`` is empty when the chain is whole."""

    fault: str
    entries: int
    head: str
    notes: tuple[str, ...] = ()


def begin(connection: Connection, *, user: str, reason: str, at: dt.datetime) -> str:
    """Say who writes in this transaction and why; answers the id of the batch."""
    batch = secrets.token_hex(16)
    connection.execute(_CONTEXT, {"batch": batch, "at": instant_text(at), "user": user, "reason": reason})
    return batch


def note_event(connection: Connection, *, kind: str, subject_id: str | None, detail: dict[str, str]) -> None:
    """Write an event that changes no row (an export, a print, a restore) into the present batch."""
    connection.execute(
        text(
            "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, new) "
            "SELECT c.batch, c.at, c.user_id, c.reason, 'event', '', :kind, :subject, :detail "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1"
        ),
        {
            "kind": kind,
            "subject": subject_id,
            "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        },
    )


def seal(connection: Connection, key: bytes, batch: str) -> None:
    """Close the batch: seal its rows into the chain and forget who was writing. Call just before commit.

    Only rows of this batch are sealed: what a foreign tool put into the trail stays unsealed and is found.
    """
    last = connection.execute(_LAST_SEAL).fetchone()
    number, after, previous = (last.id, last.last_seq, bytes(last.mac)) if last else (0, 0, _genesis(key))
    rows = connection.execute(_BATCH, {"after": after, "batch": batch}).fetchall()
    if rows:
        sealed = []
        for row in rows:
            nonce = secrets.token_bytes(16)
            sealed.append({"seq": row.seq, "nonce": nonce, "mac": _row_mac(key, row, nonce)})
        connection.execute(text("UPDATE audit SET nonce = :nonce, row_mac = :mac WHERE seq = :seq"), sealed)
        span = (number + 1, rows[0].seq, rows[-1].seq)
        connection.execute(
            text(
                "INSERT INTO audit_seal (id, first_seq, last_seq, prev, mac) "
                "VALUES (:id, :first, :last, :prev, :mac)"
            ),
            {
                "id": span[0],
                "first": span[1],
                "last": span[2],
                "prev": previous,
                "mac": _seal_mac(key, span, previous, [item["mac"] for item in sealed]),
            },
        )
    connection.execute(text("DELETE FROM audit_context"))


def head(connection: Connection) -> str:
    """The short form of the chain's end, for printouts and backups: last entry and start of its seal."""
    last = connection.execute(_LAST_SEAL).fetchone()
    return _short(last) if last else "0-none"


def check(connection: Connection, key: bytes, known_head: str | None = None) -> Trail:
    """Check the whole chain.

    Args:
        connection: an open transaction of the registry.
        key: the audit subkey.
        known_head: a head that was printed or saved earlier; shows a trail whose end was cut off.
    """
    rows = iter(connection.execute(text(f"SELECT {_COLUMNS}, nonce, row_mac FROM audit ORDER BY seq")))
    seals = connection.execute(text("SELECT * FROM audit_seal ORDER BY id")).fetchall()
    previous, entries, times = _genesis(key), 0, []
    for number, entry in enumerate(seals, start=1):
        if entry.id != number or bytes(entry.prev) != previous:
            return Trail(f"seal {entry.id} does not follow the one before it", entries, head(connection))
        if entry.first_seq != entries + 1:
            return Trail(f"entry {entries + 1} is not sealed", entries, head(connection))
        macs = []
        for seq in range(entry.first_seq, entry.last_seq + 1):
            row = next(rows, None)
            if row is None or row.seq != seq:
                return Trail(f"entry {seq} is missing", entries, head(connection))
            mac = _row_mac(key, row, bytes(row.nonce or b""))
            if not hmac.compare_digest(mac, bytes(row.row_mac or b"")):
                return Trail(f"entry {seq} was changed", entries, head(connection))
            macs.append(mac)
            times.append((seq, str(row.at)))
            entries = seq
        mac = _seal_mac(key, (number, entry.first_seq, entry.last_seq), previous, macs)
        if not hmac.compare_digest(mac, bytes(entry.mac)):
            return Trail(f"seal {number} was changed", entries, head(connection))
        previous = bytes(entry.mac)
    if next(rows, None) is not None:
        return Trail(f"entry {entries + 1} is not sealed", entries, head(connection))
    fault = "" if known_head is None or _holds(seals, known_head) else "the end of the trail was cut off"
    return Trail(fault, entries, head(connection), tuple(_backwards(times)))


def _backwards(times: list[tuple[int, str]]) -> Iterator[str]:
    moments = [next(group) for _, group in groupby(times, key=lambda item: item[1])]
    for (_, before), (seq, after) in pairwise(moments):
        if after < before:
            yield f"the clock went back before entry {seq}"


def _holds(seals: Any, known_head: str) -> bool:
    return known_head in {"0-none", *(_short(entry) for entry in seals)}


def _short(entry: Any) -> str:
    return f"{entry.last_seq}-{bytes(entry.mac).hex()[:12]}"


def _genesis(key: bytes) -> bytes:
    return hmac.digest(key, b"genesis", sha256)


def _row_mac(key: bytes, row: Any, nonce: bytes) -> bytes:
    plain = json.dumps([*row[:11], nonce.hex()], ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, b"row|" + plain.encode("utf-8"), sha256)


def _seal_mac(key: bytes, span: tuple[int, int, int], previous: bytes, macs: list[bytes]) -> bytes:
    number, first, last = span
    opening = f"seal|{number}|{first}|{last}|{previous.hex()}|".encode()
    return hmac.digest(key, opening + b"".join(macs), sha256)
