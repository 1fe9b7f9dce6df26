"""What a person installs on Linux: the entry in the menu, the refusal while it is open, and what it needs."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import tools

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"


def unpacked(folder: Path) -> Path:
    """What of the archive the menu entry is made from."""
    top = folder / "ctdild-desktop"
    (top / "share").mkdir(parents=True)
    shutil.copy(LINUX / "add-to-menu", top)
    for name in ("ctdild-desktop.desktop", "ctdild-desktop.xml"):
        shutil.copy(LINUX / name, top / "share")
    return top


def add_to_menu(top: Path, share: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(share.parent), "XDG_DATA_HOME": str(share)}
    done = subprocess.run(
        [top / "add-to-menu", *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize(
    ("folder", "written"),
    [
        ("Eigene Programme äöü", "Eigene Programme äöü"),
        ('a "b" $c `d`', r'a \\"b\\" \\$c \\`d\\`'),
        ("100% back\\slash", r"100%% back\\\\slash"),
    ],
)
def test_k1_the_archive_enters_the_menu_from_any_folder(tmp_path: Path, folder: str, written: str) -> None:
    """Escapes are those of the Desktop Entry Specification: of a quoted argument, and of a string."""
    top = unpacked(tmp_path / folder)
    share = tmp_path / "share"
    add_to_menu(top, share)
    entry = (share / "applications" / "ctdild-desktop.desktop").read_text(encoding="utf-8")
    assert f'Exec="{tmp_path}/{written}/ctdild-desktop/ctdild" %f\n' in entry
    assert entry.count("Exec=") == 1
    assert entry.count("Icon=") == 1
    assert "256.png" in entry
    assert (share / "mime" / "packages" / "ctdild-desktop.xml").is_file()
    add_to_menu(top, share, "--remove")
    assert [path for path in share.rglob("*ctdild*") if path.is_file()] == []


def test_k1_the_package_is_not_held_back_when_the_program_is_not_open() -> None:
    for step in ("upgrade", "remove", "install"):
        done = subprocess.run(
            ["sh", LINUX / "refuse-while-running", step], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_k1_the_trial_installs_what_the_archive_asks_for() -> None:
    """The libraries that may be asked of a machine are those with which the trial and the guide reckon."""
    source = ast.parse((ROOT / "packaging" / "linux_packages.py").read_text(encoding="utf-8"))
    told = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in {"SYSTEM", "DATA"}
    }
    asked = set(told["SYSTEM"].values()) | set(told["DATA"])
    trial = (ROOT / "packaging" / "trials" / "test_k1_frozen_program.py").read_text(encoding="utf-8")
    found = re.search(r"^LIBRARIES = (\(.*?\))$", trial, re.MULTILINE)
    assert found is not None
    installed = set(ast.literal_eval(found[1]))
    assert installed <= asked
    page = (ROOT / "docs" / "administration" / "02-install-debian.md").read_text(encoding="utf-8")
    assert {name for name in asked if f"`{name}`" in page} == installed


def test_k1_nothing_of_the_release_tools_is_frozen() -> None:
    """The spec leaves out what is in the release lock alone; the program's own packages stay."""
    tools_only = locked("requirements-release.lock") - locked("requirements.lock")
    assert {"pyinstaller", "pip-audit", "cyclonedx-bom", "requests"} <= tools_only
    assert not {"pyside6-essentials", "sqlcipher3", "pillow", "numpy"} & tools_only


def locked(name: str) -> set[str]:
    """The packages that a locked file names."""
    return set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def test_k1_the_sizes_of_the_icon_are_those_of_its_drawing() -> None:
    icons = tools.tool_of("icons")
    pictures = {size: (icons.FOLDER / f"{size}.png").read_bytes() for size in icons.SIZES}
    assert (icons.FOLDER / f"{icons.NAME}.ico").read_bytes() == icons.as_ico(pictures)
