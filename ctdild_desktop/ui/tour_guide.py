"""The pictures of the guide: the screens that its chapters show, on invented patients at one fixed day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ctdild_desktop import __version__, bundled
from ctdild_desktop.interchange.source import Source, source_of
from ctdild_desktop.services import inbox, meetings, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.cohort.cohort_page import ANALYSES, PATIENTS
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.imports.import_page import ImportPage
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.presenting.presenting_page import PresentingPage
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.workbench import Workbench

DAY: Final = dt.datetime(2026, 3, 12, 9, 0, tzinfo=dt.UTC)
"""A day on which the invented patients come to the clinic."""
SIZE: Final = QSize(1366, 768)
CROWDED: Final = "DEMO-0001"
"""The patient whom most chapters show."""
_MEASURED = "DEMO-0003"
"""Who was not measured yet on that day."""
_QUESTION = (
    "antibody_group = synthetase and therapy(drug = rituximab and course = 1 and started >= 2015-01-01)"
)
Take = Callable[..., None]


def draw_guide(desk: Desk, take: Take) -> None:
    """Draw every picture of the guide in the language in use.

    Args:
        take: called with the widget in sight, the name of the picture and the part of it that is shown.
    """
    runner, ask = ImmediateRunner(), WindowAsk()
    ids = {row.mrn: row.id for row in patients.list_patients(desk)}
    _draw_unlock(runner, ask, desk.registry.place.path or Path("clinic.ctdild"), take)
    with _window(Workbench(desk, runner, ask, version=__version__)) as bench:
        take(bench.window, "today")
        bench.act("find")
        QTest.keyClicks(bench.search, "ho")
        take(bench.window, "search", QRect(480, 0, 886, 190))
        QTest.keyClick(bench.search, Qt.Key.Key_Escape)
        bench.open_patient(ids[CROWDED])
        bench.patient_room.due.read_now()
        _draw_patient(bench, take)
        _draw_sheets(bench, take)
        bench.open_patient(ids[_MEASURED])
        _draw_log(bench, take)
        _draw_meeting(bench, runner, take)
        _draw_cohort(bench, take)
        _draw_upkeep(bench, take)


def _draw_unlock(runner: ImmediateRunner, ask: WindowAsk, registry: Path, take: Take) -> None:
    window = StartWindow(runner, ask, registry, login="anna")
    window.show()
    for line in window.findChildren(QWidget, "unlock_registry"):
        line.setProperty("text", "clinic.ctdild")
    take(window.card, "unlock")
    window.close()
    window.deleteLater()


@contextmanager
def _window(bench: Workbench) -> Iterator[Workbench]:
    bench.window.resize(SIZE)
    bench.window.show()
    bench.window.activateWindow()
    yield bench
    bench.window.hide()
    bench.window.deleteLater()
    bench.deleteLater()


def _draw_patient(bench: Workbench, take: Take) -> None:
    page, window = bench.patient, bench.window
    take(window, "patient")
    take(window, "verdicts", QRect(68, 82, 1298, 66))
    take(window, "why", QRect(966, 174, 400, 330))
    page.focus_chart()
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(_focus(bench), Qt.Key.Key_Left)
    for _ in range(2):
        QTest.keyClick(_focus(bench), Qt.Key.Key_Left, shift)
    take(window, "two-tests", QRect(68, 174, 898, 470))
    QTest.keyClick(_focus(bench), Qt.Key.Key_Escape)


def _draw_log(bench: Workbench, take: Take) -> None:
    bench.act("log_pft")
    for text in (None, "2.61", "2.05", "8.8"):
        if text is not None:
            QTest.keyClicks(_focus(bench), text)
        QTest.keyClick(_focus(bench), Qt.Key.Key_Return)
    take(bench.window, "log-pft")
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(_focus(bench), Qt.Key.Key_Z, control | shift)
    _leave(bench)


def _draw_sheets(bench: Workbench, take: Take) -> None:
    for act, name in (
        ("add_therapy", "therapy"),
        ("add_adverse_event", "adverse-event"),
        ("add_visit", "visit"),
    ):
        bench.act(act)
        sheet = bench.patient.sheet
        assert sheet is not None
        settle()
        take(sheet, name)
        _leave(bench)


def _draw_meeting(bench: Workbench, runner: ImmediateRunner, take: Take) -> None:
    desk, page = bench.desk, bench.mdt.page
    bench.window.show_room("mdt")
    take(bench.window, "meeting")
    page.agenda.setFocus()
    QTest.keyClick(page.agenda, Qt.Key.Key_Space)
    settle()
    assert page.sheet is not None
    take(page.sheet, "case")
    page.close_sheet()
    coming = meetings.meeting_view(desk, meetings.meetings(desk)[0].meeting.id)
    case = next(one for one in coming.cases if one.mrn == CROWDED)
    screen = PresentingPage(desk, runner)
    screen.resize(SIZE)
    screen.show()
    screen.activateWindow()
    screen.show_case(coming.meeting.id, case.item.id)
    take(screen, "presenting")
    screen.close_case()
    screen.close()
    screen.deleteLater()
    bench.window.activateWindow()


def _draw_cohort(bench: Workbench, take: Take) -> None:
    window, page = bench.window, bench.cohort.page
    window.show_room("cohort")
    page.show_part(PATIENTS)
    page.question.text.set_text(_QUESTION)
    page.count()
    take(window, "question")
    page.question.text.set_text("")
    page.count()
    page.show_part(ANALYSES)
    page.analyses.design.choose("pre-post")
    page.analyses.design.list.setFocus()
    QTest.keyClick(page.analyses.design.list, Qt.Key.Key_Return)
    take(window, "before-after")
    page.show_part("studies")
    page.studies.list.choose("R10")
    QTest.keyClick(page.studies.list.list, Qt.Key.Key_Return)
    take(window, "study")
    window.show_room("evidence")
    take(window, "evidence")


def _draw_upkeep(bench: Workbench, take: Take) -> None:
    window = bench.window
    bench.act("quality")
    take(window, "quality")
    samples = bundled.resources() / "demo"
    bench.act("import")
    page = window.findChildren(ImportPage)[0]
    page.choose_files((samples / "sample_tests.csv",))
    page.use_mapping_file(samples / "sample_mapping.toml")
    take(window, "import")
    received = inbox.receive(bench.desk, _messages(), "folder")
    bench.act("inbox")
    take(window, "inbox")
    if received.undo is not None:
        received.undo()
    bench.act("export")
    take(window, "export", QRect(68, 54, 760, 320))
    window.show_room("registry")
    folder = str(bench.desk.registry.place.path.parent) if bench.desk.registry.place.path else ""
    for label in window.findChildren(QLabel):
        if folder and folder in label.text():
            label.setText(label.text().replace(folder, "…"))
    take(window, "registry", QRect(0, 30, 1366, 400))


def _messages() -> tuple[Source, ...]:
    """One that fits who is recorded, one that contradicts it, and one of nobody."""
    mrn = CROWDED.encode("ascii")
    named = (b"3101Sample", b"310301011970", b"31101")
    return (
        source_of("fits.gdt", _gdt(b"3000" + mrn, b"843206052024", *_FVC)),
        source_of("other-name.gdt", _gdt(b"3000" + mrn, *named, b"843207052024", *_FVC)),
        source_of("nobody.gdt", _gdt(b"3622165", b"843206052024", *_FVC)),
    )


_FVC = (b"8410FVC", b"84202310", b"8421mL")


def _gdt(*fields: bytes) -> bytes:
    return b"".join(
        b"%03d%s\r\n" % (len(field) + 5, field) for field in (b"80006310", b"8402LUFU01", *fields)
    )


def picture(widget: QWidget, part: QRect | None = None) -> QImage:
    """What is seen of a widget, or of a part of it."""
    settle()
    image = widget.grab().toImage()
    return image.copy(part) if part is not None else image


def settle() -> None:
    """Let the window come to rest."""
    for _ in range(4):
        QApplication.sendPostedEvents(None, 0)
        QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _focus(bench: Workbench) -> QWidget:
    settle()
    if QApplication.activeWindow() is None:
        bench.window.activateWindow()
        settle()
    return QApplication.focusWidget() or bench.window


def _leave(bench: Workbench) -> None:
    QTest.keyClick(_focus(bench), Qt.Key.Key_Escape)
    settle()
