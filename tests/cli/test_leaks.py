"""After a whole story no name and no record number is readable in anything that the program keeps."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import access
from tests.support.written import all_files, leaks_in

TABLE = (
    "mrn,family_name,given_name,birth_date,sex,height_cm,test_date,fvc_l,dlco,dlco_unit,comment\n"
    "LEAK-77,Quittenhain,Seraphine,1970-09-18,F,172,2024-03-18,2.53,11.6,mL/min/mmHg,sentinelremark\n"
    "LEAK-77,Quittenhain,Seraphine,1970-09-18,F,172,2025-03-17,2.20,9.5,mL/min/mmHg,\n"
    "LEAK-78,Γαλανομάτης,Ñusta,1961-02-03,M,180,2025-03-17,3.20,,,\n"
)
SECRETS = (
    "LEAK-77",
    "LEAK-78",
    "Quittenhain",
    "QUITTENHAIN",
    "quittenhain",
    "Seraphine",
    "Γαλανομάτης",
    "ΓΑΛΑΝΟΜΆΤΗΣ",
    "Ñusta",
    "sentinelremark",
    "DEMO-0001",
    "DEMO-0002",
    "Holloway",
    "HOLLOWAY",
    "Ingrid",
)


def found_in(*folders: Path) -> list[str]:
    """The secrets that can be read in the files of some folders, in any spelling and encoding."""
    return [str(leak) for folder in folders for leak in leaks_in(all_files(folder), SECRETS, within=folder)]


def test_no_name_and_no_record_number_is_readable_anywhere(ctdild, demo, private_folders, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    registry, secret = Path(demo[1]), Path(demo[5]).read_text(encoding="utf-8").strip()
    table = tmp_path / "incoming" / "tests.csv"
    table.parent.mkdir()
    table.write_text(TABLE, encoding="utf-8")
    printed = tmp_path / "printed"
    printed.mkdir()
    kept = tmp_path / "kept"
    kept.mkdir()

    story = (
        ("import", table, "--dry-run"),
        ("import", table),
        ("show", "LEAK-77", "--json"),
        ("assess", "--json"),
        ("report", "patient", "LEAK-77", "--out", printed / "page.pdf"),
        ("backup", kept / "first.ctdild-backup"),
        ("verify",),
    )
    said = ""
    for command in story:
        done = ctdild(*command, *demo)
        assert done.status == 0, (command, done.err)
        said += done.err
    restored = tmp_path / "restored"
    restored.mkdir()
    again = ("--registry", restored / "again.ctdild", *demo[2:])
    assert ctdild("restore", kept / "first.ctdild-backup", *again).status == 0
    assert ctdild("show", "LEAK-78", *again).status == 0

    desk = access.unlock(registry, login="demo", passphrase=secret)
    try:
        with desk.registry.write(desk.login, "a change that stays in the log file") as session:
            session.add(UserRow(login="sentinel", display_name="Seraphine Quittenhain", role="viewer"))
        beside = sorted(path.name for path in registry.parent.iterdir())
        assert f"{registry.name}-wal" in beside
        leaks = found_in(registry.parent, kept, restored)
    finally:
        desk.close()

    leaks += found_in(registry.parent, kept, restored, private_folders)
    leaks += [f"{secret} in the log" for secret in SECRETS if secret in caplog.text]
    leaks += [f"{secret} on standard error" for secret in SECRETS if secret in said]
    assert leaks == []
    assert found_in(table.parent), "the search itself must work"


def test_a_bug_tells_its_kind_and_its_places_and_no_text(ctdild, demo, monkeypatch):
    """What a command says may end in the mail of a scheduled job."""

    def fail(*_args: object, **_kwargs: object) -> None:
        raise LookupError("Quittenhain, Seraphine")

    monkeypatch.setattr("ctdild_desktop.services.patients.by_mrn", fail)
    done = ctdild("show", "LEAK-77", *demo)
    assert done.status == 3
    assert done.sentence.startswith("Something went wrong in the program (LookupError at test_leaks.py:")
    assert "Quittenhain" not in done.err + done.out


def test_no_image_of_the_memory_is_written():
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            "import resource; from ctdild_desktop.__main__ import keep_memory_off_the_disk as keep; keep();"
            "print(resource.getrlimit(resource.RLIMIT_CORE))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.strip() == "(0, 0)"
