"""Each released version's registry is brought up to date by the present program and by a later one."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import text

from ctdild_desktop import __version__, config
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.place import Place
from ctdild_desktop.registry import backup, founding, making, schema, triggers
from ctdild_desktop.registry.errors import DiskError, NewerError, OlderError, RegistryError, StoppedError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.upgrading import BACKUP, TABLES, Upgrading
from ctdild_desktop.reports.mdt_page import write_mdt_page
from ctdild_desktop.services import (
    access,
    drafts,
    import_mappings,
    inbox,
    inbox_messages,
    pages,
    patients,
    upkeep,
)
from ctdild_desktop.services.cohort import saved_questions
from tests.support.disks import largest_file
from tests.support.messages import DAY, WHO, gdt
from tests.support.postgres import Cluster
from tests.support.released import FOLDER, NEXT, Kept, each_release, kept, next_migrations, next_program

ADDED = {"2026_11_29_saved_queries": {"inbox_content": {"said_sha256"}}}
"""Columns that the present program has and the last of each of these revisions had not, by table."""
SILENT = {"audit_context", "registry_keys"}
"""Tables without rows in a file that nobody writes to: one is of a server, one of an act that goes on."""


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_k_the_present_version_is_kept_or_is_not_released_yet() -> None:
    assert (FOLDER / "1.0.0" / "kept.json").is_file()
    assert kept()[-1].version <= __version__


@each_release
def test_d11_what_is_kept_of_a_release_has_a_row_in_every_table(kept_one: Kept, tmp_path: Path) -> None:
    rows = kept_one.rows(kept_one.copied(tmp_path))
    assert {table for table, found in rows.items() if not found} <= SILENT
    assert {table: len(rows[table]) for table in kept_one.facts["counts"]} == kept_one.facts["counts"]


@each_release
@pytest.mark.parametrize("further", [False, True], ids=["present", "next"])
def test_d11_a_released_registry_is_brought_up_to_date_with_every_row(
    kept_one: Kept, further: bool, tmp_path: Path
) -> None:
    (tmp_path / "clinic").mkdir()  # beside the later program, in which Python keeps what it compiles
    path = kept_one.copied(tmp_path / "clinic")
    before = kept_one.rows(path)
    added = ADDED.get(kept_one.facts["revision"], {})
    if further:
        with next_program(tmp_path):
            _upgraded(kept_one, path, before, new={"draft": {"device"}, "later": set(), **added})
    else:
        _upgraded(kept_one, path, before, new=added)


def _upgraded(
    one: Kept, path: Path, before: dict[str, dict[str, dict[str, object]]], new: dict[str, set[str]]
) -> None:
    older = one.facts["revision"] != schema.REVISION
    if older:
        untouched = files(path.parent)
        with pytest.raises(OlderError) as caught:
            access.unlock(path, login=one.login, passphrase=one.passphrase, upgrading=access.asking_first())
        assert (caught.value.backups, caught.value.size_bytes) == (
            path.parent / "backups",
            path.stat().st_size,
        )
        assert files(path.parent) == untouched
    steps: list[str] = []
    registry = Registry.open(path, one.login, one.passphrase, upgrading=Upgrading(tell=steps.append))
    assert steps == ([BACKUP, TABLES] if older else [])
    found = registry.verify(one.facts["head"])
    assert (found["ok"], found["notes"]) == (True, [])
    with registry.read() as session:
        assert triggers.differences(session.connection()) == ()
    upgraded = registry.upgraded
    registry.close()
    after = one.rows(path)
    assert set(after) - set(before) == {name for name in new if name not in before}
    for table, rows in before.items():
        if table == "alembic_version":
            continue
        more = new.get(table, set())
        for key, row in rows.items():
            now = after[table][key]
            assert set(now) - set(row) == more, table
            assert {name: now[name] for name in row} == row, (table, key)
    if upgraded is not None:
        assert upgraded.revision == one.facts["revision"]
        manifest, _keys = backup.read_manifest(upgraded.backup)
        assert (manifest.revision, manifest.counts) == (one.facts["revision"], one.facts["counts"])
        restored = backup.restore(upgraded.backup, path.parent / "again.ctdild", one.login, one.passphrase)
        assert restored.verify()["ok"] is True
        restored.close()


@each_release
def test_d11_what_belongs_to_the_clinic_comes_back_and_a_page_is_printed(
    kept_one: Kept, tmp_path: Path
) -> None:
    desk = access.unlock(kept_one.copied(tmp_path), login=kept_one.login, passphrase=kept_one.passphrase)
    patient = patients.by_mrn(desk, "DEMO-0001")
    assert patient is not None
    patient_id = patient.patient.id
    kept_draft, begun = (
        drafts.load_draft(desk, "pft", patient_id),
        drafts.load_draft(desk, "new_patient", None),
    )
    assert kept_draft is not None
    assert kept_draft.payload == {"fvc_l": "2,31", "comment": "half a wo"}
    assert begun is not None
    assert begun.payload["family_name"] == "Begonn"
    assert [(one.name, one.text) for one in saved_questions.saved(desk)] == [("Women", "sex = F")]
    mapping = import_mappings.load_mapping(desk, "Sample clinic")
    assert mapping == import_mappings.read_mapping(kept_one.folder / "mapping.toml")
    assert [message.said.name for message in inbox_messages.listing(desk)] == ["erfunden.gdt"]
    out = tmp_path / "page.pdf"
    write_mdt_page(out, pages.mdt_page(desk, patient_id))
    assert len(PdfDocument(out)) == 1
    desk.close()


@each_release
def test_d11_the_inbox_of_a_release_goes_on(kept_one: Kept, tmp_path: Path) -> None:
    desk = access.unlock(kept_one.copied(tmp_path), login=kept_one.login, passphrase=kept_one.passphrase)
    (waits,) = inbox_messages.listing(desk)
    inbox.set_aside(desk, [waits.id], "no_use")
    inbox.receive(desk, [source_of("later.gdt", gdt(*WHO, *DAY))], "window")
    assert [message.said.name for message in inbox_messages.listing(desk)] == ["later.gdt", waits.said.name]
    assert upkeep.verify(desk).ok
    desk.close()


@each_release
def test_d11_the_backup_of_a_release_is_restored(kept_one: Kept, tmp_path: Path) -> None:
    restored = backup.restore(
        kept_one.folder / "clinic.ctdild-backup",
        tmp_path / "again.ctdild",
        kept_one.login,
        kept_one.passphrase,
    )
    assert restored.verify(kept_one.facts["backup_head"])["ok"] is True
    assert restored.counts()["pft"] == kept_one.facts["counts"]["pft"]
    restored.close()


@each_release
def test_d11_the_settings_of_a_release_come_back(kept_one: Kept, tmp_path: Path) -> None:
    file = kept_one.folder / "settings.toml"
    settings = config.load(file, environ={})
    assert (settings.login, settings.site.language, settings.upkeep.lock_minutes) == ("keeper", "es", 10)
    config.save(settings, tmp_path / "settings.toml")
    again = tomllib.loads((tmp_path / "settings.toml").read_text("utf-8"))
    written = tomllib.loads(file.read_text("utf-8"))
    assert {name: again[name] for name in written} == written


KILLED = """
import sys
from pathlib import Path
from ctdild_desktop import bundled
from ctdild_desktop.registry import schema
from ctdild_desktop.registry.registry import Registry
bundled.migrations = lambda: Path(sys.argv[1])
schema.REVISION = sys.argv[2]
Registry.open(Path(sys.argv[3]), sys.argv[4], sys.argv[5])
"""


def backups_of_upgrades(folder: Path) -> int:
    return len(list((folder / "backups").glob("* before upgrade*.ctdild-backup")))


def test_d5_an_upgrade_that_is_killed_leaves_the_old_registry_and_begins_anew(tmp_path: Path) -> None:
    one = kept()[-1]
    path = one.copied(tmp_path)
    Registry.open(path, one.login, one.passphrase).close()  # has the tables of the present program then
    before, had = one.rows(path), backups_of_upgrades(tmp_path)
    made = next_migrations(tmp_path)
    arguments = [str(made), NEXT, str(path), one.login, one.passphrase]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments],
        env={"PYTHONPATH": str(FOLDER.parents[2]), "CTDILD_TEST_KILLED_HERE": "1"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    Registry.open(path, one.login, one.passphrase).close()
    assert one.rows(path) == before
    assert backups_of_upgrades(tmp_path) == had + 1
    with next_program(tmp_path / "again"):
        registry = Registry.open(path, one.login, one.passphrase)
        assert registry.verify()["ok"] is True
        registry.close()
    assert backups_of_upgrades(tmp_path) == had + 2


def test_d3_a_full_disk_and_a_cancelled_upgrade_leave_the_registry_as_it_was(tmp_path: Path) -> None:
    one = kept()[-1]
    path = one.copied(tmp_path)
    before = one.rows(path)
    with next_program(tmp_path):
        with largest_file(path.stat().st_size // 2), pytest.raises(DiskError, match="disk"):
            Registry.open(path, one.login, one.passphrase)
        with pytest.raises(StoppedError):
            Registry.open(path, one.login, one.passphrase, upgrading=Upgrading(stop=lambda: True))
    assert one.rows(path) == before
    assert list((tmp_path / "backups").glob("*")) == []


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS])
def test_d3_a_place_that_takes_no_backup_is_said_and_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    one = kept()[-1]
    path = one.copied(tmp_path)
    before = one.rows(path)

    def refused(*_arguments: object, **_named: object) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(making, "pack", refused)
    with next_program(tmp_path), pytest.raises(DiskError) as caught:
        Registry.open(path, one.login, one.passphrase)
    assert os.strerror(reason).lower() in str(caught.value)
    assert str(tmp_path / "backups") in caught.value.hint
    assert one.rows(path) == before
    assert list((tmp_path / "backups").glob("*")) == []


def test_d11_an_older_program_says_that_the_registry_is_newer_and_what_to_do(tmp_path: Path) -> None:
    one = kept()[-1]
    path = one.copied(tmp_path)
    with next_program(tmp_path):
        Registry.open(path, one.login, one.passphrase).close()
    after = files(tmp_path)
    with pytest.raises(NewerError) as caught:
        Registry.open(path, one.login, one.passphrase)
    assert caught.value.hint == "Please install the newer version on this computer."
    assert files(tmp_path) == after


def test_d11_on_a_server_the_owner_upgrades_and_people_of_either_program_are_told(
    cluster: Cluster, tmp_path: Path
) -> None:
    place = cluster.new_database()
    desk, _code = access.create_registry(
        place, login="keeper", display_name="K. Eeper", passphrase="a quiet passphrase", cost=CHEAPEST
    )
    desk.close()
    people = Place.parse(str(place))
    with next_program(tmp_path):
        with pytest.raises(RegistryError, match="older version") as caught:
            access.unlock(people, login="keeper", passphrase="a quiet passphrase")
        assert caught.value.hint == "Hospital IT brings it up to date with: ctdild upgrade"
        assert access.upgrade_server(place)[1] == NEXT
        access.unlock(people, login="keeper", passphrase="a quiet passphrase").close()
    with pytest.raises(NewerError):
        access.unlock(people, login="keeper", passphrase="a quiet passphrase")
    with founding.as_owner(place) as server, server.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM later")).scalar_one() == 0
    cluster.drop(place)
