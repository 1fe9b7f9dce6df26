"""Fields of a record in a resource of FHIR and back: one table for both ways, so that they cannot differ.

A field that FHIR has an exact place for stands there (:class:`Slot`); every other one is an extension of the
program's own, typed as FHIR types it. What is not recorded is not written.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import typing
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pft, Score
from ctdild_desktop.clinical.typed_text import has_unseen
from ctdild_desktop.interchange.code_lists import list_of
from ctdild_desktop.interchange.fhir_terms import LOCAL, concept
from ctdild_desktop.language import english_of, say

_EMPTY = (None, "", ())
_CODE = re.compile(r"\S+(?: \S+)*\Z")
_TIME = re.compile(r"\d{2}:\d{2}\Z", re.ASCII)
_MOST = 400
_NAMED: Mapping[tuple[type[Any], str], Callable[[], Collection[str]]] = {
    (Score, "scale"): lambda: {scale.code for one in codes.instruments() for scale in one.scales},
    (Pft, "confirmed_unusual"): lambda: {item.name for item in dataclasses.fields(Pft)},
}
"""Fields that hold names of the program which are no list of codes."""
UNITS = frozenset({"unit", "dose_unit", "planned_unit"})


class FieldError(ValueError):
    """Why a field of a resource cannot be read, in a few words."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place that FHIR itself has for a field."""

    field: str
    path: tuple[str | int, ...]
    listed: str = ""
    """The code list of the program, where the place holds a coded concept."""
    words: Callable[[str], str] = str
    """The code in English words."""
    others: Callable[[str], tuple[tuple[str, str], ...]] = lambda code: ()
    """Codes of other systems that mean the same."""
    beside: str = ""
    """The field without which this one is no part of the place, and is an extension."""


def choice_words(listed: str) -> Callable[[str], str]:
    """The English words of the codes of a closed list."""
    return lambda code: english_of(codes.choices(listed).label(code))


def is_text(kind: type[Any], name: str, value: str) -> bool:
    """Whether a text is a person's own words and not a code of a list, a unit or a time of day."""
    if (listed := _codes_of(kind, name)) is not None:
        return value not in listed
    return name not in UNITS and _TIME.match(value) is None


def _codes_of(kind: type[Any], name: str) -> Container[str] | None:
    """The codes or names that a field may hold; None for a field of words."""
    named = _NAMED.get((kind, name))
    return list_of(kind, name) if named is None else named()


def put(resource: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    """Set a value deep in a resource; what is missing on the way is made."""
    place: Any = resource
    last: Any = path[-1]
    for step, following in pairwise(path):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(place, list):
            place += [empty] * (step == len(place))
            place = place[int(step)]
        else:
            place = place.setdefault(step, empty)
    if isinstance(place, list):
        place[last:] = [value]
    else:
        place[last] = value


def held(resource: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a place of a resource; None when there is nothing."""
    place = resource
    for step in path:
        if isinstance(step, int):
            place = place[step] if isinstance(place, list) and step < len(place) else None
        else:
            place = place.get(step) if isinstance(place, dict) else None
    return place


def write_fields(
    resource: dict[str, Any],
    record: Any,
    slots: Collection[Slot] = (),
    *,
    without: Collection[str] = (),
    free_text: bool,
) -> None:
    """Write the fields of a record into a resource, in their places or as extensions.

    Args:
        without: fields that are written elsewhere.
        free_text: write what people wrote in their own words too.
    """
    kind = type(record)
    placed = {slot.field: slot for slot in slots}
    extensions: list[dict[str, Any]] = []
    for item in dataclasses.fields(record):
        value = getattr(record, item.name)
        if item.name in {"id", "version", *without} or item.name.endswith("_id"):
            continue
        if value in _EMPTY or (value is False and item.default is False):
            continue
        slot = placed.get(item.name)
        if slot is not None and slot.beside and getattr(record, slot.beside) in _EMPTY:
            slot = None
        if slot is None:
            extensions += _extensions(kind, item.name, value, free_text=free_text)
        elif free_text or not isinstance(value, str) or not is_text(kind, item.name, value):
            put(resource, slot.path, _placed(slot, value))
    if extensions:
        resource["extension"] = [*resource.get("extension", ()), *extensions]


def read_fields(
    kind: type[Any], resource: dict[str, Any], slots: Collection[Slot] = ()
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The fields of a record in a resource, and the name, text and reason of each that cannot be read."""
    found: dict[str, Any] = {}
    problems: list[tuple[str, str, str]] = []
    for slot in slots:
        raw = held(resource, slot.path)
        if slot.listed:
            raw = coded(raw, slot.listed)
        if raw is None or (slot.beside and held(resource, _path_of(slots, slot.beside)) is None):
            continue
        try:
            found[slot.field] = _scalar(_hint(kind, slot.field), raw)
        except FieldError as error:
            problems.append((slot.field, _as_text(raw), str(error)))
    listed = resource.get("extension")
    for one in (listed if isinstance(listed, list) else [])[:_MOST]:
        name = str(one.get("url", "")).removeprefix(LOCAL) if isinstance(one, dict) else ""
        if not name or name == one.get("url") or name.endswith("_id"):
            continue  # a link, which is read where the whole file is known
        try:
            _take(kind, name, one, found)
        except FieldError as error:
            problems.append((name, _as_text(one), str(error)))
    return found, problems


def coded(value: Any, listed: str) -> str | None:
    """The program's own code in a coded concept."""
    codings = value.get("coding") if isinstance(value, dict) else None
    for one in codings if isinstance(codings, list) else ():
        if isinstance(one, dict) and one.get("system") == LOCAL + listed and isinstance(one.get("code"), str):
            return str(one["code"])
    return None


def _path_of(slots: Collection[Slot], field: str) -> tuple[str | int, ...]:
    return next(slot.path for slot in slots if slot.field == field)


def _placed(slot: Slot, value: Any) -> Any:
    plain = _plain(value)
    if not slot.listed:
        return plain
    return concept((LOCAL + slot.listed, plain), *slot.others(plain), text=slot.words(plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, dt.date | PartialDate) else value


def _extensions(kind: type[Any], name: str, value: Any, *, free_text: bool) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, tuple) else (value,):
        if one == "":
            continue
        if dataclasses.is_dataclass(one) and not isinstance(one, PartialDate):
            inner: dict[str, Any] = {}
            write_fields(inner, one, free_text=free_text)
            if inner:
                yield {"url": LOCAL + name, **inner}
        elif isinstance(one, tuple):
            if name == "absent" or free_text:
                yield {"url": LOCAL + name, "valueString": "=".join(one)}
        elif not isinstance(one, str) or free_text or not is_text(kind, name, one):
            yield {"url": LOCAL + name, **_typed(kind, name, one)}


def _typed(kind: type[Any], name: str, value: Any) -> dict[str, Any]:
    plain = _plain(value)
    if isinstance(value, bool):
        return {"valueBoolean": plain}
    if isinstance(value, int):
        return {"valueInteger": plain}
    if isinstance(value, Decimal):
        return {"valueDecimal": plain}
    if isinstance(value, dt.date | PartialDate):
        return {"valueDate": plain}
    known = _codes_of(kind, name)
    listed = isinstance(value, Enum) or (known is not None and plain in known)
    return {"valueCode" if listed and _CODE.match(plain) else "valueString": plain}


_hints: Callable[[Any], Mapping[str, Any]] = cache(typing.get_type_hints)


def _hint(kind: type[Any], name: str) -> Any:
    """The type of a field, without None."""
    hint = _hints(kind).get(name)
    parts = [part for part in typing.get_args(hint) if part is not type(None)]
    return parts[0] if len(parts) == 1 and typing.get_origin(hint) is not tuple else hint


def _take(kind: type[Any], name: str, extension: dict[str, Any], found: dict[str, Any]) -> None:
    """Take one extension; raises FieldError when it cannot be read."""
    hint = _hint(kind, name)
    if hint is None:
        raise FieldError(say("not a field that is known here"))
    many = typing.get_origin(hint) is tuple
    inner = typing.get_args(hint)[0] if many else hint
    if many:
        found[name] = (*found.get(name, ()), _one(inner, extension))
    elif name in found:
        raise FieldError(say("given twice"))
    else:
        found[name] = _one(inner, extension)


def _one(hint: Any, extension: dict[str, Any]) -> Any:
    if dataclasses.is_dataclass(hint) and hint is not PartialDate:
        assert isinstance(hint, type)
        values, problems = read_fields(hint, extension)
        if problems:
            raise FieldError(problems[0][2])
        empty = {item.name: "" for item in dataclasses.fields(hint) if item.type == "str"}
        try:
            return hint(**(empty | values))
        except TypeError:
            raise FieldError(say("not complete")) from None
    given = [value for name, value in extension.items() if name.startswith("value")]
    if len(given) != 1:
        raise FieldError(say("holds no single value"))
    if typing.get_origin(hint) is tuple:
        first, mark, last = _text(given[0]).partition("=")
        if not mark:
            raise FieldError(say("not a field and its reason"))
        return first, last
    return _scalar(hint, given[0])


def _scalar(hint: Any, value: Any) -> Any:
    if hint is bool and isinstance(value, bool):
        return value
    if hint is Decimal and isinstance(value, Decimal):
        return value
    if hint is int and isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if hint is str:
        return _text(value)
    if isinstance(value, str):
        try:
            if hint is dt.date:
                return dt.date.fromisoformat(value)
            if hint is PartialDate:
                return PartialDate.parse(value)
            if isinstance(hint, type) and issubclass(hint, Enum):
                return hint(value)
        except ValueError:
            pass
    raise FieldError(say("not a value of this field"))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise FieldError(say("not a text"))
    if has_unseen(value):
        raise FieldError(say("holds characters that cannot be seen"))
    return value


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        value = next((held for name, held in value.items() if name.startswith("value")), "")
    return str(value)[:200] if isinstance(value, str | Decimal | bool) else ""
