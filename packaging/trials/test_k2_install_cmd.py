"""Trial K2: the scripts of the folder of wheels, run by the command interpreter that Wine has.

Needs ``makensis`` and ``wine64`` (Debian: nsis, wine64). There is no Python of Windows here, so ``py`` and
the Python of the environment are stand-ins that do what they are told to: this tries the scripts, their exit
statuses and what they leave behind, not pip. ``test_k5_wheel_folder.py`` tries pip, on Linux.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "packaging" / "windows" / "wheels"
PLACE = "AppData/Local/Programs/CTD-ILD Desktop Python"

PYTHON = r"""
Target amd64-unicode
RequestExecutionLevel user
SilentInstall silent
OutFile python.exe
!include "LogicLib.nsh"
!include "WordFunc.nsh"
; Makes the folder of an environment, and fails at the step that the variable STAND_IN_FAILS names.
Section
  System::Call 'kernel32::GetCommandLineW() w .r0'
  ReadEnvStr $1 STAND_IN_FAILS
  ClearErrors
  ${If} $1 != ""
    ${WordFind} "$0" "$1" "E+1{" $2
    ${IfNot} ${Errors}
      SetErrorLevel 3
      Quit
    ${EndIf}
  ${EndIf}
  ClearErrors
  ${WordFind} "$0" " venv " "E+1}" $2
  ${IfNot} ${Errors}
    StrCpy $2 $2 "" 1
    StrCpy $2 $2 -1
    CreateDirectory "$2\Scripts"
    CopyFiles /SILENT "$EXEPATH" "$2\Scripts\python.exe"
    CopyFiles /SILENT "$EXEPATH" "$2\Scripts\ctdild.exe"
    CopyFiles /SILENT "$EXEPATH" "$2\Scripts\ctdild-desktop.exe"
  ${EndIf}
SectionEnd
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Windows folder with a stand-in for ``py``, and the kit in a folder with a blank."""
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed (Debian: apt-get install nsis)")
    folder = tmp_path_factory.mktemp("wine")
    (folder / "python.nsi").write_text(PYTHON)
    subprocess.run(["makensis", "-V1", "-WX", "python.nsi"], cwd=folder, check=True)
    _wine(folder, "wineboot", "-i")
    shutil.copy(folder / "python.exe", folder / "prefix/drive_c/windows/py.exe")
    kit = folder / "prefix/drive_c/the kit"
    kit.mkdir()
    for name in ("install.cmd", "uninstall.cmd"):
        text = (SCRIPTS / name).read_text("ascii").replace("@VERSION@", "1.0.0").replace("@PYTHON@", "3.13")
        (kit / name).write_text(text, "ascii", newline="\r\n")
    yield folder
    server = Path(shutil.which("wine64") or "/usr/lib/wine/wine64").parent / "wineserver"
    subprocess.run([server, "-k"], env={**os.environ, "WINEPREFIX": str(folder / "prefix")}, check=False)
    shutil.rmtree(folder)


def _wine(folder: Path, *command: str, **changes: str) -> int:
    found = shutil.which("wine64") or "/usr/lib/wine/wine64"
    if not Path(found).is_file():
        pytest.skip("wine64 is not installed (Debian: apt-get install wine64)")
    environment = {name: text for name, text in os.environ.items() if name != "DISPLAY"}
    environment |= {"WINEPREFIX": str(folder / "prefix"), "WINEDEBUG": "-all", "WINEARCH": "win64"}
    with (folder / "said.txt").open("w") as said:
        return subprocess.run(
            [found, *command],
            env={**environment, "HOME": str(folder), **changes},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL,
            timeout=200,
            check=False,
        ).returncode


def _script(folder: Path, name: str, *arguments: str, **changes: str) -> int:
    script = f"C:\\the kit\\{name}.cmd"
    if not arguments:
        return _wine(folder, "cmd", "/c", script, **changes)
    # Only from another script do the quotation marks of several arguments arrive as they are.
    caller = folder / "prefix/drive_c/caller.cmd"
    line = " ".join(f'"{one}"' for one in (script, *arguments))
    caller.write_text(f"@echo off\ncall {line}\nexit /b %ERRORLEVEL%\n", "ascii", newline="\r\n")
    return _wine(folder, "cmd", "/c", "C:\\caller.cmd", **changes)


def _place(folder: Path) -> Path:
    users = folder / "prefix/drive_c/users"
    return next(one for one in users.iterdir() if one.name != "Public") / PLACE


def test_k2_the_scripts_install_again_and_remove(home: Path) -> None:
    new = _place(home) / "1.0.0"
    assert _script(home, "uninstall") == 1
    assert _script(home, "install") == 0, (home / "said.txt").read_text(errors="replace")
    assert (new / "Scripts/ctdild.exe").is_file()
    (new / "mark").touch()
    assert _script(home, "install") == 0
    assert not (new / "mark").exists()
    assert [one.name for one in _place(home).iterdir()] == ["1.0.0"]
    assert _script(home, "uninstall") == 0
    assert not _place(home).exists()


@pytest.mark.parametrize("step", ["install --quiet", "isolated check", "--version", " venv "])
def test_k2_a_step_that_fails_leaves_what_was_there(home: Path, step: str) -> None:
    new = _place(home) / "1.0.0"
    assert _script(home, "install", STAND_IN_FAILS=step) == 1
    assert not new.exists()
    assert _script(home, "install") == 0
    (new / "mark").touch()
    assert _script(home, "install", STAND_IN_FAILS=step) == 1
    assert (new / "mark").exists()
    assert [one.name for one in _place(home).iterdir()] == ["1.0.0"]
    assert _script(home, "uninstall") == 0


def test_k2_without_the_right_python_nothing_is_done(home: Path) -> None:
    assert _script(home, "install", STAND_IN_FAILS="sysconfig") == 3
    assert not _place(home).exists()


def test_k2_another_folder_may_be_chosen(home: Path) -> None:
    assert _script(home, "install", "C:\\an other") == 0
    assert (home / "prefix/drive_c/an other/1.0.0/Scripts/ctdild.exe").is_file()
    assert _script(home, "uninstall", "C:\\an other") == 0
    assert not (home / "prefix/drive_c/an other").exists()
