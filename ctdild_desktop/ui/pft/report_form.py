"""The lines of a report that is being confirmed: shown beside its text, answered one by one."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.interchange.report_records import ORDER, ReportReading, Sighting, Spot
from ctdild_desktop.services import report_confirming as confirming
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.pft import PftPreview
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.pft.pft_fields import report_fields, usual_dlco_unit
from ctdild_desktop.ui.pft.previewing import Previewing
from ctdild_desktop.ui.pft.report_answers import DATE, Confirmed, Read, ReportAnswers, Said
from ctdild_desktop.ui.pft.report_remarks import ReportRemarks
from ctdild_desktop.ui.pft.report_rows import ReportRows, enter_in
from ctdild_desktop.ui.pft.report_view import Marked, ReportView
from ctdild_desktop.ui.pft.saved_now import SavedNow
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.option_field import Option, OptionField

SIDE = "side"
_ANSWERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_X)


class ReportForm(ActSheet):
    """Shows a report and what is said of each of its values; a subclass takes, keeps and saves it."""

    acts = SheetActs(keep=confirming.confirm_report)
    preview_changed = Signal(object)
    """As :attr:`PftSheet.preview_changed`."""

    def __init__(self, desk: Desk, runner: Runner, view: PatientView, parent: QWidget | None = None) -> None:
        self.view = view
        super().__init__(
            desk,
            runner,
            title=QCoreApplication.translate("ReportSheet", "Confirm report: {name}").format(
                name=view.header.name
            ),
            identity=view.header.identity,
            draft_kind="report",
            patient_id=view.record.patient.id,
            parent=parent,
        )
        self.setMinimumWidth(theme.scaled(604))
        self.report: Read | None = None
        self.mark = ""
        self.answers = ReportAnswers()
        self._spots: dict[str, Spot] = {}
        self._current = ""
        self.filling = False
        self._previewing = Previewing(desk, view)
        self.remarks = ReportRemarks()
        self.text_view = ReportView()
        self.rows = ReportRows()
        self.saved_now = SavedNow()
        self._lay_out_report()
        self._add_fields()
        self.show_empty()

    @property
    def record(self) -> PatientRecord:
        """What is known of the patient."""
        return self.view.record

    @abstractmethod
    def ask_mark(self, reading: ReportReading) -> None:
        """Ask what the decimals of the text are written with, when it does not show that."""

    @abstractmethod
    def ask_same_day(self, shown: PftPreview) -> None:
        """Say that there is a test of this day, when there is."""

    # building

    def _lay_out_report(self) -> None:
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(2, self.remarks.against)
        column.insertWidget(3, self.text_view, 1)
        self._keys = plain_label(
            self.tr("Enter or Space confirms, X leaves out; a typed value corrects."), secondary=True
        )
        self._side = OptionField(
            SIDE,
            self.tr("Values before or after the bronchodilator"),
            (Option("pre", self.tr("before dilator"), "b"), Option("post", self.tr("after dilator"), "a")),
        )
        self._side.hide()
        column.setStretch(3, 2)
        column.setStretch(4, 3)
        self.body.setContentsMargins(9, 2, 5, 2)
        self.body.insertWidget(0, self._keys)
        self.body.insertWidget(1, self._side)
        self.body.insertWidget(2, self.rows)
        self.body.insertWidget(3, self.remarks.unread)
        self.body.insertWidget(4, self.saved_now)
        self.open_button = named(QPushButton(self.tr("&Open PDF…")), "report_open")
        self.paste_button = named(QPushButton(self.tr("Paste  Ctrl+V")), "report_paste")
        self.paste_button.clicked.connect(self.text_view.paste_now)
        self.foot.insertWidget(1, self.open_button)
        self.foot.insertWidget(2, self.paste_button)

    def _add_fields(self) -> None:
        self.register(self._side)
        for caption, field, unit in report_fields(self.desk.today):
            self.rows.add(caption, field, unit, self.make_note(field))
            self.register(field)
            field.installEventFilter(self)
            name = field.objectName()
            field.accepted.connect(lambda name=name: self._on_accepted(name))
            field.changed.connect(lambda _text, name=name: self._on_edited(name))
        self.rows.toggled.connect(self._on_toggled)

    def register(self, field: FormField, *, required: bool = False) -> None:
        """See :meth:`FieldForm.register`; what Enter says of a value comes before going on."""
        self.fields[field.objectName()] = field
        self.order.append(field)
        field.changed.connect(lambda _text: self._on_changed(field))
        field.left.connect(lambda: self._on_left(field))
        if field is self._side:
            field.accepted.connect(lambda: self.go_on(field))
            field.changed.connect(lambda _text: self._on_side())

    # showing a report

    def show_empty(self) -> None:
        """No report yet: the place to paste one into."""
        self.report, self.mark = None, ""
        self.answers.clear()
        self._spots, self._current = {}, ""
        self.text_view.clear()
        self.filling = True
        for field in self.fields.values():
            field.set_text("")
        self.filling = False
        for part in (self._keys, self._side, self.rows, self.saved_now):
            part.hide()
        self.remarks.clear()
        self._offer_ways(shown=True)
        self.show_state()
        self.preview_changed.emit(None)

    def _offer_ways(self, *, shown: bool) -> None:
        """Offer the ways to a report while there is none."""
        self.open_button.setVisible(shown)
        self.paste_button.setVisible(shown)

    def show_report(self, read: Read, mark: str, side: str) -> None:
        """Show a report with every value open.

        Args:
            mark: what was said of its decimals.
            side: ``pre`` or ``post``: which side of a bronchodilator.
        """
        self.report, self.mark = read, mark
        self._spots, self._current = {}, ""
        self.text_view.setPlainText("\n".join(read.reading.lines))
        self._side.setVisible(read.reading.has_both)
        self.filling = True
        self._side.set_text(side)
        self.filling = False
        for part in (self._keys, self.rows, self.saved_now):
            part.show()
        self._offer_ways(shown=False)
        self.remarks.say_whose(read.reading, self.record.patient)
        self._fill()

    def _fill(self) -> None:
        """Put what was read into the lines, and open all of them."""
        read = self.report
        assert read is not None
        reading, post_bd = read.reading, self.post_bd
        seen = reading.of_side(post_bd=post_bd)
        unread = {one.field: one for one in reversed(reading.unread)}
        self.answers.clear()
        self._spots = {}
        self.filling = True
        for name in ORDER:
            sightings = seen.get(name, ())
            self._show_value(name, sightings)
            if not sightings and name in unread:
                self.rows.show_line(name, shown=True)
                self.rows.set_printed(name, self.tr("not read"), unread[name].reason)
                self._spots[name] = unread[name].spot
                self.set_answer(name, Said.UNREAD)
        self._show_date(reading)
        self.filling = False
        usual = usual_dlco_unit(self.record, self.desk.settings)
        unit = confirming.dlco_unit_of(reading, post_bd=post_bd) or usual
        for name in ("dlco", "kco"):
            self.rows.set_unit(name, unit)
        told = [one for one in reading.unread if one.field not in self.fields]
        self.remarks.say_unread(told, corrected=reading.corrected)
        self.ask_mark(reading)
        self.refresh()

    def _show_value(self, name: str, sightings: tuple[Sighting, ...]) -> None:
        field = self.fields[name]
        self.rows.show_line(name, shown=bool(sightings))
        self.answers.as_read[name] = wording.as_typed(sightings[0].value) if len(sightings) == 1 else ""
        field.set_text(self.answers.as_read[name])
        if sightings:
            self.rows.set_printed(name, " / ".join(f"{one.text} {one.unit}".strip() for one in sightings))
            self._spots[name] = sightings[0].spot
            self.set_answer(name, Said.OPEN)

    def _show_date(self, reading: ReportReading) -> None:
        self.rows.show_line(DATE, shown=True)
        days = [day for day, _spot in reading.dates]
        self.answers.as_read[DATE] = wording.day(days[0]) if len(days) == 1 else ""
        self.fields[DATE].set_text(self.answers.as_read[DATE])
        self.rows.set_printed(
            DATE, " / ".join(wording.day(day) for day in days) or self.tr("not said"), "" if days else " "
        )
        if days:
            self._spots[DATE] = reading.dates[0][1]
        self.set_answer(DATE, Said.OPEN)

    @property
    def post_bd(self) -> bool:
        """Whether the values after the bronchodilator are shown."""
        return self._side.text_value() == "post"

    def _on_side(self) -> None:
        if self.report is not None and not self.filling:
            self._fill()
            self.focus_open()

    # confirming

    def set_answer(self, name: str, said: Said) -> None:
        """Note what was said of a value."""
        self.answers.said[name] = said
        self.rows.set_state(name, said, self.fields[name].label)

    def _on_accepted(self, name: str) -> None:
        if self.report is None:
            return
        text = self.text(name)
        if name == DATE and not text:
            self.refuse(DATE, self.tr("The date of the test is needed"))
            return
        self.set_answer(name, self.answers.of_enter(name, text))
        self.go_on_from(name)

    def _on_edited(self, name: str) -> None:
        if self.report is None or self.filling or name not in self.answers.said:
            return
        if self.answers.said[name] is not Said.UNREAD or self.text(name):
            self.set_answer(name, Said.OPEN)
            self.show_state()

    def _leave_out(self, name: str) -> None:
        if name == DATE:
            return
        self.filling = True
        self.fields[name].set_text("")
        self.filling = False
        self.set_answer(name, Said.LEFT_OUT)
        self.go_on_from(name)

    def _on_toggled(self, name: str) -> None:
        """A click: confirms what is open; what is decided is opened again, with the value that was read."""
        if self.answers.said.get(name) in (Said.OPEN, Said.UNREAD):
            enter_in(self.fields[name])
            return
        self.filling = True
        self.fields[name].set_text(self.answers.as_read[name])
        self.filling = False
        self.set_answer(name, Said.OPEN)
        self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def go_on_from(self, name: str) -> None:
        """Keep what was said, and go to the next value."""
        self.refresh()
        self.keep_draft()
        self.go_on(self.fields[name])

    def focus_open(self) -> None:
        """Go to the first value that is open, else to Save."""
        opened = self.answers.open_names()
        target = self.fields[opened[0]] if opened else self.save_button
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space confirms, X leaves out; both only where no letter can be meant."""
        name = watched.objectName()
        asked = name in self.answers.said
        if event.type() == QEvent.Type.FocusIn and asked:
            self._current = name
            self._mark_places()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and asked:
            if event.isAutoRepeat() and event.key() in _ANSWERS:
                return True  # a key held down would answer for values that nobody has looked at
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            if plain and event.key() == Qt.Key.Key_Space:
                enter_in(self.fields[name])
                return True
            if plain and event.key() == Qt.Key.Key_X and name != DATE:
                self._leave_out(name)
                return True
        return super().eventFilter(watched, event)

    def _mark_places(self) -> None:
        colors = {
            Said.OPEN: "unkbg",
            Said.CONFIRMED: "goodbg",
            Said.CORRECTED: "goodbg",
            Said.LEFT_OUT: "header",
        }
        marks = [
            Marked(spot, colors[self.answers.said[name]])
            for name, spot in self._spots.items()
            if self.answers.said.get(name) in colors
        ]
        self.text_view.show_places(self._spots.get(self._current), marks)

    # what follows

    def readable(self) -> bool:
        """See :meth:`FieldForm.readable`."""
        return self.report is not None and self.read(DATE) is not None

    def build(self) -> Confirmed:
        """See :meth:`FieldForm.build`; values that are still open count for what is shown."""
        read = self.report
        assert read is not None
        decided = self.answers.decided(self.read)
        test = confirming.pft_of(
            read.report,
            read.reading,
            {**decided, **self.answers.still_open(self.read, self.text)},
            date=self.read(DATE) or self.desk.today(),
            post_bd=self.post_bd,
            dlco_unit=usual_dlco_unit(self.record, self.desk.settings),
        )
        kept = set(self.confirmed) & set(ORDER)
        return Confirmed(replace(test, confirmed_unusual=tuple(sorted(kept))), decided)

    def preview(self) -> PftPreview | None:
        """What would be if it were saved now; None while there is no date."""
        if not self.readable():
            return None
        return self._previewing.of(self.record, self.build().test)

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        shown = self.preview()
        return shown.issues if shown is not None else ()

    def refresh_typing(self) -> None:
        """See :meth:`FieldForm.refresh_typing`; whoever fills the lines shows what follows afterwards."""
        if not self.filling:
            self.refresh()

    def refresh(self) -> None:
        """Show what follows from the values, and what is still open."""
        shown = self.preview()
        self.saved_now.show_preview(None if self.remarks.refused else shown)
        self.saved_now.setVisible(self.report is not None and not self.remarks.refused)
        if shown is not None:
            derived = shown.derived
            for name, value, to_last in (
                ("fvc_l", derived.fvc, shown.to_last.fvc),
                ("fev1_l", derived.fev1, shown.to_last.fev1),
                ("dlco", derived.dlco, shown.to_last.dlco),
            ):
                self.rows.set_values(name, value if value.shown else None, to_last)
            self.ask_same_day(shown)
            typed = (derived.fvc.shown or derived.dlco.shown) and not self.remarks.refused
            self.preview_changed.emit(derived if typed else None)
        self.show_state()

    def show_state(self) -> None:
        """Show how many values are open, and let the report be saved when none is."""
        left = len(self.answers.open_names())
        ready = self.report is not None and not left and not self.remarks.refused
        self.save_button.setEnabled(ready and not self._saving)
        if self.report is not None:
            self.head.right.setText(
                self.tr("{n} to confirm").format(n=left) if left else self.tr("all confirmed")
            )
        else:
            self.head.right.setText("")
        self._mark_places()
