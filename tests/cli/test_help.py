"""What the command line says of itself, and what it must not load to say it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ctdild_desktop import __version__
from ctdild_desktop.build import this_build

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "init",
    "import",
    "show",
    "assess",
    "due",
    "predict",
    "quality",
    "verify",
    "backup",
    "restore",
    "passphrase",
    "erase",
    "settings",
    "demo",
    "tour",
    "manual",
    "bench",
)


def test_the_program_explains_itself(ctdild):
    said = ctdild("--help")
    assert said.status == 0
    assert all(f"\n    {command}" in said.out for command in COMMANDS)
    assert "exit status" in said.out


@pytest.mark.parametrize(
    "command",
    [(command,) for command in COMMANDS]
    + [
        *(("report", kind) for kind in ("patient", "meeting", "letter")),
        *(("user", act) for act in ("list", "add", "role", "remove", "reset")),
    ],
)
def test_each_command_explains_itself_with_examples(ctdild, command):
    said = ctdild(*command, "--help")
    assert said.status == 0
    assert f"examples:\n  ctdild {' '.join(command)} " in said.out


def test_the_version_is_that_of_the_package(ctdild):
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert ctdild("--version").out == f"CTD-ILD Desktop {built} ({this_build().words})\n"
    assert __version__ == built


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("show",),
        ("assess", "--as-of", "12.03.2026"),
        ("demo", "--out", "x", "--patients", "0"),
        ("report",),
        ("predict", "in.csv"),
        ("import",),
        ("verify", "--passphrase", "secret"),
    ],
)
def test_wrong_usage_is_status_2_with_nothing_on_standard_output(ctdild, arguments):
    said = ctdild(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert "Traceback" not in said.err


def test_nobody_to_ask_is_wrong_usage(ctdild, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert "--user" in ctdild("verify", "--registry", tmp_path / "a.ctdild").sentence
    said = ctdild("verify", "--registry", tmp_path / "a.ctdild", "--user", "amsel")
    assert said.status == 2
    assert "--passphrase-file" in said.sentence


@pytest.mark.parametrize(
    "arguments", [["--help"], ["assess", "--help"], ["predict", "people.csv", "--out", "out.csv"]]
)
def test_help_and_predict_load_neither_database_nor_qt(tmp_path, arguments):
    (tmp_path / "people.csv").write_text("case_id,sex,age_years,height_cm\n1,F,50,165\n", encoding="utf-8")
    script = (
        "import sys\n"
        "from ctdild_desktop.__main__ import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        "names = ('sqlalchemy', 'alembic', 'sqlcipher3', 'PySide6', 'reportlab', 'openpyxl')\n"
        "heavy = {*names} & set(sys.modules)\n"
        "sys.exit(f'loaded: {sorted(heavy)}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_commands_never_load_qt(made_demo, opening, tmp_path):
    script = (
        "import sys\n"
        "from ctdild_desktop.__main__ import main\n"
        "status = main(sys.argv[1:])\n"
        "sys.exit('Qt was loaded' if 'PySide6' in sys.modules else status)\n"
    )
    unlocked = opening(made_demo / "demo.ctdild", "demo", made_demo / "passphrase.txt")
    printed = ("report", "patient", "DEMO-0001", "--out", str(tmp_path / "page.pdf"))
    done = subprocess.run(
        [sys.executable, "-c", script, *printed, *unlocked],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
