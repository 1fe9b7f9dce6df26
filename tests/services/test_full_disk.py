"""D3: a full or read-only disk is one sentence in every act; nothing is lost and the program goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.registry.errors import DiskError
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import drafts, imports, patients, pft, upkeep
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from tests.support import holloway
from tests.support.desks import fill
from tests.support.disks import full_disk, read_only
from tests.support.dumps import dump

LARGE = "A long remark. " * 20_000

Disk = Callable[[Registry], AbstractContextManager[None]]


@pytest.fixture
def desk(file_desk: Desk) -> Desk:
    """An administrator at an empty registry in a file; one on a server is backed up by the server."""
    return file_desk


@pytest.fixture(params=[full_disk, read_only], ids=["full", "read_only"])
def disk(request: pytest.FixtureRequest) -> Disk:
    found: Disk = request.param
    return found


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return desk


def records(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """What is stored beside the trail, which tells of backups too."""
    return {table: rows for table, rows in dump(desk.registry).items() if not table.startswith("audit")}


def refused(filled: Desk, disk: Disk, act: Callable[[], object]) -> str:
    """The sentence for an act that the disk refuses; fails when anything changed or is not the same again."""
    before = records(filled)
    with disk(filled.registry), pytest.raises(DiskError) as caught:
        act()
    assert records(filled) == before
    words = sentence_of(caught.value)
    assert words is not None
    assert "nothing of this was saved" in words
    act()  # once there is room, the same act is done
    assert records(filled) != before
    assert upkeep.verify(filled).ok
    return words


def test_d3_an_edit_is_refused_whole_and_can_be_done_again(filled: Desk, disk: Disk) -> None:
    test = holloway.record().tests[-1]
    words = refused(filled, disk, lambda: pft.amend_pft(filled, replace(test, comment=LARGE), reason="typed"))
    assert words.startswith(("The disk is full", "The registry is read-only here"))
    assert patients.load(filled, holloway.patient().id).tests[-1].comment == LARGE


def test_d3_a_removal_is_refused_whole(filled: Desk) -> None:
    test = holloway.record().tests[-1]
    refused(filled, read_only, lambda: pft.remove_pft(filled, test.id, "double"))


def test_d3_an_import_is_refused_whole(filled: Desk, disk: Disk, tmp_path: Path) -> None:
    source = tmp_path / "tests.csv"
    rows = "".join(f"NEW-{number},2026-01-05,2.31\n" for number in range(800))
    source.write_text(f"mrn,test_date,fvc_l\n{rows}")
    refused(filled, disk, lambda: imports.run_import(filled, [source]))
    assert patients.count(filled) == 801


def test_d3_a_draft_is_refused_and_the_one_before_it_is_kept(filled: Desk, disk: Disk) -> None:
    patient_id = holloway.patient().id
    drafts.save_draft(filled, "test", patient_id, {"fvc": "2,3"})
    refused(filled, disk, lambda: drafts.save_draft(filled, "test", patient_id, {"comment": LARGE}))
    kept = drafts.load_draft(filled, "test", patient_id)
    assert kept is not None
    assert kept.payload == {"comment": LARGE}


def test_d3_reading_and_checking_go_on(filled: Desk, disk: Disk) -> None:
    with disk(filled.registry):
        assert patients.count(filled) == 1
        assert patients.view(filled, holloway.patient().id).record.tests
        assert filled.registry.verify()["ok"] is True
