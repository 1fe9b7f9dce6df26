"""The codebook of an export: every column of every table, its type, unit, codes and source.

It is also the mark of an exported set: its first column is called :data:`MARK` and holds the number of the
layout, by which an import tells such a set from any other table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.interchange.code_lists import list_of
from ctdild_desktop.interchange.export_columns import Cell, Column, Form, Type
from ctdild_desktop.interchange.export_files import TableFiles
from ctdild_desktop.interchange.export_tables import Table
from ctdild_desktop.interchange.pseudonyms import OLDEST_TOLD
from ctdild_desktop.language import english_of

NAME = "codebook"
MARK = "ctdild_export_set"
LAYOUT = 1
NOTES = "*"
"""Stands in the column ``table`` for what is said of the whole set."""

Named = Callable[[type[Any], str], tuple[str, str]]
"""What a field of a kind of record is called, and the unit of its values."""

_TEXT_COLUMNS = (
    "table",
    "column",
    "label",
    "type",
    "unit",
    "codes",
    "missing",
    "recorded_or_derived",
    "source",
)
CODEBOOK = Table(
    NAME,
    None,
    (),
    (
        Column(MARK, Type.WHOLE),
        *(Column(name, Type.TEXT) for name in _TEXT_COLUMNS),
        Column("fewest_patients", Type.WHOLE),
    ),
    (),
)

_COMMON = (
    "An empty cell means that nothing is recorded; it never means no or zero. The column absent says of a "
    "field, where somebody said so, why there is no value: unknown, declined, not_done and the reason.",
    "Tables are tied together by mrn and record_id. Parts of a record have its record_id and a position.",
    "Several codes in one cell are parted by semicolons; one within a text has a backslash before it.",
    "A date that is known to the month or year alone is text (2019-03, 2019); the columns with _earliest and "
    "_latest give the first and the last day that it may mean.",
    "Columns that begin with derived_ are computed by the program and are not recorded.",
    "In the CSV files an apostrophe stands before a text that a spreadsheet would take for a formula, and "
    "within a text after a comma, semicolon, tab or line end, where a spreadsheet may begin a cell.",
    "Who entered a value and when, removed records, and the content of files are not part of the set.",
)
_WITH_IDENTITY = "THESE TABLES NAME PATIENTS. They are not encrypted; keep them like a medical record."
_MOVED = (
    "All dates of a patient are moved to earlier by one number of days of that patient's own, which is "
    "written nowhere in the set: the time between the dates of one patient is right to the day, and no day "
    "or month is true; a year may be. A date known to the month or year alone is moved with its middle."
)
_TRUE_DATES = (
    "DATES ARE TRUE. They may tell who a patient is, and with the predicted values they tell the birth date."
)
_WITHOUT_IDENTITY = (
    "Left out: names, record numbers, birth dates (the year, moved with the dates, stays, but not of "
    f"patients who reach {OLDEST_TOLD + 1}), every text that somebody typed, files, names and logins of "
    "staff, meetings, and codes that are not in the program's lists. Ids stand for others. "
    "Pseudonyms, ids and the number of days are the same in every set of this registry, so that a later set "
    "fits an earlier one; a set with true dates beside this one would tell them.",
    f"Ages are told to a tenth of a year. Of a patient who reaches {OLDEST_TOLD + 1} neither ages nor "
    f"predicted values are told, recorded ones included, because the time between the tests would tell the "
    f"age; where every test is of {OLDEST_TOLD + 1} or more, the age is {OLDEST_TOLD + 1}. The recorded "
    "% predicted stays.",
    "Predicted values, limits and z-scores are computed from the exact age. Who puts the equations to them "
    "can work out the age to within days, and with it the birth date, which is moved where the dates are.",
    "This is still personal data (GDPR recital 26): a rare disease, drug, height or course may tell who "
    "somebody is to a person who knows the patient. fewest_patients is the smallest number of patients who "
    "share one code of a column; where it is below 5, publish no table of it as it stands.",
)


_BESIDE = {
    "label": "in words",
    "earliest": "first day that it may be",
    "latest": "last day that it may be",
}


def notes(*, pseudonymised: bool, shifted: bool) -> tuple[str, ...]:
    """What is said of the whole set."""
    if not pseudonymised:
        return (_WITH_IDENTITY, *_COMMON)
    return (*_WITHOUT_IDENTITY, _MOVED if shifted else _TRUE_DATES, *_COMMON)


def codebook_rows(
    tables: Sequence[Table], named: Named, said: Sequence[str], files: TableFiles | None = None
) -> Iterator[list[Cell]]:
    """The rows of the codebook: what is said of the whole, then each column.

    Args:
        named: what a field is called and its unit.
        files: what was written, to count how few patients share a code.
    """
    for text in said:
        yield [LAYOUT, NOTES, None, text, *[None] * 7]
    for table in tables:
        for key in table.keys:
            yield _row(table, key, key.label)
        for field in table.fields:
            label, unit = _own_words(table, field.name) or named(table.kind or object, field.name)
            coded = field.form in {Form.CODE, Form.CODES}
            listed = _codes(table.kind, field.name) if coded else ""
            fewest = files.fewest(table.name, field.columns[0].name) if files is not None and coded else None
            for column in field.columns:
                if column.part:
                    yield _row(table, column, f"{label}, {_BESIDE[column.part]}")
                else:
                    yield _row(table, column, label, unit=unit, listed=listed, fewest=fewest)
        for column in table.derived:
            yield _row(table, column, column.label, unit=column.unit)


def label_of(table: Table, column: Column, named: Named) -> str:
    """What a column is called, with its unit: ``FVC (L)``."""
    if not column.field:
        unit = column.unit
        label = column.label
    else:
        label, unit = _own_words(table, column.field) or named(table.kind or object, column.field)
    if column.part:
        return f"{label}, {_BESIDE[column.part]}"
    return f"{label} ({unit})" if unit else label


def _own_words(table: Table, field: str) -> tuple[str, str] | None:
    """What the history of the registry has no word for, because nobody changes it there."""
    if field == "version":
        return "how often the record was saved", ""
    if field == "entered":
        return "order of entry among the tests of the patient", ""
    if field == "snapshot":
        return "the page that the team saw", ""
    return (
        {
            "item": ("row of the work list", ""),
            "basis": ("what the row rested on", ""),
            "source_sha256": ("checksum of the file that it was read from", ""),
        }.get(field)
        if table.name in {"snoozes", "pft"}
        else None
    )


def _row(
    table: Table, column: Column, label: str, *, unit: str = "", listed: str = "", fewest: int | None = None
) -> list[Cell]:
    derived = bool(column.derived_from) or bool(column.part)
    source = column.derived_from or (
        f"the column {column.name.removesuffix('_' + column.part)}" if derived else ""
    )
    told = "yes = 1, no = 0" if column.type is Type.YES_NO else listed
    missing = "" if column in table.keys else "empty"
    values = (table.name, column.name, label, column.type.value, unit, told, missing)
    texts: list[Cell] = [text or None for text in values]
    return [LAYOUT, *texts, "derived" if derived else "recorded", source or None, fewest]


def _codes(kind: type[Any] | None, field: str) -> str:
    listed = list_of(kind or Patient, field) or ()
    return "; ".join(f"{one.code} = {english_of(one.label)}" for one in listed)
