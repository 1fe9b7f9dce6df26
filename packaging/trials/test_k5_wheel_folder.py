"""Trial K5 and K2: the real folder of wheels for Windows, and an installation without network here.

Needs the network for the wheels (about 400 MB) and ten minutes; run by ``make trials``. What it cannot show:
Windows itself. There, `packaging/windows/checklist.md` is followed by hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "packaging" / "wheel_folder.py"


def _run(*command: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        done = _run(sys.executable, TOOL, "make", "--without-bill", "--out", scratch)
        assert done.returncode == 0, done.stderr
        print(done.stdout)
        (made,) = (one for one in Path(scratch).iterdir() if one.is_dir())
        yield made


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The folder once more, its files shared with the first as long as nobody replaces them."""
    target = tmp_path / "kit"
    shutil.copytree(folder, target, copy_function=os.link)
    return target


def _refused(folder: Path) -> str:
    done = _run(sys.executable, TOOL, "check", folder)
    assert done.returncode == 1
    return done.stderr


def test_k5_the_folder_is_complete_for_windows(folder: Path) -> None:
    done = _run(sys.executable, TOOL, "check", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("complete for Python 3.13 on 64-bit Windows")


def test_k5_a_wheel_taken_away_is_noticed(copy: Path) -> None:
    (gone,) = (copy / "wheels").glob("tzdata-*")
    gone.unlink()
    assert "tzdata is locked and its wheel is not there" in _refused(copy)


def test_k5_one_changed_byte_is_noticed(copy: Path) -> None:
    (wheel,) = (copy / "wheels").glob("cffi-*")
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    wheel.unlink()
    wheel.write_bytes(content)
    assert f"{wheel.name} is not the file that was locked" in _refused(copy)


def test_k5_a_wheel_of_linux_is_noticed(copy: Path) -> None:
    (wheel,) = (copy / "wheels").glob("cffi-*")
    wheel.rename(wheel.with_name(wheel.name.replace("win_amd64", "manylinux_2_17_x86_64")))
    assert "is not for Python 3.13 on 64-bit Windows" in _refused(copy)


def test_k5_another_python_is_noticed(folder: Path) -> None:
    done = _run(sys.executable, TOOL, "--python", "3.12", "check", folder)
    assert done.returncode == 1
    assert "is not for Python 3.12 on 64-bit Windows" in done.stderr


def test_k2_an_offline_installation_from_hashed_wheels_starts(folder: Path, tmp_path: Path) -> None:
    """The same here: the locked wheels of this computer into an empty environment, without network."""
    wheels = tmp_path / "wheels"
    pip = ("-m", "pip", "--disable-pip-version-check", "--quiet")
    fetched = _run(
        *(sys.executable, *pip, "download", "--require-hashes", "--only-binary=:all:"),
        *("--dest", wheels, "-r", ROOT / "requirements.lock"),
    )
    assert fetched.returncode == 0, fetched.stderr
    (own,) = (folder / "wheels").glob("ctdild_desktop-*")
    _run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "http_proxy": "http://127.0.0.1:9/", "PYTHONPATH": ""}
    offline = ("install", "--no-index", "--find-links", wheels)
    locked = _run(python, *pip, *offline, "--require-hashes", "-r", ROOT / "requirements.lock", **nowhere)
    assert locked.returncode == 0, locked.stderr
    added = _run(python, *pip, "install", "--no-index", "--no-deps", own, **nowhere)
    assert added.returncode == 0, added.stderr
    assert _run(python, "-m", "pip", "check", **nowhere).returncode == 0
    ctdild = tmp_path / "venv" / "bin" / "ctdild"
    demo = _run(ctdild, "demo", "--out", tmp_path / "demo", "--patients", "3", **nowhere)
    assert demo.returncode == 0, demo.stderr
    report = _run(
        *(ctdild, "report", "patient", "DEMO-0001", "--out", tmp_path / "page.pdf"),
        *("--registry", tmp_path / "demo" / "demo.ctdild", "--user", "demo"),
        *("--passphrase-file", tmp_path / "demo" / "passphrase.txt"),
        **nowhere,
    )
    assert report.returncode == 0, report.stderr
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")
