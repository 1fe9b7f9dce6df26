"""The part of the tour that needs several people: who may enter, who reads, who changed it meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QScrollArea, QWidget

from ctdild_desktop import __version__
from ctdild_desktop.place import Place
from ctdild_desktop.services import people, visits
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.saved_sheet import SavedSheet
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.workbench import Workbench

PEOPLE = (("nurse", "N. Nurse (invented)", "recorder"), ("reader", "V. Reader (invented)", "viewer"))
"""The people that the tour adds: login, name, role."""
_TEMPORARY = "a passphrase of the tour"
Take = Callable[[QWidget, str], None]


def make_people(desk: Desk) -> None:
    """Give the tour's copy of the registry two more people."""
    known = {person.login for person in people.list_people(desk)}
    for login, name, role in PEOPLE:
        if login not in known:
            people.add_person(desk, login=login, name=name, role=role, passphrase=_TEMPORARY)


def draw_server_card(runner: Runner, ask: Ask, take: Take) -> None:
    """Unlocking a registry on a server, and one whose address is yet to be typed."""
    place = Place.parse("postgresql://registry.hospital.example/ctdild")
    window = StartWindow(runner, ask, place, login="demo")
    window.show()
    take(window, "unlock-server")
    window.show_unlock(None)
    take(window, "unlock-address")
    window.close()
    window.deleteLater()


def draw_safekeeping(bench: Workbench, take: Take, leave: Callable[[Workbench], None]) -> None:
    """People, their dialogs, restoring, and the warning before the lock."""
    bench.window.show_room("registry")
    bench.registry.safekeeping.panel.back_up_now()
    bench.registry.people.refresh()
    take(bench.window, "registry-backup")
    area = bench.registry.page.findChild(QScrollArea)
    if area is not None:
        area.ensureWidgetVisible(bench.registry.thresholds)
        take(bench.window, "registry-people")
        area.verticalScrollBar().setValue(0)
    for name in ("add_person", "change_passphrase", "new_recovery_code", "rotate_keys"):
        bench.registry.people_acts.start(name)
        take(bench.window, name.replace("_", "-"))
        leave(bench)
    found = {person.login: person for person in people.list_people(bench.desk)}
    for name in ("set_role", "reset_passphrase", "remove_person"):
        bench.registry.people_acts.start(name, found["nurse"])
        take(bench.window, name.replace("_", "-"))
        leave(bench)
    bench.registry.safekeeping.open_restore()
    take(bench.window, "restore")
    leave(bench)
    bench.window.warn_of_lock(20)
    take(bench.window, "lock-warning")
    bench.window.end_lock_warning()


def draw_conflict(bench: Workbench, take: Take) -> None:
    """A visit that somebody else changed while it was open here: both values, to be chosen from."""
    view = bench.patient.view
    if view is None or not view.record.visits:
        return
    visit = view.record.visits[-1]
    bench.open_record("visit", visit.id)
    sheet = bench.patient.sheet
    if not isinstance(sheet, SavedSheet):
        return
    theirs = replace(visit, mmrc=3 if visit.mmrc != 3 else 2, weight_kg=Decimal("70.5"))
    undo = visits.amend_visit(bench.desk, theirs, confirmed=("mmrc", "weight_kg")).undo
    sheet.fields["mmrc"].set_text("4" if visit.mmrc != 4 else "1")
    sheet.fields["note"].set_text("Coughs less since the last visit.")
    sheet.save()
    take(bench.window, "conflict")
    bench.patient.close_sheet()
    if undo is not None:
        undo()


def draw_reader(desk: Desk, runner: Runner, ask: Ask, take: Take, *, patient_id: str, size: QSize) -> None:
    """The window of somebody who may read and not write."""
    login, name, role = PEOPLE[1]
    theirs = replace(desk, login=login, display_name=name, role=role)
    bench = Workbench(theirs, runner, ask, version=__version__)
    bench.window.resize(size)
    bench.window.show()
    bench.open_patient(patient_id)
    bench.patient_room.due.read_now()
    take(bench.window, "reader-patient")
    bench.window.show_room("registry")
    take(bench.window, "reader-registry")
    bench.window.hide()
    bench.window.deleteLater()
    bench.deleteLater()
