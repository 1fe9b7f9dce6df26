"""Damaged files of every format, imported into a real registry; many more: ``tests.support.mutate``."""

from __future__ import annotations

from pathlib import Path

from tests.support.mutate import run


def test_i2_a_damaged_file_of_any_format_is_imported_whole_or_not_at_all(tmp_path: Path) -> None:
    found = run(tmp_path, files=156, seed=8)
    assert found.faults == []
    formats = {told.split(":")[0] for told in found.became}
    assert len(formats) == 11, formats
