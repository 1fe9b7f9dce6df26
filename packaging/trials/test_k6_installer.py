"""Trial K6: the installer is compiled and tried, silently, on the API of Windows as Wine has it.

Needs ``makensis`` (Debian: nsis), and for all but the first trial ``wine64`` (Debian: wine64); no display.
Wine is not Windows: what Windows itself does with running programs, rights and its shell is on the list for a
person, `packaging/windows/checklist.md`. The installed programs are stand-ins, small programs that wait.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\CTD-ILD Desktop"
DEFAULT = "AppData/Local/Programs/CTD-ILD Desktop"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "windows_installer", ROOT / "packaging" / "windows_installer.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["windows_installer"] = module
    spec.loader.exec_module(module)
    return module


tool = _tool()


def _wine() -> str:
    found = shutil.which("wine64") or "/usr/lib/wine/wine64"
    if not Path(found).is_file():
        pytest.skip("wine64 is not installed (Debian: apt-get install wine64)")
    return found


@pytest.fixture(scope="module", autouse=True)
def compiler() -> None:
    """makensis is what this trial is about."""
    assert shutil.which("makensis"), "makensis is not installed (Debian: apt-get install nsis)"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Windows program that does nothing for five minutes."""
    folder = tmp_path_factory.mktemp("waiting")
    script = folder / "waiting.nsi"
    script.write_text(
        "Target amd64-unicode\nRequestExecutionLevel user\nSilentInstall silent\nOutFile waiting.exe\n"
        "Section\nSleep 300000\nSectionEnd\n"
    )
    subprocess.run(["makensis", "-V1", "-WX", script], check=True, cwd=folder)
    return folder / "waiting.exe"


@pytest.fixture(scope="module")
def installers(tmp_path_factory: pytest.TempPathFactory, waiting: Path) -> dict[str, Path]:
    """Installers of an old, a present and a large version; the old one has files that the present has not."""
    folder = tmp_path_factory.mktemp("installers")
    made = {}
    for version, extra in {
        "0.9": ("gone/older.txt", "both.txt"),
        "1.0.0": ("both.txt", "new/deep er/x.txt"),
    }.items():
        payload = folder / version
        (payload / "_internal").mkdir(parents=True)
        for name in tool.PROGRAMS:
            shutil.copy(waiting, payload / name)
        for one in extra:
            place = payload / "_internal" / one
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(version)
        made[version] = tool.compile_installer(payload, folder, fast=True, told=version)
    return made


class Computer:
    """A person's Windows account, as Wine has it."""

    def __init__(self, wine: str, prefix: Path) -> None:
        self.wine = wine
        self.environment = {
            **{name: text for name, text in os.environ.items() if name != "DISPLAY"},
            **{
                "WINEPREFIX": str(prefix),
                "WINEDEBUG": "-all",
                "WINEARCH": "win64",
                "HOME": str(prefix.parent),
            },
        }
        self.drive = prefix / "drive_c"

    def run(self, *command: str | Path) -> int:
        return self.told(*command).returncode

    @staticmethod
    def _plain(arguments: Sequence[str | Path]) -> list[str]:
        """In pieces, of which Wine makes a line without quotation marks, as an installer wants ``/D=``."""
        pieces = []
        for one in map(str, arguments):
            pieces += one.split(" ") if one.startswith(("/D=", "_?=")) else [one]
        return pieces

    def told(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        # What Wine leaves running holds a pipe open long after the command has ended; a file it may hold.
        with tempfile.TemporaryFile("w+", encoding="cp437") as said:
            done = subprocess.run(
                [self.wine, *map(str, command[:1]), *self._plain(command[1:])],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=120,
                check=False,
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read(), "")

    @property
    def home(self) -> Path:
        return next(one for one in (self.drive / "users").iterdir() if one.name != "Public")

    def value(self, key: str, name: str | None) -> str | None:
        """A value of the registry of Windows; None when it is not there."""
        asked = self.told("reg", "query", key, *(("/v", name) if name else ("/ve",)))
        if asked.returncode != 0:
            return None
        line = next(line for line in asked.stdout.splitlines() if "REG_" in line)
        return (
            line.split("REG_", 1)[1].split(None, 1)[1].strip()
            if " " in line.split("REG_", 1)[1].strip()
            else ""
        )

    def start(self, program: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.wine, str(program)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.2)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh Windows folder that says it is Windows 10; 700 MB, which do not stay."""
    wine, folder = _wine(), tmp_path_factory.mktemp("wine")
    fresh = Computer(wine, folder / "prefix")
    fresh.run("wineboot", "-i")
    fresh.run("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")
    subprocess.run([f"{Path(wine).parent}/wineserver", "-w"], env=fresh.environment, check=False, timeout=60)
    yield folder / "prefix"
    shutil.rmtree(folder)


@pytest.fixture
def computer(prefix: Path, tmp_path: Path) -> Iterator[Computer]:
    copy = tmp_path / "prefix"
    shutil.copytree(prefix, copy, symlinks=True)
    made = Computer(_wine(), copy)
    yield made
    server = Path(made.wine).parent / "wineserver"
    subprocess.run([server, "-k"], env=made.environment, check=False, timeout=60)
    shutil.rmtree(copy)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


NEW_FILES = {
    *("ctdild-desktop.exe", "ctdild.exe", "installed.lst"),
    *("_internal/both.txt", "_internal/new/deep er/x.txt"),
}


def _planted(computer: Computer) -> dict[Path, bytes]:
    """Data, settings and backups of a person, where the program keeps them."""
    local = computer.home / "AppData/Local/ctdild-desktop"
    roaming = computer.home / "AppData/Roaming/ctdild-desktop"
    kept = {
        local / "registry.ctdild": b"encrypted",
        local / "registry.ctdild.keys": b"slots",
        local / "backups" / "registry 2026-11-01 101500 on close.ctdild-backup": b"backup",
        local / "settings.toml": b"login = 'anna'",
        roaming / "anything": b"roaming",
    }
    for path, content in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return kept


def _untouched(kept: dict[Path, bytes]) -> bool:
    return all(path.read_bytes() == content for path, content in kept.items())


def test_k6_the_script_compiles_without_a_warning(installers: dict[str, Path]) -> None:
    content = installers["1.0.0"].read_bytes()
    assert content[:2] == b"MZ"
    assert b'requestedExecutionLevel level="asInvoker"' in content or b'level="asInvoker"' in content
    assert b"longPathAware" in content
    told = installers["1.0.0"].with_name(installers["1.0.0"].name + ".sha256").read_text()
    assert told.endswith("  ctdild-desktop-1.0.0-windows-x64.exe\n")


def test_k6_silent_installation_and_removal_keep_the_data(
    computer: Computer, installers: dict[str, Path]
) -> None:
    kept = _planted(computer)
    assert computer.run(installers["1.0.0"], "/S") == 0
    place = computer.home / DEFAULT
    assert _files(place / "program") == NEW_FILES
    assert _files(place) - {f"program/{name}" for name in NEW_FILES} == {"uninstall.exe"}
    assert computer.value(KEY, "DisplayName") == "CTD-ILD Desktop"
    assert computer.value(KEY, "DisplayVersion") == "1.0.0"
    assert computer.value(KEY, "Publisher") == "CTD-ILD Desktop"
    size = computer.value(KEY, "EstimatedSize")
    assert size is not None
    assert int(size, 16) > 0
    opens = computer.value(r"HKCU\Software\Classes\CTDILD.Registry\shell\open\command", None)
    assert opens is not None
    assert opens.endswith('\\program\\ctdild-desktop.exe" --registry "%1"')
    menu = computer.home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/CTD-ILD Desktop.lnk"
    assert b"ctdild-desktop.exe" in menu.read_bytes().replace(b"\0", b"")
    assert not (computer.home / "Desktop/CTD-ILD Desktop.lnk").exists()
    assert (
        computer.value(
            r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\CTD-ILD Desktop", "DisplayName"
        )
        is None
    )

    inside = "C:\\" + str(place.relative_to(computer.drive)).replace("/", "\\")
    assert computer.run(place / "uninstall.exe", "/S", f"_?={inside}") == 0
    assert not (place / "program").exists()
    assert not menu.exists()
    assert computer.value(KEY, "DisplayName") is None
    assert computer.value(r"HKCU\Software\Classes\CTDILD.Registry", None) is None
    assert computer.value(r"HKCU\Software\Classes\.ctdild", None) is None
    assert _untouched(kept)


def test_k6_an_upgrade_takes_the_old_files_away_and_no_others(
    computer: Computer, installers: dict[str, Path]
) -> None:
    kept = _planted(computer)
    assert computer.run(installers["0.9"], "/S", "/DESKTOP") == 0
    place = computer.home / DEFAULT
    assert (place / "program/_internal/gone/older.txt").is_file()
    assert (computer.home / "Desktop/CTD-ILD Desktop.lnk").is_file()
    strange = place / "program/_internal/gone/my notes.txt"
    strange.write_text("mine")
    assert computer.run(installers["1.0.0"], "/S") == 0
    assert _files(place / "program") == NEW_FILES
    assert (place / "program/_internal/both.txt").read_text() == "1.0.0"
    assert _files(place / "old") == {"_internal/gone/my notes.txt"}
    assert computer.value(KEY, "DisplayVersion") == "1.0.0"
    assert (computer.home / "Desktop/CTD-ILD Desktop.lnk").is_file()
    assert computer.run(installers["1.0.0"], "/S") == 0
    assert _files(place / "program") == NEW_FILES
    assert _files(place / "old") == {"_internal/gone/my notes.txt"}
    assert _untouched(kept)


def test_k6_an_older_version_is_refused_until_asked_for(
    computer: Computer, installers: dict[str, Path]
) -> None:
    assert computer.run(installers["1.0.0"], "/S") == 0
    place = computer.home / DEFAULT
    assert computer.run(installers["0.9"], "/S") == 6
    assert _files(place / "program") == NEW_FILES
    assert computer.run(installers["0.9"], "/S", "/DOWNGRADE") == 0
    assert computer.value(KEY, "DisplayVersion") == "0.9"
    assert (place / "program/_internal/both.txt").read_text() == "0.9"


def test_k6_a_running_program_is_left_as_it_is(computer: Computer, installers: dict[str, Path]) -> None:
    assert computer.run(installers["0.9"], "/S") == 0
    place = computer.home / DEFAULT
    before = _files(place)
    running = computer.start(place / "program/ctdild-desktop.exe")
    try:
        computer.wait_for(lambda: computer.run(installers["1.0.0"], "/S") == 4)
        assert _files(place) == before
        inside = "C:\\" + str(place.relative_to(computer.drive)).replace("/", "\\")
        assert computer.run(place / "uninstall.exe", "/S", f"_?={inside}") == 4
        assert _files(place) == before
    finally:
        running.kill()
        running.wait(60)
    assert computer.run(installers["1.0.0"], "/S") == 0
    assert _files(place / "program") == NEW_FILES


def test_k6_a_folder_with_blanks_and_umlauts(computer: Computer, installers: dict[str, Path]) -> None:
    assert computer.run(installers["1.0.0"], "/S", "/D=C:\\Ärzte & Co (Süd)\\CTD ILD") == 0
    place = computer.drive / "Ärzte & Co (Süd)/CTD ILD"
    assert _files(place / "program") == NEW_FILES
    assert computer.value(KEY, "InstallLocation") == "C:\\Ärzte & Co (Süd)\\CTD ILD"
    # the next version goes to the same place without being told
    assert computer.run(installers["1.0.0"], "/S") == 0
    assert not (computer.home / DEFAULT).exists()
    # and elsewhere when told: the first place is cleared
    assert computer.run(installers["1.0.0"], "/S", "/D=C:\\other") == 0
    assert _files(computer.drive / "other/program") == NEW_FILES
    assert not place.exists()


@pytest.mark.parametrize(
    "folder",
    [
        "C:\\" + "\\".join(["a" * 40] * 6),
        "C:\\",
        "\\\\server\\share\\ctdild",
        "C:\\users\\{user}\\AppData\\Local\\ctdild-desktop",
    ],
    ids=["too long", "a whole drive", "on the network", "the folder of the data"],
)
def test_k6_a_folder_that_will_not_do_is_refused(
    computer: Computer, installers: dict[str, Path], folder: str
) -> None:
    kept = _planted(computer)
    assert computer.run(installers["1.0.0"], "/S", f"/D={folder.format(user=computer.home.name)}") == 5
    assert computer.value(KEY, "DisplayName") is None
    assert _untouched(kept)
    assert not (computer.home / "AppData/Local/ctdild-desktop/program").exists()


def test_k6_a_folder_called_program_of_somebody_else_is_left(
    computer: Computer, installers: dict[str, Path]
) -> None:
    theirs = computer.drive / "tools/program/theirs.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    assert computer.run(installers["1.0.0"], "/S", "/D=C:\\tools") == 5
    assert _files(computer.drive / "tools") == {"program/theirs.txt"}


def test_k6_an_installation_that_was_killed_is_made_good(
    computer: Computer, installers: dict[str, Path]
) -> None:
    assert computer.run(installers["0.9"], "/S") == 0
    place = computer.home / DEFAULT
    (place / "program").rename(place / "old")
    (place / "new/_internal").mkdir(parents=True)
    (place / "new/installed.lst").write_bytes(b"F _internal\\half.txt\r\nD _internal\r\n")
    (place / "new/_internal/half.txt").write_text("half")
    assert computer.run(installers["1.0.0"], "/S") == 0
    assert _files(place) == {"uninstall.exe", *(f"program/{name}" for name in NEW_FILES)}


def test_k6_a_list_that_leads_out_of_the_folder_is_not_followed(
    computer: Computer, installers: dict[str, Path]
) -> None:
    assert computer.run(installers["1.0.0"], "/S") == 0
    place = computer.home / DEFAULT
    victim = place.parent / "victim.txt"
    victim.write_text("keep")
    with (place / "program/installed.lst").open("ab") as stream:
        stream.write(b"F ..\\..\\victim.txt\r\nF _internal\\..\\..\\..\\victim.txt\r\n")
    assert computer.run(installers["1.0.0"], "/S") == 0
    assert victim.read_text() == "keep"


@contextmanager
def small_disk(computer: Computer, folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes as E: of the computer; skips where none can be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    size = f"size={megabytes}m"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here (needs root)")
    try:
        (computer.drive.parent / "dosdevices/e:").symlink_to(disk)
        yield disk
    finally:
        subprocess.run(
            [Path(computer.wine).parent / "wineserver", "-k"], env=computer.environment, check=False
        )
        subprocess.run(["umount", "-l", disk], check=True)


def larger_version(folder: Path, waiting: Path, size_bytes: int) -> Path:
    """The installer of version 1.1.0 with a file of so many bytes that cannot be compressed."""
    large = folder / "large"
    (large / "_internal").mkdir(parents=True)
    for name in tool.PROGRAMS:
        shutil.copy(waiting, large / name)
    (large / "_internal/large.bin").write_bytes(os.urandom(size_bytes))
    return tool.compile_installer(large, folder, fast=True, told="1.1.0")


def test_k6_a_full_disk_leaves_the_old_version(
    computer: Computer, tmp_path: Path, waiting: Path, installers: dict[str, Path]
) -> None:
    with small_disk(computer, tmp_path, 64) as disk:
        assert computer.run(installers["0.9"], "/S", "/D=E:\\ctdild") == 0
        before = _files(disk)
        assert computer.run(larger_version(tmp_path, waiting, 40_000_000), "/S") == 3
        assert _files(disk) == before
        assert computer.value(KEY, "DisplayVersion") == "0.9"


def test_k6_files_that_cannot_be_written_leave_the_old_version(
    computer: Computer,
    tmp_path: Path,
    waiting: Path,
    installers: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The disk fills while files are written: the room asked for beforehand is set too small."""
    with small_disk(computer, tmp_path, 24) as disk:
        monkeypatch.setattr(tool, "_RESERVE_KB", -100_000)
        payload = installers["0.9"].parent / "0.9"
        older = tool.compile_installer(payload, tmp_path, fast=True, told="0.9")
        assert computer.run(older, "/S", "/D=E:\\ctdild") == 0
        before = _files(disk)
        assert computer.run(larger_version(tmp_path, waiting, 30_000_000), "/S") == 2
        assert _files(disk) == before
        assert computer.value(KEY, "DisplayVersion") == "0.9"
