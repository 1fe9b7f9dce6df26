"""The list of everything carried: complete against the lock, with versions as the libraries tell them."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

import pytest
import sqlcipher3.dbapi2 as driver
from packaging.requirements import Requirement
from psycopg import pq

from ctdild_desktop import bundled, licences
from ctdild_desktop.licences import Licences, canonical, carried, inside_table, required

ROOT = Path(__file__).resolve().parents[1]
BUILD_TOOLS = {"hatchling", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}


@pytest.fixture(scope="module")
def listed() -> Licences:
    return carried()


def of(listed: Licences, name: str, inside: str = "") -> licences.Carried:
    return next(part for part in listed.parts if part.name == name and canonical(part.inside) == inside)


def test_every_locked_distribution_is_listed_and_no_other(listed: Licences) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = [Requirement(line) for line in re.findall(r"^([a-z0-9._-]+==[^\\\n]+)", lock, re.MULTILINE)]
    locked = {one.name for one in lines if one.marker is None or one.marker.evaluate()} - BUILD_TOOLS
    assert {canonical(one.name) for one in required()} == locked
    told = {canonical(part.name) for part in listed.parts if "pypi.org" in part.source and not part.inside}
    assert told == locked


def test_every_library_within_a_wheel_has_a_row(listed: Licences) -> None:
    unlisted = [
        str(path)
        for one in required()
        for path in one.files or ()
        if path.parts[0].endswith(".libs") and ".so" in path.name
        if not any(PurePosixPath(path).match(pattern) for row in inside_table() for pattern in row.files)
    ]
    assert unlisted == []


def test_what_lies_inside_has_the_version_that_it_tells_itself(listed: Licences) -> None:
    connection = driver.connect(":memory:")
    (cipher,) = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    assert of(listed, "SQLCipher", "sqlcipher3").version == cipher.split()[0]
    assert of(listed, "SQLite", "sqlcipher3").version == driver.sqlite_version
    assert of(listed, "PostgreSQL libpq", "psycopg-binary").version == str(pq.version() // 10_000)
    assert of(listed, "Qt", "pyside6-essentials").version == distribution("PySide6_Essentials").version
    assert re.fullmatch(r"3\.\d+\.\d+", of(listed, "OpenSSL", "sqlcipher3").version)
    assert re.fullmatch(r"0\.3\.\d+", of(listed, "OpenBLAS", "numpy").version)
    assert re.fullmatch(r"\d+\.0\.\d+\.\d+", of(listed, "PDFium", "pypdfium2").version)


def test_everything_has_a_licence_and_a_text(listed: Licences) -> None:
    for part in listed.parts:
        assert re.fullmatch(r"[A-Za-z0-9.+ -]+", part.licence), part
        text = listed.text_of(part)
        assert len(text) > 200, part.name
        assert part.source in text
        assert part.kind == "data" or part.texts, part.name


def test_qt_is_told_as_its_licence_asks(listed: Licences) -> None:
    for name, inside in (("Qt", "pyside6-essentials"), ("PySide6_Essentials", ""), ("psycopg", "")):
        part = of(listed, name, inside)
        assert part.licence == "LGPL-3.0-only"
        assert part.source.startswith("https://")
        text = listed.text_of(part)
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
        assert "GNU GENERAL PUBLIC LICENSE" in text
        assert "in the" in part.notice
        assert "source" in part.notice


def test_the_published_tables_are_cited(listed: Licences) -> None:
    tables = sorted((bundled.resources() / "reference").glob("*.toml"))
    cited = [part for part in listed.parts if part.licence == "LicenseRef-published-coefficients"]
    assert len(cited) == len(tables) > 4
    assert all("Coefficients as published: " in part.notice for part in cited)


def test_a_built_package_tells_what_was_written_into_it(
    listed: Licences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / licences.FILE).write_text(listed.dumped(), encoding="utf-8")
    monkeypatch.setattr(licences, "files", lambda _name: tmp_path)
    assert carried() == listed


def test_what_a_frozen_program_leaves_out_is_not_listed() -> None:
    some = [one for one in required() if canonical(one.name) in {"pillow", "sqlcipher3"}]
    told = licences.gather(some, is_there=lambda path: path.name.startswith(("_sqlite3", "_imaging.")))
    names = {part.name for part in told.parts if part.inside}
    assert {"SQLCipher", "SQLite", "OpenSSL", "libtiff", "zlib-ng"} <= names
    assert not {"libavif", "FreeType", "libpng"} & names
