"""What goes into the installer for Windows, and that its script compiles; a trial in packaging runs it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from ctdild_desktop import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


def _script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


tool = _script(PACKAGING / "windows_installer.py")
frozen = _script(PACKAGING / "windows" / "frozen_windows.py")


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    folder = tmp_path / "payload"
    (folder / "_internal" / "deep er" / "empty").mkdir(parents=True)
    for name in tool.PROGRAMS:
        (folder / name).write_bytes(b"MZ")
    (folder / "_internal" / "deep er" / "a.dll").write_bytes(b"dll")
    return folder


def test_k6_the_list_names_each_file_and_the_deepest_folder_first(payload: Path) -> None:
    files, folders = tool.contents(payload)
    assert tool.listed(files, folders).split("\r\n") == [
        "F _internal\\deep er\\a.dll",
        "F ctdild-desktop.exe",
        "F ctdild.exe",
        "D _internal\\deep er\\empty",
        "D _internal\\deep er",
        "D _internal",
        "",
    ]
    written = tool.commands(payload, files, folders)
    assert 'SetOutPath "$INSTDIR\\new\\_internal\\deep er"\nFile "' in written
    assert 'CreateDirectory "$INSTDIR\\new\\_internal\\deep er\\empty"' in written


@pytest.mark.parametrize("name", ["a$b.txt", "ü.txt"])
def test_k6_a_name_that_the_list_cannot_hold_is_refused(payload: Path, name: str) -> None:
    (payload / name).touch()
    with pytest.raises(tool.InstallerError, match="cannot hold"):
        tool.contents(payload)


def test_k6_a_folder_without_the_programs_is_refused(payload: Path) -> None:
    (payload / "ctdild.exe").unlink()
    with pytest.raises(tool.InstallerError, match=r"has no ctdild\.exe"):
        tool.contents(payload)


@pytest.mark.parametrize("processor", ["amd64-unicode", "x86-unicode"])
def test_k6_the_script_compiles(payload: Path, tmp_path: Path, processor: str) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed (Debian: apt-get install nsis)")
    made = tool.compile_installer(payload, tmp_path / "out", fast=True, processor=processor)
    assert made.name == f"ctdild-desktop-{__version__}-windows-x64.exe"
    content = made.read_bytes()
    assert content[:2] == b"MZ"
    assert b'level="asInvoker"' in content
    assert f"{made.name}\n" in made.with_name(made.name + ".sha256").read_text()


def test_k6_the_script_removes_no_folder_with_all_that_is_in_it() -> None:
    text = (PACKAGING / "windows" / "ctdild.nsi").read_text("utf-8")
    assert "RMDir" in text
    assert not re.search(r"RMDir\s+/r|/REBOOTOK|HKLM|HKCR|SHCTX", text, re.IGNORECASE)
    assert "RequestExecutionLevel user" in text


def test_k6_every_text_of_the_installer_is_english_and_spanish() -> None:
    script = (PACKAGING / "windows" / "ctdild.nsi").read_text("utf-8")
    texts = (PACKAGING / "windows" / "texts.nsh").read_text("utf-8")
    said = dict(re.findall(r'^!insertmacro Text (\w+) ((?:"[^"]*"\s*\\?\s*){2})', texts, re.MULTILINE))
    assert set(re.findall(r"\$\(([A-Z_]+)\)", script)) == said.keys()
    for name, both in said.items():
        english, spanish = re.findall(r'"([^"]*)"', both)
        assert english
        assert spanish
        assert (english == spanish) == (name == "PROGRAM")
        assert re.findall(r"\$\{?\w+", english) == re.findall(r"\$\{?\w+", spanish)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.0.0", "1.0.0.0"), ("1.2", "1.2.0.0"), ("1.0.0rc3", "1.0.0.3"), ("2.0.1+g7", "2.0.1.0")],
)
def test_a_version_has_four_numbers(version: str, numbers: str, tmp_path: Path) -> None:
    assert tool.in_four(version) == numbers
    told = frozen.version_file(tmp_path, "ctdild", version, console=True).read_text("utf-8")
    assert f"filevers=({numbers.replace('.', ', ')})" in told


class Told:
    """What PyInstaller's classes of the version are called with."""

    def __init__(self, *given: object, **named: object) -> None:
        self.given, self.named = given, named


def test_the_two_programs_say_what_they_are(tmp_path: Path) -> None:
    names = "VSVersionInfo FixedFileInfo StringFileInfo StringTable StringStruct VarFileInfo VarStruct"
    for name, console in (("ctdild", True), ("ctdild-desktop", False)):
        options = frozen.executable_options(tmp_path, name, "1.0.0", console=console)
        text = Path(options["version"]).read_text("utf-8")
        told = eval(text, {one: Told for one in names.split()})
        assert told.named["ffi"].named["filevers"] == (1, 0, 0, 0)
        (table,) = told.named["kids"][0].given[0]
        said = dict(one.given for one in table.given[1])
        assert said["OriginalFilename"] == f"{name}.exe"
        assert said["FileDescription"].endswith("(command line)") == console


def test_the_manifest_wants_no_administrator_sharp_screens_and_long_paths() -> None:
    root = ElementTree.fromstring(frozen.MANIFEST.read_text("utf-8").encode())
    values = {one.tag.rpartition("}")[2]: one for one in root.iter()}
    assert values["requestedExecutionLevel"].attrib == {"level": "asInvoker", "uiAccess": "false"}
    assert values["dpiAwareness"].text == "PerMonitorV2, PerMonitor"
    assert values["longPathAware"].text == "true"
