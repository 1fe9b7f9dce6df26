"""After a whole story no name and no record number is readable in anything that the program keeps."""

from __future__ import annotations

import logging
from pathlib import Path

from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import access

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


def found_in(path: Path) -> list[str]:
    """The secrets that can be read in a file, in UTF-8 or UTF-16 of either byte order."""
    data = path.read_bytes()
    return [
        f"{secret} in {path.name} as {encoding}"
        for secret in SECRETS
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        if secret.encode(encoding) in data
    ]


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
        files = [path for folder in (registry.parent, kept, restored) for path in folder.iterdir()]
        leaks = [leak for path in files for leak in found_in(path)]
    finally:
        desk.close()

    files = [path for folder in (registry.parent, kept, restored) for path in folder.iterdir()]
    leaks += [leak for path in files for leak in found_in(path)]
    leaks += [leak for path in private_folders.rglob("*") if path.is_file() for leak in found_in(path)]
    leaks += [f"{secret} in the log" for secret in SECRETS if secret in caplog.text]
    leaks += [f"{secret} on standard error" for secret in SECRETS if secret in said]
    assert leaks == []
    assert found_in(table), "the search itself must work"
