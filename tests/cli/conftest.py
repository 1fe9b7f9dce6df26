"""The command line as a user has it: in this process, or as a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ctdild_desktop.__main__ import main
from ctdild_desktop.registry import registry, users
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access
from ctdild_desktop.services.demo import make_demo

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "a quiet passphrase"
Run = Callable[..., "Result"]


@dataclass(frozen=True)
class Result:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line on standard error; fails when there is another."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries made in this process take the cheapest legal guess, so that tests are quick."""
    for module in (registry, users):
        monkeypatch.setattr(module, "calibrated_cost", lambda: CHEAPEST)


@pytest.fixture
def ctdild(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Result(status, said.out, said.err)

    return run


@pytest.fixture
def process() -> Run:
    """Run a command as a process of its own."""

    def run(*arguments: object, **environment: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "ctdild_desktop", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demonstration registry; read it, or use a copy."""
    folder = tmp_path_factory.mktemp("made") / "demo"
    make_demo(folder, patients=14, seed=1, cost=CHEAPEST)
    return folder


def _opening(path: Path, login: str, passphrase_file: Path) -> tuple[str, ...]:
    return ("--registry", str(path), "--user", login, "--passphrase-file", str(passphrase_file))


@pytest.fixture
def opening() -> Callable[[Path, str, Path], tuple[str, ...]]:
    """The arguments that open a registry."""
    return _opening


@pytest.fixture
def demo(made_demo: Path, tmp_path: Path) -> tuple[str, ...]:
    """The arguments that open an own copy of the demonstration registry."""
    folder = tmp_path / "demo"
    shutil.copytree(made_demo, folder)
    return _opening(folder / "demo.ctdild", "demo", folder / "passphrase.txt")


@pytest.fixture(scope="session")
def made_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty registry, as ``ctdild init`` makes it; use a copy."""
    folder = tmp_path_factory.mktemp("made_clinic")
    desk, _code = access.create_registry(
        folder / "clinic.ctdild",
        login="amsel",
        display_name="R. Amsel",
        passphrase=PASSPHRASE,
        cost=CHEAPEST,
    )
    desk.close()
    return folder


@pytest.fixture
def clinic(made_clinic: Path, tmp_path: Path) -> tuple[str, ...]:
    """The arguments that open a new, empty registry with the administrator ``amsel``."""
    for made in made_clinic.iterdir():
        shutil.copyfile(made, tmp_path / made.name)
    secret = tmp_path / "secret.txt"
    secret.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return _opening(tmp_path / "clinic.ctdild", "amsel", secret)
