"""Every wrong file gets its own sentence, and nothing on the disk changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver

from ctdild_desktop.registry import engine
from ctdild_desktop.registry.errors import (
    DamagedError,
    NewerError,
    NotFoundError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.keystore import CHEAPEST, subkey
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Made


def missing(made: Made) -> None:
    made.path.unlink()


def empty(made: Made) -> None:
    made.path.write_bytes(b"")


def cut_at_a_page(made: Made) -> None:
    made.path.write_bytes(made.path.read_bytes()[: 4096 * 10])


def cut_within_a_page(made: Made) -> None:
    made.path.write_bytes(made.path.read_bytes()[:50_001])


def cut_to_a_stump(made: Made) -> None:
    made.path.write_bytes(made.path.read_bytes()[:1000])


def plain_sqlite(made: Made) -> None:
    made.path.unlink()
    connection = driver.connect(str(made.path))
    connection.execute("CREATE TABLE patient (name TEXT)")
    connection.commit()
    connection.close()


def plain_sqlite_without_keys(made: Made) -> None:
    plain_sqlite(made)
    made.keys.unlink()


def foreign(made: Made) -> None:
    made.path.write_bytes(b"mrn;test_date;fvc_l\r\n" * 501)


def foreign_of_whole_pages(made: Made) -> None:
    made.path.write_bytes(b"%PDF-1.7" * 512 * 8)


def no_keys(made: Made) -> None:
    made.keys.unlink()


def keys_of_another(made: Made) -> None:
    other = made.path.with_name("elsewhere")
    registry, _ = Registry.create(other / "b.ctdild", LOGIN, "A", PASSPHRASE, cost=CHEAPEST)
    registry.close()
    made.keys.write_bytes((other / "b.ctdild.keys").read_bytes())
    shutil.rmtree(other)


def newer(made: Made) -> None:
    registry = made.open()
    with registry.write(LOGIN) as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '2031_01_01_later'")
    registry.close()


def no_tables(made: Made) -> None:
    registry = made.open()
    key = subkey(registry.data_key, "db")
    registry.close()
    made.path.unlink()
    connection = engine.connect(made.path, key, create=True)
    connection.execute("CREATE TABLE other (a)")
    connection.close()


def a_folder(made: Made) -> None:
    made.path.unlink()
    made.path.mkdir()


CASES: list[tuple[Callable[[Made], None], type[RegistryError], str]] = [
    (missing, NotFoundError, "There is no registry at"),
    (empty, DamagedError, "is empty"),
    (cut_at_a_page, DamagedError, "damaged or was cut off"),
    (cut_within_a_page, DamagedError, "damaged or was cut off"),
    (cut_to_a_stump, DamagedError, "was cut off or is not a registry"),
    (plain_sqlite, DamagedError, "unencrypted SQLite"),
    (plain_sqlite_without_keys, DamagedError, "unencrypted SQLite"),
    (foreign, DamagedError, "was cut off or is not a registry"),
    (foreign_of_whole_pages, DamagedError, "the keys belong to another registry"),
    (no_keys, NotFoundError, "file of keys"),
    (keys_of_another, DamagedError, "the keys belong to another registry"),
    (newer, NewerError, "newer version of the program"),
    (no_tables, DamagedError, "holds no registry"),
    (a_folder, DamagedError, "is a folder"),
]


@pytest.mark.parametrize(("spoil", "error", "words"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_a_bad_file_is_named_and_left_alone(
    made: Made,
    snapshot: Callable[[Path], dict[str, bytes]],
    spoil: Callable[[Made], None],
    error: type[RegistryError],
    words: str,
) -> None:
    spoil(made)
    before = snapshot(made.path.parent)
    with pytest.raises(error, match=words) as caught:
        made.open()
    assert snapshot(made.path.parent) == before
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_e3_four_kinds_of_wrong_file_are_told_apart_and_left_as_they_are(
    made: Made, snapshot: Callable[[Path], dict[str, bytes]]
) -> None:
    whole, keys_before = made.path.read_bytes(), made.keys.read_bytes()
    said = {}
    for spoil in (keys_of_another, plain_sqlite, cut_within_a_page, empty):
        spoil(made)
        before = snapshot(made.path.parent)
        with pytest.raises(DamagedError) as caught:
            made.open()
        assert snapshot(made.path.parent) == before
        said[spoil.__name__] = str(caught.value)
        if spoil is keys_of_another:
            made.keys.write_bytes(keys_before)
        made.path.write_bytes(whole)
    assert len(set(said.values())) == 4, said
    made.open().close()


def test_wrong_words_leave_the_files_alone(made: Made, snapshot: Callable[[Path], dict[str, bytes]]) -> None:
    before = snapshot(made.path.parent)
    with pytest.raises(WrongPassphraseError):
        Registry.open(made.path, "drossel", PASSPHRASE)
    assert snapshot(made.path.parent) == before
    with pytest.raises(WrongPassphraseError):
        Registry.open(made.path, LOGIN, "not the passphrase")
    after = snapshot(made.path.parent)
    assert b"passphrase" not in after.pop(f"{made.path.name}.attempts")
    assert after == before


def test_making_a_registry_over_another_is_refused(
    made: Made, snapshot: Callable[[Path], dict[str, bytes]]
) -> None:
    before = snapshot(made.path.parent)
    with pytest.raises(RegistryError, match="already there"):
        Registry.create(made.path, LOGIN, "A", PASSPHRASE, cost=CHEAPEST)
    made.path.unlink()
    with pytest.raises(RegistryError, match="already there"):
        Registry.create(made.path, LOGIN, "A", PASSPHRASE, cost=CHEAPEST)
    assert snapshot(made.path.parent) == {made.keys.name: before[made.keys.name]}


def test_a_place_that_takes_no_files_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RegistryError, match="could not be written"):
        Registry.create(tmp_path / "file" / "a.ctdild", LOGIN, "A", PASSPHRASE, cost=CHEAPEST)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
