"""Everything of one patient on one screen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.reference_choice import Choice
from ctdild_desktop.language import say
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.reference import references_for
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient import other_rows
from ctdild_desktop.ui.patient.banner import Banner
from ctdild_desktop.ui.patient.key_facts import KeyFacts
from ctdild_desktop.ui.patient.notice_line import NoticeLine
from ctdild_desktop.ui.patient.overview import Overview
from ctdild_desktop.ui.patient.pft_rows import pft_rows
from ctdild_desktop.ui.patient.reasons import Reasons
from ctdild_desktop.ui.patient.record_tabs import record_tabs
from ctdild_desktop.ui.patient.reference_menu import ReferenceMenu
from ctdild_desktop.ui.patient.result_tabs import ResultTabs
from ctdild_desktop.ui.patient.verdict_strip import VerdictStrip
from ctdild_desktop.ui.patient.why_panel import WhyPanel
from ctdild_desktop.ui.patient.words import facts, probability_remarks
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.fitting_tabs import FittingTabs
from ctdild_desktop.ui.widgets.laying_out import laid_out_once, lay_out_now
from ctdild_desktop.ui.widgets.page_stack import PageStack

_SIDE, _WIDE_SIDE, _WIDE = 392, 440, 1500
_SHEET = 480


class PatientTab(Protocol):
    """A tab that reads what it shows itself."""

    def widget(self) -> QWidget:
        """What stands in the tab."""

    def show_patient(self, patient_id: str) -> None:
        """Show this patient, as the registry has it now."""


class PatientPage(QWidget):
    """Banner, verdict strip, tabs, and a side column that holds the reasons or a sheet.

    One chosen criterion leads: its pair of tests moves rings, band, reasons and the changes in the tables.
    The page asks by signals and never acts itself.
    """

    log_pft_requested = Signal()
    add_therapy_requested = Signal()
    add_adverse_event_requested = Signal()
    add_hrct_requested = Signal()
    add_visit_requested = Signal()
    edit_patient_requested = Signal()
    add_diagnosis_requested = Signal()
    add_requested = Signal(str)
    """The id of the action that adds a result."""
    print_requested = Signal()
    open_record_requested = Signal(str, str)
    """Kind (``test``, ``therapy``, ``adverse_event``, ``hrct``, ``visit``, ``diagnosis``) and id."""

    def __init__(self, permits: Permits | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._permits = permits
        self.setObjectName("patient_page")
        self._view: PatientView | None = None
        self._choice: int | None = None
        self._reference = ("", "")
        self._stops: tuple[QWidget, ...] = ()
        self._sheet: QWidget | None = None
        self._more: list[PatientTab] = []
        self._counted: dict[int, tuple[str, Callable[[PatientView], int]]] = {}
        self._make_parts()
        self._make_tabs()
        self._lay_out()
        self._connect()
        if permits is not None:
            self._fit(permits)

    def _fit(self, permits: Permits) -> None:
        permits.fit(self._banner.button, "log_pft")
        permits.fit(self._incomplete.button, "edit_patient")
        permits.fit(self._undiagnosed.button, "add_diagnosis")
        for tab, action_id in (
            (self._tests, "log_pft"),
            (self._therapy, "add_therapy"),
            (self._events, "add_adverse_event"),
            (self._imaging, "add_hrct"),
            (self._visits, "add_visit"),
            (self._diagnoses, "add_diagnosis"),
        ):
            tab.fit(permits, action_id)
        self._results.fit(permits)
        permits.fit(self._consent, "add_consent")
        self._overview.set_asking(asking=bool(permits.refusal("log_pft")))

    @property
    def patient_id(self) -> str:
        """Id of the patient shown; empty before the first one."""
        return self._view.record.patient.id if self._view is not None else ""

    @property
    def view(self) -> PatientView | None:
        """What is shown."""
        return self._view

    @property
    def choice(self) -> int | None:
        """Index of the chosen criterion."""
        return self._choice

    @property
    def overview(self) -> Overview:
        """The tab of the time-line."""
        return self._overview

    @property
    def strip(self) -> VerdictStrip:
        """The chips."""
        return self._strip

    @property
    def why(self) -> WhyPanel:
        """The reasons."""
        return self._why

    def show_view(self, view: PatientView) -> None:
        """Show a patient. The chosen criterion, tab and scale stay while it is the same patient."""
        with laid_out_once(self, self.reasons):
            self._show_view(view)
        if self.isVisible():
            lay_out_now()

    def _show_view(self, view: PatientView) -> None:
        same = self._view is not None and self._view.record.patient.id == view.record.patient.id
        count = len(view.assessments)
        keep = same and self._choice is not None and self._choice < count
        self._view = view
        self._choice = self._choice if keep else view.first_choice
        self._reference = self._reference if keep else ("", "")
        if not same:
            self.close_sheet()
            self._tabs.setCurrentIndex(0)
        self.reasons.renew(view, same=same)
        self._banner.show_header(view.header)
        self._show_notices(view)
        self._strip.show_assessments(view.assessments, self._choice)
        stops = (self._banner.button, *self._strip.chips, self._tabs)
        if stops != self._stops:
            self._stops = stops
            for first, second in pairwise(stops):
                QWidget.setTabOrder(first, second)
        day = wording.day(view.as_of)
        self._why.show_assessments(
            view.assessments,
            self._choice,
            as_of=day,
            references=view.references,
            fvc_remarks=probability_remarks(view.probability),
        )
        self._facts.show_facts(facts(view))
        self._show_tables(view)
        for tab in self._more:
            tab.show_patient(view.record.patient.id)
        self._apply_choice()

    def set_preview(self, preview: DerivedTest | None) -> None:
        """Show a test that is being typed in the time-line, or take it away."""
        self._overview.set_preview(preview)

    def open_sheet(self, sheet: QWidget) -> None:
        """Put a sheet into the side column in place of what stands there; the page takes it over.

        A sheet with the property ``tall`` reaches up to the banner: strip and tabs give way to it.
        """
        self.close_sheet()
        if sheet.property("tall"):
            self._tabs.setCurrentIndex(0)
            self._strip.hide()
            self._tabs.hide()
        self._sheet = sheet
        self._side.addWidget(sheet)
        self._side.bring(sheet)
        self.fit_side()
        sheet.setFocus()

    def close_sheet(self) -> None:
        """Take the sheet away and show the reasons again."""
        sheet = self._sheet
        self._sheet = None
        if sheet is None:
            return
        self._side.bring(self.reasons)
        self._side.removeWidget(sheet)
        sheet.hide()
        sheet.deleteLater()
        self._strip.show()
        self._tabs.show()
        self._overview.set_preview(None)
        self.fit_side()

    @property
    def sheet(self) -> QWidget | None:
        """The open sheet."""
        return self._sheet

    def choose(self, choice: int) -> None:
        """Let the criterion of this index lead."""
        if self._view is None or not 0 <= choice < len(self._view.assessments) or choice == self._choice:
            return
        self._choice, self._reference = choice, ("", "")
        self._strip.choose(choice)
        self._why.choose(choice)
        self._apply_choice()

    @property
    def tab_names(self) -> tuple[str, ...]:
        """Names of the tabs, in their order."""
        return tuple(self._tab_names)

    @property
    def tab(self) -> str:
        """Name of the tab in front; empty for the first, which the page shows by itself."""
        at = self._tabs.currentIndex()
        return self._tab_names[at] if at > 0 else ""

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front: ``overview``, ``tests``, ``therapy`` ...; ValueError for another name."""
        self._tabs.setCurrentIndex(self._tab_names.index(name))

    def add_tab(
        self, name: str, title: str, tab: PatientTab, *, count: Callable[[PatientView], int] | None = None
    ) -> None:
        """Put a further tab behind the others; it is told which patient is shown, and when that changed.

        Args:
            count: what ``{count}`` in the title is.
        """
        self._more.append(tab)
        if count is not None:
            self._counted[self._tabs.count()] = (title, count)
        self._tab_names.append(name)
        self._tabs.addTab(title)
        self._pages.addWidget(tab.widget())

    def show_evidence(self) -> None:
        """Show what the library says of this patient in place of the reasons; a sheet is closed for it."""
        if self._view is not None:
            self.close_sheet()
            self.reasons.show_evidence(self._view)

    def show_reasons(self) -> None:
        """Show the reasons again, in place of the evidence."""
        self.reasons.show_why()

    def focus_chart(self) -> None:
        """Give the time-line the keyboard."""
        self._tabs.setCurrentIndex(0)
        self._overview.chart.setFocus()

    def sizeHint(self) -> QSize:
        """The room of the page in a 1366 × 768 window."""
        return QSize(theme.scaled(1298), theme.scaled(680))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Widen the side column on wide screens."""
        super().resizeEvent(event)
        self.fit_side()

    def _make_parts(self) -> None:
        self._banner = Banner(self)
        self._alert = NoticeLine("alert_line", parent=self)
        self._incomplete = NoticeLine("incomplete_line", self.tr("Complete… Ctrl+E"), self)
        self._undiagnosed = NoticeLine("undiagnosed_line", self.tr("Record diagnosis… Ctrl+Shift+D"), self)
        self._strip = VerdictStrip(self)
        self._references, self._pointed = ReferenceMenu(self), ""

    def _make_tabs(self) -> None:
        self._tabs = FittingTabs(self)
        self._tabs.setObjectName("patient_tabs")
        self._tabs.setAccessibleName(self.tr("Parts of the record"))
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        self._pages = QStackedWidget(self)
        self._overview = Overview(self)
        made = record_tabs()
        self._tests, self._therapy, self._events = made.tests, made.therapy, made.events
        self._imaging, self._visits, self._diagnoses = made.imaging, made.visits, made.diagnoses
        self._results = ResultTabs(self)
        self._tab_names = ["overview", "tests", "therapy", "adverse_events", "imaging", "visits", "diagnosis"]
        self._tab_names += self._results.names
        self._lists = (
            (self._tests, self.tr("Tests {count}")),
            (self._therapy, self.tr("Therapy {count}")),
            (self._events, self.tr("Adverse events {count}")),
            (self._imaging, self.tr("Imaging {count}")),
            (self._visits, self.tr("Visits {count}")),
            (self._diagnoses, self.tr("Diagnosis {count}")),
            *self._results.titled(),
        )
        self._tabs.addTab(self.tr("Overview"))
        self._pages.addWidget(self._overview)
        for tab, _words in self._lists:
            self._tabs.addTab("")
            self._pages.addWidget(tab)

    def _lay_out(self) -> None:
        self._why = WhyPanel(self._permits, self)
        self._facts = KeyFacts(self.tr("Key facts"))
        self._consent = self._facts.add_link(self.tr("Consent"), "consent_link", self.tr("Record…"))
        self._evidence = self._facts.add_link(
            self.tr("Evidence"), "evidence_link", self.tr("Read  Ctrl+Shift+I")
        )
        self.reasons = Reasons(self._why, self._facts, self)
        self._side = PageStack(self)
        self._side.setObjectName("side_column")
        self._side.addWidget(self.reasons)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._pages, 1)
        body.addWidget(self._side)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(10, 0, 10, 0)
        tabs.addWidget(self._tabs, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        for widget in (self._banner, self._alert, self._incomplete, self._undiagnosed, self._strip):
            page.addWidget(widget)
        page.addLayout(tabs)
        page.addLayout(body, 1)

    def _connect(self) -> None:
        self._banner.log_pft_requested.connect(self.log_pft_requested)
        self._incomplete.answered.connect(self.edit_patient_requested)
        self._undiagnosed.answered.connect(self.add_diagnosis_requested)
        self._strip.chosen.connect(self.choose)
        self._why.chosen.connect(self.choose)
        self._evidence.clicked.connect(self.show_evidence)
        self.reasons.left.connect(self.focus_chart)
        self._why.record_requested.connect(self._on_record_requested)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self._overview.record_activated.connect(self.open_record_requested)
        self._overview.reference_asked.connect(self._offer_references)
        self._references.chosen.connect(self._on_reference)
        for tab, _words in self._lists:
            tab.record_activated.connect(self.open_record_requested)
        self._tests.add_requested.connect(self.log_pft_requested)
        self._therapy.add_requested.connect(self.add_therapy_requested)
        self._events.add_requested.connect(self.add_adverse_event_requested)
        self._imaging.add_requested.connect(self.add_hrct_requested)
        self._visits.add_requested.connect(self.add_visit_requested)
        self._diagnoses.add_requested.connect(self.add_diagnosis_requested)
        self._results.add_requested.connect(self.add_requested)
        self._consent.clicked.connect(lambda: self.add_requested.emit("add_consent"))

    def _on_record_requested(self, kind: str) -> None:
        asked = {
            "test": self.log_pft_requested,
            "visit": self.add_visit_requested,
            "hrct": self.add_hrct_requested,
            "diagnosis": self.add_diagnosis_requested,
        }
        asked[kind].emit()

    def _apply_choice(self) -> None:
        if self._view is None:
            return
        code, test_id = self._reference
        offered = references_for(self._view, self._choice, test_id) if code else ()
        chosen = next((one for one in offered if one.choice.value == code and one.pair is not None), None)
        pair = chosen.pair if chosen is not None else self._view.pair(self._choice)
        usual = chosen is None and self._choice == self._view.first_choice
        rows = self._view.rows if usual else self._view.rows_against(pair)
        self._overview.show_view(self._view, pair, rows, chosen)
        self._tests.show_rows(lambda: pft_rows(rows, pair))

    def _offer_references(self) -> None:
        if self._view is None:
            return
        pointed = self._overview.pointed_test or self._reference[1]
        self._pointed = pointed
        bar = self._overview.bar
        self._references.offer(
            self._view.pair(self._choice),
            references_for(self._view, self._choice, pointed),
            self._reference[0],
            bar.below(bar.reference_button),
        )

    def compare_with(self, choice: Choice | None, test_id: str = "") -> None:
        """Count from another test than the criterion's, or from that again; the verdicts stay as they are."""
        self._reference = (choice.value if choice is not None else "", test_id)
        self._apply_choice()

    def _on_reference(self, code: str) -> None:
        self.compare_with(Choice(code) if code else None, self._pointed)

    def _show_notices(self, view: PatientView) -> None:
        self._alert.say(view.header.alert)
        lacking = ", ".join(say(what) for what in view.header.incomplete if what != "diagnosis")
        text = self.tr("Incomplete: {what} not recorded.").format(what=lacking) if lacking else ""
        self._incomplete.say(text)
        none = self.tr("No diagnosis is recorded.") if view.diagnosis is None else ""
        self._undiagnosed.say(none)

    def _show_tables(self, view: PatientView) -> None:
        record = view.record
        self._therapy.show_rows(lambda: other_rows.therapy_rows(view.lines))
        self._events.show_rows(lambda: other_rows.adverse_event_rows(record, view.today))
        self._imaging.show_rows(lambda: other_rows.imaging_rows(record))
        self._visits.show_rows(lambda: other_rows.visit_rows(record))
        self._diagnoses.show_rows(lambda: other_rows.diagnosis_rows(record))
        counts = (
            len(record.tests),
            len(record.therapy),
            len(record.adverse_events),
            len(record.hrct),
            len(record.visits),
            len(record.diagnoses),
            *self._results.show_view(view),
        )
        words = [words for _tab, words in self._lists]
        texts = [text.format(count=count) for text, count in zip(words, counts, strict=True)]
        further = {
            at: title.format(count=number_of(view)) for at, (title, number_of) in self._counted.items()
        }
        self._tabs.set_texts({**dict(enumerate(texts, 1)), **further})

    def fit_side(self) -> None:
        """Give the side column the width that its sheet needs, within reason."""
        wide = self.width() >= theme.scaled(_WIDE)
        width = theme.scaled(_WIDE_SIDE if wide else _SIDE)
        if self._sheet is not None:
            width = max(width, theme.scaled(_SHEET), self._sheet.sizeHint().width())
        self._side.setFixedWidth(min(width, max(self.width() // 2, theme.scaled(_SIDE))))
