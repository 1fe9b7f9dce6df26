"""What a person waits for: the start, unlocking, opening a patient, the answer to a typed value."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from ctdild_desktop.cli.benchmark.invented import add_records, invented_record
from ctdild_desktop.cli.benchmark.measure import Figure, Timing, against_floor, milliseconds
from ctdild_desktop.services.desk import Desk

_TESTS = 60
_FIRST = 9_000_001
"""Their MRNs are far from those of the others."""
_REPEATS = 15
_STARTS, _DERIVED = 5, 3
_TYPING_S, _AT_ONCE_S = 3.0, 0.5
"""How long a passphrase of twelve characters is typed, four in a second; and by nobody more quickly."""
_QUICKLY = "import sys; from ctdild_desktop.__main__ import load_quickly; load_quickly(); "
"""As the program itself begins."""
_START = f"{_QUICKLY}from ctdild_desktop.timing import start_once; sys.exit(start_once(sys.argv[1]))"
_EMPTY = (
    "from PySide6.QtWidgets import QApplication, QMainWindow; app = QApplication([]); "
    "window = QMainWindow(); window.show(); [app.processEvents() for _ in range(5)]"
)
_UNLOCK = f"{_QUICKLY}from ctdild_desktop.timing import unlock_once; print(unlock_once(*sys.argv[1:]))"

_HOUR = f"{_QUICKLY}from ctdild_desktop.using.hour import most_and_last; print(most_and_last(*sys.argv[1:]))"
_ACTS = 450
"""Of the hour: every act three times."""
_PAUSE_S = 20.0
"""As ``using.hour`` says; that is loaded in the process that is measured alone."""

TimeWindow = Callable[[Desk, Sequence[str]], AbstractContextManager[Sequence[Timing]]]


def acts(desk: Desk, time_window: TimeWindow) -> Iterator[Figure]:
    """The acts at the window over a registry to which patients with sixty tests are added.

    There is one for each opening, so that each is read and judged for the first time.
    """
    rng = Random(60)
    openings = _REPEATS + 2  # one warms up, one is opened to type in
    crowded = [invented_record(rng, _FIRST + 2 * number, _TESTS) for number in range(openings)]
    add_records(desk, crowded)
    with time_window(desk, [record.patient.id for record in crowded]) as timings:
        for one in timings:
            yield against_floor(
                one.name,
                one.what,
                one.work,
                floor=one.floor,
                floor_words=one.floor_words,
                repeats=_REPEATS,
                prepare=one.prepare,
            )


def start(registry: Path, folder: Path) -> Figure:
    """Process start to the first screen painted and taking typing, each in a process of its own."""
    return against_floor(
        "start",
        "process start to the first screen painted and accepting typing",
        lambda: _in_a_process(folder, _START, str(registry)),
        floor=lambda: _in_a_process(folder, _EMPTY),
        floor_words="the same interpreter showing an empty main window",
        repeats=_STARTS,
        budget=2,
    )


def unlock(registry: Path, folder: Path, login: str, passphrase: str) -> Figure:
    """Enter at the start screen to the first page painted; deriving the key is told apart.

    The program goes on loading while somebody types; who presses Enter at once waits for it.
    """
    from ctdild_desktop.registry.passphrases import Cost, stretched

    def seconds(typing_s: float) -> list[float]:
        given = (str(registry), login, passphrase, str(typing_s))
        return [float(_in_a_process(folder, _UNLOCK, *given)) for _ in range(_STARTS)]

    at_once = seconds(_AT_ONCE_S)  # compiles the modules as well
    taken = seconds(_TYPING_S)
    made = Figure(
        name="unlock",
        what="Enter at the start screen to the first page painted, with the cheapest key",
        ms=statistics.median(taken) * 1000,
        repeats=_STARTS,
    )
    derive = partial(stretched, "invented", bytes(16), Cost())
    derived = statistics.median(milliseconds(derive) for _ in range(_DERIVED))
    hurried = round(statistics.median(at_once) * 1000)
    return replace(made, detail=(("key_derivation_ms", round(derived)), ("enter_at_once_ms", hurried)))


def rss_mb(registry: Path, folder: Path, login: str, passphrase: str, *, everybody: bool) -> Figure:
    """What the program holds after part of a busy hour, in a process of its own; it writes to the registry.

    Args:
        everybody: whether analyses, quality, export and backup of everybody are among the acts.
    """
    asked = (str(registry), login, passphrase, str(_ACTS), str(int(everybody)), str(_PAUSE_S))
    most, last, adds = map(float, _in_a_process(folder, _HOUR, *asked).split())
    return Figure(
        name="rss_mb",
        what=f"memory of the window after {_ACTS} acts of an hour of use, MB; aim 300, not growing",
        value=last,
        detail=(("most_mb", round(most)), ("adds_mb", round(adds))),
    )


def _in_a_process(folder: Path, code: str, *arguments: str) -> str:
    """Run some Python without a display and away from the person's own settings and logs.

    Modules are compiled by the first run and read by the others, as those of an installed program are.
    """
    own = {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment = {**os.environ, **own, **compiled, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()
