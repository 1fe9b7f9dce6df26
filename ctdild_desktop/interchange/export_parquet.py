"""Tables of an export as Parquet files, written by DuckDB in memory: nothing is spilt to another folder.

Decimals are exact, with the most digits after the point that a column has. A date that may be partial is
text, with the first and the last day beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ctdild_desktop.interchange.export_columns import Column, Type
from ctdild_desktop.interchange.export_files import Facts, file_name
from ctdild_desktop.interchange.export_tables import Table

_MOST_DIGITS = 38
_LONGEST_LINE = 16 * 1024 * 1024
_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.WHOLE: "BIGINT",
    Type.YES_NO: "BOOLEAN",
    Type.DATE: "DATE",
    Type.MOMENT: "TIMESTAMP",
}


def write_parquet(
    target: Path,
    tables: Sequence[Table],
    facts: Mapping[str, Facts],
    folder: Path,
    between: Callable[[], None],
) -> None:
    """Write a Parquet file for each table from the neutral CSV files.

    Args:
        target: the folder of the Parquet files.
        facts: what was written of each table.
        folder: where the CSV files lie.
        between: called before each table.
    """
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": "",
        "threads": 1,
        "memory_limit": "1GB",
    }
    settings |= {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with duckdb.connect(":memory:", config=settings) as connection:
        for table in tables:
            between()
            source, made = folder / file_name(table.name), target / f"{table.name}.parquet"
            known = facts.get(table.name, Facts())
            wanted = ", ".join(_typed(column, known) for column in table.columns)
            texts = ", ".join(f"{_quoted(column.name, chr(39))}: 'VARCHAR'" for column in table.columns)
            connection.execute(
                f"COPY (SELECT {wanted} FROM read_csv({_quoted(str(source), chr(39))}, auto_detect = false, "
                f"header = true, delim = ',', quote = '\"', escape = '\"', columns = {{{texts}}}, "
                f"strict_mode = true, parallel = false, max_line_size = {_LONGEST_LINE}, "
                f"buffer_size = {2 * _LONGEST_LINE})) "
                f"TO {_quoted(str(made), chr(39))} (FORMAT parquet, COMPRESSION zstd)"
            )


def _typed(column: Column, facts: Facts) -> str:
    name = _quoted(column.name, '"')
    if column.type is Type.NUMBER:
        digits = min(facts.decimals[column.name], _MOST_DIGITS // 2)
        return f"CAST({name} AS DECIMAL({_MOST_DIGITS}, {digits})) AS {name}"
    return f"CAST({name} AS {_TYPES[column.type]}) AS {name}"


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark
