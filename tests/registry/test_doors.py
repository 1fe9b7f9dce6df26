"""The one way in: a whole raw key, and a library that is new enough and encrypts."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ctdild_desktop
from ctdild_desktop.registry import engine, users
from ctdild_desktop.registry.backup import restore
from ctdild_desktop.registry.errors import NotOpenedError, RegistryError
from ctdild_desktop.registry.frozen import Frozen
from ctdild_desktop.registry.keystore import CHEAPEST, subkey
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Made

PACKAGE = Path(ctdild_desktop.__file__).parent


class Digits(bytes):
    """A key that claims 32 bytes and writes other digits."""

    def hex(self, *_: Any) -> str:
        return self.decode("ascii")


@pytest.mark.parametrize(
    "key",
    [
        b"",
        bytes(31),
        bytes(33),
        b"a passphrase",
        Digits(b"0" * 63),
        Digits(b"0" * 62),
        Digits(b"g" * 64),
        Digits(b"0" * 65),
        Digits(b"0" * 64 + b"\n"),
        Digits(b"0" * 63 + b"'"),
    ],
)
@pytest.mark.parametrize("create", [False, True])
def test_e4_a_key_that_the_library_would_take_for_a_passphrase_is_refused(
    made: Made, tmp_path: Path, key: bytes, *, create: bool
) -> None:
    """A raw key that has not exactly 64 hexadecimal digits would silently be another one."""
    path = tmp_path / "new.ctdild" if create else made.path
    before = made.path.read_bytes()
    for door in (engine.connect, engine.keyed):
        with pytest.raises(ValueError, match="32 bytes"):
            door(path, key, create=create)
    assert made.path.read_bytes() == before
    assert not (tmp_path / "new.ctdild").exists()


def test_e4_another_key_and_no_key_open_nothing(made: Made) -> None:
    with pytest.raises(NotOpenedError):
        engine.connect(made.path, bytes(32))
    bare = engine.driver.connect(made.path)
    with pytest.raises(engine.driver.DatabaseError, match="not a database"):
        bare.execute("SELECT count(*) FROM sqlite_master").fetchone()
    bare.close()


def test_e4_a_file_is_never_made_without_a_key(registry: Registry, tmp_path: Path) -> None:
    made = tmp_path / "new.ctdild"
    connection = engine.connect(made, subkey(b"k" * 32, "db"), create=True)
    connection.execute("CREATE TABLE patient (name TEXT)")
    connection.execute("INSERT INTO patient VALUES ('Sentinel')")
    connection.close()
    content = made.read_bytes()
    assert content[:16] != b"SQLite format 3\0"
    assert b"Sentinel" not in content
    assert b"patient" not in content


def test_e4_every_connection_of_the_program_is_made_where_its_key_is_set() -> None:
    """Elsewhere somebody could forget the key, and a file in the clear would be made without a word."""
    doors = {
        "registry/engine.py",  # the factory, and two that read no registry: is it plain, is the library good
        "registry/frozen.py",  # a finished copy, read-only
        "cli/benchmark/durability.py",  # a throw-away file, to measure what encryption costs
    }
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text("utf-8")
        named = "connect" in source and ("driver" in source or "dbapi2" in source)
        for node in ast.walk(ast.parse(source)) if named else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"driver.connect", "dbapi2.connect"}:
                found.add(path.relative_to(PACKAGE).as_posix())
    assert found == doors


def old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.driver, "sqlite_version_info", (3, 51, 2))


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoCipher:
        def execute(self, _sql: str) -> NoCipher:
            return self

        def fetchone(self) -> None:
            return None

        def close(self) -> None:
            pass

    connect = engine.driver.connect
    monkeypatch.setattr(
        engine.driver,
        "connect",
        lambda place, **given: NoCipher() if place == ":memory:" else connect(place, **given),
    )


@pytest.mark.parametrize("library", [old, plain])
def test_e6_a_library_that_is_too_old_or_does_not_encrypt_opens_no_door(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: Callable[[Any], None]
) -> None:
    registry = made.open()
    backup = registry.backup(tmp_path / "good.ctdild-backup")
    registry.close()
    new = tmp_path / "new"
    new.mkdir()
    before = made.path.read_bytes()
    library(monkeypatch)
    for door in (
        lambda: Registry.open(made.path, LOGIN, PASSPHRASE),
        lambda: Registry.create(new / "a.ctdild", LOGIN, "A", PASSPHRASE, cost=CHEAPEST),
        lambda: restore(backup, new / "b.ctdild", LOGIN, PASSPHRASE),
        lambda: users.recover(made.path, recovery_code=made.code, login=LOGIN, passphrase="found again"),
    ):
        with pytest.raises(RegistryError, match="too old or cannot encrypt"):
            door()
    assert made.path.read_bytes() == before
    assert list(new.iterdir()) == []


def test_e6_this_library_is_good_enough() -> None:
    engine.check_library()
    assert engine.driver.sqlite_version_info >= engine.OLDEST_SQLITE == (3, 51, 3)
    connection = engine.driver.connect(":memory:")
    assert connection.execute("PRAGMA cipher_version").fetchone()[0].startswith("4.")
    connection.close()


def test_a_copy_that_is_read_alone_needs_its_key_too(made: Made) -> None:
    frozen = Frozen(made.path, bytearray(32))
    with pytest.raises(NotOpenedError):
        frozen.check()
    frozen.close()
