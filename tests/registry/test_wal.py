"""A damaged write-ahead log loses no saved change without a word; what a stop leaves opens as before."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ctdild_desktop.registry import wal
from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.models import AuditRow, PatientRow, VisitRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Made

FRAME = 24 + wal.PAGE
ACTS = 8


@dataclass(frozen=True)
class Stopped:
    """Files of a registry as a killed program leaves them, with what their log holds."""

    folder: Path
    log: bytes
    entries: int
    ends: tuple[int, ...]
    """Index of the last frame of each act."""

    def with_log(self, content: bytes, into: Path) -> Path:
        into.mkdir()
        for file in self.folder.iterdir():
            shutil.copyfile(file, into / file.name)
        (into / "clinic.ctdild-wal").write_bytes(content)
        return into / "clinic.ctdild"

    def flipped(self, byte: int, bit: int = 0) -> bytes:
        content = bytearray(self.log)
        content[byte] ^= 1 << bit
        return bytes(content)


@pytest.fixture(scope="module")
def stopped(template: Made, tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    live, folder = tmp_path_factory.mktemp("live"), tmp_path_factory.mktemp("stopped")
    for file in template.path.parent.iterdir():
        shutil.copyfile(file, live / file.name)
    registry = Registry.open(live / "clinic.ctdild", LOGIN, PASSPHRASE)
    log, ends = live / "clinic.ctdild-wal", []
    for number in range(ACTS):
        with registry.write(LOGIN) as session:
            patient = PatientRow(mrn=f"M-{number}")
            session.add(patient)
            session.flush()
            session.add(VisitRow(patient_id=patient.id, date=dt.date(2026, 1, 2), note="x" * 3000))
        ends.append((log.stat().st_size - 32) // FRAME - 1)
    entries = count(registry)
    for name in ("clinic.ctdild", "clinic.ctdild.keys"):
        shutil.copyfile(live / name, folder / name)
    content = log.read_bytes()
    registry.close()
    assert len(content) == 32 + FRAME * (ends[-1] + 1)
    return Stopped(folder, content, entries, tuple(ends))


def count(registry: Registry) -> int:
    with registry.read() as session:
        return session.execute(select(func.count()).select_from(AuditRow)).scalar_one()


def opened(path: Path) -> tuple[int, bool]:
    """Entries of the trail, and whether the registry says that its log was not whole."""
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    try:
        assert registry.verify()["ok"] is True
        return count(registry), registry.unfinished
    finally:
        registry.close()


def test_a_whole_log_is_taken_up(stopped: Stopped, tmp_path: Path) -> None:
    assert wal.examine(stopped.log) == wal.Log()
    assert opened(stopped.with_log(stopped.log, tmp_path / "case")) == (stopped.entries, False)


def test_a_bit_that_flipped_before_the_last_change_is_refused_and_nothing_is_touched(
    stopped: Stopped, tmp_path: Path
) -> None:
    chance = random.Random(1)
    for number in range(60):
        frame = chance.randrange(stopped.ends[-2] + 1)
        content = stopped.flipped(32 + frame * FRAME + chance.randrange(FRAME), chance.randrange(8))
        found = wal.examine(content)
        ended = sum(end >= frame for end in stopped.ends)
        assert ended - 1 <= found.lost <= ended, (number, frame)
        assert found.lost >= 1
    path = stopped.with_log(content, tmp_path / "case")
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(DamagedError, match="saved last cannot be read") as caught:
        Registry.open(path, LOGIN, PASSPHRASE)
    assert "last good backup" in caught.value.hint
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


@pytest.mark.parametrize("byte", range(0, 32, 3))
def test_a_bit_that_flipped_in_the_head_of_the_log_is_refused(stopped: Stopped, byte: int) -> None:
    for bit in range(8):
        assert wal.examine(stopped.flipped(byte, bit)).lost == ACTS


@pytest.mark.parametrize("byte", range(8, 16))
def test_a_bit_that_flipped_in_the_salt_of_the_last_change_is_refused(stopped: Stopped, byte: int) -> None:
    at = 32 + stopped.ends[-1] * FRAME + byte
    assert wal.examine(stopped.flipped(at)).lost == 1


def test_a_bit_that_flipped_in_the_last_change_is_told_and_kept_in_the_trail(
    stopped: Stopped, tmp_path: Path
) -> None:
    content = stopped.flipped(32 + stopped.ends[-1] * FRAME + 24 + 100)
    assert wal.examine(content) == wal.Log(unfinished=True)
    path = stopped.with_log(content, tmp_path / "case")
    entries, unfinished = opened(path)
    assert unfinished
    assert stopped.entries - 5 < entries < stopped.entries + 1
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    with registry.read() as session:
        last = session.execute(select(AuditRow).order_by(AuditRow.seq.desc())).scalars().first()
        assert last is not None
        assert (last.op, last.row_id) == ("event", "unfinished")
    assert not registry.unfinished
    registry.close()


@pytest.mark.parametrize(
    "tail", [b"", bytes(9000), random.Random(5).randbytes(9000)], ids=["cut", "0", "noise"]
)
def test_a_cut_log_opens_with_the_changes_before_the_cut(
    stopped: Stopped, tmp_path: Path, tail: bytes
) -> None:
    chance = random.Random(2)
    for number in range(40):
        place = chance.randrange(len(stopped.log))
        assert wal.examine(stopped.log[:place] + tail).lost == 0, (number, place)
    assert opened(stopped.with_log(stopped.log[:place] + tail, tmp_path / "case"))[0] < stopped.entries


def test_frames_of_an_earlier_log_behind_the_end_are_no_damage(stopped: Stopped) -> None:
    older = bytearray(stopped.log[32 : 32 + 5 * FRAME])
    for frame in range(5):
        older[frame * FRAME + 8] ^= 0x55
    assert wal.examine(stopped.log + bytes(older)) == wal.Log()
    older[3 * FRAME + 700] ^= 1
    assert wal.examine(stopped.log + bytes(older)) == wal.Log()


@pytest.mark.parametrize("content", [b"", b"\x37\x7f", bytes(32), bytes(32 + FRAME)], ids=len)
def test_an_empty_log_is_no_damage(content: bytes) -> None:
    assert wal.examine(content) == wal.Log()


def test_a_log_that_another_program_is_writing_is_looked_at_again(
    stopped: Stopped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stopped.with_log(stopped.log[: 32 + 3 * FRAME] + bytes(24), tmp_path / "case")
    seen = iter((stopped.flipped(32 + 700), stopped.log))
    monkeypatch.setattr(Path, "read_bytes", lambda _path: next(seen))
    assert wal.look(path) == wal.Log()


def test_the_log_of_an_open_registry_is_left_to_the_library(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = made.open()
    read = Path.read_bytes

    def watched(path: Path) -> bytes:
        assert not path.name.endswith("-wal"), "the log was read"
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", watched)
    again = made.open()
    again.close()
    registry.close()
    with pytest.raises(AssertionError, match="the log was read"):
        made.open()
