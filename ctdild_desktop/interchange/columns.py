"""Which column of a table gives which target, and the values of a row: for every kind of table alike.

Nothing is dropped silently: columns that are not used, cells that cannot be read and words for "no value" are
all reported. A row with a problem is rejected as a whole, never read in part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.interchange.clinic_words import Known
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fields import Field, Kind
from ctdild_desktop.interchange.mapping import DateOrigin, OffsetUnit, TableMapping
from ctdild_desktop.interchange.readers import Conventions, as_text, read_cell
from ctdild_desktop.interchange.records import Remark, Step
from ctdild_desktop.interchange.table import Cell, Row, Table
from ctdild_desktop.interchange.values import (
    CellError,
    Marks,
    day_order_in,
    is_blank,
    marks_in,
    read_whole,
    says_not_recorded,
)
from ctdild_desktop.language import say, say_n

_MOST_REJECTED = 50_000
_ROWS_A_STEP = 500
_NUMBERS = frozenset({Kind.NUMBER, Kind.PERCENT})
_MARKED = frozenset({*_NUMBERS, Kind.RESULT})


@dataclass(slots=True)
class Report:
    """What is noticed while a table is read; ``table`` says which one of a file with several."""

    table: str = ""
    rejected: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    unused: list[Remark] = field(default_factory=list)
    """Columns that this table does not take; another table of the same rows may."""

    def warn(self, row: int | None, column: str, value: str, reason: str) -> None:
        """Add a warning."""
        self.warnings.append(Remark(row, column, value, reason, self.table))

    def refuse(self, row: int | None, column: str, value: str, reason: str) -> None:
        """Add a rejected cell or row."""
        self.rejected.append(Remark(row, column, value, reason, self.table))


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each target comes from."""

    targets: Mapping[str, Field]
    places: dict[str, int]
    constants: dict[str, Any]
    offset: tuple[int, DateOrigin] | None
    conventions: dict[str, Conventions]
    mapping: TableMapping
    titles: dict[str, str]
    dated: str
    """The target that an origin of dates gives."""
    only: tuple[tuple[int, frozenset[str]], ...] = ()
    """Columns with the words that they must hold, else the row is not one of this table."""
    known: Known = field(default_factory=Known)

    def title(self, target: str) -> str:
        """The file's own name of a target's column."""
        return self.titles.get(target, target)

    def translated(self, target: str, cell: Cell) -> Cell:
        """The cell with the file's word put into ours, where the mapping says so."""
        words = self.mapping.values.get(target)
        return words.get(as_text(cell).strip(), cell) if words else cell

    def leaves_out(self, row: Row) -> bool:
        """Whether the mapping says that a row is not one of this table."""
        return any(as_text(row.cells[place]).strip() not in words for place, words in self.only)


def columns_of(table: Table, targets: Mapping[str, Field], dated: str, mapping: TableMapping) -> Columns:
    """Find the columns of a table.

    Args:
        targets: what the table may give, by name.
        dated: the target that the mapping's origin of dates gives; empty when there is none.

    Raises:
        FormatError: the mapping names a column that it does not have, or a required column is missing.
    """
    by_title = {title.casefold(): place for place, title in enumerate(table.header) if title}
    places = {name: by_title[name] for name in targets if name in by_title}
    for target, column in mapping.columns.items():
        place = by_title.get(column.strip().casefold())
        if place is not None:
            places[target] = place
        elif target not in mapping.shared:
            raise FormatError(
                say(
                    "{name} has no column {column}, which the mapping takes as {target}.",
                    name=table.shown,
                    column=column,
                    target=target,
                )
            )
    offset = _offset(table, mapping, by_title, dated, places)
    for target in mapping.constants:
        if target in places:
            raise FormatError(
                say(
                    "{name} has a column {target}, and the mapping sets {target} for every row.",
                    name=table.shown,
                    target=target,
                )
            )
    for required in (name for name, target in targets.items() if target.required):
        given = required in places or required in mapping.constants
        if not given and not (required == dated and offset):
            raise FormatError(
                say(
                    "{name} has no column {required}; name the column in a mapping.",
                    name=table.shown,
                    required=required,
                )
            )
    titles = {target: table.header[place] for target, place in places.items()}
    if offset is not None:
        titles[dated] = table.header[offset[0]]
    known = Known()
    constants = {
        target: _constant(targets[target], text, known) for target, text in mapping.constants.items()
    }
    conventions = _conventions(table, targets, places, known)
    only = tuple(_only(table, mapping, by_title))
    return Columns(
        targets, places, constants, offset, conventions, mapping, titles, dated, only=only, known=known
    )


def _offset(
    table: Table, mapping: TableMapping, by_title: Mapping[str, int], dated: str, places: Mapping[str, int]
) -> tuple[int, DateOrigin] | None:
    if mapping.date is None:
        return None
    if (place := by_title.get(mapping.date.column.strip().casefold())) is None:
        raise FormatError(
            say(
                "{name} has no column {column}, which the mapping counts dates by.",
                name=table.shown,
                column=mapping.date.column,
            )
        )
    if dated in places:
        raise FormatError(
            say(
                "{name} has a column {dated}, and the mapping counts dates from an origin.",
                name=table.shown,
                dated=dated,
            )
        )
    return place, mapping.date


def _only(
    table: Table, mapping: TableMapping, by_title: Mapping[str, int]
) -> Iterator[tuple[int, frozenset[str]]]:
    for column, words in mapping.only.items():
        if (place := by_title.get(column.strip().casefold())) is None:
            raise FormatError(
                say(
                    "{name} has no column {column}, which the mapping chooses rows by.",
                    name=table.shown,
                    column=column,
                )
            )
        yield place, frozenset(words)


def _constant(target: Field, text: str, known: Known) -> Any:
    try:
        return read_cell(target, text, Conventions(file=Marks(point=True), known=known))
    except CellError as error:
        raise FormatError(
            say(
                "The mapping cannot be used: {name} = {text!r} is {error}.",
                name=target.name,
                text=text,
                error=error,
            )
        ) from None


def _conventions(
    table: Table, targets: Mapping[str, Field], places: dict[str, int], known: Known
) -> dict[str, Conventions]:
    numeric = {name for name in places if targets[name].kind in _MARKED}
    marks = {name: marks_in(row.cells[places[name]] for row in table.rows) for name in numeric}
    whole = Marks(any(m.point for m in marks.values()), any(m.comma for m in marks.values()))
    return {
        name: Conventions(
            column=marks.get(name, Marks()),
            file=whole,
            order=day_order_in(row.cells[place] for row in table.rows),
            semicolons=table.semicolons,
            known=known,
        )
        for name, place in places.items()
    }


def rows_read(
    table: Table, columns: Columns, report: Report, step: Step | None
) -> Iterator[tuple[Row, RowReader]]:
    """Each row of the table that can be read, with its values; what cannot be read is reported.

    Raises:
        FormatError: hardly any cell can be read.
    """
    for remark in table.remarks:
        report.warn(None, "", "", remark)
    _tell_columns(table, columns, report)
    _tell_numbers_as_text(table, columns, report)
    left_out = 0
    reading = say("Reading {name}", name=table.shown)
    for done, row in enumerate(table.rows):
        if step is not None and done % _ROWS_A_STEP == 0:
            step(done, len(table.rows), reading)
        if row.fault is not None:
            report.refuse(row.number, "", "", row.fault)
        elif columns.leaves_out(row):
            left_out += 1
        else:
            reader = RowReader(row, columns, report.table)
            if reader.problems:
                report.rejected += reader.problems
            else:
                yield row, reader
        if len(report.rejected) > _MOST_REJECTED:
            raise FormatError(
                say(
                    "{name} has more than {MOST_REJECTED:,} cells that cannot be read; it is another "
                    "kind of table, or the mapping does not fit it.",
                    name=table.shown,
                    MOST_REJECTED=_MOST_REJECTED,
                )
            )
    if left_out:
        rows = say_n("{n} row", "{n} rows", left_out)
        report.warn(None, "", "", say("left out, as the mapping says: {rows}", rows=rows))
    _tell_said_empty(table, columns, report)


def _tell_columns(table: Table, columns: Columns, report: Report) -> None:
    used = {*columns.places.values(), *([columns.offset[0]] if columns.offset else [])}
    used |= {place for place, _ in columns.only}
    for place, title in enumerate(table.header):
        if place in used or (not title and all(is_blank(row.cells[place]) for row in table.rows)):
            continue
        name = title or f"column {place + 1}"
        reason = say("this column is not one of the table's; it is not read")
        report.unused.append(Remark(table.header_row, name, "", reason, report.table))
    for name, how in columns.conventions.items():
        if how.column.point and how.column.comma:
            reason = say("decimal points and decimal commas are mixed in this column")
            report.warn(None, columns.title(name), "", reason)


def _tell_numbers_as_text(table: Table, columns: Columns, report: Report) -> None:
    """Columns of a workbook whose numbers are written as text: they are read, and that is told."""
    if table.format != "xlsx":
        return
    for name, place in columns.places.items():
        if columns.targets[name].kind not in _NUMBERS:
            continue
        written = [row.cells[place] for row in table.rows]
        texts = [cell for cell in written if isinstance(cell, str) and any(map(str.isdigit, cell))]
        if texts:
            reason = say(
                "a number written as text was read as that number ({cells}); check the decimal mark",
                cells=say_n("{n} cell", "{n} cells", len(texts)),
            )
            report.warn(None, columns.title(name), texts[0], reason)


def _tell_said_empty(table: Table, columns: Columns, report: Report) -> None:
    for name, place in columns.places.items():
        if columns.targets[name].kind is Kind.TEXT:
            continue
        words = Counter(
            as_text(row.cells[place]) for row in table.rows if says_not_recorded(row.cells[place])
        )
        for word, count in words.items():
            cells = say_n("{n} cell", "{n} cells", count)
            reason = say("taken as not recorded ({cells})", cells=cells)
            report.warn(None, columns.title(name), word, reason)


class RowReader:
    """Reads one row into values by the names of the records' fields, noting each cell that fails."""

    def __init__(self, row: Row, columns: Columns, table: str) -> None:
        self._row = row
        self._columns = columns
        self._table = table
        self.values: dict[str, Any] = {}
        self.problems: list[Remark] = []
        self.written: dict[str, tuple[str, str]] = {}
        for name, place in columns.places.items():
            self._read_column(columns.targets[name], place)
        for name, value in columns.constants.items():
            self.values.setdefault(columns.targets[name].record_name, value)
        if columns.offset is not None:
            self._count_date(*columns.offset)

    @property
    def as_given(self) -> tuple[tuple[str, str], ...]:
        """The cells whose unit is not the stored one, as the file writes them."""
        return tuple(
            (target.record_name, f"{self._columns.title(name)} {as_text(self._row.cells[place])}")
            for name, place in self._columns.places.items()
            if (target := self._columns.targets[name]).decimals_shift and target.record_name in self.values
        )

    def refuse(self, record_field: str, reason: str) -> None:
        """Reject the row for the cell that a field was read from."""
        self._refuse(*self.written.get(record_field, (record_field, "")), reason)

    def _read_column(self, target: Field, place: int) -> None:
        cell = self._row.cells[place]
        title, text = self._columns.title(target.name), as_text(cell)
        if fault := self._row.cell_faults.get(place):
            self._refuse(title, "", fault)
            return
        meant = self._columns.translated(target.name, cell)
        wordless = target.kind is Kind.TEXT and not target.required
        if is_blank(meant) or (says_not_recorded(meant) and not wordless):
            if target.required:
                self._refuse(title, text, say("{label} is missing", label=say(target.label)))
            return
        try:
            value = read_cell(target, meant, self._columns.conventions[target.name])
        except CellError as error:
            self._refuse(title, text, str(error))
            return
        if (prefix := self._columns.mapping.prefix.get(target.name)) is not None:
            value = prefix + value
        if self.values.setdefault(target.record_name, value) != value:
            other = self.written[target.record_name][0]
            self._refuse(title, text, say("differs from {column} in the same row", column=other))
        self.written.setdefault(target.record_name, (title, text))

    def _count_date(self, place: int, rule: DateOrigin) -> None:
        cell = self._row.cells[place]
        target = self._columns.targets[self._columns.dated]
        title, text = self._columns.title(target.name), as_text(cell)
        self.written[target.record_name] = title, text
        if is_blank(cell) or says_not_recorded(cell):
            self._refuse(title, text, say("{label} is missing", label=say(target.label)))
            return
        try:
            day = _counted(rule, read_whole(cell))
        except CellError as error:
            self._refuse(title, text, str(error))
            return
        self.values[target.record_name] = _as_counted(target, day, rule.unit)

    def _refuse(self, column: str, text: str, reason: str) -> None:
        self.problems.append(Remark(self._row.number, column, text, reason, self._table))


def _as_counted(target: Field, day: date, unit: OffsetUnit) -> Any:
    """A day as the record of a target keeps it: who counts months does not say the day."""
    if target.kind is not Kind.PARTIAL_DATE:
        return day
    return PartialDate(day.year, day.month) if unit is OffsetUnit.MONTHS else PartialDate.of(day)


def _counted(rule: DateOrigin, count: int) -> date:
    try:
        if rule.unit is OffsetUnit.MONTHS:
            return add_months(rule.origin, count)
        return rule.origin + timedelta(days=count * (7 if rule.unit is OffsetUnit.WEEKS else 1))
    except (OverflowError, ValueError):
        raise CellError("leads to a date outside the calendar") from None
