"""The diagnostic bundle: what is told, that no planted name is, and that it is made whatever is wrong."""

from __future__ import annotations

import logging
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop import config
from ctdild_desktop.config import InboxSettings, Settings, UpkeepSettings
from ctdild_desktop.place import Place
from ctdild_desktop.registry import files
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.triggers import audited_tables
from ctdild_desktop.services import backups, diagnosis
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.diagnosis import Around, Part, collect, with_note, write
from ctdild_desktop.services.diagnosis_facts import about_bytes, about_count, database_versions, of_path
from ctdild_desktop.services.diagnosis_log import clean
from tests.support import holloway, importing
from tests.support.desks import LOGIN, NAME, PASSPHRASE, Clock, copied_desk, fill, in_a_file

PLANTED = (
    *("Quittenhain", "Seraphine", "LEAK-77001", "Ofterdingen", "sentinelremark", "Novalis", "Hardenberg"),
    *("HOLLOWAY", "Ingrid", "DEMO-0417", "1970-09-18", "klingsor", "db7.hospital.example", "pneumo_registry"),
    *(LOGIN, NAME, "Amsel", PASSPHRASE),
)
PARTS = ("read-me.txt", "program.txt", "computer.txt", "settings.txt", "registry.txt", "log.txt")


def text_of(parts: tuple[Part, ...], name: str) -> str:
    return next(part.text for part in parts if part.name == name)


def plant_settings(home: Path, registry: Path) -> None:
    """Settings whose every path, login and address names somebody."""
    config.save(
        Settings(
            registry=registry,
            server=Place.parse(
                "postgresql://klingsor@db7.hospital.example:5433/pneumo_registry?sslmode=verify-full"
            ),
            login="klingsor",
            recent=(Place(path=home / "Ofterdingen" / "Quittenhain.ctdild"),),
            upkeep=UpkeepSettings(
                backup_folder=home / "Documents" / "Novalis", copy_folder=Path("/mnt/Hardenberg")
            ),
            inbox=InboxSettings(folder=home / "Seraphine", watching=True),
        )
    )


def plant_log() -> None:
    """A log in which somebody named people in every place where a text can stand."""
    newest = config.log_files()[0]
    newest.parent.mkdir(parents=True)
    stamp = "2026-03-12 10:00:00,123"
    lines = [
        f"{stamp} ERROR ctdild_desktop.ui.bugs bug: ValueError at pft.py:41 record_pft < desk.py:190 _do",
        f"{stamp} ERROR ctdild_desktop.ui.bugs bug: NovalisHardenberg at Quittenhain.py:41 Seraphine",
        f"{stamp} WARNING ctdild_desktop.ui.bugs Qt: could not open /home/klingsor/Seraphine/Quittenhain.pdf",
        f"{stamp} INFO Quittenhain.Seraphine the settings could not be saved",
        f"{stamp} INFO ctdild_desktop.app.program LEAK-77001 born 1970-09-18 was saved",
        "Traceback of Seraphine Quittenhain",
    ]
    newest.write_text("\n".join(lines), encoding="utf-8")
    newest.with_name("ctdild.log.1").write_text("Novalis\n", encoding="utf-8")


@pytest.fixture
def around(private_folders: Path) -> Path:
    """A folder called after somebody, beside settings and a log that are full of names."""
    folder = private_folders / "Seraphine Quittenhain"
    folder.mkdir()
    plant_settings(private_folders, folder / "Quittenhain.ctdild")
    plant_log()
    return folder


@pytest.fixture
def planted(template: Path, around: Path, clock: Clock) -> Iterator[Desk]:
    """A desk whose registry, backups and imports are full of names as well."""
    folder = around
    desk = copied_desk(template, folder, clock)
    fill(desk, holloway.record())
    table = importing.write(
        folder,
        importing.HEADER + "LEAK-77001,Quittenhain,Seraphine,1970-09-18,F,2024-03-18,2.53,11.6,mL/min/mmHg\n",
        "Ofterdingen Novalis.csv",
    )
    importing.run(desk, table, accept_valid_rows=True)
    desk.upkeep = config.load().upkeep
    backups.back_up_now(desk)
    yield desk
    desk.close()


def assert_nobody(content: bytes) -> None:
    for name in PLANTED:
        assert name.lower().encode() not in content.lower(), name


def written(parts: tuple[Part, ...], folder: Path, clock: Clock) -> str:
    """Everything in the file that is written, after it was looked through for every planted name."""
    target = write(parts, folder / diagnosis.suggested_name(clock))
    assert target.name == "ctdild-diagnosis-2026-03-12.zip"
    assert_nobody(target.read_bytes())
    with zipfile.ZipFile(target) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert contents == {part.name: part.text for part in parts}
    whole = "".join(contents) + "".join(contents.values())
    assert_nobody(whole.encode())
    assert not re.search(r"[0-9a-f]{16}", whole), "a key, a hash or an id"
    return whole


def test_no_planted_name_is_in_any_byte_when_the_registry_is_locked(
    around: Path, tmp_path: Path, clock: Clock
) -> None:
    parts = collect(Around(facts=(("style", "Fusion"),)), clock=clock)
    assert tuple(part.name for part in parts) == PARTS
    whole = written(parts, tmp_path, clock)
    assert "state: locked" in whole
    assert "style: Fusion" in whole
    settings = text_of(parts, "settings.txt").splitlines()
    assert "server: PostgreSQL on another computer, sslmode verify-full" in settings
    assert "login: remembered" in settings
    assert "upkeep.backup_minutes: 30" in settings
    assert any(line.startswith("inbox.folder: ~/[...]/ (is not there)") for line in settings)


def test_no_planted_name_is_in_any_byte_when_it_is_open_and_what_is_told(
    planted: Desk, tmp_path: Path, clock: Clock
) -> None:
    clock.forward(hours=5)
    parts = collect(Around(), planted, clock=clock)
    assert planted.registry.keystore().db_id not in written(parts, tmp_path, clock)
    told = text_of(parts, "registry.txt").splitlines()
    for line in (
        "registry: ~/[...]/[...].ctdild",
        "state: open",
        "role of who is signed in: administrator",
        "rows of patient: fewer than 10",
        "rows of pft: 10 to 99",
        "rows of erasure: none",
        "guards that write the trail: as expected",
        "check audit_chain: in order",
        "check integrity: in order",
        "imports of csv: fewer than 10",
        "second place for backups: set",
    ):
        assert line in told, line
    assert any(re.fullmatch(r"backups: \d+, of them not to be used 0", line) for line in told)
    assert any(line.startswith("newest good backup: 5 hours old, ") for line in told)
    counted = {line.split()[2].rstrip(":") for line in told if line.startswith("rows of ")}
    assert counted == {table.name for table in audited_tables()} | {"audit"}


def test_every_setting_is_told(around: Path) -> None:
    named = {
        line.split(":")[0].split(".")[-1] for line in text_of(collect(Around()), "settings.txt").splitlines()
    }
    site, upkeep, inbox = (
        type(part).__dataclass_fields__
        for part in (Settings(registry=Path("x")).site, UpkeepSettings(), InboxSettings())
    )
    assert set(site) | set(upkeep) | set(inbox) | {"registry", "server", "login", "plot"} <= named


def test_the_log_keeps_the_words_of_the_program(around: Path) -> None:
    log = text_of(collect(Around()), "log.txt")
    assert log.splitlines() == [
        "[...] a line of another kind",
        "2026-03-12 10:00:00 ERROR ctdild_desktop.ui.bugs "
        "bug: ValueError at pft.py:41 record_pft < desk.py:190 _do",
        "2026-03-12 10:00:00 ERROR ctdild_desktop.ui.bugs bug: [...] at [...]",
        "2026-03-12 10:00:00 WARNING ctdild_desktop.ui.bugs Qt: could not open [...]",
        "2026-03-12 10:00:00 INFO another module the settings could not be saved",
        "2026-03-12 10:00:00 INFO ctdild_desktop.app.program [...] was saved",
        "[...] a line of another kind",
    ]


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("ctdild_desktop.ui.jobs", "a job came after closing and was not taken", None),
        ("ctdild_desktop.app.program", "the settings could not be saved", None),
        ("ctdild_desktop.services.leaving", "a draft was not kept: DiskError", None),
        ("ctdild_desktop.services.watch", "the registry cannot be reached: UnreachableError", None),
        (
            "ctdild_desktop.services.private_copies",
            "an opened file is held by another program and could not be removed yet",
            None,
        ),
        (
            "ctdild_desktop.services.private_copies",
            "3 folders of opened files of a stopped program removed",
            "[...] folders of opened files of a stopped program removed",
        ),
        (
            "ctdild_desktop.ui.bugs",
            "Qt: This plugin does not support propagateSizeHints()",
            None,
        ),
    ],
)
def test_what_the_program_logs_can_be_read(kind: str, words: str, told: str | None) -> None:
    line = f"2026-03-12 10:00:00,123 INFO {kind} "
    assert clean(line + words) == line.replace(",123", "") + (told or words)


def test_the_log_of_the_program_itself_is_understood(caplog: pytest.LogCaptureFixture) -> None:
    form = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    record = logging.LogRecord("ctdild_desktop.ui.jobs", logging.INFO, "j.py", 1, "a job came", None, None)
    assert clean(form.format(record)).endswith("INFO ctdild_desktop.ui.jobs a job came")


def test_a_registry_that_is_not_there(private_folders: Path) -> None:
    parts = collect(Around(place=Place(path=private_folders / "Klingsor" / "Novalis.ctdild")))
    assert text_of(parts, "registry.txt").splitlines() == [
        "registry: ~/[...]/[...].ctdild",
        "state: locked",
        "folder: is not there",
    ]
    assert text_of(parts, "log.txt") == "There is no log.\n"


def test_a_server_that_does_not_answer() -> None:
    place = Place.parse("postgresql://db7.hospital.example/pneumo_registry?sslmode=require")
    told = text_of(collect(Around(place=place, trouble="UnreachableError")), "registry.txt")
    assert told == (
        "registry: PostgreSQL on another computer, sslmode require\nstate: does not open: UnreachableError\n"
    )


def test_about_loads_nothing_of_a_server_that_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [name for name, _version in database_versions()] == ["SQLite", "SQLCipher", "libpq"]
    monkeypatch.delitem(sys.modules, "psycopg")
    assert [name for name, _version in database_versions(load=False)] == ["SQLite", "SQLCipher"]
    assert "psycopg" not in sys.modules


def test_settings_that_cannot_be_used(private_folders: Path) -> None:
    file = config.default_settings_path()
    file.parent.mkdir(parents=True)
    file.write_text('Quittenhain = = "Seraphine"')
    parts = collect(Around())
    assert text_of(parts, "settings.txt") == "The settings file cannot be used.\n"
    assert text_of(parts, "registry.txt").startswith("registry: not known")


@in_a_file
def test_a_damaged_registry_is_told_part_by_part(desk: Desk, clock: Clock) -> None:
    fill(desk, holloway.record())
    path = desk.registry.path
    desk.registry.backend.close()
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        if file.exists():
            file.write_bytes(os.urandom(8192))
    told = text_of(collect(Around(), desk, clock=clock), "registry.txt")
    assert re.search(r"tables: cannot be told, \w+Error", told)
    assert re.search(r"checks: cannot be told, \w+Error", told)
    assert "file: 8.2 kB" in told


def test_the_registry_on_a_server_is_told_without_its_address(server_desk: Desk, clock: Clock) -> None:
    fill(server_desk, holloway.record())
    told = text_of(collect(Around(), server_desk, clock=clock), "registry.txt")
    assert "registry: PostgreSQL on this computer" in told
    assert re.search(r"^PostgreSQL server: \d+\.\d+$", told, re.MULTILINE)
    assert "backups: those of the server" in told
    assert "rows of patient: fewer than 10" in told
    assert "check audit_chain: in order" in told
    assert_nobody(told.encode())
    assert server_desk.registry.place.database not in told


@in_a_file
def test_a_large_registry_tells_its_last_check(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "FULL_CHECK_UP_TO", 1)
    told = text_of(collect(Around(), desk, clock=clock), "registry.txt")
    assert "last full check: none\n" in told
    assert "full check now: not made" in told
    asked = text_of(collect(Around(), desk, clock=clock, full_check=True), "registry.txt")
    assert "check audit_chain: in order" in asked


def test_the_note_goes_along_as_it_was_typed() -> None:
    parts = (Part("log.txt", "x\n"),)
    assert with_note(parts, "  \n") == parts
    assert with_note(parts, " It does not print. ")[-1] == Part("note.txt", "It does not print.\n")


def test_a_place_that_takes_no_file_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "there.zip"
    target.write_bytes(b"of before")
    with pytest.raises(RegistryError):
        write((Part("log.txt", "x"),), tmp_path / "nowhere" / "there.zip")

    def full(*_paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(RegistryError):
        write((Part("log.txt", "x"),), target)
    assert target.read_bytes() == b"of before"
    assert [path.name for path in tmp_path.iterdir()] == ["there.zip"]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "none"),
        (1, "fewer than 10"),
        (9, "fewer than 10"),
        (10, "10 to 99"),
        (99, "10 to 99"),
        (100_000, "100000 to 999999"),
    ],
)
def test_counts_are_orders_of_magnitude(count: int, told: str) -> None:
    assert about_count(count) == told


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "0 bytes"), (999, "1000 bytes"), (12_345, "12 kB"), (3_726_000, "3.7 MB"), (10**11, "100 GB")],
)
def test_sizes_have_two_figures(size: int, told: str) -> None:
    assert about_bytes(size) == told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/srv/ctdild-desktop/registry.ctdild", "/srv/ctdild-desktop/registry.ctdild"),
        ("/srv/Novalis/registry.ctdild", "/srv/[...]/registry.ctdild"),
        ("//files/klingsor/Novalis.ctdild", "a network share, [...].ctdild"),
        ("\\\\files\\klingsor\\Novalis.ctdild", "a network share, [...].ctdild"),
        ("/mnt/data/Novalis.pdf", "/mnt/data/[...]"),
    ],
)
def test_a_path_is_told_by_folders_that_everybody_has(path: str, told: str) -> None:
    assert of_path(Path(path)) == told
