"""Scripts that read the CSV files of an export into R and SPSS, with labels, types and the words of codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ctdild_desktop.interchange.code_lists import list_of
from ctdild_desktop.interchange.export_codebook import Named, label_of
from ctdild_desktop.interchange.export_columns import Column, Form, Type
from ctdild_desktop.interchange.export_files import Dialect, Facts, file_name
from ctdild_desktop.interchange.export_tables import Table
from ctdild_desktop.language import english_of

_R_TYPES = {Type.NUMBER: "numeric", Type.WHOLE: "numeric", Type.YES_NO: "integer", Type.DATE: "Date"}
_SPSS_WIDEST, _SPSS_LABEL, _SPSS_VALUE_LABEL = 32_767, 256, 120
_SPSS_CALLED = {"comment": "comment_text"}
"""Columns whose name is a command, with which PSPP ends the list of variables without a word."""
_LENGTH_OF_ID = 32
_WIDEST_CODED = 120
"""Bytes of a text that may have labels of its values."""


def r_script(tables: Sequence[Table], named: Named, dialect: Dialect) -> str:
    """An R script that makes the list ``ctdild`` with a data frame for each table; needs base R alone."""
    return "\n".join(_r_lines(tables, named, dialect)) + "\n"


def _r_lines(tables: Sequence[Table], named: Named, dialect: Dialect) -> Iterator[str]:
    yield '# Reads the tables of this folder into the list ctdild. Run it in the folder: source("read.R")'
    yield "read_table <- function(file, classes) {"
    yield (
        f"  utils::read.csv(file, sep = {_r(dialect.delimiter)}, dec = {_r(dialect.decimal)}, "
        'fileEncoding = "UTF-8-BOM", colClasses = classes, na.strings = "", check.names = FALSE)'
    )
    yield "}"
    yield "coded <- function(column, codes, words) {"
    yield "  own <- setdiff(unique(column[!is.na(column)]), codes)  # what somebody typed in place of a code"
    yield "  factor(column, levels = c(codes, own), labels = c(words, own))"
    yield "}"
    yield 'labelled <- function(column, label) { attr(column, "label") <- label; column }'
    yield "ctdild <- list()"
    for table in tables:
        place = f"ctdild${table.name}"
        yield f"{place} <- read_table({_r(file_name(table.name))}, c("
        classes = [f"  {_r(one.name)} = {_r(_R_TYPES.get(one.type, 'character'))}" for one in table.columns]
        yield ",\n".join(classes)
        yield "))"
        for column in table.columns:
            codes = _words_of(table, column)
            if codes:
                levels = ", ".join(_r(code) for code in codes)
                words = ", ".join(_r(word) for word in _apart(codes))
                yield f"{place}${column.name} <- coded({place}${column.name}, c({levels}), c({words}))"
            elif column.type is Type.YES_NO:
                yield f"{place}${column.name} <- as.logical({place}${column.name})"
        for column in table.columns:
            label = label_of(table, column, named)
            yield f"{place}${column.name} <- labelled({place}${column.name}, {_r(label)})"


def _apart(codes: Mapping[str, str]) -> list[str]:
    """The words of codes, each once: R takes no two levels of one name."""
    words = list(codes.values())
    return [word if words.count(word) == 1 else f"{word} ({code})" for code, word in codes.items()]


def _r(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def spss_syntax(tables: Sequence[Table], named: Named, dialect: Dialect, facts: Mapping[str, Facts]) -> str:
    """SPSS syntax that reads each table and saves it as ``NAME.sav``."""
    return "\r\n".join(_spss_lines(tables, named, dialect, facts)) + "\r\n"


def _spss_lines(
    tables: Sequence[Table], named: Named, dialect: Dialect, facts: Mapping[str, Facts]
) -> Iterator[str]:
    yield "* Encoding: UTF-8."
    yield "* Reads the tables of this folder and saves each as NAME.sav. Set the folder first with CD."
    yield "* A text with a line end in it is read as far as that line end; the columns after it are missing."
    yield f"SET DECIMAL={'COMMA' if dialect.decimal == ',' else 'DOT'}."
    for table in tables:
        known = facts.get(table.name, Facts())
        yield f"GET DATA /TYPE=TXT /FILE={_spss(file_name(table.name))} /ENCODING='UTF8'"
        yield f"  /ARRANGEMENT=DELIMITED /DELCASE=LINE /FIRSTCASE=2 /DELIMITERS={_spss(dialect.delimiter)}"
        yield "  /QUALIFIER='\"' /VARIABLES="
        for column in table.columns:
            yield f"  {_spss_name(column)} {_spss_format(column, known)}"
        yield "  ."
        # what stands after a line end within a text is taken for a row
        yield f"SELECT IF (LENGTH(RTRIM(record_id)) EQ {_LENGTH_OF_ID})."
        yield "VARIABLE LABELS"
        for column in table.columns:
            yield f"  {_spss_name(column)} {_spss(label_of(table, column, named)[:_SPSS_LABEL])}"
        yield "  ."
        for column in table.columns:
            codes = _words_of(table, column)
            if column.type is Type.YES_NO:
                yield f"VALUE LABELS {_spss_name(column)} 1 'yes' 0 'no'."
            elif codes and known.widths[column.name] <= _WIDEST_CODED:
                said = " ".join(
                    f"{_spss(code)} {_spss(word[:_SPSS_VALUE_LABEL])}" for code, word in codes.items()
                )
                yield f"VALUE LABELS {_spss_name(column)} {said}."
        yield f"SAVE OUTFILE={_spss(table.name + '.sav')}."


def _spss_format(column: Column, facts: Facts) -> str:
    if column.type is Type.NUMBER:
        return f"F16.{min(facts.decimals[column.name], 10)}"
    if column.type in {Type.WHOLE, Type.YES_NO}:
        return "F12.0"
    if column.type is Type.DATE:
        return "SDATE10"
    return f"A{min(max(facts.widths[column.name], 1) + 1, _SPSS_WIDEST)}"


def _spss_name(column: Column) -> str:
    return _SPSS_CALLED.get(column.name, column.name)


def _spss(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _words_of(table: Table, column: Column) -> dict[str, str]:
    """The codes that a column may hold, with their words; empty for a column that holds no single code."""
    field = next((one for one in table.fields if one.columns[0] is column), None)
    if field is None or field.form is not Form.CODE or table.kind is None:
        return {}
    return {one.code: english_of(one.label) for one in list_of(table.kind, field.name) or ()}
