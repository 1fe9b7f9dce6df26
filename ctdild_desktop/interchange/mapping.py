"""How the columns of somebody's file become ours: the small TOML file that the window saves."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn

from ctdild_desktop.clinical.typed_text import has_unseen
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fields import Kind, fields
from ctdild_desktop.language import say

MAX_MAPPING_BYTES = 100_000
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class OffsetUnit(StrEnum):
    """What a column counts from the origin; months are calendar months."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class DateOrigin:
    """The test date is ``origin`` plus the whole number in ``column``, counted in ``unit``."""

    column: str
    unit: OffsetUnit
    origin: dt.date


@dataclass(frozen=True, slots=True)
class Mapping:
    """A named mapping; the empty one takes columns by our own names.

    Targets that are not mentioned are still taken from a column that has the target's name.
    """

    name: str = ""
    prefix: Dictionary[str, str] = field(default_factory=dict)
    columns: Dictionary[str, str] = field(default_factory=dict)
    constants: Dictionary[str, str] = field(default_factory=dict)
    date: DateOrigin | None = None
    values: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)


def parse_mapping(text: str) -> Mapping:
    """Read a mapping from TOML text.

    Raises:
        FormatError: not TOML, an unknown key or target (named), a wrong type, or two sources for one target.
    """
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise FormatError("The mapping is not valid TOML: it is nested too deeply.") from None
    except tomllib.TOMLDecodeError as error:
        raise FormatError(say("The mapping is not valid TOML: {error}.", error=error)) from None
    except ValueError:  # a number of thousands of digits
        raise FormatError("The mapping is not valid TOML: a number is far too long.") from None
    for key in content:
        if key not in {"name", "prefix", "columns", "constants", "date", "values"}:
            _refuse(f"unknown key {key}")
    name = content.get("name", "")
    if not isinstance(name, str):
        _refuse("name must be text")
    words = _section(content, "values")
    return Mapping(
        name=name.strip(),
        prefix=_texts(content, "prefix"),
        columns=_texts(content, "columns"),
        constants=_texts(content, "constants"),
        date=_origin(content),
        values={target: _texts(words, target, within="values.") for target in words},
    )


def write_mapping(mapping: Mapping) -> str:
    """The TOML text of a mapping; :func:`parse_mapping` reads it back to an equal value."""
    lines = []
    if mapping.name:
        lines.append(f"name = {_quoted(mapping.name)}")
    if mapping.prefix:
        lines.append(f"prefix = {_inline(mapping.prefix)}")
    for section in ("columns", "constants"):
        entries: Dictionary[str, str] = getattr(mapping, section)
        if entries:
            lines += ["", f"[{section}]", *(f"{key} = {_quoted(text)}" for key, text in entries.items())]
    if mapping.date is not None:
        lines += ["", "[date]", f"column = {_quoted(mapping.date.column)}"]
        lines += [f'unit = "{mapping.date.unit}"', f'origin = "{mapping.date.origin.isoformat()}"']
    if mapping.values:
        lines += ["", "[values]", *(f"{key} = {_inline(words)}" for key, words in mapping.values.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _check(mapping: Mapping) -> None:
    _check_targets(mapping)
    for target, column in mapping.columns.items():
        if not column.strip():
            _refuse(f"{target} names no column")
    if any(has_unseen(text) for text in _texts_in(mapping)):
        _refuse("a text in it holds a character that cannot be seen")


def _check_targets(mapping: Mapping) -> None:
    known = fields()
    for section in ("prefix", "columns", "constants", "values"):
        for target in getattr(mapping, section):
            if target not in known:
                _refuse(f"unknown column {target} in {section}")
    for target in mapping.prefix:
        if known[target].kind is not Kind.TEXT:
            _refuse(f"a prefix cannot be put before {target}")
    for target in mapping.constants:
        if target in mapping.columns:
            _refuse(f"{target} has both a column and a constant")
        if target in {"mrn", "test_date"}:
            _refuse(f"{target} cannot be the same in every row")
    if mapping.date is not None and "test_date" in mapping.columns:
        _refuse("the test date has both a column and an origin")


def _texts_in(mapping: Mapping) -> Iterator[str]:
    yield mapping.name
    for section in (mapping.prefix, mapping.columns, mapping.constants):
        yield from section.values()
    if mapping.date is not None:
        yield mapping.date.column
    for words in mapping.values.values():
        yield from words
        yield from words.values()


def _origin(content: dict[str, Any]) -> DateOrigin | None:
    if "date" not in content:
        return None
    part = _section(content, "date")
    for key in part:
        if key not in {"column", "unit", "origin"}:
            _refuse(f"unknown key date.{key}")
    for key in ("column", "unit", "origin"):
        if key not in part:
            _refuse(f"date.{key} is missing")
    column, unit, origin = part["column"], part["unit"], part["origin"]
    if not isinstance(column, str) or not column.strip():
        _refuse("date.column must name a column")
    if unit not in tuple(OffsetUnit):
        _refuse("date.unit must be days, weeks or months")
    if isinstance(origin, str):
        try:
            origin = dt.date.fromisoformat(origin.strip())
        except ValueError:
            _refuse("date.origin must be a date such as 2000-09-01")
    if isinstance(origin, dt.datetime) or not isinstance(origin, dt.date):
        _refuse("date.origin must be a date such as 2000-09-01")
    return DateOrigin(column, OffsetUnit(unit), origin)


def _section(content: dict[str, Any], key: str) -> dict[str, Any]:
    part = content.get(key, {})
    if not isinstance(part, dict):
        _refuse(f"{key} must be a table")
    return dict(part)


def _texts(content: dict[str, Any], key: str, within: str = "") -> dict[str, str]:
    part = content.get(key, {})
    if not isinstance(part, dict):
        _refuse(f"{within}{key} must be a table")
    for name, text in part.items():
        if not isinstance(text, str):
            _refuse(f"{within}{key}.{name} must be text in quotation marks")
    return dict(part)


def _refuse(what: str) -> NoReturn:
    raise FormatError(say("The mapping cannot be used: {what}.", what=what))


def _inline(entries: Dictionary[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_quoted(text)}" for key, text in entries.items()) + " }"


def _key(text: str) -> str:
    return text if _BARE_KEY.match(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = "".join(
        _ESCAPES.get(letter)
        or (f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter)
        for letter in text
    )
    return f'"{escaped}"'
