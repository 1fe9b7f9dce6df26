"""A damaged file is found when it is opened, or beside the work of whoever opened it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE, Made

_PAGE = 4096


def page_of(registry: Registry, table: str = "hrct") -> int:
    """The first page of a table, which nobody reads while unlocking."""
    with registry.read() as session:
        query = text("SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = :table")
        return int(session.execute(query, {"table": table}).scalar_one())


def spoil(path: Path, page: int) -> None:
    """Change one byte of a page on the disk."""
    changed = bytearray(path.read_bytes())
    changed[(page - 1) * _PAGE + 99] ^= 1
    path.write_bytes(bytes(changed))


@pytest.fixture
def page(made: Made) -> int:
    registry = made.open()
    found = page_of(registry)
    registry.close()
    return found


def opened(path: Path, *, check: bool = False) -> Registry:
    return Registry.open(path, LOGIN, PASSPHRASE, check=check)


def test_a_sound_file_is_read_to_its_end(made: Made) -> None:
    registry = opened(made.path)
    assert registry.check_pages() is True
    registry.close()
    assert registry.check_pages() is False


def test_d4_damage_is_found_beside_the_work_and_the_file_is_not_opened_again(made: Made, page: int) -> None:
    whole = made.path.read_bytes()
    spoil(made.path, page)
    registry = opened(made.path)
    with pytest.raises(DamagedError, match="is damaged"):
        registry.check_pages()
    registry.close()
    with pytest.raises(DamagedError):
        opened(made.path)
    made.path.write_bytes(whole)
    opened(made.path).close()
    spoil(made.path, page)
    opened(made.path).close()


def test_a_check_first_refuses_the_file(made: Made, page: int) -> None:
    spoil(made.path, page)
    with pytest.raises(DamagedError, match="is damaged"):
        opened(made.path, check=True)


@pytest.mark.parametrize("after", [1, 3])
def test_a_check_ends_when_it_shall_stop(made: Made, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr("ctdild_desktop.registry.soundness._STEPS", 10)
    registry = opened(made.path)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > after

    assert registry.check_pages(stop) is False
    assert len(asked) == after + 1
    assert registry.check_pages() is True
    registry.close()


def test_closing_ends_a_check(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctdild_desktop.registry.soundness._STEPS", 10)
    registry = opened(made.path)
    closer = threading.Thread(target=registry.close)

    def meanwhile() -> bool:
        if closer.ident is None:
            closer.start()
            assert registry._closing.wait(10)
        return False

    assert registry.check_pages(meanwhile) is False
    closer.join(10)
    assert not any(registry.data_key)
