"""From the plain table of tests (one row per test) to neutral records, under a mapping.

Nothing is dropped silently: columns that are not used, cells that cannot be read and words for "no value" are
all reported. A row with a problem is rejected as a whole, never read in part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.records import Patient, Pft, Visit
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fields import Field, Kind, fields
from ctdild_desktop.interchange.mapping import DateOrigin, Mapping, OffsetUnit
from ctdild_desktop.interchange.readers import Conventions, as_text, read_cell
from ctdild_desktop.interchange.records import Remark, Step, TestRow, TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.table import Cell, Row, Table, read_table
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
_PATIENT = ("family_name", "given_name", "birth_date", "sex", "height_cm")
_MEASURED = (
    "fvc_l",
    "fvc_pct_pred",
    "fev1_l",
    "fev1_pct_pred",
    "dlco",
    "dlco_pct_pred",
    "tlc_l",
    "va_l",
    "kco",
)
_TEST = (
    *_MEASURED,
    "dlco_unit",
    "hb_g_l",
    "fvc_grade",
    "dlco_grade",
    "spo2_rest",
    "height_cm",
    "weight_kg",
    "comment",
)


@dataclass(slots=True)
class _Report:
    rejected: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where each target comes from."""

    places: dict[str, int]
    constants: dict[str, Any]
    offset: tuple[int, DateOrigin] | None
    conventions: dict[str, Conventions]
    mapping: Mapping
    titles: dict[str, str]

    def title(self, target: str) -> str:
        return self.titles.get(target, target)

    def translated(self, target: str, cell: Cell) -> Cell:
        """The cell with the file's word put into ours, where the mapping says so."""
        words = self.mapping.values.get(target)
        return words.get(as_text(cell).strip(), cell) if words else cell


def read_tests(
    source: Source,
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    step: Step | None = None,
) -> TestTable:
    """Read a CSV or xlsx file of tests.

    Raises:
        FormatError: the file is no readable table, the mapping names a column that it does not have, or a
            required column is missing.
    """
    mapping = mapping or Mapping()
    titles = {*fields(), *mapping.columns.values(), *([mapping.date.column] if mapping.date else [])}
    return tests_of(read_table(source, file_format=file_format, titles=titles), mapping, step)


def tests_of(table: Table, mapping: Mapping, step: Step | None) -> TestTable:
    """The tests in a table under a mapping; raises FormatError as :func:`read_tests` does."""
    plan = _plan(table, mapping)
    report = _Report()
    report.warnings += [Remark(None, "", "", remark) for remark in table.remarks]
    report.warnings += _unused(table, plan)
    report.warnings += _numbers_as_text(table, plan)
    rows = []
    reading = say("Reading {name}", name=table.name)
    for done, row in enumerate(table.rows):
        if step is not None and done % _ROWS_A_STEP == 0:
            step(done, len(table.rows), reading)
        made = _test_row(row, plan, report)
        if made is not None:
            rows.append(made)
        elif len(report.rejected) > _MOST_REJECTED:
            raise FormatError(
                say(
                    "{name} has more than {MOST_REJECTED:,} cells that cannot be read; it is another "
                    "kind of table, or the mapping does not fit it.",
                    name=table.name,
                    MOST_REJECTED=_MOST_REJECTED,
                )
            )
    report.warnings += _said_empty(table, plan)
    return TestTable(
        name=table.name,
        sha256=table.sha256,
        format=table.format,
        rows_read=len(table.rows),
        rows=tuple(rows),
        rejected=tuple(report.rejected),
        warnings=tuple(report.warnings),
    )


def _plan(table: Table, mapping: Mapping) -> _Plan:
    by_title = {title.casefold(): place for place, title in enumerate(table.header) if title}
    places = {name: by_title[name] for name in fields() if name in by_title}
    for target, column in mapping.columns.items():
        if column.strip().casefold() not in by_title:
            raise FormatError(
                say(
                    "{name} has no column {column}, which the mapping takes as {target}.",
                    name=table.name,
                    column=column,
                    target=target,
                )
            )
        places[target] = by_title[column.strip().casefold()]
    offset = None
    if mapping.date is not None:
        if (place := by_title.get(mapping.date.column.strip().casefold())) is None:
            raise FormatError(
                say(
                    "{name} has no column {column}, which the mapping counts dates by.",
                    name=table.name,
                    column=mapping.date.column,
                )
            )
        if "test_date" in places:
            raise FormatError(
                say(
                    "{name} has a column test_date, and the mapping counts dates from an origin.",
                    name=table.name,
                )
            )
        offset = place, mapping.date
    for target in mapping.constants:
        if target in places:
            raise FormatError(
                say(
                    "{name} has a column {target}, and the mapping sets {target} for every row.",
                    name=table.name,
                    target=target,
                )
            )
    for required in (name for name, target in fields().items() if target.required):
        if required not in places and not (required == "test_date" and offset):
            raise FormatError(
                say(
                    "{name} has no column {required}; name the column in a mapping.",
                    name=table.name,
                    required=required,
                )
            )
    titles = {target: table.header[place] for target, place in places.items()}
    if offset is not None:
        titles["test_date"] = table.header[offset[0]]
    constants = {target: _constant(fields()[target], text) for target, text in mapping.constants.items()}
    return _Plan(places, constants, offset, _conventions(table, places), mapping, titles)


def _constant(target: Field, text: str) -> Any:
    try:
        return read_cell(target, text, Conventions(file=Marks(point=True)))
    except CellError as error:
        raise FormatError(
            say(
                "The mapping cannot be used: {name} = {text!r} is {error}.",
                name=target.name,
                text=text,
                error=error,
            )
        ) from None


def _conventions(table: Table, places: dict[str, int]) -> dict[str, Conventions]:
    known = fields()
    numeric = {name for name in places if known[name].kind in {Kind.NUMBER, Kind.PERCENT}}
    marks = {name: marks_in(row.cells[places[name]] for row in table.rows) for name in numeric}
    whole = Marks(any(m.point for m in marks.values()), any(m.comma for m in marks.values()))
    return {
        name: Conventions(
            column=marks.get(name, Marks()),
            file=whole,
            order=day_order_in(row.cells[place] for row in table.rows),
            semicolons=table.semicolons,
        )
        for name, place in places.items()
    }


def _unused(table: Table, plan: _Plan) -> Iterator[Remark]:
    used = {*plan.places.values(), *([plan.offset[0]] if plan.offset else [])}
    for place, title in enumerate(table.header):
        filled = any(not is_blank(row.cells[place]) for row in table.rows)
        if place not in used and (title or filled):
            name = title or f"column {place + 1}"
            yield Remark(
                table.header_row, name, "", say("this column is not one of the table's; it is not read")
            )
    for name, how in plan.conventions.items():
        if how.column.point and how.column.comma:
            yield Remark(
                None, plan.title(name), "", say("decimal points and decimal commas are mixed in this column")
            )


def _numbers_as_text(table: Table, plan: _Plan) -> Iterator[Remark]:
    """Columns of a workbook whose numbers are written as text: they are read, and that is told."""
    if table.format != "xlsx":
        return
    for name, place in plan.places.items():
        if fields()[name].kind not in {Kind.NUMBER, Kind.PERCENT}:
            continue
        written = [row.cells[place] for row in table.rows]
        texts = [cell for cell in written if isinstance(cell, str) and any(map(str.isdigit, cell))]
        if texts:
            reason = say(
                "a number written as text was read as that number ({cells}); check the decimal mark",
                cells=say_n("{n} cell", "{n} cells", len(texts)),
            )
            yield Remark(None, plan.title(name), texts[0], reason)


def _said_empty(table: Table, plan: _Plan) -> Iterator[Remark]:
    for name, place in plan.places.items():
        if fields()[name].kind is Kind.TEXT:
            continue
        words = Counter(
            as_text(row.cells[place]) for row in table.rows if says_not_recorded(row.cells[place])
        )
        for word, count in words.items():
            cells = say_n("{n} cell", "{n} cells", count)
            yield Remark(None, plan.title(name), word, say("taken as not recorded ({cells})", cells=cells))


def _test_row(row: Row, plan: _Plan, report: _Report) -> TestRow | None:
    if row.fault is not None:
        report.rejected.append(Remark(row.number, "", "", row.fault))
        return None
    reader = _RowReader(row, plan)
    values = reader.read()
    if reader.problems:
        report.rejected += reader.problems
        return None
    measured = any(values.get(name) is not None for name in _MEASURED)
    day: date = values["date"]
    told = {name: values[name] for name in _TEST if name in values}
    test = Pft(id="", date=day, as_given=reader.as_given, **told) if measured else None
    visit = Visit(id="", date=day, mmrc=values.get("mmrc"))
    if test is None:
        visit = replace(visit, weight_kg=values.get("weight_kg"), spo2_rest=values.get("spo2_rest"))
        reason = "the row holds no value of lung function; no test is made of it"
        report.warnings.append(Remark(row.number, "", "", reason))
    said = any(value is not None for value in (visit.mmrc, visit.weight_kg, visit.spo2_rest))
    known = {name: values[name] for name in _PATIENT if name in values}
    return TestRow(
        row=row.number,
        date=day,
        patient=Patient(id="", mrn=values["mrn"], **known),
        test=test,
        visit=visit if said else None,
        diagnosis=values.get("ctd"),
        pattern=values.get("pattern"),
        written=reader.written,
    )


class _RowReader:
    """Reads one row into values by the names of the records' fields, noting each cell that fails."""

    def __init__(self, row: Row, plan: _Plan) -> None:
        self._row = row
        self._plan = plan
        self._values: dict[str, Any] = {}
        self.problems: list[Remark] = []
        self.written: dict[str, tuple[str, str]] = {}

    @property
    def as_given(self) -> tuple[tuple[str, str], ...]:
        """The cells whose unit is not the stored one, as the file writes them."""
        return tuple(
            (target.record_name, f"{self._plan.title(name)} {as_text(self._row.cells[place])}")
            for name, place in self._plan.places.items()
            if (target := fields()[name]).decimals_shift and target.record_name in self._values
        )

    def read(self) -> dict[str, Any]:
        for name, place in self._plan.places.items():
            self._read_column(fields()[name], place)
        for name, value in self._plan.constants.items():
            self._values.setdefault(fields()[name].record_name, value)
        if self._plan.offset is not None:
            self._count_date(*self._plan.offset)
        if not self.problems:
            self._check_units()
        return self._values

    def _read_column(self, target: Field, place: int) -> None:
        cell = self._row.cells[place]
        title, text = self._plan.title(target.name), as_text(cell)
        if fault := self._row.cell_faults.get(place):
            self._refuse(title, "", fault)
            return
        meant = self._plan.translated(target.name, cell)
        wordless = target.kind is Kind.TEXT and not target.required
        if is_blank(meant) or (says_not_recorded(meant) and not wordless):
            if target.required:
                self._refuse(title, text, say("{label} is missing", label=target.label))
            return
        try:
            value = read_cell(target, meant, self._plan.conventions[target.name])
        except CellError as error:
            self._refuse(title, text, str(error))
            return
        if (prefix := self._plan.mapping.prefix.get(target.name)) is not None:
            value = prefix + value
        if self._values.setdefault(target.record_name, value) != value:
            self._refuse(title, text, f"differs from {self.written[target.record_name][0]} in the same row")
        self.written.setdefault(target.record_name, (title, text))

    def _count_date(self, place: int, rule: DateOrigin) -> None:
        cell = self._row.cells[place]
        title, text = self._plan.title("test_date"), as_text(cell)
        if is_blank(cell) or says_not_recorded(cell):
            self._refuse(title, text, "Test date is missing")
            return
        try:
            self._values["date"] = _counted(rule, read_whole(cell))
        except CellError as error:
            self._refuse(title, text, str(error))
        self.written["date"] = title, text

    def _check_units(self) -> None:
        """A transfer factor needs its unit, a unit needs a transfer factor, a pattern needs a diagnosis."""
        values = self._values
        for name in ("dlco", "kco"):
            if name in values and "dlco_unit" not in values:
                self._refuse(*self.written[name], "no unit: give a column dlco_unit or set it in a mapping")
        if "dlco" not in values and "kco" not in values:
            values.pop("dlco_unit", None)
        if "pattern" in values and "ctd" not in values:
            self._refuse(*self.written.get("pattern", ("ild_pattern", "")), "needs a diagnosis beside it")

    def _refuse(self, column: str, text: str, reason: str) -> None:
        self.problems.append(Remark(self._row.number, column, text, reason))


def _counted(rule: DateOrigin, count: int) -> date:
    try:
        if rule.unit is OffsetUnit.MONTHS:
            return add_months(rule.origin, count)
        return rule.origin + timedelta(days=count * (7 if rule.unit is OffsetUnit.WEEKS else 1))
    except (OverflowError, ValueError):
        raise CellError("leads to a date outside the calendar") from None
