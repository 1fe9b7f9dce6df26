"""A process killed at any moment loses nothing that it was told is saved, and leaves nothing half."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path
from select import select as select_wait

from sqlalchemy import func, select

from ctdild_desktop.registry.backup import restore
from ctdild_desktop.registry.models import VisitRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Made

ROUNDS = 10
ROWS = 5
WRITER = f"""
import datetime as dt, sys
from pathlib import Path
from sqlalchemy import select
from ctdild_desktop.registry.models import PatientRow, VisitRow
from ctdild_desktop.registry.registry import Registry
registry = Registry.open(Path(sys.argv[1]), {LOGIN!r}, {PASSPHRASE!r})
with registry.read() as session:
    patient_id = session.execute(select(PatientRow.id)).scalar_one()
number = int(sys.argv[2])
while True:
    number += 1
    with registry.write({LOGIN!r}) as session:
        for _ in range({ROWS}):
            session.add(VisitRow(patient_id=patient_id, date=dt.date(2026, 1, 1), note=str(number)))
    print(number, flush=True)
"""


def kill_after(path: Path, start: int, acknowledged: int) -> int:
    """Let a process write, kill it after so many acknowledged saves; answers the last acknowledged number."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(start)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        last = start
        for _ in range(acknowledged):
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
    return int(rest[-1]) if rest else last


def test_every_acknowledged_save_survives_a_kill(made: Made) -> None:
    chance = random.Random(20261122)
    last = 0
    for _ in range(ROUNDS):
        last = kill_after(made.path, last, chance.randint(1, 15))
        registry = Registry.open(made.path, LOGIN, PASSPHRASE)
        with registry.read() as session:
            groups = session.execute(select(VisitRow.note, func.count()).group_by(VisitRow.note)).all()
        found = {int(note): count for note, count in groups}
        assert set(found.values()) == {ROWS}
        assert set(range(1, last + 1)) <= found.keys()
        assert registry.verify()["ok"] is True
        registry.close()
        last = max(found)


def test_a_cut_write_ahead_log_gives_back_whole_saves(made: Made, tmp_path: Path) -> None:
    kill_after(made.path, 0, 12)
    wal = made.path.with_name(made.path.name + "-wal")
    database, log, keys = made.path.read_bytes(), wal.read_bytes(), made.keys.read_bytes()
    chance = random.Random(7)
    seen = []
    for number in range(30):
        folder = tmp_path / f"cut{number}"
        folder.mkdir()
        length = chance.randrange(len(log))
        tail = (b"", chance.randbytes(300), bytes(300))[number % 3]
        path = folder / made.path.name
        path.write_bytes(database)
        (folder / wal.name).write_bytes(log[:length] + tail)
        (folder / made.keys.name).write_bytes(keys)
        registry = Registry.open(path, LOGIN, PASSPHRASE)
        with registry.read() as session:
            notes = sorted(int(note) for note in session.execute(select(VisitRow.note)).scalars())
        assert notes == [whole for whole in range(1, len(notes) // ROWS + 1) for _ in range(ROWS)]
        seen.append(len(notes))
        assert registry.verify()["ok"] is True
        registry.close()
    assert len(set(seen)) > 3


BACKUPS = f"""
import sys
from pathlib import Path
from ctdild_desktop.registry.registry import Registry
registry = Registry.open(Path(sys.argv[1]), {LOGIN!r}, {PASSPHRASE!r})
while True:
    print("begin", flush=True)
    registry.backup(Path(sys.argv[2]))
"""


def test_a_kill_during_a_backup_leaves_a_whole_one(made: Made, tmp_path: Path) -> None:
    chance = random.Random(3)
    target = tmp_path / "backups" / "clinic.ctdild-backup"
    for number in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", BACKUPS, str(made.path), str(target)], stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout is not None
            for _ in range(2 + number):
                assert worker.stdout.readline() == "begin\n"
            select_wait([worker.stdout], [], [], chance.random() / 10)
            worker.send_signal(signal.SIGKILL)
        restored = restore(target, tmp_path / f"again{number}.ctdild", LOGIN, PASSPHRASE)
        assert restored.verify()["ok"] is True
        restored.close()
        finished = [file.name for file in target.parent.iterdir() if not file.name.startswith(".")]
        assert finished == [target.name]
    registry = made.open()
    assert registry.verify()["ok"] is True
    registry.close()
