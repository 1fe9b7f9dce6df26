"""What became of an import or export whose answer nobody saw."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import imports, interrupted
from ctdild_desktop.services.desk import Desk
from tests.support import holloway
from tests.support.desks import fill, in_a_file
from tests.support.exports import exported
from tests.support.importing import write


def test_an_import_is_told_with_its_counts_to_who_made_it_and_only_if_it_came_later(
    desk: Desk, tmp_path: Path
) -> None:
    position = interrupted.trail_position(desk)
    path = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.5\nP2,2024-05-06,2\n")
    mine = {imports.look_at(path).sha256}
    assert interrupted.imported_since(desk, position, mine) is None
    imports.run_import(desk, [path])
    assert interrupted.imported_since(desk, position, mine) == "2 new tests, 2 new patients"
    assert interrupted.imported_since(desk, position, {"0" * 64}) is None, "another file was imported"
    assert interrupted.imported_since(desk, position, ()) is None
    assert interrupted.imported_since(desk, interrupted.trail_position(desk), mine) is None
    desk.login = "brandt"
    assert interrupted.imported_since(desk, position, mine) is None


@in_a_file
def test_an_import_that_was_written_but_not_noted_is_told_without_counts(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = interrupted.trail_position(desk)
    monkeypatch.setattr("ctdild_desktop.services.events.note_or_wait", lambda *_args, **_named: None)
    path = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.5\n")
    imports.run_import(desk, [path])
    assert interrupted.imported_since(desk, position, {imports.look_at(path).sha256}) == ""
    assert interrupted.imported_since(desk, position, {"0" * 64}) is None


@in_a_file
def test_a_whole_set_is_found_and_a_half_or_older_one_is_not(desk: Desk, tmp_path: Path) -> None:
    fill(desk, holloway.record())
    (tmp_path / "ctdild-export 2026-03-11").mkdir()
    (tmp_path / "ctdild-export 2026-03-13.zip").write_bytes(b"packed")
    since = desk.clock().replace(microsecond=0)
    assert interrupted.exported_since(tmp_path, since) is None
    folder = exported(desk, tmp_path / "ctdild-export 2026-03-12", "csv")
    assert interrupted.exported_since(tmp_path, since) == folder
    assert interrupted.exported_since(tmp_path, since + dt.timedelta(minutes=5)) is None
    with pytest.raises(RegistryError, match="could not be"):
        interrupted.exported_since(tmp_path / "gone", since)
