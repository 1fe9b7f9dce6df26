"""How far an import is, and stopping it: nothing is changed then, in a file and on a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import imports
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support.desks import in_a_file
from tests.support.importing import mrns, write


def _tests(folder: Path, name: str, first: int) -> Path:
    rows = (f"P{number},2024-05-06,2.5\n" for number in range(first, first + 150))
    return write(folder, "mrn,test_date,fvc_l\n" + "".join(rows), name)


def _audited(desk: Desk) -> int:
    with desk.registry.read() as session:
        return session.execute(select(func.count()).select_from(AuditRow)).scalar_one()


def _stopping_at(words: str, done: int) -> Progress:
    def tell(now: int, _of: int, what: str) -> None:
        if what.startswith(words) and now >= done:
            progress.cancel()

    progress = Progress(tell)
    return progress


@pytest.mark.parametrize(
    ("words", "done"), [("Reading b.csv", 0), ("Comparing b.csv", 20), ("Writing b.csv", 100)]
)
def test_an_import_that_is_stopped_changes_nothing(desk: Desk, tmp_path: Path, words: str, done: int) -> None:
    paths = [_tests(tmp_path, "a.csv", 0), _tests(tmp_path, "b.csv", 200)]
    before = _audited(desk)
    with pytest.raises(CancelledError, match="nothing was changed"):
        imports.run_import(desk, paths, progress=_stopping_at(words, done))
    assert (mrns(desk), _audited(desk)) == ([], before)
    imports.run_import(desk, [paths[0]])
    assert len(mrns(desk)) == 150


@in_a_file
def test_each_part_of_an_import_says_how_far_it_is(desk: Desk, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    progress = Progress(lambda *step: told.append(step))
    imports.run_import(desk, [_tests(tmp_path, "a.csv", 0)], progress=progress)
    assert list(dict.fromkeys(what for _, _, what in told)) == [
        "Reading a.csv",
        "Comparing a.csv",
        "Making a backup",
        "Writing a.csv",
        "Sealing the audit trail",
    ]
    assert [(done, of) for done, of, what in told if what == "Writing a.csv"] == [(0, 150), (100, 150)]
    assert all(0 <= done <= of for done, of, _ in told)


@in_a_file
def test_a_preview_can_be_stopped(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        imports.preview_import(
            desk, [_tests(tmp_path, "a.csv", 0)], progress=_stopping_at("Reading a.csv", 0)
        )
