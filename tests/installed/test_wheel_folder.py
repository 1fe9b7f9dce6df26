"""The check of the folder of wheels for Windows, on invented wheels; the real one is `make windows-kit`."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.13"


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


check = _script("wheel_check")
_script("build_identity")
kit = _script("wheel_folder")


def _wheel(folder: Path, name: str, *needs: str, tag: str = "py3-none-any", python: str = ">=3.11") -> Path:
    path = folder / f"{name}-1.0-{tag}.whl"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Python: {python}\n"
    about += "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{name}/__init__.py": "",
        f"{name}-1.0.dist-info/METADATA": about,
        f"{name}-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = f"{name}-1.0.dist-info/RECORD"
    files[record] = "".join(f"{one},,\n" for one in [*files, record])
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Kit:
    """A small folder as the real one is made: a program, what it needs everywhere, and on Windows alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        _wheel(
            self.wheels,
            "program",
            "engine[fast]",
            'colours ; sys_platform == "win32"',
            'x11 ; os_name == "posix"',
        )
        _wheel(
            self.wheels,
            "engine",
            'turbo ; extra == "fast"',
            'old ; python_version < "3.13"',
            tag="cp313-cp313-win_amd64",
        )
        _wheel(self.wheels, "turbo", tag="cp310-abi3-win_amd64")
        _wheel(self.wheels, "colours")
        self.lock()

    def lock(self) -> None:
        """Lock and sum what is there now."""
        pins = [
            check.Pin(one.name, one.version, None, frozenset({one.digest}))
            for one in map(check.read_wheel, sorted(self.wheels.iterdir()))
        ]
        self.source = pins
        (self.folder / check.LOCK).write_text(kit.lock_lines(pins), "utf-8")
        self.sum()

    def sum(self) -> None:
        kit._write_sums(self.folder)

    def problems(self) -> list[str]:
        return check.problems(self.folder, "program", self.source, PYTHON)


@pytest.fixture
def small(tmp_path: Path) -> Kit:
    return Kit(tmp_path)


def test_k5_a_complete_folder_passes(small: Kit) -> None:
    assert small.problems() == []


def test_k5_a_missing_wheel_is_named(small: Kit) -> None:
    (small.wheels / "turbo-1.0-cp310-abi3-win_amd64.whl").unlink()
    small.sum()
    assert "turbo is locked and its wheel is not there" in small.problems()
    small.lock()
    assert small.problems() == ["engine needs turbo; the folder has nothing"]


def test_k5_what_windows_alone_needs_must_be_there(small: Kit) -> None:
    (small.wheels / "colours-1.0-py3-none-any.whl").unlink()
    small.lock()
    assert small.problems() == ["program needs colours; the folder has nothing"]


def test_k5_a_changed_byte_is_found(small: Kit) -> None:
    path = small.wheels / "colours-1.0-py3-none-any.whl"
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    found = small.problems()
    assert "wheels/colours-1.0-py3-none-any.whl has another sum than SHA256SUMS says" in found
    small.sum()
    found = small.problems()
    assert "colours-1.0-py3-none-any.whl is not the file that was locked" in found
    assert "colours-1.0-py3-none-any.whl is not what the project locked for Windows" in found


@pytest.mark.parametrize(
    "tag",
    [
        "cp313-cp313-manylinux_2_28_x86_64",
        "cp312-cp312-win_amd64",
        "cp313-cp313-win32",
        "cp313-cp313-win_arm64",
    ],
)
def test_k5_a_wheel_for_something_else_is_refused(small: Kit, tag: str) -> None:
    (small.wheels / "engine-1.0-cp313-cp313-win_amd64.whl").unlink()
    _wheel(small.wheels, "engine", tag=tag)
    (small.wheels / "turbo-1.0-cp310-abi3-win_amd64.whl").unlink()
    small.lock()
    assert small.problems() == [f"engine-1.0-{tag}.whl is not for Python 3.13 on 64-bit Windows"]


def test_k5_a_wheel_for_an_older_python_is_refused(small: Kit) -> None:
    _wheel(small.wheels, "colours", python="<3.13")
    small.lock()
    assert small.problems() == ["colours does not run on Python 3.13"]


def test_k5_a_wheel_that_nothing_needs_is_told(small: Kit) -> None:
    _wheel(small.wheels, "stranger")
    small.lock()
    assert small.problems() == ["stranger is there and nothing needs it"]


def test_k5_a_damaged_wheel_is_told(small: Kit) -> None:
    path = small.wheels / "colours-1.0-py3-none-any.whl"
    path.write_bytes(path.read_bytes()[:60])
    small.sum()
    assert "colours-1.0-py3-none-any.whl is damaged" in small.problems()


def test_k5_the_locked_file_is_read_for_windows() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = check.read_lock(text)
    assert len(pins) == len(re.findall(r"^\S+==", text, re.M))
    here = {pin.name for pin in pins if check.holds(pin.marker, PYTHON)}
    assert {"tzdata", "colorama", "psycopg-binary", "sqlcipher3", "pyside6-essentials"} <= here
    assert len([pin for pin in pins if pin.name == "numpy" and check.holds(pin.marker, PYTHON)]) == 1
    assert all(len(pin.hashes) >= 1 for pin in pins)


def test_k5_a_lock_without_a_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="colours is not locked"):
        check.read_lock("colours==1.0\n")
    with pytest.raises(ValueError, match="colours is not locked"):
        check.read_lock(f"colours>=1.0 \\\n    --hash=sha256:{'0' * 64}\n")


def test_k2_pip_installs_from_the_folder_alone_and_refuses_a_changed_file(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    _wheel(wheels, "program", "engine")
    engine = _wheel(wheels, "engine")
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "".join(f"{one.stem.split('-')[0]}==1.0 --hash=sha256:{_digest(one)}\n" for one in wheels.iterdir())
    )
    offline = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/"}

    def install(target: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--isolated", "install", "--no-index", "--require-hashes"),
                *("--no-compile", "--disable-pip-version-check"),
                *("--find-links", str(wheels), "--target", str(tmp_path / target), "-r", str(lock)),
            ],
            env=offline,
            capture_output=True,
            text=True,
            check=False,
        )

    done = install("good")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "good" / "engine" / "__init__.py").is_file()
    _wheel(wheels, "engine", "stowaway")
    refused = install("bad")
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert engine.is_file()
    assert not (tmp_path / "bad" / "engine").exists()


@pytest.mark.parametrize("name", ["install.cmd", "uninstall.cmd"])
def test_k2_the_scripts_are_plain_and_never_remove_a_chosen_folder(name: str) -> None:
    text = (ROOT / "packaging" / "windows" / "wheels" / name).read_text("ascii")
    removals = [line for line in text.splitlines() if "rmdir /s" in line]
    assert removals
    assert all("%NEW%" in line or "%OLD%.old" in line for line in removals)
    assert "exit /b 0" in text
