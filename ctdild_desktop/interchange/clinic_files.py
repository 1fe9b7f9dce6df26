"""Which tables a CSV file or a workbook holds, and all of them as neutral records.

The kind of a table is the name of its sheet or file, or is chosen by a person, or is said by the mapping
(``read_as``); else it is the plain table of tests.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from ctdild_desktop.clinical.typed_text import has_unseen
from ctdild_desktop.interchange.clinic_fields import TABLES, fields_of, table_named, table_of_file
from ctdild_desktop.interchange.clinic_table import clinic_rows
from ctdild_desktop.interchange.columns import Report
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.plain_table import tests_of
from ctdild_desktop.interchange.records import ClinicRow, Remark, Step, TestRow, TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.table import Table, check_format, is_workbook, read_table
from ctdild_desktop.interchange.workbook import read_sheets, tests_sheet
from ctdild_desktop.language import say

_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a person says of the kinds of tables."""

    every: tuple[str, ...] = ()
    """The kinds of each CSV file, and of each workbook whose sheets do not say theirs."""
    sheets: Dictionary[tuple[str, str], str] = field(default_factory=dict)
    """The kind of one sheet, by the name of the file and the title; empty for a sheet that is not read."""

    def __post_init__(self) -> None:
        for kind in (*self.every, *filter(None, self.sheets.values())):
            if kind not in TABLES:
                raise FormatError(
                    say(
                        "There is no table {kind}; the tables are {tables}.",
                        kind=kind,
                        tables=", ".join(TABLES),
                    )
                )


def tables_in(
    source: Source, mapping: Mapping, *, file_format: str = "auto", kinds: Kinds | None = None
) -> tuple[tuple[Table, tuple[str, ...]], ...]:
    """The tables of a file, each with the kinds that it is read as; none for one that is not read.

    Raises:
        FormatError: the file is no readable table.
    """
    kinds = kinds or Kinds()
    if not is_workbook(source):
        return (_text_table(source, mapping, file_format, kinds),)
    told: dict[str, str] = {}

    def choose(titles: Sequence[str]) -> Sequence[str]:
        for title in titles:
            told[title] = kinds.sheets.get((source.name, title), table_named(title))
        named = [title for title in titles if told[title]]
        return named or tests_sheet(titles)

    check_format(source, file_format)
    found = read_sheets(source, choose)
    if not any(told.values()):
        (only,) = found
        return ((replace(only, sheet=""), _kinds_of(source.name, only, mapping, kinds)),)
    if len(found) == 1 and told[found[0].sheet] == "pft":
        return ((replace(found[0], sheet=""), ("pft",)),)
    return tuple((table, (told[table.sheet],)) for table in found)


def sheets_in(source: Source) -> tuple[tuple[Table, str, bool], ...]:
    """Every table of a file, with the kind that it is read as (empty: not read) and whether its name says it.

    Raises:
        FormatError: the file is no readable table.
    """
    if not is_workbook(source):
        table, _ = _text_table(source, Mapping(), "auto", Kinds())
        told = table_of_file(table.name, table.header)
        return ((table, told or "pft", bool(told)),)
    every = read_sheets(source, lambda titles: titles)
    kinds = {table.sheet: table_named(table.sheet) for table in every}
    if any(kinds.values()):
        return tuple((table, kinds[table.sheet], bool(kinds[table.sheet])) for table in every)
    (first,) = tests_sheet([table.sheet for table in every])
    told = table_of_file(source.name, next(table.header for table in every if table.sheet == first))
    return tuple(
        (table, (told or "pft") if table.sheet == first else "", bool(told) and table.sheet == first)
        for table in every
    )


def _text_table(
    source: Source, mapping: Mapping, file_format: str, kinds: Kinds
) -> tuple[Table, tuple[str, ...]]:
    named = table_named(PurePath(source.name).stem)
    expected = {named or "pft", *kinds.every, *mapping.read_as, *(("pft",) if named == "patients" else ())}
    titles: set[str] = set()
    for kind in expected:
        titles |= {*fields_of(kind), *mapping.of(kind).named_columns}
    table = read_table(source, file_format=file_format, titles=titles)
    return table, _kinds_of(source.name, table, mapping, kinds)


def _kinds_of(name: str, table: Table, mapping: Mapping, kinds: Kinds) -> tuple[str, ...]:
    """The kinds of a file that is one table."""
    chosen = kinds.sheets.get((name, ""))
    if chosen is not None:
        return (chosen,) if chosen else ()
    told = table_of_file(name, table.header)
    return kinds.every or ((told,) if told else ()) or mapping.read_as or ("pft",)


def read_tables(
    source: Source,
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    kinds: Kinds | None = None,
    step: Step | None = None,
) -> TestTable:
    """The neutral records of every table of a CSV file or workbook.

    Raises:
        FormatError: the file is no readable table, the mapping names a column that it does not have, or a
            required column is missing.
    """
    mapping = mapping or Mapping()
    found = tables_in(source, mapping, file_format=file_format, kinds=kinds)
    several = len(found) > 1
    tests: tuple[TestRow, ...] = ()
    clinic: list[ClinicRow] = []
    whole = Report()
    tested: list[str] = []
    for table, read_as in found:
        unused: list[list[Remark]] = []
        for kind in dict.fromkeys(read_as):
            report = Report(_label(table, kind) if several or len(read_as) > 1 or kind != "pft" else "")
            part = mapping.of(kind)
            if kind == "pft":
                tested.append(table.shown)
                tests = tests_of(table, part, report, step)
            else:
                clinic += clinic_rows(table, kind, part, report, step)
            whole.rejected += report.rejected
            whole.warnings += report.warnings
            unused.append(report.unused)
        whole.warnings += _unused_by_all(unused)
    if len(tested) > 1:
        raise FormatError(
            say(
                "{name} has several sheets of tests: {tested}. Put them into one.",
                name=source.name,
                tested=", ".join(tested),
            )
        )
    return TestTable(
        name=source.name,
        sha256=source.sha256,
        format=found[0][0].format,
        rows_read=sum(len(table.rows) for table, read_as in found if read_as),
        rows=tests,
        clinic=tuple(clinic),
        rejected=tuple(whole.rejected),
        warnings=tuple(whole.warnings),
    )


def _unused_by_all(unused: Sequence[Sequence[Remark]]) -> list[Remark]:
    """The columns that no table of the same rows takes."""
    if len(unused) <= 1:
        return [remark for found in unused for remark in found]
    left = set.intersection(*({remark.column for remark in found} for found in unused))
    return [replace(remark, table="") for remark in unused[0] if remark.column in left]


def _label(table: Table, kind: str) -> str:
    """What a table of a file is called beside its rows."""
    title = table.sheet
    return kind if not title or has_unseen(title) or len(title) > _LONGEST_LABEL else title
