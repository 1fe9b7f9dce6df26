"""Whatever is wrong with a file: one sentence, exit status 1, and nothing in the registry is changed.

Before somebody signed in it is the same byte for byte; afterwards the trail names who did.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access
from tests.support.desks import LOGIN, NAME, PASSPHRASE
from tests.support.registries import content_of

HEADER = "mrn,birth_date,sex,height_cm,test_date,fvc_l,fev1_l,dlco,dlco_unit\n"
GOOD = "A1,1970-09-18,F,172,2025-03-17,2.57,2.13,11.5,mL/min/mmHg\n"


@pytest.fixture(scope="module")
def made_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a registry in which nothing is recorded yet, and its passphrase."""
    folder = tmp_path_factory.mktemp("registry")
    desk, _code = access.create_registry(
        folder / "clinic.ctdild", login=LOGIN, display_name=NAME, passphrase=PASSPHRASE, cost=CHEAPEST
    )
    desk.close()
    (folder / "secret.txt").write_text(PASSPHRASE + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def folder(made_registry: Path, tmp_path: Path) -> Path:
    """An own copy of it."""
    shutil.copytree(made_registry, tmp_path / "clinic")
    return tmp_path / "clinic"


def state(folder: Path) -> dict[str, str]:
    """Every file of the registry with its SHA-256, but for the count of wrong passphrases."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name.startswith("clinic") and path.suffix != ".attempts"
    }


@pytest.fixture
def refused(process, ctdild, folder, opening, tmp_path):
    """Run a command that must refuse: checks status, the one sentence, and that nothing changed.

    It runs in this process; as one of its own for one case each of signing in, the registry and the table.
    """
    aside = tmp_path / "before"

    def run(*arguments: object, secret: str = "secret.txt", login: str = LOGIN, apart: bool = False) -> str:
        before = state(folder)
        if not aside.exists():
            aside.mkdir()
        for name in before:
            shutil.copyfile(folder / name, aside / name)
        done = (process if apart else ctdild)(
            *arguments, *opening(folder / "clinic.ctdild", login, folder / secret)
        )
        assert done.status == 1, done
        assert "Traceback" not in done.err
        after = state(folder)
        if after != before:
            assert after | {"clinic.ctdild": ""} == before | {"clinic.ctdild": ""}
            assert content_of(folder / "clinic.ctdild") == content_of(aside / "clinic.ctdild")
        assert done.sentence.endswith(".")
        return done.sentence

    return run


def test_a_wrong_passphrase(refused, folder):
    (folder / "wrong.txt").write_text("another passphrase\n", encoding="utf-8")
    assert "passphrase" in refused("assess", secret="wrong.txt", apart=True)


def test_an_unknown_user(refused):
    assert refused("assess", login="nobody")


def test_a_missing_registry(refused, folder):
    (folder / "clinic.ctdild").unlink()
    (folder / "clinic.ctdild.keys").unlink()
    assert "clinic.ctdild" in refused("verify")


def test_missing_keys(refused, folder):
    (folder / "clinic.ctdild.keys").unlink()
    assert "clinic.ctdild.keys" in refused("verify")


def test_an_empty_file_as_registry(refused, folder):
    (folder / "clinic.ctdild").write_bytes(b"")
    assert "empty" in refused("verify")


def test_a_plain_sqlite_file_as_registry(refused, folder):
    (folder / "clinic.ctdild").unlink()
    plain = sqlite3.connect(folder / "clinic.ctdild")
    plain.execute("CREATE TABLE patient (mrn TEXT)")
    plain.commit()
    plain.close()
    said = refused("verify", apart=True)
    assert "not encrypted" in said or "SQLite" in said


def test_a_foreign_file_as_registry(refused, folder):
    (folder / "clinic.ctdild").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 64)
    assert "clinic.ctdild" in refused("show", "A1")


def test_a_truncated_registry(refused, folder):
    whole = (folder / "clinic.ctdild").read_bytes()
    (folder / "clinic.ctdild").write_bytes(whole[: len(whole) // 2 + 100])
    assert "cut off" in refused("assess")


def test_a_registry_newer_than_the_program(refused, folder):
    from sqlalchemy import text

    desk = access.unlock(folder / "clinic.ctdild", login=LOGIN, passphrase=PASSPHRASE)
    with desk.registry.write(desk.login, "as a later program would") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '2031_01_01_later'"))
    desk.close()
    assert "newer" in refused("assess")


def imported(refused, folder: Path, content: bytes | str) -> str:
    """What importing this content says."""
    data = content.encode() if isinstance(content, str) else content
    (folder / "tests.csv").write_bytes(data)
    return str(refused("import", folder / "tests.csv"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("mrn,fvc_l\nA1,2.5\n", "test_date", id="missing column"),
        pytest.param(HEADER + GOOD.replace("2.57", "25.7"), "row 2, fvc_l", id="impossible value"),
        pytest.param(HEADER + GOOD.replace("2.13", "2.93"), "row 2, fev1_l", id="FEV1 above FVC"),
        pytest.param(HEADER + GOOD.replace("2.57", "two"), "row 2, fvc_l", id="text for a number"),
        pytest.param(HEADER + GOOD.replace("2025-03-17", "2099-03-17"), "row 2, test_date", id="future"),
        pytest.param(
            HEADER + GOOD.replace("2025-03-17", "1969-03-17"), "row 2, test_date", id="before birth"
        ),
        pytest.param(HEADER + GOOD.replace("2025-03-17", "2025-02-30"), "row 2, test_date", id="no such day"),
        pytest.param(HEADER + GOOD.replace("2.57", "2,57"), "row 2", id="decimal comma among commas"),
        pytest.param(HEADER + GOOD + 'A2,"1970\n', "tests.csv", id="open quote"),
        pytest.param("", "empty", id="empty file"),
        pytest.param(HEADER, "no row", id="header only"),
        pytest.param(
            (HEADER + GOOD).encode()
            + "Müller,,,,2025-01-02,2.5,,,\n".encode()
            + b"M\xfcller,,,,2025-01-03,2.5,,,\n",
            "tests.csv",
            id="mixed encodings",
        ),
        pytest.param(b"PK\x03\x04" + b"\0" * 200, "tests.csv", id="not a table"),
    ],
)
def test_a_table_that_cannot_be_imported(refused, folder, content, said):
    assert said in imported(refused, folder, content)


def test_an_empty_file(refused, folder):
    assert "tests.csv is empty" in imported(refused, folder, b"")


def test_a_file_of_200_mb_is_refused_at_once(refused, folder):
    with (folder / "huge.csv").open("wb") as file:
        file.write(HEADER.encode())
        file.truncate(200 * 1024 * 1024)
    assert "huge.csv" in refused("import", folder / "huge.csv", apart=True)


def test_one_bad_row_leaves_the_good_ones_out_too(refused, folder):
    sentence = imported(refused, folder, HEADER + GOOD + GOOD.replace("A1", "A2").replace("2.57", "0.01"))
    assert "row 3, fvc_l" in sentence


def test_a_mapping_with_an_unknown_key_names_it(refused, folder):
    (folder / "map.toml").write_text('name = "x"\ncolours = 3\n', encoding="utf-8")
    (folder / "tests.csv").write_text(HEADER + GOOD, encoding="utf-8")
    said = refused("import", folder / "tests.csv", "--mapping", folder / "map.toml")
    assert "colours" in said


def test_a_decimal_comma_is_understood_where_it_cannot_be_a_separator(ctdild, folder, opening):
    (folder / "tests.csv").write_text(
        (HEADER + GOOD).replace(",", ";").replace("2.57", "2,57").replace("2.13", "2,13"), encoding="utf-8"
    )
    unlocked = opening(folder / "clinic.ctdild", LOGIN, folder / "secret.txt")
    assert ctdild("import", folder / "tests.csv", *unlocked).status == 0
    shown = ctdild("show", "A1", "--json", *unlocked).document["tests"]
    assert [(test["fvc_l"], test["fev1_l"]) for test in shown] == [(2.57, 2.13)]


def test_k1_without_a_display_the_window_says_so(process):
    """Qt would end the process with many lines and a signal."""
    said = process(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert said.status == 1
    assert said.err == (
        "There is no display, so the window cannot be opened; ctdild --help lists what can be done "
        "without one.\n"
    )


def test_k1_without_a_home_folder_the_program_says_so(monkeypatch, capsys):
    """As for somebody whom the directory service, which is away, would know."""
    from ctdild_desktop.__main__ import main

    def unknown(number):
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert main(["show", "DEMO-0001"]) == 1
    assert capsys.readouterr().err.startswith("There is no home folder")
