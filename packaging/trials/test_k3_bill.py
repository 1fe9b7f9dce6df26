"""Trial K3: the bill of the frozen folder is complete, holds nothing else, and is refused when it is not.

Needs ``make package``: it reads ``dist/ctdild-desktop`` and what PyInstaller noted in ``build/package``.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "build" / "release-venv" / "bin" / "python"
FROZEN = ROOT / "dist" / "ctdild-desktop"
NOTED = ROOT / "build" / "package" / "work" / "ctdild"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert PYTHON.is_file(), "the release tools are not there: make release-tools"
    return subprocess.run(
        [str(PYTHON), *map(str, arguments)],
        cwd=ROOT / "packaging",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    assert FROZEN.is_dir(), "there is no frozen program: make package"
    out = tmp_path_factory.mktemp("bill") / "bill.cdx.json"
    done = run("bill.py", "frozen", FROZEN, "--out", out)
    assert done.returncode == 0, done.stderr
    within = FROZEN / "_internal" / "ctdild_desktop" / "_bill.cdx.json"
    assert within.read_bytes() == out.read_bytes()
    made: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return made


@pytest.fixture
def copy() -> Iterator[Path]:
    """The folder once more, its files shared with the first."""
    there = FROZEN.with_name("k3-trial")
    shutil.rmtree(there, ignore_errors=True)
    shutil.copytree(FROZEN, there, copy_function=os.link, symlinks=True)
    inside = there / "_internal" / "ctdild_desktop"
    for name in ("_bill.cdx.json", "_licences.json"):
        (inside / name).unlink()
    yield there
    shutil.rmtree(there)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in components:
        yield one
        yield from walk(one.get("components", []))


def test_k3_the_distributions_are_those_that_pyinstaller_collected(bill: dict[str, Any]) -> None:
    asked = run(
        "-c",
        "import importlib.metadata as m, json, pathlib; print(json.dumps({"
        "str(pathlib.Path(str(d.locate_file(''))).resolve() / f): d.name "
        "for d in m.distributions() for f in d.files or ()}))",
    )
    owner: dict[str, str] = json.loads(asked.stdout)
    collected = set()
    for name in ("PYZ-00.toc", "COLLECT-00.toc"):
        for _target, source, _kind in entries(ast.literal_eval((NOTED / name).read_text(encoding="utf-8"))):
            if source in owner:
                collected.add(re.sub(r"[-_.]+", "-", owner[source]).lower())
    collected -= {"pyinstaller", "pyinstaller-hooks-contrib", "ctdild-desktop"}
    told = {
        one["purl"].removeprefix("pkg:pypi/").partition("@")[0]
        for one in bill["components"]
        if one.get("purl", "").startswith("pkg:pypi/")
    }
    assert told == collected
    assert len(told) > 25


def entries(noted: Any) -> Iterator[tuple[str, str, str]]:
    """The triples of a note of PyInstaller, wherever in it they stand."""
    if isinstance(noted, tuple) and len(noted) == 3 and all(isinstance(part, str) for part in noted):
        yield noted
    elif isinstance(noted, (tuple, list)):
        for part in noted:
            yield from entries(part)


def test_k3_every_native_file_is_there_with_its_hash(bill: dict[str, Any]) -> None:
    told = {
        one["name"]: one["hashes"][0]["content"]
        for one in walk(bill["components"])
        if one["bom-ref"].startswith("file:")
    }
    there = {
        str(path.relative_to(FROZEN)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FROZEN.rglob("*")
        if ".so" in path.name and path.is_file() and not path.is_symlink()
    }
    assert told == there
    assert len(there) > 50


def test_k3_what_has_no_metadata_of_its_own_is_named(bill: dict[str, Any]) -> None:
    named = {one["name"] for one in walk(bill["components"])}
    assert {"Qt", "SQLCipher", "SQLite", "OpenSSL", "PDFium", "PostgreSQL libpq", "OpenBLAS"} <= named
    assert {"DejaVu fonts", "CPython", "PyInstaller bootloader"} <= named
    assert not {"pip", "pip-audit", "pyinstaller", "cyclonedx-bom"} & named
    assert all(one.get("licenses") for one in walk(bill["components"]) if one["type"] != "file")


@pytest.mark.parametrize("name", ["_internal/libstrange.so.1", "_internal/strange/module.py"])
def test_k3_a_file_that_belongs_to_nothing_is_refused(copy: Path, name: str, tmp_path: Path) -> None:
    strange = copy / name
    strange.parent.mkdir(exist_ok=True)
    strange.write_bytes(b"strange")
    done = run("bill.py", "frozen", copy, "--out", tmp_path / "bill.json")
    assert done.returncode == 1
    assert f"file {name.removeprefix('_internal/')}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_k3_a_document_that_is_not_valid_is_refused() -> None:
    script = (
        "import bill, json; from ctdild_desktop.licences import Licences; "
        "made = bill.document(bill.Bill('x', Licences((), {}))); {change}; "
        "bill.refuse_invalid(json.dumps(made), Licences((), {}))"
    )
    assert run("-c", script.replace("{change}", "pass")).returncode == 0
    broken = run("-c", script.replace("{change}", "made['components'] = [{'type': 'nothing'}]"))
    assert broken.returncode == 1
    assert "does not satisfy the schema" in broken.stderr
