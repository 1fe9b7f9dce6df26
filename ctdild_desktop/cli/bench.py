"""``ctdild bench``: how fast this computer does what the program promises, against bare floors."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.cli.benchmark.measure import Figure
    from ctdild_desktop.cli.benchmark.window import TimeWindow
    from ctdild_desktop.services.desk import Desk

_PATIENTS, _FEW = 2000, 500
_LARGEST_COPIED = 10_000
"""Patients of the largest registry of which backups are made here; a larger one takes gigabytes."""
_PLACES = 3
_AIMS_MS = {
    "unlock": 400,
    "find_key": 50,
    "open_patient": 100,
    "search_key": 50,
    "log_feedback": 50,
    "save_test": 100,
}
"""What somebody may wait for each act at most, with 100,000 patients too."""


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a number of patients: {text!r}")
    return int(text)


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "bench",
        _answer,
        summary="measure how fast the program is on this computer",
        description=(
            "Makes an encrypted registry of invented patients with 20 tests each in a temporary folder, "
            "measures, and removes it. Times are medians in milliseconds. A figure with a budget is a "
            "ratio to a bare floor that is measured in the same run, because times differ from computer "
            "to computer. The work list is read beside the acts in the window, as it is for a person. "
            "Printouts and the cost of encryption are measured on at most 2,000 patients, backups and "
            "checks on at most 10,000. With --quick only what somebody waits for at the window is measured, "
            "in less than two minutes, and the last line says whether this computer is quick enough. Exit "
            "status 0 whether or not a budget or an aim is kept."
        ),
        examples=("ctdild bench --quick", "ctdild bench --patients 100000 --json"),
        unlocks=False,
    )
    parser.add_argument(
        "--patients",
        metavar="N",
        type=_positive,
        help=f"size of the registry; {_PATIENTS} when not given, {_FEW} with --quick",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="measure only what somebody waits for, and say whether this computer is quick enough",
    )
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    measured = []
    patients = args.patients or (_FEW if args.quick else _PATIENTS)
    measure = _quick_figures if args.quick else _figures
    for made in measure(patients, args.time_window):
        figure = replace(made, aim_ms=_AIMS_MS.get(made.name))
        measured.append(figure)
        if not args.json:
            print(_line(figure), flush=True)
    sentence = _sentence(measured) if args.quick else ""
    if args.json:
        document = {figure.name: _document(figure) for figure in measured}
        told = {"sentence": sentence} if sentence else {}
        common.print_json({"patients": patients, "tests_per_patient": _tests(), "figures": document, **told})
    elif sentence:
        print(sentence)
    return 0


def _sentence(measured: Sequence[Figure]) -> str:
    """Whether this computer is quick enough, for whoever looks after it."""
    slow = [figure for figure in measured if figure.quick_enough is False]
    if not slow:
        return "This computer is quick enough: nobody waits longer than is aimed at."
    told = ", ".join(f"{figure.name} took {_measured(figure)}" for figure in slow)
    return f"This computer is slower than is aimed at: {told}."


def _measured(figure: Figure) -> str:
    if figure.aim_ms is not None and figure.ms is not None:
        return f"{figure.ms:.0f} ms (at most {figure.aim_ms:.0f})"
    return f"{figure.ratio:.1f} times {figure.floor} (at most {figure.budget:g})"


def _tests() -> int:
    from ctdild_desktop.cli.benchmark.invented import TESTS

    return TESTS


def _figures(patients: int, time_window: TimeWindow) -> Iterator[Figure]:
    from ctdild_desktop.cli.benchmark import figures, window
    from ctdild_desktop.cli.benchmark.invented import invented_desk

    with tempfile.TemporaryDirectory(prefix="ctdild-bench-") as name:
        folder = Path(name)
        yield figures.predict()
        common.say(f"Making a registry of {patients:,} invented patients ...")
        large = invented_desk(folder, patients)
        try:
            yield figures.assess_all(large, patients)
            yield figures.find_key(large, patients)
            yield figures.save_test(large, folder)
            yield from window.acts(large, time_window)
            if patients <= _LARGEST_COPIED:
                yield from _of_backups(large, folder, patients)
            if patients <= _PATIENTS:
                yield from _of_files(large, folder)
        finally:
            large.close()
        yield from _of_start(large, folder, patients)
        if patients > _PATIENTS:
            yield from _of_small_registry(folder / "small", backups=patients > _LARGEST_COPIED)
        yield figures.import_10k(folder)


def _quick_figures(patients: int, time_window: TimeWindow) -> Iterator[Figure]:
    """What somebody waits for at the window."""
    from ctdild_desktop.cli.benchmark import figures, window
    from ctdild_desktop.cli.benchmark.invented import invented_desk

    with tempfile.TemporaryDirectory(prefix="ctdild-bench-") as name:
        folder = Path(name)
        common.say(f"Making a registry of {patients:,} invented patients ...")
        desk = invented_desk(folder, patients)
        try:
            yield figures.find_key(desk, patients)
            yield figures.save_test(desk, folder)
            yield from window.acts(desk, time_window)
        finally:
            desk.close()
        yield from _of_start_and_unlocking(desk, folder)


def _of_start(desk: Desk, folder: Path, patients: int) -> Iterator[Figure]:
    """Of the program as it is started: the closed registry is opened anew each time."""
    from ctdild_desktop.cli.benchmark import invented, window

    yield from _of_start_and_unlocking(desk, folder)
    place = desk.registry.place.path
    if place is not None and _startable():
        everybody = patients <= _LARGEST_COPIED
        yield window.rss_mb(place, folder, desk.login, invented.passphrase(), everybody=everybody)


def _of_start_and_unlocking(desk: Desk, folder: Path) -> Iterator[Figure]:
    from ctdild_desktop.cli.benchmark import invented, window

    place = desk.registry.place.path
    if place is not None and _startable():
        yield window.start(place, folder)
        yield window.unlock(place, folder, desk.login, invented.passphrase())


def _startable() -> bool:
    """Whether the program can be started beside this one; a frozen one has no interpreter of its own."""
    return not getattr(sys, "frozen", False)


def _of_small_registry(folder: Path, *, backups: bool) -> Iterator[Figure]:
    """The figures that do not ask for a large registry, which would take gigabytes of copies."""
    from ctdild_desktop.cli.benchmark.invented import invented_desk

    folder.mkdir()
    common.say(f"Making a registry of {_PATIENTS:,} invented patients ...")
    small = invented_desk(folder, _PATIENTS)
    try:
        yield from _of_files(small, folder)
        if backups:
            yield from _of_backups(small, folder, _PATIENTS)
    finally:
        small.close()


def _of_files(desk: Desk, folder: Path) -> Iterator[Figure]:
    from ctdild_desktop.cli.benchmark import durability, paper

    yield paper.report_one(desk, folder)
    yield paper.report_pack(desk, folder)
    yield durability.encryption_overhead(desk, folder)
    yield durability.encryption_overhead_write(desk, folder)


def _of_backups(desk: Desk, folder: Path, patients: int) -> Iterator[Figure]:
    from ctdild_desktop.cli.benchmark import durability

    yield from durability.backup_and_verify(desk, folder, patients)


def _document(figure: Figure) -> dict[str, Any]:
    made: dict[str, Any] = {"what": figure.what}
    if figure.ms is not None:
        made |= {"ms": round(figure.ms, _PLACES), "repeats": figure.repeats}
        made |= {} if figure.least_ms is None else {"least_ms": round(figure.least_ms, _PLACES)}
    else:
        made["value"] = None if figure.value is None else round(figure.value, 1)
    if figure.floor_ms is not None and figure.ratio is not None:
        made |= {
            "floor": figure.floor,
            "floor_ms": round(figure.floor_ms, _PLACES),
            "ratio": round(figure.ratio, _PLACES),
        }
    if figure.budget is not None:
        made |= {"budget": figure.budget, "ok": figure.ok}
    if figure.aim_ms is not None:
        made |= {"aim_ms": figure.aim_ms, "quick_enough": figure.quick_enough}
    return made | dict(figure.detail)


def _line(figure: Figure) -> str:
    if figure.ms is None:
        value = "not known here" if figure.value is None else f"{figure.value:.0f}"
        return f"{figure.name}: {value}  {figure.what}"
    line = f"{figure.name}: {figure.ms:.1f} ms (median of {figure.repeats})  {figure.what}"
    if figure.ratio is not None:
        line += f"; {figure.ratio:.2f} times {figure.floor} ({figure.floor_ms:.1f} ms)"
    if figure.budget is not None:
        line += f"; budget {figure.budget:g}: {'ok' if figure.ok else 'NOT kept'}"
    if figure.aim_ms is not None:
        line += f"; at most {figure.aim_ms:.0f} ms: {'ok' if figure.quick_enough else 'NOT kept'}"
    return line
