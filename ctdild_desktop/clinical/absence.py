"""Why a field has no value: unknown, declined, or not done and for which reason.

A record names such fields in ``absent``, as pairs of field and reason. What is empty and is not named there
was not asked. A field whose own list has ``unknown`` says so in the list; that FVC or DLCO was not done is
said by their own fields, which the ILD-GAP index reads. These rules are decisions of the registry.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, TypeVar

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.code_fields import CODE_FIELDS
from ctdild_desktop.clinical.issues import Issue, refused
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.language import say

UNKNOWN, DECLINED, NOT_DONE = "unknown", "declined", "not_done"

OWN_REASON: Mapping[type[Any], Mapping[str, str]] = MappingProxyType(
    {Pft: {"fvc_l": "not_done_fvc", "dlco": "not_done_dlco"}}
)
"""Fields whose reason for not being done is a field of its own."""

_NEVER_ASKED = frozenset(
    {"absent", "confirmed_unusual", "source_format", "source_sha256", "as_given", "snapshot"}
)
_EMPTY = (None, "", ())


class Record(Protocol):
    """Any kind of record, or a part of one, that can say why a field has no value."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def absent(self) -> tuple[tuple[str, str], ...]:
        """Fields without a value, each with why."""


R = TypeVar("R", bound=Record)


def may_be_absent(kind: type[Any]) -> frozenset[str]:
    """The fields of a kind of record that may be without a value and can be named in ``absent``."""
    return frozenset(
        item.name
        for item in dataclasses.fields(kind)
        if item.default in _EMPTY and item.name not in _NEVER_ASKED and not item.name.endswith("_id")
    )


def why_absent(record: Any, field: str) -> str | None:
    """Why a field has no value: ``unknown``, ``declined``, ``not_done`` or ``not_done:REASON``; None when it
    has one or was not asked.
    """
    return dict(record.absent).get(field)


def with_absent(record: R, field: str, reason: str | None) -> R:
    """The record with a reason for a field without a value; with None the field counts as not asked."""
    others = tuple(pair for pair in record.absent if pair[0] != field)
    named = others if reason is None else tuple(sorted((*others, (field, reason))))
    return replace(record, absent=named)


def without_settled(record: R) -> R:
    """The record without the reasons of fields that have a value by now."""
    kept = tuple(pair for pair in record.absent if getattr(record, pair[0], None) in _EMPTY)
    return replace(record, absent=kept)


def reason_words(reason: str) -> str:
    """A reason in words: ``unknown``, ``declined``, ``not done (unwell)``."""
    why, _, because = reason.partition(":")
    words = codes.label("absence", why)
    return f"{words} ({codes.label('not_done', because)})" if because else words


def absence_issues(record: Any, *, field: str = "") -> Iterator[Issue]:
    """What is wrong with the reasons of a record: a field that does not exist, has a value or is named twice,
    or a reason that is none.

    Args:
        record: a record or a part of one.
        field: the field to name in the finding; by default the one that the reason is given for.
    """
    seen: set[str] = set()
    for name, reason in record.absent:
        place = field or name
        if name not in may_be_absent(type(record)):
            yield refused(
                field or "absent",
                "ABSENT",
                say("{name} is not a field that may be without a value.", name=name),
            )
            continue
        if name in seen:
            yield refused(place, "ABSENT", "Two reasons are given why there is no value.")
        seen.add(name)
        if getattr(record, name) not in _EMPTY:
            yield refused(place, "ABSENT", "There is a value and a reason why there is none.")
        if not _is_reason(reason):
            yield refused(
                place, "ABSENT", say("{reason} is not a reason for a missing value.", reason=reason)
            )
        elif reason == UNKNOWN and _has_unknown(type(record), name):
            yield refused(place, "ABSENT", "Choose “unknown” in the list itself.")
        elif reason.startswith(NOT_DONE) and name in OWN_REASON.get(type(record), {}):
            yield refused(place, "ABSENT", "Say in its own field why the test was not done.")


def _is_reason(reason: str) -> bool:
    why, colon, because = reason.partition(":")
    if colon:
        return why == NOT_DONE and because in codes.choices("not_done")
    return why in codes.choices("absence")


def _has_unknown(kind: type[Any], field: str) -> bool:
    listed = CODE_FIELDS.get(kind, {}).get(field)
    return listed is not None and UNKNOWN in codes.choices(listed)
