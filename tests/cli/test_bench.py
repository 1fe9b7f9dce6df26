"""The benchmark's shape on a very small registry. How fast anything is, is not tested here."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from ctdild_desktop.cli import bench
from ctdild_desktop.cli.benchmark import durability, figures, paper, window
from ctdild_desktop.cli.benchmark.invented import TESTS, invented_desk, invented_record, passphrase
from ctdild_desktop.cli.benchmark.measure import Figure, against_floor
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.verdicts import verdicts_of_all

TIMED = {
    "predict_100k": 2,
    "assess_all": 5,
    "find_key": None,
    "open_patient": None,
    "search_key": None,
    "log_feedback": None,
    "start": 2,
    "unlock": None,
    "report_one": None,
    "report_pack_40": None,
    "save_test": None,
    "encryption_overhead": None,
    "encryption_overhead_write": None,
    "backup": None,
    "verify": None,
    "import_10k": None,
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Few rows, and temporary files in this folder."""
    monkeypatch.setattr(figures.import_10k, "__defaults__", (40,))
    monkeypatch.setattr(figures.predict, "__defaults__", (500,))
    monkeypatch.setattr(paper.report_one, "__defaults__", (3,))
    monkeypatch.setattr(window, "_REPEATS", 3)
    monkeypatch.setattr(durability, "_TOGETHER", 2)
    monkeypatch.setattr(durability, "_WRITES", 3)
    monkeypatch.setattr(window, "_STARTS", 1)
    monkeypatch.setattr(window, "_DERIVED", 1)
    monkeypatch.setattr(window, "_in_a_process", _no_process)
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def _no_process(_folder: Path, code: str, *_given: object) -> str:
    """In place of a process: takes a while that can be measured, and answers seconds or megabytes."""
    if "most_and_last" in code:
        return "310.4 280.0 1.5"
    return "0.5" if sum(range(200_000)) else ""


def test_one_document_with_every_figure(ctdild: Callable[..., Any], small: Path) -> None:
    done = ctdild("bench", "--patients", 3, "--json")
    assert done.status == 0, done.err
    document = done.document
    assert document["patients"] == 3
    assert document["tests_per_patient"] == TESTS
    assert set(document["figures"]) == {*TIMED, "rss_mb"}
    for name, budget in TIMED.items():
        made = document["figures"][name]
        assert made["ms"] > 0
        assert made["repeats"] >= (1 if name in {"start", "unlock"} else 3)
        if budget is None:
            assert "ok" not in made
        else:
            assert made["budget"] == budget
            assert made["ok"] is (made["ratio"] <= budget)
        if "ratio" in made:
            assert made["floor"]
            assert 0 < made["least_ms"] <= made["ms"]
            assert math.isclose(made["ratio"], made["ms"] / made["floor_ms"], rel_tol=0.05)
    # Twenty tests each, one view of the diagnosis, one row of the patient and three scans, besides visits.
    assert document["figures"]["assess_all"]["rows"] >= 3 * (TESTS + 5)
    held = document["figures"]["rss_mb"]
    assert (held["value"], held["most_mb"], held["adds_mb"]) == (280.0, 310, 2)
    assert {document["figures"][name]["tests"] for name in ("backup", "verify")} == {3 * TESTS}
    assert list(small.iterdir()) == []


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes keep what Python compiles: the first one writes it, the others read it."""
    return tmp_path_factory.mktemp("modules")


@pytest.fixture
def compiled(modules: Path, tmp_path: Path) -> None:
    """The folder of this test's processes has what those of another test compiled."""
    (tmp_path / "compiled").symlink_to(modules)


@pytest.mark.usefixtures("compiled")
def test_the_program_starts_and_unlocks_in_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(window, "_STARTS", 1)
    monkeypatch.setattr(window, "_DERIVED", 1)
    monkeypatch.setattr(window, "_TYPING_S", 0.5)
    desk = invented_desk(tmp_path, 1)
    desk.close()
    made = window.unlock(tmp_path / "bench.ctdild", tmp_path, desk.login, passphrase())
    assert made.ms is not None
    assert 0 < made.ms < 30_000
    assert dict(made.detail)["key_derivation_ms"] > 0
    assert dict(made.detail)["enter_at_once_ms"] > 0


@pytest.mark.usefixtures("compiled")
def test_the_memory_is_that_of_a_process_that_was_worked_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(window, "_ACTS", 9)
    monkeypatch.setattr(window, "_PAUSE_S", 0.0)
    desk = invented_desk(tmp_path, 2)
    desk.close()
    made = window.rss_mb(tmp_path / "bench.ctdild", tmp_path, desk.login, passphrase(), everybody=False)
    assert made.value is not None
    assert 50 < made.value <= dict(made.detail)["most_mb"] + 1


def test_one_line_for_each_figure(ctdild: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    measured = (
        Figure(name="verify", what="every check", ms=12.5, repeats=3, detail=(("tests", 40),)),
        Figure(name="assess_all", what="verdicts", ms=6, floor="reading", floor_ms=3, ratio=2, budget=5),
        Figure(name="rss_mb", what="memory", value=120.0),
    )
    monkeypatch.setattr(bench, "_figures", lambda *_given: iter(measured))
    done = ctdild("bench", "--patients", 2)
    assert done.status == 0, done.err
    lines = done.out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["verify", "assess_all", "rss_mb"]
    assert ["budget" in line for line in lines] == [False, True, False]


def test_a_large_registry_is_not_copied(
    ctdild: Callable[..., Any], small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the usual sizes, printouts and backups are measured on a registry of the usual size."""
    measured_on = {}

    def measuring(name: str) -> Callable[..., Any]:
        def measure(desk: Desk, *_rest: object) -> Iterator[Figure]:
            measured_on[name] = patients.count(desk)
            yield Figure(name=name, what="", ms=1)

        return measure

    monkeypatch.setattr(bench, "_PATIENTS", 2)
    monkeypatch.setattr(bench, "_LARGEST_COPIED", 2)
    monkeypatch.setattr(bench, "_of_files", measuring("files"))
    monkeypatch.setattr(bench, "_of_backups", measuring("backups"))
    monkeypatch.setattr(window, "acts", lambda *_given: iter(()))
    monkeypatch.setattr(bench, "_of_start", lambda *_given: iter(()))
    for name in ("predict", "find_key", "save_test", "import_10k"):
        monkeypatch.setattr(figures, name, lambda *_given, name=name: Figure(name=name, what="", ms=1))
    done = ctdild("bench", "--patients", 3, "--json")
    assert done.status == 0, done.err
    assert measured_on == {"files": 2, "backups": 2}
    assert "3 patients" in done.document["figures"]["assess_all"]["what"]
    assert [line for line in done.err.splitlines() if line.startswith("Making")] == [
        "Making a registry of 3 invented patients ...",
        "Making a registry of 2 invented patients ...",
    ]


def test_the_short_form_says_in_one_sentence_whether_the_computer_is_quick_enough(
    ctdild: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(opening: float, ratio: float) -> tuple[Any, str]:
        measured = (
            Figure(name="open_patient", what="opened", ms=opening),
            Figure(name="start", what="started", ms=900, floor="bare", floor_ms=300, ratio=ratio, budget=2),
            Figure(name="verify", what="no aim", ms=9000),
        )
        asked: list[int] = []

        def figures_of(count: int, _window: object) -> Iterator[Figure]:
            asked.append(count)
            return iter(measured)

        monkeypatch.setattr(bench, "_quick_figures", figures_of)
        document = ctdild("bench", "--quick", "--json").document
        done = ctdild("bench", "--quick", "--patients", 7)
        assert done.status == 0, done.err
        assert asked == [bench._FEW, 7]
        assert document["sentence"] == done.out.splitlines()[-1]
        return document["figures"], document["sentence"]

    found, sentence = answer(100, 2)
    assert sentence == "This computer is quick enough: nobody waits longer than is aimed at."
    assert (found["open_patient"]["aim_ms"], found["open_patient"]["quick_enough"]) == (100, True)
    found, sentence = answer(130.4, 2.1)
    assert not found["open_patient"]["quick_enough"]
    assert sentence == (
        "This computer is slower than is aimed at: open_patient took 130 ms (at most 100), "
        "start took 2.1 times bare (at most 2)."
    )


def test_the_short_form_measures_what_somebody_waits_for(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "acts", lambda *_given: iter((Figure(name="open_patient", what="", ms=1),)))
    names = [figure.name for figure in bench._quick_figures(2, lambda *_given: pytest.fail("not asked for"))]
    assert names == ["find_key", "save_test", "open_patient", "start", "unlock"]
    assert list(small.iterdir()) == []


def test_wrong_size_is_wrong_usage(ctdild: Callable[..., Any]) -> None:
    assert ctdild("bench", "--patients", "none").status == 2
    assert ctdild("bench", "--patients", "0").status == 2


def test_the_bare_formula_is_the_same_formula() -> None:
    """The floor must do the same work: its z-scores are those of the program."""
    rng = np.random.default_rng(4)
    male, age = rng.random(400) < 0.5, rng.uniform(18, 90, 400)
    height, measured = rng.uniform(145, 195, 400), rng.uniform(1, 6, 400)
    bare = figures._bare_z(male, age, height, measured)()
    from ctdild_desktop.clinical.reference.equations import People, evaluate

    people = People(male=male, age=age, height=height, group=np.full(400, np.nan))
    assert np.allclose(bare, evaluate("GLI2022", "FVC", people).z(measured), rtol=0, atol=1e-12)


def test_invented_registry_has_what_it_says(tmp_path: Path) -> None:
    desk = invented_desk(tmp_path, 4)
    try:
        with desk.registry.read() as session:
            records = list(desk.store.load_all(session))
        found = verdicts_of_all(desk)
        assert desk.registry.verify()["ok"]
    finally:
        desk.close()
    assert [len(record.tests) for record in records] == [TESTS] * 4
    assert len(found.ids) == 4
    recorded = [record.tests[0].fvc_pct_pred is not None for record in records]
    assert recorded == [True, False, True, False]


def test_the_same_seed_invents_the_same_people() -> None:
    assert invented_record(Random(3), 7) == invented_record(Random(3), 7)
    assert invented_record(Random(3), 7) != invented_record(Random(4), 7)


def test_ratio_is_median_work_over_median_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    from ctdild_desktop.cli.benchmark import measure

    clock = iter([0.0, 0.010, 1.0, 1.030, 2.0, 2.020, 3.0, 3.050, 4.0, 4.030, 5.0, 5.040])
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock))
    made = against_floor(
        "x", "x", lambda: None, floor=lambda: None, floor_words="nothing", repeats=3, budget=2
    )
    # Floors 10, 20, 30 ms; works 30, 50, 40 ms.
    assert made.floor_ms == pytest.approx(20)
    assert made.ms == pytest.approx(40)
    assert made.ratio == pytest.approx(2)
    assert made.repeats == 3


def test_what_is_prepared_comes_before_each_run_and_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    from ctdild_desktop.cli.benchmark import measure

    clock, done = iter(range(0, 80, 1)), list[str]()
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock) / 1000)
    made = against_floor(
        "x",
        "x",
        lambda: done.append("work"),
        floor=lambda: done.append("floor"),
        floor_words="nothing",
        repeats=2,
        prepare=lambda: (done.append("prepare"), next(clock)),
    )
    assert done == 3 * ["floor", "prepare", "work"]
    assert (made.ms, made.least_ms) == (pytest.approx(1), pytest.approx(1))


@pytest.mark.parametrize(
    ("ratio", "budget", "ok"), [(2.0, 2, True), (2.1, 2, False), (1.0, None, None), (None, 2, None)]
)
def test_a_budget_is_kept_up_to_its_limit(ratio: float | None, budget: float | None, ok: bool | None) -> None:
    assert Figure(name="x", what="x", ratio=ratio, budget=budget).ok is ok
