"""What happened to a line of therapy: another dose, an interruption, resumed, an infusion, stopped."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import DoseChange, Infusion, Interruption, TherapyLine
from ctdild_desktop.services import therapy
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.texts import coded
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.option_field import Option, OptionField


@dataclass(frozen=True, slots=True)
class _Event:
    """What happened, read from the fields on the main thread."""

    what: str
    date: PartialDate
    dose: Decimal | None
    reason: str
    stop_reason: str | None
    infusion: Infusion | None
    line: TherapyLine
    """The line as it will be."""


_ASKED = {
    "dose": ("date", "dose", "reason"),
    "interrupt": ("date", "reason"),
    "resume": ("date",),
    "infusion": ("date", "given_mg", "reason"),
    "stop": ("date", "stop_reason"),
}
"""Which fields each event asks for."""


class LineActSheet(ActSheet):
    """One event on one line. ``correction_requested`` asks for the form of the line itself."""

    correction_requested = Signal(str)

    acts = SheetActs(therapy.change_dose)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        line: TherapyLine,
        parent: QWidget | None = None,
    ) -> None:
        drug = codes.drugs().label(line.drug)
        super().__init__(
            desk,
            runner,
            title=f"{drug}: {view.header.name}",
            identity=view.header.identity,
            draft_kind=f"therapy_event:{line.id}",
            patient_id=view.record.patient.id,
            parent=parent,
        )
        self._line = line
        self._record = view.record
        tr = self.tr
        self.body.insertWidget(0, self._history())
        self.add_field(tr("&What"), OptionField("what", tr("What happened"), self._possible()), required=True)
        self.add_field(
            tr("&Date"),
            PartialDateField("date", tr("Date"), desk.today),
            required=True,
            unit=tr("month or year will do"),
        )
        self.add_field(tr("D&ose"), NumberField("dose", tr("New dose")), unit=_unit(line))
        self.add_field(tr("&Given"), NumberField("given_mg", tr("Dose given"), "mg"), unit="mg")
        self.add_field(
            tr("&Because"), ChoiceField("stop_reason", tr("Reason for stopping"), coded("stop_reason"))
        )
        self.add_field(tr("&Reason"), TextField("reason", tr("Reason or note"), max_length=200), wide=True)
        self._correct = named(QPushButton(tr("Correct or remove the line…")), "correct_line")
        self._correct.clicked.connect(lambda: self.correction_requested.emit(line.id))
        self.foot.insertWidget(1, self._correct)
        self.fields["date"].set_text(wording.day(desk.today()))
        self.drafts.set_start(self.payload())
        self.refresh()

    def show_for_reading(self, reason: str) -> None:
        """See :meth:`FormSheet.show_for_reading`: what happened stays, and the way to the line itself."""
        super().show_for_reading(reason)
        for name in self.fields:
            self.show_row(name, shown=False)
        self._correct.setText(self.tr("Details of the line…"))
        self._correct.show()

    def shown_record(self) -> TherapyLine:
        """See :meth:`FormSheet.shown_record`."""
        return self._line

    def _possible(self) -> tuple[Option, ...]:
        """The events that this line allows now."""
        line = self._line
        interrupted = any(gap.stop is None for gap in line.interruptions)
        drug = codes.drugs().get(line.drug)
        made = [Option("dose", self.tr("Dose"), "d")]
        made.append(
            Option("resume", self.tr("Resumed"), "r")
            if interrupted
            else Option("interrupt", self.tr("Interrupted"), "i")
        )
        if drug is None or "IV" in drug.routes or line.infusions:
            made.append(Option("infusion", self.tr("Infusion"), "n"))
        if line.stop is None:
            made.append(Option("stop", self.tr("Stopped"), "s"))
        return tuple(made)

    def _history(self) -> QLabel:
        label = named(QLabel(), "line_history")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText("\n".join(history(self._line)))
        label.setWordWrap(True)
        label.setProperty("secondary", True)
        label.setContentsMargins(0, 2, 0, 8)
        return label

    def refresh(self) -> None:
        """Show only what the chosen event asks for."""
        what = self.text("what")
        asked = _ASKED.get(what, ("date",))
        for name in ("dose", "given_mg", "stop_reason", "reason"):
            self.show_row(name, shown=name in asked)
        self.required = {"what", "date"} | ({"dose"} if what == "dose" else set())

    def build(self) -> _Event:
        """What the fields say happened, and the line as it will be."""
        what, date, reason = self.text("what"), self.read("date"), self.text("reason")
        dose, stop_reason, line = self.read("dose"), self.read("stop_reason"), self._line
        infusion = None
        if what == "dose" and dose is not None:
            line = replace(
                line, dose_changes=(*line.dose_changes, DoseChange(date=date, dose=dose, reason=reason))
            )
        elif what == "interrupt":
            gap = Interruption(start=date, reason=reason)
            line = replace(line, interruptions=(*line.interruptions, gap))
        elif what == "stop":
            line = replace(line, stop=date, stop_reason=stop_reason)
        elif what == "infusion" and date.exact is not None:
            infusion = Infusion(date=date.exact, dose_mg=self.read("given_mg"), note=reason)
            line = replace(line, infusions=(*line.infusions, infusion))
        return _Event(what, date, dose, reason, stop_reason, infusion, line)

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """New problems of the line, each beside the field of this sheet that it comes from."""
        today = self.desk.today()
        known = {(issue.field, issue.code) for issue in therapy.check(self._line, self._record, today)}
        found = therapy.check(value.line, self._record, today)
        issues = [issue for issue in found if (issue.field, issue.code) not in known]
        return tuple(replace(issue, field=_HERE.get(issue.field, issue.field)) for issue in issues)

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """Record what happened; runs on the registry's thread."""
        desk, line_id, event = self.desk, self._line.id, value
        sure = frozenset(confirmed) | {there for there, here in _HERE.items() if here in confirmed}
        acts: dict[str, Callable[[], Done[Any]]] = {
            "dose": lambda: therapy.change_dose(
                desk, line_id, event.date, event.dose, event.reason, confirmed=sure
            ),
            "interrupt": lambda: therapy.interrupt(desk, line_id, event.date, event.reason, confirmed=sure),
            "resume": lambda: therapy.resume(desk, line_id, event.date, confirmed=sure),
            "infusion": lambda: therapy.add_infusion(desk, line_id, event.infusion, confirmed=sure),
            "stop": lambda: therapy.stop_line(desk, line_id, event.date, event.stop_reason, confirmed=sure),
        }
        return acts[event.what]()

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; an infusion needs its day."""
        if not super().complete():
            return False
        if self.text("what") == "infusion" and self.read("date").exact is None:
            self.refuse("date", self.tr("An infusion needs the day."))
            return False
        return True


_HERE = {
    "stop": "date",
    "dose_changes": "date",
    "interruptions": "date",
    "infusions": "date",
}
"""Where an issue at a field of the line is shown on this sheet."""


def _unit(line: TherapyLine) -> str:
    frequency = codes.label("frequency", line.frequency)
    return " ".join(part for part in (codes.label("dose_unit", line.dose_unit), frequency) if part)


def history(line: TherapyLine) -> tuple[str, ...]:
    """What is recorded of a line, one event per line of text, oldest first."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("LineActSheet", text)

    unit = codes.label("dose_unit", line.dose_unit)
    dose = f"{wording.as_typed(line.dose)} {unit}".strip() if line.dose is not None else ""
    events = [(line.start.earliest, tr("started"), wording.partial(line.start), dose)]
    events += [
        (
            step.date.earliest,
            f"{wording.as_typed(step.dose)} {unit}".strip(),
            wording.partial(step.date),
            step.reason,
        )
        for step in line.dose_changes
    ]
    for gap in line.interruptions:
        events.append((gap.start.earliest, tr("interrupted"), wording.partial(gap.start), gap.reason))
        if gap.stop is not None:
            events.append((gap.stop.earliest, tr("resumed"), wording.partial(gap.stop), ""))
    for given in line.infusions:
        amount = f"{wording.as_typed(given.dose_mg)} mg" if given.dose_mg is not None else ""
        events.append((given.date, tr("infusion"), wording.day(given.date), amount))
    if line.stop is not None:
        why = codes.label("stop_reason", line.stop_reason)
        events.append((line.stop.earliest, tr("stopped"), wording.partial(line.stop), why))
    events.sort(key=lambda event: event[0])
    return tuple(f"{date}  {what}{', ' + more if more else ''}" for _when, what, date, more in events)
