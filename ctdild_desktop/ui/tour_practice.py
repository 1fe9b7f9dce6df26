"""The part of the tour about older registries and about learning: the cards, the strip and the lessons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from ctdild_desktop import __version__
from ctdild_desktop.place import Place
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.practice.lessons import LESSONS
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.start.upgrade_card import OlderRegistry
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_HALF = ("mark", "pair", "reasons", "insert pft", "shown patient", "undo")
_BYTES = 900_000_000


def draw_cards(runner: Runner, ask: Ask, take: Take) -> None:
    """What stands before an older registry is opened, and before the practice registry is made."""
    window = StartWindow(runner, ask, Path("clinic.ctdild"), login="demo")
    window.show()
    place, backups = Place(path=Path("clinic.ctdild")), Path("/srv/clinic/backups")
    window.show_upgrade(OlderRegistry(place, "demo", "", backups, _BYTES))
    take(window, "upgrade")
    card = window.show_practice()
    take(window, "practice-start")
    card.begin().step(12, 40, "Inventing patients")
    take(window, "practice-making")
    window.show_practice(locked=True).tell("")
    take(window, "practice-locked")
    window.close()
    window.deleteLater()


def draw_practice(desk: Desk, runner: Runner, ask: Ask, take: Take, *, patient_id: str, size: QSize) -> None:
    """The window of the practice registry with lessons at their beginning, in the middle and at their end."""
    desk.practice = True
    try:
        bench = Workbench(desk, runner, ask, version=__version__)
        room = bench.practice
        assert room is not None
        bench.window.resize(size)
        bench.window.show()
        bench.window.activateWindow()
        take(bench.window, "practice-begin")
        bench.open_patient(patient_id)
        room.panel.choose("physician", "plot")
        room.count(*_HALF)
        take(bench.window, "practice-middle")
        room.panel.take_keyboard()
        take(bench.window, "practice-lessons")
        room.panel.lessons.close()
        room.count(*(deed.replace("*", "") for one in LESSONS for step in one.steps for deed in step.deeds))
        take(bench.window, "practice-end")
        bench.window.hide()
        bench.window.deleteLater()
        bench.deleteLater()
    finally:
        desk.practice = False
