"""The sheets beside the pages: which one is open, opening it again after a lock, and what is typed in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.clinical.records import AdverseEvent, AgendaItem, Meeting
from ctdild_desktop.services.acts import CHANGE_OF, Standing
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import ChangeSet, Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.ui.dialogs.comparing import newer
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.patients.patient_list import PatientListPage
from ctdild_desktop.ui.places import NOTHING, Opened, Place
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.sheets import record_sheet

if TYPE_CHECKING:
    from ctdild_desktop.services.report_sources import Report
    from ctdild_desktop.ui.mdt.case_sheet import CaseStart
    from ctdild_desktop.ui.patients.patient_form import PatientForm

NEW_PATIENT: Final = "new_patient"
EDIT_PATIENT: Final = "edit_patient"
PRINT_PAGE: Final = "print_page"
ERASE: Final = "erase"
CASE: Final = "case"
THERAPY_EVENT: Final = "therapy_event"
CARRIED_OUT: Final = "decision"
"""The answer whether a decision was carried out."""
REPORT: Final = "report"
"""A lung-function report that is confirmed value by value."""


class SideSheets(QObject):
    """Opens one sheet at a time beside the list of patients or the patient in sight."""

    saved = Signal(object)
    """The ``Done`` of the act; the sheet is closed."""
    patient_added = Signal(str)
    said = Signal(str)
    closed = Signal()
    outdated = Signal()
    """What the screen shows of the patient is not any more what the registry has."""
    report_file_requested = Signal(object)
    """The file of a report shall be chosen for this sheet."""
    next_requested = Signal()
    """Another patient shall be found."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        *,
        patients: PatientListPage,
        patient: PatientPage,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._runner = runner
        self._printing = printing
        self._patients = patients
        self._patient = patient
        self._opened = NOTHING

    def beside_list(self) -> Opened:
        """Which sheet is open beside the list of patients; of no kind when none is."""
        return Opened(NEW_PATIENT) if self._patients.sheet is not None else NOTHING

    def beside_patient(self) -> Opened:
        """Which sheet is open beside the patient; of no kind when none is."""
        return self._opened if self._patient.sheet is not None else NOTHING

    # opening

    def open(self, opened: Opened, view: PatientView | None) -> None:
        """Open a sheet of a kind; nothing happens when its patient or record is not there (any more)."""
        if opened.kind == NEW_PATIENT:
            self.new_patient()
        elif view is None or not opened.kind:
            return
        elif opened.kind == EDIT_PATIENT:
            self.edit_patient(view)
        elif opened.kind == PRINT_PAGE:
            self.print_page(view)
        elif opened.kind == ERASE:
            self.erase(view)
        elif opened.kind == CASE:
            self.put_on_agenda(view)
        elif opened.kind == THERAPY_EVENT:
            self.open_record("therapy", opened.record_id, view)
        elif opened.kind == REPORT:
            self.confirm_report(view)
        elif opened.kind == CARRIED_OUT:
            self.open_record(CARRIED_OUT, opened.record_id, view)
        else:
            self.form_of(opened.kind, opened.record_id, view)

    def new_patient(self) -> None:
        """The form of a new patient, beside the list."""
        from ctdild_desktop.ui.patients.patient_form import PatientForm

        form = PatientForm(self._desk, self._runner)
        self._take(form, self._patients.close_sheet)
        form.saved.connect(lambda done: self.patient_added.emit(done.value.id))
        self._patients.open_sheet(form)
        form.start()

    def edit_patient(self, view: PatientView) -> None:
        """The form of the patient in sight."""
        self._edit_patient(view)

    def remove_patient(self, view: PatientView) -> None:
        """The form of the patient in sight, asking for the reason of its removal."""
        self._edit_patient(view).removal.ask()

    def _edit_patient(self, view: PatientView) -> PatientForm:
        from ctdild_desktop.ui.patients.patient_form import PatientForm

        form = PatientForm(self._desk, self._runner, view.record.patient)
        self._show(form, Opened(EDIT_PATIENT))
        return form

    def come_back(self, place: Place) -> None:
        """Show what was shown of the patient at a place, and open the sheet that was open there."""
        if place.tab:
            self._patient.show_tab(place.tab)
        if place.sheet.kind:
            self.open(place.sheet, self._patient.view)
        elif not place.tab:
            self._patient.focus_chart()

    def open_record(self, kind: str, record_id: str, view: PatientView) -> None:
        """The sheet of a record; of a therapy line first what happened to it."""
        if kind == REPORT:
            self.confirm_report(view)
            return
        decision = next((one for one in view.record.decisions if one.id == record_id), None)
        if kind == CARRIED_OUT and decision is not None:
            from ctdild_desktop.ui.visits.carried_out import CarriedOutSheet

            sheet_of = CarriedOutSheet(self._desk, self._runner, view, decision)
            self._show(sheet_of, Opened(CARRIED_OUT, record_id))
            return
        line = next((item for item in view.record.therapy if item.id == record_id), None)
        if kind != "therapy" or line is None:
            self.form_of(kind, record_id, view)
            return
        from ctdild_desktop.ui.therapy.line_act_sheet import LineActSheet

        sheet = LineActSheet(self._desk, self._runner, view, line)
        sheet.correction_requested.connect(lambda line_id: self.form_of("therapy", line_id, view))
        self._show(sheet, Opened(THERAPY_EVENT, record_id))

    def form_of(self, kind: str, record_id: str, view: PatientView) -> None:
        """The form of a record, or of a new one where the id is empty."""
        try:
            sheet = record_sheet(kind, self._desk, self._runner, view, record_id)
        except LookupError:
            return  # an entry of the picture that has no form, or one that was removed meanwhile
        if kind == "test":
            from ctdild_desktop.ui.pft.pft_sheet import PftSheet

            assert isinstance(sheet, PftSheet)
            sheet.preview_changed.connect(self._patient.set_preview)
            sheet.next_requested.connect(self.next_requested)
            sheet.open_test_requested.connect(lambda other: self.open_record("test", other, view))
        if kind == "lab" and record_id:
            from ctdild_desktop.ui.measured.lab_sheet import LabSheet

            assert isinstance(sheet, LabSheet)
            sheet.event_requested.connect(lambda event: self.propose_event(event, view))
        self._show(sheet, Opened(kind, record_id))

    def confirm_report(self, view: PatientView, make: Callable[[], Report] | None = None) -> None:
        """The sheet on which a report is confirmed; ``make`` gives it where it is not pasted there."""
        from ctdild_desktop.ui.pft.report_sheet import ReportSheet

        sheet = ReportSheet(self._desk, self._runner, view)
        sheet.preview_changed.connect(self._patient.set_preview)
        sheet.open_test_requested.connect(lambda other: self.open_record("test", other, view))
        sheet.file_requested.connect(lambda: self.report_file_requested.emit(sheet))
        if make is not None:
            sheet.offer(make)
        self._show(sheet, Opened(REPORT))

    def propose_event(self, event: AdverseEvent, view: PatientView) -> None:
        """The form of a new adverse event with what a blood result says of it."""
        from ctdild_desktop.ui.adverse_events.adverse_event_sheet import AdverseEventSheet

        self._show(AdverseEventSheet(self._desk, self._runner, view, proposed=event), Opened("adverse_event"))

    def print_page(self, view: PatientView) -> None:
        """The sheet that asks what the MDT page shall answer, and previews it."""
        from ctdild_desktop.ui.mdt import starting
        from ctdild_desktop.ui.mdt.print_sheet import PrintSheet

        desk, patient_id = self._desk, view.record.patient.id

        def show(case: tuple[Meeting, AgendaItem] | None) -> None:
            if self._patient.patient_id == patient_id:
                self._show(
                    PrintSheet(desk, self._runner, self._printing, view, case=case), Opened(PRINT_PAGE)
                )

        self._runner.run(
            lambda: starting.case_to_come(desk, patient_id),
            while_alive(self, show),
            while_alive(self, self._on_not_opened),
        )

    def put_on_agenda(self, view: PatientView) -> None:
        """The form of a case for one of the meetings to come."""
        from ctdild_desktop.ui.mdt import starting
        from ctdild_desktop.ui.mdt.case_sheet import CaseSheet

        desk, patient_id = self._desk, view.record.patient.id

        def show(start: CaseStart) -> None:
            if self._patient.patient_id == patient_id:
                self._show(CaseSheet(desk, self._runner, start), Opened(CASE))

        self._runner.run(
            lambda: starting.new_case(desk, patient_id),
            while_alive(self, show),
            while_alive(self, self._on_not_opened),
        )

    def _on_not_opened(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)

    def show_evidence(self, _view: PatientView) -> None:
        """The evidence in place of the reasons; what is typed in an open sheet is kept as a draft."""
        self.keep_drafts()
        self._patient.show_evidence()

    def erase(self, view: PatientView) -> None:
        """The sheet that erases the patient in sight on a legal request."""
        from ctdild_desktop.ui.patients.erasure_sheet import ErasureSheet

        self._show(ErasureSheet(self._desk, self._runner, view), Opened(ERASE))

    def _show(self, sheet: FormSheet, opened: Opened) -> None:
        before = self._patient.sheet
        if isinstance(before, FormSheet):
            before.keep_draft()
        self._opened = opened
        self._take(sheet, self._patient.close_sheet)
        sheet.width_changed.connect(self._patient.fit_side)
        sheet.outdated.connect(self.outdated)
        self._patient.open_sheet(sheet)
        sheet.start()

    def _take(self, sheet: FormSheet, close: Callable[[], None]) -> None:
        def on_closed() -> None:
            close()
            self.closed.emit()

        def on_saved(done: Done[Any]) -> None:
            on_closed()
            self.saved.emit(done)

        sheet.said.connect(self.said)
        sheet.closed.connect(on_closed)
        sheet.saved.connect(on_saved)

    def look_elsewhere(self, changes: ChangeSet) -> None:
        """Mark the open sheet when another desk changed the record that it shows."""
        sheet = self._patient.sheet
        record = sheet.shown_record() if isinstance(sheet, FormSheet) else None
        if record is None or CHANGE_OF.get(type(record)) not in changes.kinds:
            return
        if changes.patient_id not in (None, self._patient.patient_id):
            return
        assert isinstance(sheet, FormSheet)
        desk, marked = self._desk, sheet

        def mark(found: Standing | None) -> None:
            if found is not None:
                marked.mark_elsewhere(found)

        self._runner.run(
            lambda: newer(desk, record),
            while_alive(marked, mark),
            while_alive(marked, self._on_not_looked),
        )

    def _on_not_looked(self, error: Exception) -> None:
        if sentence_of(error) is None:
            raise error

    # leaving

    def _forms(self) -> list[FormSheet]:
        return [form for form in (self._patients.sheet, self._patient.sheet) if isinstance(form, FormSheet)]

    def keep_drafts(self) -> None:
        """Keep what is typed in any open sheet."""
        for form in self._forms():
            form.keep_draft()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed in any open sheet; nothing is kept from here any more."""
        return tuple(typed for form in self._forms() if (typed := form.leave()) is not None)
