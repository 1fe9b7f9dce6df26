"""What Windows does otherwise with files and times, told by fakes: there is no Windows here."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import pytest

from ctdild_desktop import __main__, bundled
from ctdild_desktop.registry import files, generations, swap
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import history


class Scanner:
    """Holds every file for some attempts, as a virus scanner does; afterwards the system goes on."""

    def __init__(self, attempts: int, reason: int | None = 32) -> None:
        self.left, self.reason, self.asked = attempts, reason, 0
        self._replace = os.replace

    def replace(self, source: Path, target: Path) -> None:
        self.asked += 1
        if self.asked <= self.left:
            error = PermissionError(13, "Permission denied")
            if self.reason is not None:
                error.winerror = self.reason  # type: ignore[attr-defined]
            raise error
        self._replace(source, target)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    new, old = tmp_path / "new", tmp_path / "old"
    new.write_text("new")
    old.write_text("old")
    return new, old


@pytest.mark.parametrize("reason", [5, 32, 33])
def test_a_file_that_a_scanner_holds_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, pair: tuple[Path, Path], reason: int
) -> None:
    scanner, waited = Scanner(3, reason), []
    monkeypatch.setattr(os, "replace", scanner.replace)
    files.replace(*pair, pause=waited.append)
    assert pair[1].read_text() == "new"
    assert len(waited) == 3


def test_a_file_that_is_never_given_back_is_an_error_after_two_seconds(
    monkeypatch: pytest.MonkeyPatch, pair: tuple[Path, Path]
) -> None:
    scanner, waited = Scanner(1000), []
    monkeypatch.setattr(os, "replace", scanner.replace)
    with pytest.raises(PermissionError):
        files.replace(*pair, pause=waited.append)
    assert sum(waited) == pytest.approx(1.9)
    assert [path.read_text() for path in pair] == ["new", "old"]


@pytest.mark.parametrize("reason", [None, 1224])
def test_another_refusal_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, pair: tuple[Path, Path], reason: int | None
) -> None:
    scanner = Scanner(1000, reason)
    monkeypatch.setattr(os, "replace", scanner.replace)
    with pytest.raises(PermissionError):
        files.replace(*pair, pause=pytest.fail)
    assert scanner.asked == 1


def test_keys_and_a_restore_wait_for_a_scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "_PAUSE_S", 0)
    scanner = Scanner(2)
    monkeypatch.setattr(os, "replace", scanner.replace)
    keys = tmp_path / "a.ctdild.keys"
    files.write_whole(keys, b"slots")
    assert keys.read_bytes() == b"slots"
    registry, database, slots = tmp_path / "a.ctdild", tmp_path / "fresh", tmp_path / "fresh.keys"
    for path in (registry, database, slots):
        path.write_text(path.name)
    scanner.asked = 0
    swap.exchange(registry, database, slots, "a.ctdild.replaced-1")
    assert registry.read_text() == "fresh"
    assert keys.read_text() == "fresh.keys"
    assert (tmp_path / "a.ctdild.replaced-1").read_text() == "a.ctdild"


def test_a_registry_is_never_made_in_the_folder_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "Programs" / "CTD-ILD Desktop"
    inside = program / "program"
    inside.mkdir(parents=True)
    (program / "uninstall.exe").touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(inside / "ctdild-desktop.exe"))
    for place in (inside / "a.ctdild", program / "data" / "a.ctdild", inside / ".." / "a.ctdild"):
        with pytest.raises(RegistryError, match="in the folder of the program"):
            Registry.create(place, "anna", "Anna", "a long passphrase", cost=CHEAPEST)
    assert sorted(path.name for path in program.rglob("*")) == ["program", "uninstall.exe"]
    files.refuse_program_folder(tmp_path / "Programs" / "a.ctdild")
    (program / "uninstall.exe").unlink()
    assert bundled.program_folder() == inside
    files.refuse_program_folder(program / "a.ctdild")


def test_a_virtual_environment_takes_no_registry_and_a_system_python_has_no_such_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "1.0.0"))
    with pytest.raises(RegistryError, match="in the folder of the program"):
        files.refuse_program_folder(tmp_path / "1.0.0" / "a.ctdild")
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert bundled.program_folder() is None


def test_days_before_1970_of_which_windows_tells_no_local_time() -> None:
    def local(_moment: dt.datetime) -> dt.datetime:
        raise OSError(22, "Invalid argument")

    assert history._midnight(dt.date(1954, 3, 1), local) == dt.datetime(1954, 3, 1, tzinfo=dt.UTC)
    assert history._midnight(dt.date(2026, 3, 1)).utcoffset() is not None


def test_a_backup_whose_time_is_unset_is_listed_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a 2026-03-12 101500 on close.ctdild-backup"
    path.write_bytes(b"damaged")
    os.utime(path, (-86400, -86400))
    assert files.written_at(path.stat()) == dt.datetime(1969, 12, 31, tzinfo=dt.UTC)
    assert generations._moment_in(path.name, tmp_path / "a.ctdild") is not None


def test_a_window_program_without_a_console_has_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    __main__.have_streams()
    made = (sys.stdout, sys.stderr)
    print("nobody reads this", file=sys.stderr, flush=True)
    assert not any(stream.isatty() for stream in made)
    for stream in made:
        stream.close()


def test_windows_is_told_to_keep_no_image_of_a_crash() -> None:
    asked: list[int] = []
    __main__.keep_memory_off_the_disk(lambda mode: asked.append(mode) or 0)
    assert asked == [0x0003]
