"""The program as a hospital would install it: from the wheel, run from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_tables_fonts_migrations_and_manual(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("ctdild_desktop/_db/versions/") for name in names)
    assert "ctdild_desktop/_resources/fonts/DejaVuSansCondensed.ttf" in names
    assert any(name.startswith("ctdild_desktop/_resources/reference/gliglobal2022") for name in names)
    assert {"ctdild_desktop/_docs/administration.md", "ctdild_desktop/_docs/clinical-rules.md"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "db/", "docs/", "resources/"))]


def test_installed_program_makes_and_checks_a_registry(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(site),
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}

    def ctdild(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "ctdild_desktop", *arguments],
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    ctdild("demo", "--out", "demo", "--patients", "3")
    answer = json.loads(
        ctdild(
            "verify",
            "--json",
            "--registry",
            "demo/demo.ctdild",
            "--user",
            "demo",
            "--passphrase-file",
            "demo/passphrase.txt",
        )
    )
    assert answer["ok"] is True
