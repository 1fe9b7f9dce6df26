"""The formats of an export that are tables: CSV with R and SPSS syntax, a workbook, Parquet."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from ctdild_desktop.interchange.export_codebook import CODEBOOK, codebook_rows, notes
from ctdild_desktop.interchange.export_files import NEUTRAL, Dialect, Facts, TableFiles
from ctdild_desktop.interchange.export_tables import Case, Table, meeting_rows, rows_of, tables
from ctdild_desktop.services.desk import RefusedError
from ctdild_desktop.services.export_words import named
from ctdild_desktop.services.exporting import CSV_FORMS, Content

_BESIDE = "tables"
"""Folder within the one that is built, for tables that are turned into another format; gone at the end."""


def write_csv_set(content: Content[Case], folder: Path) -> Mapping[str, int]:
    """A CSV file for each table, the codebook, and scripts that read them into R and SPSS."""
    from ctdild_desktop.interchange.export_scripts import r_script, spss_syntax

    delimiter, decimal = CSV_FORMS[content.settings.csv_form]
    dialect = Dialect(delimiter, decimal, mark=content.settings.byte_order_mark)
    made, facts = _write(content, folder, dialect)
    for name, text in (
        ("read.R", r_script(made, named, dialect)),
        ("read.sps", "\ufeff" + spss_syntax(made, named, dialect, facts)),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return _rows(made, facts)


def write_xlsx_set(content: Content[Case], folder: Path) -> Mapping[str, int]:
    """One workbook with a sheet for each table and one for the codebook."""
    from ctdild_desktop.interchange.export_workbook import write_workbook

    beside = folder / _BESIDE
    beside.mkdir(mode=0o700)
    made, facts = _write(content, beside, NEUTRAL)
    write_workbook(folder / "registry.xlsx", (CODEBOOK, *made), beside, content.between)
    shutil.rmtree(beside)
    return _rows(made, facts)


def write_parquet_set(content: Content[Case], folder: Path) -> Mapping[str, int]:
    """A Parquet file for each table and for the codebook."""
    import duckdb

    from ctdild_desktop.interchange.export_parquet import write_parquet

    beside = folder / _BESIDE
    beside.mkdir(mode=0o700)
    made, facts = _write(content, beside, NEUTRAL)
    try:
        write_parquet(folder, (CODEBOOK, *made), facts, beside, content.between)
    except duckdb.Error as error:
        # its text may tell a value of the registry
        raise RefusedError("The Parquet files could not be written; nothing is left of them.") from error
    shutil.rmtree(beside)
    return _rows(made, facts)


def _write(
    content: Content[Case], folder: Path, dialect: Dialect
) -> tuple[tuple[Table, ...], Mapping[str, Facts]]:
    bare = content.settings.pseudonymised
    made = tables(pseudonymised=bare)
    with TableFiles(folder, made, dialect) as files:
        for case in content.cases:
            files.add(rows_of(case, pseudonymised=bare))
        files.add(meeting_rows(content.meetings()) if not bare else ())
    said = notes(pseudonymised=bare, shifted=content.settings.date_shift)
    with TableFiles(folder, (CODEBOOK,), dialect) as codebook:
        codebook.add(
            (CODEBOOK.name, row) for row in codebook_rows(made, named, said, files if bare else None)
        )
    return made, files.facts


def _rows(made: tuple[Table, ...], facts: Mapping[str, Facts]) -> Mapping[str, int]:
    return {table.name: facts[table.name].rows for table in made}
