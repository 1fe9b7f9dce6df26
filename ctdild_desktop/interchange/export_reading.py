"""Reading an exported set back: its tables, from CSV files or a workbook, as the records that they were.

A set is told from any other table by its codebook. It is read whole or not at all: a cell that is not what
its column says refuses the set with its table, row and column.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AgendaItem,
    Attachment,
    Decision,
    Meeting,
    Patient,
    PatientRecord,
    Visit,
)
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.export_codebook import LAYOUT, MARK
from ctdild_desktop.interchange.export_columns import Field, Form, parted
from ctdild_desktop.interchange.export_sources import RawTable, raw_tables
from ctdild_desktop.interchange.export_tables import LONG_TEXTS, Table, tables
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say


@dataclass(frozen=True, slots=True)
class ExportedSet:
    """What an exported set holds."""

    name: str
    format: str
    """``csv`` or ``xlsx``."""
    sha256: str
    """Of the file with the codebook."""
    records: tuple[PatientRecord, ...] = field(repr=False)
    """Without files: a set has what is said of them and not their content."""
    agenda: tuple[AgendaItem, ...] = field(repr=False)
    meetings: tuple[Meeting, ...] = field(repr=False)
    rows: int
    """Rows of all tables that hold records."""
    files: int
    """Files of patients that are told of and are not in the set."""


def read_set(sources: Sequence[Source]) -> ExportedSet | None:
    """The set that files are, or None when they are none.

    Raises:
        FormatError: they are a set without identity, of a newer program, incomplete, or a cell is not what
            its column says.
    """
    found = raw_tables(sources)
    if found is None:
        return None
    book = found.tables["codebook"]
    if {row[0] for _number, row in book.rows} != {str(LAYOUT)} or book.header[0] != MARK:
        raise FormatError(
            say("{name} was exported by a newer program and cannot be read by this one.", name=found.name)
        )
    patients = found.tables.get("patients")
    if patients is None or "family_name" not in patients.header:
        raise FormatError(
            say("{name} is an export without identity; it cannot be imported.", name=found.name)
        )
    return _Reading(found.tables).whole(found.name, found.format, found.sha256)


class _Reading:
    """Puts the rows of all tables together to records."""

    def __init__(self, raw: Mapping[str, RawTable]) -> None:
        self._raw = raw
        self._long: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        self._rows = 0
        for cells in self._cells(LONG_TEXTS):
            place = tuple(
                cells.text(name) for name in ("table", "column", "record_id", "in_position", "position")
            )
            self._long[place].append((cells.whole("part"), cells.text("text")))
        self._parts: dict[tuple[str, ...], dict[tuple[str, ...], list[tuple[int, Any]]]] = defaultdict(dict)

    def whole(self, name: str, form: str, sha256: str) -> ExportedSet:
        kinds = [table for table in tables(pseudonymised=False) if table.kind is not None]
        for table in sorted(kinds, key=lambda one: -len(one.path)):
            if len(table.path) > 1:
                self._read_parts(table)
        held: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        people: dict[str, Patient] = {}
        meetings: list[Meeting] = []
        for table in kinds:
            if len(table.path) != 1:
                continue
            for cells in self._cells(table):
                record = self._record(table, cells, people)
                if isinstance(record, Patient):
                    if record.mrn in people:
                        raise cells.refused("mrn", say("this MRN occurs twice"))
                    people[record.mrn] = record
                elif isinstance(record, Meeting):
                    meetings.append(record)
                else:
                    held[cells.text("mrn")][_place(table, record)].append(record)
        if self._parts:
            path = next(iter(self._parts))
            record_id = next(part for part in path if len(part) == 32)
            raise FormatError(
                say(
                    "{name}: parts of the record {record_id} have no record; nothing was imported.",
                    name=path[0],
                    record_id=record_id,
                )
            )
        files = sum(len(each.pop("attachments", ())) for each in held.values())
        agenda = [item for each in held.values() for item in each.pop("agenda", ())]
        records = tuple(
            PatientRecord(patient=person, **{place: tuple(items) for place, items in held[mrn].items()})
            for mrn, person in people.items()
        )
        return ExportedSet(name, form, sha256, records, tuple(agenda), tuple(meetings), self._rows, files)

    def _record(self, table: Table, cells: _Cells, people: Mapping[str, Patient]) -> Any:
        kind: Any = table.kind
        values = self._values(table, cells)
        values["id"] = _id_of(cells)
        for name, parts in self._parts.pop((*table.path, cells.text("record_id")), {}).items():
            values[name[-1]] = tuple(part for _position, part in sorted(parts, key=lambda each: each[0]))
        if kind is Patient:
            values["mrn"] = cells.text("mrn")
            if not values["mrn"]:
                raise cells.refused("mrn", say("there is no MRN"))
        elif kind is not Meeting:
            person = people.get(cells.text("mrn"))
            if person is None:
                raise cells.refused("mrn", say("no patient of the set has this MRN"))
            if kind in {Decision, AgendaItem}:
                values["patient_id"] = person.id
        return self._made(table, cells, values)

    def _read_parts(self, table: Table) -> None:
        for cells in self._cells(table):
            values = self._values(table, cells)
            own = (cells.text("record_id"), *cells.positions)
            for name, parts in self._parts.pop((*table.path, *own), {}).items():
                values[name[-1]] = tuple(part for _position, part in sorted(parts, key=lambda each: each[0]))
            part = self._made(table, cells, values)
            above = (*table.path[:-1], *own[:-1])
            self._parts[above].setdefault(table.path, []).append((int(own[-1]), part))

    def _values(self, table: Table, cells: _Cells) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for one in table.fields:
            column = one.columns[0].name
            if column not in cells.header:
                continue
            text = cells.text(column)
            if self._long:
                place = (table.name, column, cells.text("record_id"), *cells.all_positions)
                text += "".join(piece for _part, piece in sorted(self._long.get(place, ())))
            try:
                values[one.name] = _value(one, text)
            except (ValueError, InvalidOperation, OverflowError):
                raise cells.refused(column, say("this is no value of this column")) from None
        return {name: value for name, value in values.items() if name != "version"}

    def _made(self, table: Table, cells: _Cells, values: dict[str, Any]) -> Any:
        kind: Any = table.kind
        try:
            return kind(**{name: value for name, value in values.items() if value is not _DEFAULT})
        except TypeError:
            raise cells.refused("", say("a value that must be there is missing")) from None

    def _cells(self, table: Table) -> Iterator[_Cells]:
        raw = self._raw.get(table.name)
        if raw is None:
            return
        known = {column.name for column in table.columns}
        strange = next((title for title in raw.header if title not in known), None)
        if strange is not None:
            raise FormatError(
                say("{name} has a column {title} that is not known here.", name=raw.name, title=strange)
            )
        places = {title: place for place, title in enumerate(raw.header)}
        for number, row in raw.rows:
            self._rows += table is not LONG_TEXTS
            yield _Cells(raw.name, number, places, row)


_DEFAULT = object()
"""Stands for an empty cell whose field keeps its default."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row, by the names of the columns."""

    table: str
    number: int
    header: Mapping[str, int]
    row: Sequence[str]

    def text(self, column: str) -> str:
        place = self.header.get(column)
        return self.row[place] if place is not None and place < len(self.row) else ""

    def whole(self, column: str) -> int:
        try:
            return int(self.text(column))
        except ValueError:
            raise self.refused(column, say("a whole number is wanted here")) from None

    @property
    def positions(self) -> tuple[str, ...]:
        """Where the part is in its record."""
        names = [name for name in ("in_position", "position") if name in self.header]
        return tuple(str(self.whole(name)) for name in names)

    @property
    def all_positions(self) -> tuple[str, str]:
        in_position = self.text("in_position") if "in_position" in self.header else ""
        return in_position, self.text("position") if "position" in self.header else ""

    def refused(self, column: str, why: str) -> FormatError:
        place = say("row {number}", number=self.number) + (f", {column}" if column else "")
        return FormatError(
            say("{name}, {place}: {why}; nothing was imported.", name=self.table, place=place, why=why)
        )


def _place(table: Table, record: Any) -> str:
    if isinstance(record, Visit):
        return "visits" if record.took_place else "appointments"
    return "attachments" if isinstance(record, Attachment) else table.path[0]


def _id_of(cells: _Cells) -> str:
    found = cells.text("record_id")
    if len(found) != 32 or not set(found) <= set("0123456789abcdef"):
        raise cells.refused("record_id", say("this is no id of a record"))
    return found


def _value(one: Field, text: str) -> Any:
    """The value of a field from the text of its cell."""
    if one.form in {Form.CODES, Form.TEXTS}:
        return tuple(parted(text))
    if one.form is Form.PAIRS:
        return tuple(_pair(each) for each in parted(text))
    if text == "":
        return "" if one.type is str and not one.optional else _DEFAULT
    read = _READ.get(one.form)
    if read is not None:
        return read(text)
    return one.type(text) if issubclass(one.type, Enum) else text


def _pair(text: str) -> tuple[str, str]:
    name, said = parted(text, "=")
    return name, said


def _yes_no(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(text)
    return text == "1"


def _number(text: str) -> Decimal:
    number = Decimal(text.replace(",", "."))
    if not number.is_finite():
        raise ValueError(text)
    return number


_READ: Mapping[Form, Callable[[str], Any]] = {
    Form.NUMBER: _number,
    Form.WHOLE: int,
    Form.YES_NO: _yes_no,
    Form.DATE: dt.date.fromisoformat,
    Form.PARTIAL: PartialDate.parse,
    Form.MOMENT: dt.datetime.fromisoformat,
}
