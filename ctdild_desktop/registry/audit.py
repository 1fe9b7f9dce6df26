"""Sealing the audit trail at commit, and checking it: an HMAC chain over what the triggers wrote."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Connection, text

from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.key_ring import ring_of
from ctdild_desktop.registry.models.types import instant_text

_COLUMNS = "seq, batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new"
_AT, _OP, _TABLE, _NONCE, _MAC = 2, 5, 6, 11, 12
"""Places in a row that is read for a check, in which two more columns follow: much quicker than names."""
_STEPS = {"insert": 1, "delete": -1}
_CONTEXT = {
    "sqlite": text(
        "INSERT INTO audit_context (id, batch, at, user_id, reason, erasing) "
        "VALUES (1, :batch, :at, :user, :reason, :erasing) "
        "ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, at = excluded.at, "
        "user_id = excluded.user_id, reason = excluded.reason, erasing = excluded.erasing"
    ),
    # of this transaction alone: other writers have theirs
    "postgresql": text(
        "SELECT set_config('ctdild.batch', :batch, true), set_config('ctdild.at', :at, true), "
        "set_config('ctdild.user', :user, true), set_config('ctdild.reason', :reason, true), "
        "set_config('ctdild.erasing', coalesce(:erasing, ''), true)"
    ),
}
_FORGET = {
    "sqlite": text("DELETE FROM audit_context"),
    "postgresql": text("SELECT set_config('ctdild.user', '', true), set_config('ctdild.erasing', '', true)"),
}
_NOTE = {
    "sqlite": text(
        "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id, subject_id, new) "
        "SELECT c.batch, c.at, c.user_id, c.reason, 'event', '', :kind, :subject, :detail "
        "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1"
    ),
    "postgresql": text("SELECT audit_note(:kind, :subject, :detail)"),
}
CHANNEL = "ctdild"
"""Where a server tells the other desks that something was sealed; they read in the trail what it was."""
ERASURE = "erasure"
"""The event that names which entries lost their values; its detail has ``subject`` and ``entries``."""
_LAST_SEAL = text("SELECT id, last_seq, mac FROM audit_seal ORDER BY id DESC LIMIT 1")
_LAST_CHANGE = text(
    "SELECT seq, row_mac FROM audit WHERE op <> 'event' AND subject_id IS NOT NULL "
    "AND row_mac IS NOT NULL ORDER BY seq DESC LIMIT 1"
)
_BATCH = text(f"SELECT {_COLUMNS} FROM audit WHERE seq > :after AND batch = :batch ORDER BY seq")


@dataclass(frozen=True, slots=True)
class Trail:
    """What a check of the trail found: ``fault`` is empty when the chain is whole.

    ``living`` are the rows that exist by the trail, by table.
    """

    fault: str
    entries: int
    head: str
    notes: tuple[str, ...] = ()
    living: Mapping[str, int] = field(default_factory=dict)


def begin(
    connection: Connection, *, user: str, reason: str, at: dt.datetime, erasing: str | None = None
) -> str:
    """Say who writes in this transaction and why; answers the id of the batch.

    Args:
        erasing: the patient who is being erased; only then may entries about this patient be blanked, and
            what is deleted of the patient leaves no values behind.
    """
    batch = secrets.token_hex(16)
    said = {"batch": batch, "at": instant_text(at), "user": user, "reason": reason, "erasing": erasing}
    connection.execute(_CONTEXT[connection.dialect.name], said)
    return batch


def note_event(connection: Connection, *, kind: str, subject_id: str | None, detail: dict[str, str]) -> None:
    """Write an event that changes no row (an export, a print, a restore) into the present batch."""
    said = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    connection.execute(_NOTE[connection.dialect.name], {"kind": kind, "subject": subject_id, "detail": said})


def blank(connection: Connection, subject_id: str) -> int:
    """Take the values out of every sealed entry about a patient who is being erased; the seals stay.

    The transaction must have begun with ``erasing``. A sealed event names the entries, so that a check can
    tell them from entries that somebody emptied. Answers how many there were.
    """
    last = connection.execute(_LAST_SEAL).fetchone()
    about = {"subject": subject_id, "last": last.last_seq if last else 0}
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM audit WHERE subject_id = :subject AND seq <= :last ORDER BY seq"), about
    ).fetchall()
    connection.execute(
        text(
            "UPDATE audit SET old = NULL, new = NULL, reason = '', nonce = NULL "
            "WHERE subject_id = :subject AND seq <= :last"
        ),
        about,
    )
    entries = json.dumps(_spans([int(row.seq) for row in rows]), separators=(",", ":"))
    detail = {
        "subject": subject_id,
        "entries": entries,
        "kept": sha256(b"".join(map(_kept_line, rows))).hexdigest(),
    }
    note_event(connection, kind=ERASURE, subject_id=None, detail=detail)
    return len(rows)


def _kept_line(row: Any) -> bytes:
    """What erasing leaves of an entry: place, batch, time, writer, kind, row."""
    kept = [row.seq, row.batch, row.at, row.user_id, row.op, row.table_name, row.row_id, row.subject_id]
    return json.dumps(kept, separators=(",", ":")).encode("utf-8") + b"\n"


def _spans(numbers: list[int]) -> list[list[int]]:
    """Runs of consecutive numbers as [first, last]."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


class _Erasures:
    """The erasures of a trail; whether their events are genuine, the chain itself tells."""

    def __init__(self, connection: Connection) -> None:
        self._spans: list[tuple[int, int, int]] = []
        """First and last entry, and the number of the erasure."""
        self._kept: list[str] = []
        events = connection.execute(
            text("SELECT new FROM audit WHERE op = 'event' AND row_id = :kind"), {"kind": ERASURE}
        )
        for detail in events.scalars():
            with suppress(ValueError, TypeError, KeyError):
                told = json.loads(detail)
                spans = [(int(first), int(last)) for first, last in json.loads(told["entries"])]
                self._spans += [(first, last, len(self._kept)) for first, last in spans]
                self._kept.append(str(told["kept"]))
        self._spans.sort()
        self._found = [sha256() for _ in self._kept]

    def took(self, row: Any) -> bool:
        """Whether the values of an entry went with an erasure; remembers what is left of it."""
        if not self._spans:
            return False
        at = bisect_right(self._spans, row.seq, key=lambda span: span[0]) - 1
        if at < 0 or row.seq > self._spans[at][1]:
            return False
        self._found[self._spans[at][2]].update(_kept_line(row))
        return row.nonce is None and row.old is None and row.new is None and row.reason == ""

    @property
    def whole(self) -> bool:
        """Whether what was left of every erased entry is as it was."""
        return [found.hexdigest() for found in self._found] == self._kept


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
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"NOTIFY {CHANNEL}"))
    connection.execute(_FORGET[connection.dialect.name])


def holds(connection: Connection, batch: str) -> bool:
    """Whether a batch is in the trail."""
    query = text("SELECT 1 FROM audit WHERE batch = :batch LIMIT 1")
    return connection.execute(query, {"batch": batch}).fetchone() is not None


def last_entry(connection: Connection) -> int:
    """The number of the last sealed entry; 0 when there is none."""
    last = connection.execute(_LAST_SEAL).fetchone()
    return int(last.last_seq) if last else 0


def touched(
    connection: Connection, after: int, own: frozenset[str]
) -> tuple[int, tuple[tuple[str, str | None], ...]]:
    """The last entry now, and each (table, patient) that batches of others touched since an entry."""
    last = last_entry(connection)
    if last <= after:
        return last, ()
    rows = connection.execute(
        text(
            "SELECT DISTINCT batch, table_name, subject_id FROM audit "
            "WHERE seq > :after AND seq <= :last AND op <> 'event'"
        ),
        {"after": after, "last": last},
    )
    found = {(str(row.table_name), row.subject_id) for row in rows if row.batch not in own}
    return last, tuple(sorted(found, key=str))


def head(connection: Connection) -> str:
    """The short form of the chain's end, for printouts and backups: last entry and start of its seal."""
    last = connection.execute(_LAST_SEAL).fetchone()
    return _short(last) if last else "0-none"


def last_change(connection: Connection) -> str:
    """The short form of the last entry that changed something of a patient: equal while nothing does."""
    last = connection.execute(_LAST_CHANGE).fetchone()
    return f"{last.seq}-{bytes(last.row_mac).hex()[:12]}" if last else "0-none"


class _Walked:
    """What the entries say when they are read one after another."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.living = Counter[str]()
        self._last_at = ""

    def take(self, row: Any) -> None:
        """Take the next entry."""
        at = str(row[_AT])
        if at < self._last_at:
            self.notes.append(f"the clock went back before entry {row[0]}")
        self._last_at = at
        if step := _STEPS.get(row[_OP]):
            self.living[row[_TABLE]] += step


def check(connection: Connection, key: bytes, known_head: str | None = None) -> Trail:
    """Check the whole chain.

    Args:
        connection: an open transaction of the registry.
        key: the present audit subkey; seals of before it was renewed are checked with the keys of their time.
        known_head: a head that was printed or saved earlier; shows a trail whose end was cut off.
    """
    rows = iter(connection.execute(text(f"SELECT {_COLUMNS}, nonce, row_mac FROM audit ORDER BY seq")))
    seals = connection.execute(text("SELECT * FROM audit_seal ORDER BY id")).fetchall()
    erased = _Erasures(connection)
    try:
        keys = ring_of(connection, key)
    except DamagedError as error:
        return Trail(error.text.lower().rstrip("."), 0, head(connection))
    previous, entries = _genesis(keys.key_for(1)), 0
    walked = _Walked()
    for number, entry in enumerate(seals, start=1):
        key = keys.key_for(number)
        if entry.id != number or bytes(entry.prev) != previous:
            return Trail(f"seal {entry.id} does not follow the one before it", entries, head(connection))
        if entry.first_seq != entries + 1:
            return Trail(f"entry {entries + 1} is not sealed", entries, head(connection))
        macs = []
        for seq in range(entry.first_seq, entry.last_seq + 1):
            row = next(rows, None)
            if row is None or row[0] != seq:
                return Trail(f"entry {seq} is missing", entries, head(connection))
            mac = bytes(row[_MAC] or b"")
            if not erased.took(row) and not hmac.compare_digest(
                mac, _row_mac(key, row, bytes(row[_NONCE] or b""))
            ):
                return Trail(f"entry {seq} was changed", entries, head(connection))
            macs.append(mac)
            walked.take(row)
            entries = seq
        mac = _seal_mac(key, (number, entry.first_seq, entry.last_seq), previous, macs)
        if not hmac.compare_digest(mac, bytes(entry.mac)):
            return Trail(f"seal {number} was changed", entries, head(connection))
        previous = bytes(entry.mac)
    if next(rows, None) is not None:
        return Trail(f"entry {entries + 1} is not sealed", entries, head(connection))
    fault = "" if known_head is None or _holds(seals, known_head) else "the end of the trail was cut off"
    if not erased.whole:
        fault = "entries of an erased person were changed"
    return Trail(fault, entries, head(connection), tuple(walked.notes), walked.living)


def _holds(seals: Any, known_head: str) -> bool:
    return known_head in {"0-none", *(_short(entry) for entry in seals)}


def _short(entry: Any) -> str:
    return f"{entry.last_seq}-{bytes(entry.mac).hex()[:12]}"


def _genesis(key: bytes) -> bytes:
    return hmac.digest(key, b"genesis", sha256)


def _row_mac(key: bytes, row: Any, nonce: bytes) -> bytes:
    return hmac.digest(key, b"row|" + _row_text(row, nonce.hex()).encode("utf-8"), sha256)


def _row_text(row: Any, nonce: str) -> str:
    """The columns of an entry and its nonce as a JSON list; put together by hand, which is much quicker."""
    try:
        texts = ",".join(["null" if value is None else encode_basestring(value) for value in row[1:11]])
    except TypeError:  # somebody wrote something else into the trail
        return json.dumps([*row[:11], nonce], ensure_ascii=False, separators=(",", ":"))
    return f'[{row[0]},{texts},"{nonce}"]'


def _seal_mac(key: bytes, span: tuple[int, int, int], previous: bytes, macs: list[bytes]) -> bytes:
    number, first, last = span
    opening = f"seal|{number}|{first}|{last}|{previous.hex()}|".encode()
    return hmac.digest(key, opening + b"".join(macs), sha256)
