"""One round of the tour: every screen in one form, in the order in which a new clinic meets them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ctdild_desktop import __version__, bundled
from ctdild_desktop.services import patients
from ctdild_desktop.services.demo import full as full_record
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.patients import PatientSummary
from ctdild_desktop.ui import (
    inspection,
    theme,
    tour_cohort,
    tour_evidence,
    tour_exports,
    tour_help,
    tour_inbox,
    tour_mdt,
    tour_people,
    tour_plot,
    tour_practice,
    tour_presenting,
    tour_quality,
    tour_question,
    tour_sheets,
    tour_studies,
    tour_support,
    tour_today,
    tour_words,
    untranslated,
)
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.imports.import_page import ImportPage
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.start.recovery_card import RecoveryCard
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Form:
    """How a round of pictures is drawn."""

    name: str
    theme: str
    size: QSize
    """Logical size of the window."""
    scale: float = 1.0
    language: str = "en"
    """``pseudo`` is the language in which it shows what does not go through the catalogue."""


def chosen(listed: tuple[PatientSummary, ...]) -> dict[str, PatientSummary]:
    """The patients that the tour visits: the fullest, one without tests, and one that is incomplete."""
    full = max(listed, key=lambda row: (row.mrn == "DEMO-0001", row.n_tests), default=None)
    empty = next((row for row in listed if row.n_tests == 0), None)
    lacking = next((row for row in listed if row.missing and row is not empty), None)
    one = next((row for row in listed if row.n_tests == 1), None)
    most = next((row for row in listed if row.mrn == full_record.MRN), None)
    visited = {"crowded": full, "full": most, "empty": empty, "incomplete": lacking, "one-test": one}
    return {name: row for name, row in visited.items() if row is not None}


class Round:
    """One round of pictures in one form."""

    def __init__(
        self, desk: Desk, form: Form, out: Path, registry: Path, reader: untranslated.Reader | None = None
    ) -> None:
        self._desk = desk
        self._form = form
        self._out = out
        self._registry = registry
        self._reader = reader
        self._runner = ImmediateRunner()
        self._ask = WindowAsk()
        self._number = 0
        self.faults: list[str] = []
        """What is wrong with the pictures, as ``form/picture: sentence``."""
        out.mkdir(parents=True, exist_ok=True)

    def draw(self) -> None:
        """Draw every screen, in the order in which a new clinic meets them."""
        self._draw_start()
        tour_people.draw_server_card(self._runner, self._ask, self._take)
        tour_practice.draw_cards(self._runner, self._ask, self._take)
        tour_people.make_people(self._desk)
        tour_today.draw_empty(self._desk, self._take, self._form.size)
        tour_today.draw_usual(self._desk, self._runner, self._ask, self._take, self._form.size)
        tour_mdt.draw_meetings(self._desk, self._runner, self._ask, self._take, self._form.size)
        bench = Workbench(self._desk, self._runner, self._ask, version=__version__)
        bench.window.resize(self._form.size)
        bench.window.show()
        bench.window.activateWindow()
        self._draw_rooms(bench)
        listed = patients.list_patients(self._desk)
        for name, row in chosen(listed).items():
            bench.open_patient(row.id)
            bench.patient_room.due.read_now()
            self._take(bench.window, f"patient-{name}")
            if name == "crowded":
                self._draw_patient(bench)
            elif name == "empty":
                self._draw_empty_tabs(bench)
        self._draw_import(bench)
        tour_inbox.draw_inbox(bench, self._take)
        tour_people.draw_safekeeping(bench, self._take, self._leave_dialogs)
        bench.window.hide()
        bench.window.deleteLater()
        bench.deleteLater()
        self._settle()
        visited = chosen(listed)
        added = [visited[name].id for name in ("full", "empty") if name in visited]
        tour_presenting.draw_presenting(self._desk, self._runner, self._take, added, self._form.size)
        self._settle()
        if listed:
            row = next(iter(chosen(listed).values()))
            size = self._form.size
            tour_practice.draw_practice(
                self._desk, self._runner, self._ask, self._take, patient_id=row.id, size=size
            )
            tour_people.draw_reader(
                self._desk, self._runner, self._ask, self._take, patient_id=row.id, size=size
            )

    def _draw_start(self) -> None:
        for name, registry in (("first-run", Path("clinic.ctdild")), ("unlock", self._registry)):
            window = StartWindow(self._runner, self._ask, registry, login="demo")
            window.show()
            self._take(window, name)
            if name == "first-run":
                card = RecoveryCard(tour_words.SAMPLE_CODE)
                window.show_card(card)
                self._take(window, "recovery-code")
            else:
                window.show_recover(registry, "demo")
                self._take(window, "recover")
            window.close()
            window.deleteLater()

    def _draw_rooms(self, bench: Workbench) -> None:
        tour_today.draw_crowded(bench, self._take)
        bench.window.show_room("patients")
        self._take(bench.window, "patients")
        bench.act("find")
        QTest.keyClicks(bench.search, "ho")
        self._take(bench.window, "search")
        QTest.keyClick(bench.search, Qt.Key.Key_Escape)
        bench.act("new_patient")
        self._take(bench.window, "new-patient")
        self._leave_sheet()
        bench.act("verify")
        self._take(bench.window, "registry")
        bench.act("settings")
        self._take(bench.window, "settings")
        bench.act("log")
        self._take(bench.window, "registry-log")
        bench.act("removed_patients")
        self._take(bench.window, "removed-patients")
        tour_quality.draw_quality(bench, self._take)
        tour_cohort.draw_cohort(bench, self._take)
        tour_question.draw_question(bench, self._take)
        tour_studies.draw_studies(bench, self._take)
        tour_evidence.draw_library(bench, self._take)
        bench.act("shortcuts")
        self._take(bench.window, "shortcuts")
        self._leave_dialogs(bench)
        tour_help.draw_manual(bench, self._take)
        bench.window.qaction("commands").trigger()
        self._take(bench.window, "commands")
        self._leave_dialogs(bench)
        tour_support.draw_support(bench, self._take, self._leave_dialogs)

    def _draw_patient(self, bench: Workbench) -> None:
        page = bench.patient
        for key, name in ((Qt.Key.Key_1, "litres"), (Qt.Key.Key_3, "z"), (Qt.Key.Key_2, "percent")):
            page.focus_chart()
            QTest.keyClick(self._focus(bench), key)
            self._take(bench.window, f"patient-{name}")
        page.focus_chart()
        QTest.keyClick(self._focus(bench), Qt.Key.Key_Left)
        self._take(bench.window, "patient-reading")
        QTest.keyClick(self._focus(bench), Qt.Key.Key_Escape)
        page.choose(2)
        self._take(bench.window, "patient-ppf")
        page.choose(0)
        tour_plot.draw_plot(bench, self._take, self._leave_dialogs)
        tour_evidence.draw_of_patient(bench, self._take)
        for tab in page.tab_names:
            page.show_tab(tab)
            self._take(bench.window, f"patient-tab-{tab}")
        bench.patient_room.history.show_list("removed")
        page.show_tab("history")
        self._take(bench.window, "patient-removed-records")
        bench.patient_room.history.show_list("acts")
        page.show_tab(page.tab_names[0])
        self._draw_log(bench)
        for act in (
            "add_therapy",
            "add_adverse_event",
            "add_hrct",
            "add_procedure",
            "add_consent",
            "add_visit",
            "add_labs",
            "add_serology",
            "add_heart_test",
            "add_pro",
            "add_diagnosis",
            "edit_patient",
            "print_page",
            "erase_patient",
        ):
            bench.act(act)
            self._take(bench.window, act.replace("_", "-"))
            self._leave_sheet()
        tour_sheets.draw_papers(bench, self._take, self._leave_sheet)
        tour_sheets.draw_reports(bench, self._take, self._leave_sheet)
        tour_people.draw_conflict(bench, self._take)
        view = page.view
        if view is not None and view.record.therapy:
            bench.open_record("therapy", view.record.therapy[0].id)
            self._take(bench.window, "therapy-acts")
            self._leave_sheet()

    def _draw_empty_tabs(self, bench: Workbench) -> None:
        for tab in ("procedures", "documents"):
            bench.patient.show_tab(tab)
            self._take(bench.window, f"patient-empty-{tab}")
        bench.patient.show_tab("overview")

    def _draw_log(self, bench: Workbench) -> None:
        bench.act("log_pft")
        self._take(bench.window, "log-pft")
        for text in (None, "2,24", "1.90", "10.1"):
            focus = self._focus(bench)
            if text is not None:
                QTest.keyClicks(focus, text)
            QTest.keyClick(self._focus(bench), Qt.Key.Key_Return)
        self._take(bench.window, "log-pft-typed")
        QTest.keyClicks(self._focus(bench), "12.8")
        QTest.keyClick(self._focus(bench), Qt.Key.Key_Return)
        self._take(bench.window, "log-pft-question")
        QTest.keyClick(self._focus(bench), Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        self._take(bench.window, "log-pft-more")
        QTest.keyClick(
            self._focus(bench),
            Qt.Key.Key_Z,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
        self._leave_sheet()

    def _draw_import(self, bench: Workbench) -> None:
        bench.act("import")
        self._take(bench.window, "import-empty")
        pages_open = bench.window.findChildren(ImportPage)
        if pages_open:
            samples = bundled.resources() / "demo"
            pages_open[0].choose_files((samples / "sample_tests.csv",))
            self._take(bench.window, "import-mapping")
            pages_open[0].use_mapping_file(samples / "sample_mapping.toml")
            self._take(bench.window, "import-preview")
            pages_open[0].choose_files(tuple(sorted(samples.glob("sample_clinic_*.csv"))))
            self._take(bench.window, "import-clinic")
            pages_open[0].choose_files((samples / "sample_spirometer.gdt",))
            self._take(bench.window, "import-whose")
            pages_open[0].choose_files((samples / "sample_report.txt",))
            self._take(bench.window, "import-report")
        tour_exports.draw_export(bench, self._take)

    def _focus(self, bench: Workbench) -> QWidget:
        self._settle()
        if QApplication.activeWindow() is None:
            bench.window.activateWindow()
            self._settle()
        return QApplication.focusWidget() or bench.window

    def _leave_sheet(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None:
            QTest.keyClick(focus, Qt.Key.Key_Escape)
        self._settle()

    def _leave_dialogs(self, bench: Workbench) -> None:
        for dialog in bench.window.findChildren(QDialog):
            dialog.close()
        self._settle()
        bench.window.activateWindow()
        self._settle()

    def _settle(self) -> None:
        for _ in range(4):
            QApplication.sendPostedEvents(None, 0)
            QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _take(self, window: QWidget, name: str) -> None:
        """Draw a window and the dialogs that stand over it."""
        self._settle()
        if QApplication.activeWindow() is None:  # a dialog that was closed took the keyboard with it
            window.activateWindow()
            self._settle()
        for dialog in window.findChildren(QDialog):
            layout = dialog.layout()
            if dialog.isVisible() and layout is not None:
                # Qt gives a dialog two thirds of the screen at most, and there is hardly a screen here
                dialog.resize(
                    dialog.width(), max(dialog.height(), layout.totalHeightForWidth(dialog.width()))
                )
        self._settle()
        self._number += 1
        lacking = window.minimumSizeHint() - self._form.size
        if isinstance(window, MainWindow) and (lacking.width() > 0 or lacking.height() > 0):
            self.faults.append(f"{self._form.name}/{name}: the window needs more room than it was given")
        told = (*inspection.faults(window), *(self._reader.read(window) if self._reader is not None else ()))
        self.faults += [f"{self._form.name}/{name}: {fault}" for fault in told]
        picture = window.grab()
        painter = QPainter(picture)
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                corner = window.rect().center() - dialog.rect().center()
                dialog.render(painter, corner)
                painter.setPen(theme.color("ctrl"))
                painter.drawRect(QRect(corner, dialog.size()))
        painter.end()
        picture.save(str(self._out / f"{self._number:02d}-{name}.png"))
