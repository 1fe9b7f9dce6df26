from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services.leisure import pause
from ctdild_desktop.ui import jobs
from ctdild_desktop.ui.jobs import ImmediateRunner, JobRunner, while_alive


@pytest.fixture
def runner(qtbot: QtBot):
    made = JobRunner()
    yield made
    made.close()


def test_results_come_back_in_order_on_the_main_thread(qtbot: QtBot, runner: JobRunner) -> None:
    main = threading.get_ident()
    seen: list[tuple[int, int]] = []
    workers: set[int] = set()
    for number in range(200):
        runner.run(
            lambda number=number: (workers.add(threading.get_ident()), number)[1],
            lambda result: seen.append((result, threading.get_ident())),
        )
    qtbot.waitUntil(lambda: len(seen) == 200)
    assert [number for number, _thread in seen] == list(range(200))
    assert {thread for _number, thread in seen} == {main}
    assert len(workers) == 1
    assert main not in workers


def test_an_error_goes_to_its_continuation(qtbot: QtBot, runner: JobRunner) -> None:
    met: list[Exception] = []
    runner.run(lambda: 1 // 0, lambda _result: met.append(ValueError()), met.append)
    qtbot.waitUntil(lambda: bool(met))
    assert isinstance(met[0], ZeroDivisionError)


def test_an_error_nobody_expects_reaches_the_hook(
    qtbot: QtBot, runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, _error, _trace: met.append(kind))
    runner.run(lambda: 1 // 0)
    qtbot.waitUntil(lambda: bool(met))
    assert met == [ZeroDivisionError]


def test_busy_is_said_once_for_a_row_of_jobs(qtbot: QtBot, runner: JobRunner) -> None:
    said: list[bool] = []
    runner.busy_changed.connect(said.append)
    gate = threading.Event()
    runner.run(gate.wait)
    runner.run(lambda: None)
    gate.set()
    qtbot.waitUntil(lambda: runner.pending == 0)
    assert said == [True, False]


def test_files_do_not_wait_for_the_registry(qtbot: QtBot, runner: JobRunner) -> None:
    gate = threading.Event()
    done: list[str] = []
    runner.run(gate.wait, lambda _result: done.append("registry"))
    runner.run(lambda: None, lambda _result: done.append("files"), files=True)
    qtbot.waitUntil(lambda: done == ["files"])
    gate.set()
    qtbot.waitUntil(lambda: done == ["files", "registry"])


def test_what_a_person_asks_for_does_not_wait_for_reading_aside(qtbot: QtBot, runner: JobRunner) -> None:
    gate = threading.Event()
    done: list[str] = []
    runner.run(gate.wait, lambda _result: done.append("aside"), aside=True)
    runner.run(lambda: None, lambda _result: done.append("registry"))
    qtbot.waitUntil(lambda: done == ["registry"])
    gate.set()
    qtbot.waitUntil(lambda: done == ["registry", "aside"])


def test_closing_finishes_the_work_and_delivers_nothing_more(qtbot: QtBot) -> None:
    runner = JobRunner()
    done: list[str] = []
    runner.run(lambda: done.append("worked"), lambda _result: done.append("delivered"))
    runner.close()
    runner.run(lambda: done.append("late"))
    qtbot.wait(20)
    assert done == ["worked"]


def test_a_closed_sheet_is_not_called(qtbot: QtBot) -> None:
    owner = QObject()
    called: list[int] = []
    then = while_alive(owner, called.append)
    then(1)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    then(2)
    assert called == [1]


def test_the_immediate_runner_raises_what_nobody_takes() -> None:
    runner = ImmediateRunner()
    results: list[int] = []
    runner.run(lambda: 3, results.append)
    assert results == [3]
    with pytest.raises(ZeroDivisionError):
        runner.run(lambda: 1 // 0)


class _Registry:
    """Stands for a registry that is locked, or not."""

    def __init__(self) -> None:
        self.locked = threading.Event()

    def refuse_closing(self) -> None:
        if self.locked.is_set():
            raise RegistryError("The registry is locked.")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading aside rests as long as there is a reason."""
    monkeypatch.setattr(jobs, "_LONGEST_REST_S", 3600.0)
    monkeypatch.setattr(jobs, "_REST_S", 0.0)


@pytest.mark.usefixtures("patient")
def test_reading_aside_rests_while_somebody_waits_for_an_answer(qtbot: QtBot, runner: JobRunner) -> None:
    registry, order = _Registry(), list[str]()
    begun, gate = threading.Event(), threading.Event()

    def aside() -> None:
        begun.set()
        pause(registry)  # type: ignore[arg-type]
        order.append("read")

    runner.run(gate.wait, lambda _done: order.append("answered"))
    runner.run(aside, aside=True)
    assert begun.wait(10)
    assert order == []
    gate.set()
    qtbot.waitUntil(lambda: runner.pending == 0)
    assert order == ["answered", "read"]


@pytest.mark.usefixtures("patient")
def test_reading_aside_rests_after_a_key_and_ends_with_the_program(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qtbot
    monkeypatch.setattr(jobs, "_REST_S", 3600.0)
    runner, registry = JobRunner(), _Registry()
    begun, read = threading.Event(), list[int]()

    def aside() -> None:
        begun.set()
        pause(registry)  # type: ignore[arg-type]
        read.append(1)

    runner.give_way()
    runner.run(aside, aside=True)
    assert begun.wait(10)
    assert read == []
    runner.close()
    assert read == [1]


@pytest.mark.usefixtures("patient")
def test_reading_aside_comes_to_an_end_while_somebody_types_for_hours(
    qtbot: QtBot, runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_REST_S", 3600.0)
    monkeypatch.setattr(jobs, "_LONGEST_REST_S", 0.0)
    runner.give_way()
    registry, read = _Registry(), list[int]()
    runner.run(lambda: [pause(registry) for _ in range(3)], lambda _done: read.append(1), aside=True)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: read == [1])


@pytest.mark.usefixtures("patient")
def test_locking_ends_the_rest_of_reading_aside_at_once(
    qtbot: QtBot, runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_REST_S", 3600.0)
    runner.give_way()
    registry, met = _Registry(), list[Exception]()
    runner.run(lambda: pause(registry), on_error=met.append, aside=True)  # type: ignore[arg-type]
    registry.locked.set()
    qtbot.waitUntil(lambda: bool(met))
    assert str(met[0]) == "The registry is locked."


def test_what_was_let_go_goes_back_once_nobody_waits(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_GIVE_BACK_MS", 1)
    given: list[int] = []
    monkeypatch.setattr(jobs, "give_back", lambda: given.append(threading.get_ident()))
    runner, gate = JobRunner(), threading.Event()
    runner.run(lambda: None, upkeep=True)
    runner.run(gate.wait)
    with qtbot.assertNotEmitted(runner.busy_changed, wait=50):
        pass
    assert given == []
    gate.set()
    qtbot.waitUntil(lambda: bool(given))
    assert threading.get_ident() not in given
    runner.close()
