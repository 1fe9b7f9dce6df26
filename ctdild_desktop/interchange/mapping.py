"""How the columns of somebody's file become ours: the small TOML file that the window saves.

What stands at its top is for the table of tests. ``[tables.therapy]`` with its own ``columns``,
``constants``, ``values``, ``prefix``, ``date`` and ``only`` is for the table of therapy, and so on. Prefixes,
words and the column of the MRN at the top are for every table.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn

from ctdild_desktop.clinical.typed_text import has_unseen
from ctdild_desktop.interchange.clinic_fields import DATED, TABLES, fields_of
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fields import Kind
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
class TableMapping:
    """What a mapping says of one table."""

    prefix: Dictionary[str, str] = field(default_factory=dict)
    columns: Dictionary[str, str] = field(default_factory=dict)
    constants: Dictionary[str, str] = field(default_factory=dict)
    date: DateOrigin | None = None
    values: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    only: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns of the file with the words that a row of this table holds there; other rows are left out."""
    shared: frozenset[str] = frozenset()
    """Targets whose column is named for every table; a table without it may have our own name."""

    @property
    def named_columns(self) -> frozenset[str]:
        """The columns of the file that are named."""
        counted = [self.date.column] if self.date is not None else []
        return frozenset((*self.columns.values(), *counted, *self.only))


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
    only: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    read_as: tuple[str, ...] = ()
    """The tables that a file holds whose name does not tell it: one file may hold several."""
    tables: Dictionary[str, TableMapping] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)

    def of(self, table: str) -> TableMapping:
        """What it says of one table, with what is said for every table."""
        own = self.tables.get(table, TableMapping())
        known = fields_of(table)
        prefix = {target: text for target, text in self.prefix.items() if target in known} | dict(own.prefix)
        values = {target: words for target, words in self.values.items() if target in known} | dict(
            own.values
        )
        if table == "pft":
            return TableMapping(
                prefix=prefix,
                columns={**self.columns, **own.columns},
                constants={**self.constants, **own.constants},
                date=own.date or self.date,
                values=values,
                only={**self.only, **own.only},
            )
        columns = dict(own.columns)
        shared = frozenset({"mrn"} & self.columns.keys() - columns.keys() - own.constants.keys())
        columns |= {target: self.columns[target] for target in shared}
        return TableMapping(prefix, columns, own.constants, own.date, values, own.only, shared)


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
        if key not in {*_PARTS, "name", "read_as", "tables"}:
            _refuse(say("unknown key {key}", key=key))
    name = content.get("name", "")
    if not isinstance(name, str):
        _refuse(say("name must be text"))
    tables = _section(content, "tables")
    parts = {}
    for table in tables:
        part = _section(tables, table, within="tables.")
        for key in part:
            if key not in _PARTS:
                _refuse(say("unknown key {key}", key=f"tables.{table}.{key}"))
        parts[table] = TableMapping(**_parts(part, f"tables.{table}."))
    return Mapping(
        name=name.strip(), read_as=_listed(content, "read_as", ""), tables=parts, **_parts(content, "")
    )


_PARTS = ("prefix", "columns", "constants", "date", "values", "only")


def _parts(content: dict[str, Any], within: str) -> dict[str, Any]:
    words = _section(content, "values", within)
    only = _section(content, "only", within)
    return {
        "prefix": _texts(content, "prefix", within),
        "columns": _texts(content, "columns", within),
        "constants": _texts(content, "constants", within),
        "date": _origin(content, within),
        "values": {target: _texts(words, target, within=f"{within}values.") for target in words},
        "only": {column: _listed(only, column, f"{within}only.") for column in only},
    }


def write_mapping(mapping: Mapping) -> str:
    """The TOML text of a mapping; :func:`parse_mapping` reads it back to an equal value."""
    lines = []
    if mapping.name:
        lines.append(f"name = {_quoted(mapping.name)}")
    if mapping.read_as:
        lines.append(f"read_as = {_array(mapping.read_as)}")
    if mapping.prefix:
        lines.append(f"prefix = {_inline(mapping.prefix)}")
    lines += _written(mapping, "")
    for table, part in mapping.tables.items():
        lines += ["", f"[tables.{table}]"]
        if part.prefix:
            lines.append(f"prefix = {_inline(part.prefix)}")
        lines += _written(part, f"tables.{table}.")
    return "\n".join(lines).lstrip("\n") + "\n"


def _written(part: Mapping | TableMapping, within: str) -> Iterator[str]:
    for section in ("columns", "constants"):
        entries: Dictionary[str, str] = getattr(part, section)
        if entries:
            yield from ("", f"[{within}{section}]")
            yield from (f"{key} = {_quoted(text)}" for key, text in entries.items())
    if part.date is not None:
        yield from ("", f"[{within}date]", f"column = {_quoted(part.date.column)}")
        yield from (f'unit = "{part.date.unit}"', f'origin = "{part.date.origin.isoformat()}"')
    if part.values:
        yield from ("", f"[{within}values]")
        yield from (f"{key} = {_inline(words)}" for key, words in part.values.items())
    if part.only:
        yield from ("", f"[{within}only]")
        yield from (f"{_key(column)} = {_array(words)}" for column, words in part.only.items())


def _check(mapping: Mapping) -> None:
    for table in (*mapping.read_as, *mapping.tables):
        if table not in TABLES:
            _refuse(
                say(
                    "there is no table {table}; the tables are {tables}",
                    table=table,
                    tables=", ".join(TABLES),
                )
            )
    if len(set(mapping.read_as)) != len(mapping.read_as):
        _refuse(say("read_as names a table twice"))
    _check_targets(mapping, "pft", "")
    for table, part in mapping.tables.items():
        _check_targets(part, table, f"tables.{table}.")
    _check_targets(mapping.of("pft"), "pft", "")
    for text in _texts_in(mapping):
        if has_unseen(text):
            _refuse(say("a text in it holds a character that cannot be seen"))


def _check_targets(part: Mapping | TableMapping, table: str, within: str) -> None:
    known = fields_of(table)
    for section in ("prefix", "columns", "constants", "values"):
        for target in getattr(part, section):
            if target not in known:
                _refuse(say("unknown column {target} in {section}", target=target, section=within + section))
    for target in part.prefix:
        if known[target].kind is not Kind.TEXT:
            _refuse(say("a prefix cannot be put before {target}", target=target))
    _check_dates(part, table)
    for target in part.constants:
        if target in part.columns:
            _refuse(say("{target} has both a column and a constant", target=target))
        if target in {"mrn", "test_date"}:
            _refuse(say("{target} cannot be the same in every row", target=target))
    for target, column in part.columns.items():
        if not column.strip():
            _refuse(say("{target} names no column", target=target))


def _check_dates(part: Mapping | TableMapping, table: str) -> None:
    dated = DATED.get(table, "")
    if part.date is not None and not dated:
        _refuse(say("the table {table} has no date that an origin could give", table=table))
    if part.date is not None and dated in {*part.columns, *part.constants}:
        _refuse(
            say("the test date has both a column and an origin")
            if dated == "test_date"
            else say("{dated} has both an origin and a column or a constant", dated=dated)
        )


def _texts_in(mapping: Mapping) -> Iterator[str]:
    yield mapping.name
    parts: list[Mapping | TableMapping] = [mapping, *mapping.tables.values()]
    for part in parts:
        for section in (part.prefix, part.columns, part.constants):
            yield from section.values()
        if part.date is not None:
            yield part.date.column
        for translated in part.values.values():
            yield from translated
            yield from translated.values()
        for column, words in part.only.items():
            yield from (column, *words)


def _origin(content: dict[str, Any], within: str) -> DateOrigin | None:
    if "date" not in content:
        return None
    part = _section(content, "date", within)
    for key in part:
        if key not in {"column", "unit", "origin"}:
            _refuse(say("unknown key {key}", key=f"{within}date.{key}"))
    for key in ("column", "unit", "origin"):
        if key not in part:
            _refuse(say("{key} is missing", key=f"{within}date.{key}"))
    column, unit, origin = part["column"], part["unit"], part["origin"]
    if not isinstance(column, str) or not column.strip():
        _refuse(say("{key} must name a column", key=f"{within}date.column"))
    if unit not in tuple(OffsetUnit):
        _refuse(say("{key} must be days, weeks or months", key=f"{within}date.unit"))
    if isinstance(origin, str):
        with suppress(ValueError):
            origin = dt.date.fromisoformat(origin.strip())
    if isinstance(origin, dt.datetime) or not isinstance(origin, dt.date):
        _refuse(say("{key} must be a date such as 2000-09-01", key=f"{within}date.origin"))
    return DateOrigin(column, OffsetUnit(unit), origin)


def _section(content: dict[str, Any], key: str, within: str = "") -> dict[str, Any]:
    part = content.get(key, {})
    if not isinstance(part, dict):
        _refuse(say("{key} must be a table", key=within + key))
    return dict(part)


def _listed(content: dict[str, Any], key: str, within: str) -> tuple[str, ...]:
    part = content.get(key, [])
    if not isinstance(part, list) or not all(isinstance(text, str) for text in part):
        _refuse(say("{key} must be a list of texts in quotation marks", key=within + key))
    return tuple(part)


def _texts(content: dict[str, Any], key: str, within: str = "") -> dict[str, str]:
    part = _section(content, key, within)
    for name, text in part.items():
        if not isinstance(text, str):
            _refuse(say("{key} must be text in quotation marks", key=f"{within}{key}.{name}"))
    return part


def _refuse(what: str) -> NoReturn:
    raise FormatError(say("The mapping cannot be used: {what}.", what=what))


def _inline(entries: Dictionary[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_quoted(text)}" for key, text in entries.items()) + " }"


def _array(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _key(text: str) -> str:
    return text if _BARE_KEY.match(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = "".join(
        _ESCAPES.get(letter)
        or (f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter)
        for letter in text
    )
    return f'"{escaped}"'
