"""The practice registry: made when there is none that opens, apart from the clinic's, removed whole."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop import config
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AdverseEvent, Pft
from ctdild_desktop.config import UpkeepSettings
from ctdild_desktop.registry.errors import DiskError
from ctdild_desktop.services import (
    access,
    adverse_events,
    demo,
    pages,
    patients,
    pft,
    practice,
    snoozes,
    today,
    upkeep,
)
from ctdild_desktop.services.cohort import saved_questions
from ctdild_desktop.services.desk import RefusedError
from ctdild_desktop.services.printed import invented, printed_by
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support.practice import made_sample
from tests.support.released import next_program


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was made, to be copied."""
    return made_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Path) -> Iterator[Path]:
    """The per-user data folder, with a practice registry."""
    monkeypatch.setattr(config, "default_registry_path", lambda: tmp_path / "registry.ctdild")
    monkeypatch.setattr(practice, "PATIENTS", 1)
    shutil.copytree(sample, tmp_path / "practice")
    return tmp_path


def test_it_opens_without_a_question_on_the_day_that_follows_its_histories(home: Path) -> None:
    desk = practice.open_practice(upkeep=UpkeepSettings(copy_folder=home / "copies", lock_minutes=9))
    assert (desk.practice, desk.demo, desk.role) == (True, True, "administrator")
    assert (desk.today() - practice.FIRST_DAY).days in {0, 1}
    assert demo.REFERENCE_DAY + dt.timedelta(days=4) == practice.FIRST_DAY
    assert (desk.upkeep.copy_folder, desk.upkeep.lock_minutes) == (None, 9)
    assert today.work_list(desk).count > 0
    assert invented(desk) == ["Practice: invented patients."]
    assert printed_by(desk).practice
    record = patients.by_mrn(desk, "DEMO-0001")
    assert record is not None
    assert pages.mdt_page(desk, record.patient.id).practice
    desk.close()


def test_one_that_was_opened_by_another_way_is_kept_apart_too(home: Path, tmp_path: Path) -> None:
    opened = practice.open_practice()
    kept = upkeep.backup(opened, tmp_path / "kept.ctdild-backup").value
    opened.close()
    passphrase = (home / "practice" / "passphrase.txt").read_text().strip()
    clinics = UpkeepSettings(copy_folder=tmp_path / "copies")
    desk = access.unlock(practice.place(), login=demo.LOGIN, passphrase=passphrase)
    assert practice.claim(desk, clinics)
    assert (desk.practice, desk.upkeep.copy_folder) == (True, None)
    desk.close()
    other = upkeep.restore(kept, tmp_path / "other.ctdild", login=demo.LOGIN, passphrase=passphrase)
    assert not practice.claim(other, clinics)
    other.close()


def test_what_is_really_done_counts_and_what_was_there_does_not(home: Path) -> None:
    desk = practice.open_practice()
    after = practice.last_entry(desk)
    assert practice.happened(desk, after) == (frozenset(), after)
    record = patients.by_mrn(desk, "DEMO-0001")
    assert record is not None
    patient_id = record.patient.id
    test = Pft(id="", date=desk.today(), fvc_l=Decimal("2.24"))
    done = pft.record_pft(desk, patient_id, test, None, confirmed=("fvc_l", "CHANGE", "UNUSUAL"))
    deeds, last = practice.happened(desk, after)
    assert "insert pft" in deeds
    assert "undo" not in deeds
    assert done.undo is not None
    done.undo()
    assert practice.happened(desk, last)[0] == {"undo"}
    groups = today.work_list(desk).groups.values()
    row = next(row for rows in groups for row in rows if row.item)
    snoozes.put_off(desk, row, desk.today() + dt.timedelta(days=7), "asked for")
    saved_questions.save_query(desk, "Women", "sex = F")
    event = AdverseEvent(id="", onset=PartialDate(2026, 3), term="nausea")
    adverse_events.record_adverse_event(desk, patient_id, event)
    deeds, _last = practice.happened(desk, last)
    assert {"insert snooze", "insert saved_query", "insert adverse_event"} <= deeds
    desk.close()


def test_the_steps_that_were_done_are_kept_and_begin_anew_with_a_fresh_sample(home: Path) -> None:
    desk = practice.open_practice()
    assert practice.done(desk) == frozenset()
    practice.keep_done(desk, {"nurse.find", "nurse.pft"})
    assert practice.done(desk) == {"nurse.find", "nurse.pft"}
    desk.close()
    desk = practice.open_practice()
    assert practice.done(desk) == {"nurse.find", "nurse.pft"}
    desk.close()
    desk = practice.open_practice(anew=True)
    assert practice.done(desk) == frozenset()
    assert patients.count(desk) == 1
    desk.close()
    assert [path.name for path in home.iterdir()] == ["practice"]


@pytest.mark.parametrize("spoilt", ["practice.json", "demo.ctdild"])
def test_one_that_does_not_open_is_made_anew(home: Path, spoilt: str) -> None:
    (home / "practice" / spoilt).write_bytes(b"{}")
    desk = practice.open_practice()
    assert patients.count(desk) == 1
    desk.close()


def test_one_of_an_older_version_is_made_anew(home: Path, tmp_path: Path) -> None:
    with next_program(tmp_path / "next"):
        desk = practice.open_practice()
        assert patients.count(desk) == 1
        desk.close()
    assert not (home / "practice" / "backups").exists()


def test_d3_a_full_disk_and_a_stop_leave_what_was_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {file.name: file.read_bytes() for file in (home / "practice").iterdir()}
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(CancelledError):
        practice.open_practice(progress=stopped, anew=True)

    def full(*_paths: object, **_named: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr(demo, "make_demo", full)
        with pytest.raises(DiskError, match="full or takes no files"):
            practice.open_practice(anew=True)
    real = os.replace

    def fails_on_the_new(source: Path, target: Path) -> None:
        if Path(source).name == "made":
            full()
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fails_on_the_new)
        with pytest.raises(DiskError):
            practice.open_practice(anew=True)
    assert {file.name: file.read_bytes() for file in (home / "practice").iterdir()} == before
    assert [path.name for path in home.iterdir()] == ["practice"]


def test_it_is_removed_without_a_trace_with_what_a_stopped_program_left(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".practice-abc").mkdir()
    (home / "registry.ctdild").write_bytes(b"the clinic's")
    with monkeypatch.context() as patched:

        def held(_path: Path) -> None:
            raise PermissionError

        patched.setattr(shutil, "rmtree", held)
        with pytest.raises(RefusedError, match="Close other windows"):
            practice.remove()
    practice.remove()
    assert [path.name for path in home.iterdir()] == ["registry.ctdild"]
    practice.remove()
