"""A5: whoever guesses a passphrase has to wait longer and longer, also after a restart, and is told of."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ctdild_desktop.place import Place
from ctdild_desktop.registry import throttle as throttling
from ctdild_desktop.registry import users
from ctdild_desktop.registry.errors import (
    DiskError,
    RegistryError,
    TooManyAttemptsError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.registry.recovery import new_code
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.throttle import RECOVERY, Failures, Throttle, attempts_path, attempts_path_of
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made

NOW = dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC)
WRONG = "not the passphrase"


def later(clock: Clock, seconds: float) -> None:
    clock.now += dt.timedelta(seconds=seconds)


def fail(made: Made, clock: Clock, times: int) -> None:
    """So many wrong passphrases, each as soon as it is allowed."""
    for _ in range(times):
        with pytest.raises((WrongPassphraseError, TooManyAttemptsError)) as caught:
            Registry.open(made.path, LOGIN, WRONG, clock=clock)
        if isinstance(caught.value, TooManyAttemptsError):
            later(clock, caught.value.seconds)
            with pytest.raises(WrongPassphraseError):
                Registry.open(made.path, LOGIN, WRONG, clock=clock)


def events(registry: Registry, kind: str) -> list[dict[str, str]]:
    query = select(AuditRow.new).where(AuditRow.op == "event", AuditRow.row_id == kind)
    with registry.read() as session:
        return [json.loads(new) for new in session.execute(query.order_by(AuditRow.seq)).scalars()]


def test_a5_the_wait_doubles_up_to_five_minutes() -> None:
    waits = [Failures(count, NOW, NOW).wait for count in range(16)]
    assert waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert Failures(10**9, NOW, NOW).wait == 300


def test_a5_five_failures_are_free_and_then_even_the_right_passphrase_waits(made: Made) -> None:
    clock = Clock()
    fail(made, clock, 5)
    with pytest.raises(TooManyAttemptsError, match="please wait 2 seconds") as caught:
        Registry.open(made.path, LOGIN, PASSPHRASE, clock=clock)
    assert caught.value.seconds == 2
    later(clock, 1.5)
    with pytest.raises(TooManyAttemptsError, match="please wait 1 second and"):
        Registry.open(made.path, LOGIN, PASSPHRASE, clock=clock)
    later(clock, 0.5)
    Registry.open(made.path, LOGIN, PASSPHRASE, clock=clock).close()


def test_a5_throttle_survives_a_restart(made: Made) -> None:
    clock = Clock()
    fail(made, clock, 8)
    again = Throttle(attempts_path(made.path), db_id_of(made), Clock(clock.now))
    assert again.seconds_left(" AMSEL ") == 16
    found = again.failures(LOGIN)
    assert found is not None
    assert (found.count, found.since) == (8, Clock().now)


def db_id_of(made: Made) -> str:
    return str(json.loads(made.keys.read_text("utf-8"))["db_id"])


def test_a5_failures_are_in_the_audit_after_the_next_success_and_then_forgotten(made: Made) -> None:
    clock = Clock()
    fail(made, clock, 6)
    later(clock, 300)
    registry = made.open(clock)
    noted = [{"failed": "6", "since": "2026-03-12T10:00:00.000000Z"}]
    assert events(registry, "unlock_failed") == noted
    registry.close()
    registry = made.open(clock)
    assert events(registry, "unlock_failed") == noted
    registry.close()
    assert json.loads(attempts_path(made.path).read_text("utf-8"))["failures"] == {}


def test_a5_a_disk_that_takes_no_audit_row_keeps_the_failures_for_the_next_time(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(made, Clock(), 2)
    with monkeypatch.context() as full:

        def refuse(*_: object, **__: object) -> None:
            raise DiskError("The disk is full; nothing of this was saved.")

        full.setattr(Registry, "record_event", refuse)
        made.open().close()
    registry = made.open()
    assert events(registry, "unlock_failed")[-1]["failed"] == "2"
    registry.close()


def test_a5_others_do_not_wait_and_an_unknown_login_is_not_kept(made: Made) -> None:
    clock = Clock()
    registry = made.open(clock)
    users.add_user(registry, "drossel", "T. Drossel", "viewer", "another passphrase", cost=CHEAPEST)
    registry.close()
    fail(made, clock, 7)
    for _ in range(9):
        with pytest.raises(WrongPassphraseError, match="Nobody"):
            Registry.open(made.path, "a secret typed in the wrong line", WRONG, clock=clock)
    assert b"secret" not in attempts_path(made.path).read_bytes()
    Registry.open(made.path, "drossel", "another passphrase", clock=clock).close()
    with pytest.raises(TooManyAttemptsError):
        made.open(clock)


def test_a5_the_recovery_code_is_throttled_too(made: Made) -> None:
    clock = Clock()

    def recover(code: str) -> None:
        users.recover(
            made.path,
            recovery_code=code,
            login=LOGIN,
            passphrase="found again words",
            cost=CHEAPEST,
            clock=clock,
        )[0].close()

    for _ in range(7):
        with pytest.raises(RegistryError, match="wrong character"):
            recover(made.code[:-1] + ("A" if made.code[-1] != "A" else "B"))
    for _ in range(5):
        with pytest.raises(WrongPassphraseError):
            recover(new_code())
    with pytest.raises(TooManyAttemptsError):
        recover(made.code)
    later(clock, 2)
    recover(made.code)
    registry = Registry.open(made.path, LOGIN, "found again words", clock=clock)
    assert events(registry, "unlock_failed")[-1]["failed"] == "5"
    registry.close()


def test_a5_a_signed_in_person_cannot_guess_the_passphrase_either(registry: Registry, clock: Clock) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassphraseError):
            users.change_passphrase(registry, LOGIN, WRONG, "fresh passphrase", cost=CHEAPEST)
    with pytest.raises(TooManyAttemptsError):
        users.change_passphrase(registry, LOGIN, PASSPHRASE, "fresh passphrase", cost=CHEAPEST)
    later(clock, 2)
    users.change_passphrase(registry, LOGIN, PASSPHRASE, "fresh passphrase", cost=CHEAPEST)


def test_a5_a_clock_that_went_back_never_makes_the_wait_longer(tmp_path: Path) -> None:
    clock = Clock()
    throttle = Throttle(tmp_path / "a.attempts", "id", clock)
    for _ in range(20):
        try:
            with throttle.attempt(LOGIN, {LOGIN}):
                raise WrongPassphraseError("The passphrase is wrong.")
        except TooManyAttemptsError as error:
            later(clock, error.seconds)
        except WrongPassphraseError:
            pass
    clock.now -= dt.timedelta(days=400)
    with pytest.raises(TooManyAttemptsError) as caught, throttle.attempt(LOGIN, {LOGIN}):
        pytest.fail("it was let in")
    assert 0 < caught.value.seconds <= 300
    later(clock, caught.value.seconds)
    with throttle.attempt(LOGIN, {LOGIN}):
        pass


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b"[" * 90_000, b"{}", b'{"format": "ctdild-attempts"}', b" " * 200_000]
)
def test_a5_a_damaged_count_locks_nobody_out(made: Made, content: bytes) -> None:
    attempts_path(made.path).write_bytes(content)
    made.open().close()


@given(moment=st.text(max_size=30), count=st.one_of(st.integers(), st.text(max_size=5), st.none()))
def test_a5_any_count_in_the_file_is_read_or_left_alone(moment: str, count: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.attempts"
        one = {"count": count, "since": moment, "last": NOW.isoformat()}
        path.write_text(
            json.dumps({"format": "ctdild-attempts", "db_id": "id", "failures": {LOGIN: one}}), "utf-8"
        )
        assert 0 <= Throttle(path, "id", lambda: NOW).seconds_left(LOGIN) <= 300


def test_a5_another_registry_of_the_same_name_begins_anew(tmp_path: Path) -> None:
    for db_id, known in (("one", 1), ("two", 0)):
        throttle = Throttle(tmp_path / "a.attempts", db_id, Clock())
        if known:
            with pytest.raises(WrongPassphraseError), throttle.attempt(RECOVERY, ()):
                raise WrongPassphraseError("The passphrase is wrong.")
        assert (throttle.failures(RECOVERY) is not None) == bool(known)


def test_a5_attempts_on_a_server_are_counted_in_the_persons_own_folder(private_folders: Path) -> None:
    first = attempts_path_of(Place.parse("postgresql://server/clinic"))
    assert private_folders in first.parents
    assert first == attempts_path_of(Place.parse("postgresql+psycopg://amsel:secret@server/clinic"))
    assert first != attempts_path_of(Place.parse("postgresql://server/other"))
    throttle = Throttle(first, "id", Clock())
    with pytest.raises(WrongPassphraseError), throttle.attempt(LOGIN, {LOGIN}):
        raise WrongPassphraseError("The passphrase is wrong.")
    assert first.is_file()


def test_a5_the_wait_is_told_in_minutes_when_it_is_long() -> None:
    assert "wait 5 min and" in str(TooManyAttemptsError(300))
    assert "wait 4 min 16 s and" in str(TooManyAttemptsError(256))
    assert throttling.LONGEST == 300
