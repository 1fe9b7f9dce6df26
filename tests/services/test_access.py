"""The door: first user, unlocking, and what is said when it stays shut."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, patients
from ctdild_desktop.services.desk import Desk, RefusedError, Role
from tests.support.desks import LOGIN, PASSPHRASE, Clock


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.suffix != ".attempts"
    }


def test_the_first_user_is_an_administrator_and_gets_a_recovery_code(tmp_path: Path) -> None:
    desk, code = access.create_registry(
        tmp_path / "new" / "a.ctdild",
        login="amsel",
        display_name="  R.  Amsel ",
        passphrase="a quiet passphrase",
        clock=Clock(),
        cost=CHEAPEST,
    )
    assert desk.role == Role.ADMINISTRATOR
    assert desk.display_name == "R. Amsel"
    assert not desk.demo
    assert len(code) >= 32
    assert patients.count(desk) == 0
    desk.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "new").iterdir())
    assert code.replace("-", "").encode() not in content.replace(b"-", b"")


@pytest.mark.parametrize(
    ("login", "name", "passphrase"),
    [("", "A", PASSPHRASE), ("a", " ", PASSPHRASE), ("a", "A", "short"), ("amselamsel", "A", "AmselAmsel")],
)
def test_a_first_user_that_will_not_do_leaves_nothing_behind(
    tmp_path: Path, login: str, name: str, passphrase: str
) -> None:
    with pytest.raises((RefusedError, RegistryError)) as caught:
        access.create_registry(
            tmp_path / "a.ctdild", login=login, display_name=name, passphrase=passphrase, cost=CHEAPEST
        )
    assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_every_reason_for_a_closed_door_has_its_own_sentence_and_changes_nothing(
    template: Path, tmp_path: Path
) -> None:
    for suffix in ("", ".keys"):
        (tmp_path / f"good.ctdild{suffix}").write_bytes(Path(f"{template}{suffix}").read_bytes())
        (tmp_path / f"cut.ctdild{suffix}").write_bytes(Path(f"{template}{suffix}").read_bytes())
    cut = tmp_path / "cut.ctdild"
    cut.write_bytes(cut.read_bytes()[:5000])
    (tmp_path / "plain.ctdild").write_bytes(b"SQLite format 3\0" + bytes(4080))
    (tmp_path / "empty.ctdild").write_bytes(b"")
    (tmp_path / "keyless.ctdild").write_bytes(template.read_bytes())
    before = _digests(tmp_path)
    sentences = set()
    for name, login, passphrase in (
        ("none.ctdild", LOGIN, PASSPHRASE),
        ("plain.ctdild", LOGIN, PASSPHRASE),
        ("empty.ctdild", LOGIN, PASSPHRASE),
        ("keyless.ctdild", LOGIN, PASSPHRASE),
        ("cut.ctdild", LOGIN, PASSPHRASE),
        ("good.ctdild", LOGIN, "another passphrase"),
        ("good.ctdild", "nobody", PASSPHRASE),
    ):
        with pytest.raises(RegistryError) as caught:
            access.unlock(tmp_path / name, login=login, passphrase=passphrase)
        sentences.add(str(caught.value))
    assert len(sentences) >= 6
    assert _digests(tmp_path) == before


def test_a_lost_passphrase_is_replaced_by_the_recovery_code(tmp_path: Path) -> None:
    path = tmp_path / "a.ctdild"
    desk, code = access.create_registry(
        path, login="amsel", display_name="A", passphrase=PASSPHRASE, cost=CHEAPEST
    )
    desk.close()
    again, renewed = access.recover(
        path, recovery_code=code, login="amsel", passphrase="something else", cost=CHEAPEST
    )
    assert renewed != code
    again.close()
    with pytest.raises(RegistryError):
        access.unlock(path, login="amsel", passphrase=PASSPHRASE)
    access.unlock(path, login="amsel", passphrase="something else").close()


def test_the_site_s_way_of_writing_is_in_force_once_the_door_is_open(desk: Desk) -> None:
    place = desk.registry.place
    desk.close()
    site = SiteSettings(date_style="yyyy-mm-dd", decimal_mark=",")
    try:
        access.unlock(place, login=LOGIN, passphrase=PASSPHRASE, settings=site).close()
        assert wording.style() == wording.Style("yyyy-mm-dd", ",")
    finally:
        access.use_settings(SiteSettings())
