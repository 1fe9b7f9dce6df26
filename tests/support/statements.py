"""Runs the statements of ``docs/sql`` on an exported set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "sql"


def run(folder: Path, name: str, **asked: str) -> list[dict[str, Any]]:
    """The rows of a statement; what it asks for is replaced by something else.

    Args:
        folder: where the Parquet files lie.
        name: the statement without ``.sql``.
        asked: texts of the statement, each with what stands in its place.
    """
    text = (FOLDER / f"{name}.sql").read_text("utf-8")
    for old, new in asked.items():
        assert old in text
        text = text.replace(old, new)
    with duckdb.connect(config={"file_search_path": str(folder)}) as connection:
        found = connection.execute(text)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
