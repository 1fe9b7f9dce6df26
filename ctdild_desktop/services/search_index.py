"""The search keys of all registered patients, held in memory while the desk is open.

A database that is encrypted page by page has to open every page to look for part of a word. Here the keys are
read once and looked through in memory. They are never older than what they are asked about: each question
compares the end of the audit trail first and reads again what was written since, by whomever.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ctdild_desktop.registry.models import AuditRow, PatientRow, SealRow

_MOST_BYTES = 40_000_000
"""What the keys may take; a larger registry (some 200,000 patients) is searched in the database."""
_CHUNK = 5_000
_LONG_AGO = 10_000
_MANY = 50
"""Entries of the trail since the last question, and patients in them, above which all is read anew."""
_END = b"\0"
"""Ends a key: below every letter, so that sorted lines are in the order of key and id."""
_BREAK = b"\xff"
"""Stands around each line; no text has it in UTF-8."""
_OF_IDS = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_NO_LETTER = bytes(range(0x80, 0xC0))
"""Bytes with which no letter begins in UTF-8, so that no part of an id is taken for a word."""
_HIDE = bytes.maketrans(_OF_IDS, _NO_LETTER)
_SHOW = bytes.maketrans(_NO_LETTER, _OF_IDS)
_STATE = (
    select(SealRow.id, SealRow.last_seq, SealRow.mac, select(func.max(AuditRow.seq)).scalar_subquery())
    .order_by(SealRow.id.desc())
    .limit(1)
)
_LIVE = select(PatientRow.id, PatientRow.search_key).where(PatientRow.deleted_at.is_(None))


@dataclass(frozen=True, slots=True)
class _Moment:
    """How far the audit trail had come, told so that another trail of the same length is not this one."""

    seal: int = 0
    sealed_to: int = 0
    mac: bytes = b""
    entries: int = 0

    @classmethod
    def of(cls, session: Session) -> _Moment:
        """The moment that a session sees."""
        found = session.execute(_STATE).one_or_none()
        return cls() if found is None else cls(found[0], found[1], bytes(found[2]), found[3])


def _hidden(patient_id: str) -> bytes:
    return patient_id.encode("ascii").translate(_HIDE)


def _line(patient_id: str, key: str) -> bytes:
    return key.encode("utf-8") + _END + _hidden(patient_id)


def _id(line: bytes) -> str:
    return line[line.rindex(_END) + 1 :].translate(_SHOW).decode("ascii")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys as they were at one moment."""

    moment: _Moment
    text: bytearray = field(repr=False)
    """Sorted lines in one piece, which is looked through far quicker than a hundred thousand."""

    @classmethod
    def of_lines(cls, moment: _Moment, lines: list[bytes]) -> Keys:
        """Keys of these lines, which get sorted."""
        lines.sort()
        return cls(moment, bytearray(_BREAK.join((b"", *lines, b""))))

    def search(self, words: Collection[str], limit: int) -> list[str]:
        """Ids of the patients whose key holds every word: first those with most words at the start of one of
        theirs, then in the order of keys.
        """
        texts = sorted((word.encode("utf-8") for word in words), key=len, reverse=True)
        starts = [b" " + text for text in texts]
        best = list(islice(self._lines(starts), limit))
        if len(best) < limit:
            best += islice(_less_fitting(self._lines(texts), starts), limit - len(best))
        return [_id(line) for line in best]

    def with_words(self, words: Collection[str]) -> list[str]:
        """Ids of the patients whose key has each of these as a whole word."""
        whole = sorted((f" {word} ".encode() for word in words), key=len, reverse=True)
        return [_id(line) for line in self._lines(whole or [_END])]

    def changed(self, moment: _Moment, ids: Collection[str], now: Iterable[Sequence[str]]) -> Keys:
        """The keys after patients were changed: ``now`` has those of them who are still registered."""
        if not ids:
            return Keys(moment, self.text)
        text = bytearray(self.text)
        for patient_id in ids:
            at = text.find(_END + _hidden(patient_id) + _BREAK)
            if at >= 0:
                del text[text.rfind(_BREAK, 0, at) : text.find(_BREAK, at)]
        for patient_id, key in now:
            line = _line(patient_id, key)
            at = _place(text, line)
            text[at:at] = line + _BREAK
        return Keys(moment, text)

    def _lines(self, texts: Sequence[bytes]) -> Iterator[bytes]:
        """The lines that hold each of these, in order; the first, the longest, leads through them."""
        held, (rarest, *others) = self.text, texts
        at = held.find(rarest)
        while at >= 0:
            first, last = held.rfind(_BREAK, 0, at) + 1, held.find(_BREAK, at)
            for other in others:
                if held.find(other, first, last) < 0:
                    break
            else:
                yield bytes(held[first:last])
            at = held.find(rarest, last)


def _place(text: bytearray, line: bytes) -> int:
    """Where a line belongs among the sorted ones: just after a break."""
    low, high = 1, len(text)
    while low < high:
        first = text.rfind(_BREAK, low - 1, (low + high) // 2) + 1
        last = text.find(_BREAK, first)
        if text[first:last] < line:
            low = last + 1
        else:
            high = first
    return low


def _less_fitting(lines: Iterable[bytes], starts: Sequence[bytes]) -> Iterator[bytes]:
    """The lines that lack some of the starts, those that lack fewest first."""
    if len(starts) == 1:
        yield from (line for line in lines if starts[0] not in line)
        return
    levels: list[list[bytes]] = [[] for _ in range(len(starts) + 1)]
    for line in lines:
        levels[sum([start not in line for start in starts])].append(line)
    yield from chain.from_iterable(levels[1:])


class SearchIndex:
    """Keeps :class:`Keys` exact for whoever asks within a session; safe to ask from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: Keys | None = None
        self._closed = False
        self._too_large = False

    def keys(self, session: Session) -> Keys | None:
        """The keys as the session sees the registry; None when there are too many to hold."""
        if self._too_large:
            return None
        moment = _Moment.of(session)
        with self._lock:
            held = self._keys
            if held is None or held.moment != moment:
                held = self._brought_up(session, held, moment)
                self._keys = None if self._closed else held
            return held

    def forget(self) -> None:
        """Wipe every key, for good; who searches at this moment finds nobody."""
        with self._lock:
            self._closed = True
            if self._keys is not None:
                self._keys.text[:] = bytes(len(self._keys.text))
                self._keys = None

    def _brought_up(self, session: Session, held: Keys | None, moment: _Moment) -> Keys | None:
        ids = None if held is None else _touched(session, held.moment, moment)
        if held is None or ids is None:
            lines = self._read(session)
            return None if lines is None else Keys.of_lines(moment, lines)
        return held.changed(moment, ids, session.execute(_LIVE.where(PatientRow.id.in_(ids))).all())

    def _read(self, session: Session) -> list[bytes] | None:
        lines, size = [], 0
        with session.execute(_LIVE, execution_options={"yield_per": _CHUNK}) as found:
            for patient_id, key in found:
                lines.append(_line(patient_id, key))
                size += len(lines[-1]) + 1
                if size > _MOST_BYTES:
                    self._too_large = True
                    return None
        return lines


def _touched(session: Session, before: _Moment, after: _Moment) -> list[str] | None:
    """Ids of the patients whose own row was written between; None when everything has to be read."""
    mac = session.execute(select(SealRow.mac).where(SealRow.id == before.seal)).scalar_one_or_none()
    if mac is None or bytes(mac) != before.mac or after.entries - before.sealed_to > _LONG_AGO:
        return None
    query = (
        select(AuditRow.row_id)
        .where(AuditRow.seq > before.sealed_to, AuditRow.table_name == PatientRow.__tablename__)
        .distinct()
        .limit(_MANY + 1)
    )
    ids = list(session.execute(query).scalars())
    return ids if len(ids) <= _MANY else None
