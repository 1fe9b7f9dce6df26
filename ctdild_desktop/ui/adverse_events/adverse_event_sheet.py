"""The sheet of one adverse event: what, when, how severe, whether serious, and which drug is suspected."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import AdverseEvent, TherapyLine
from ctdild_desktop.services import adverse_events
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_bool, as_text, coded, pairs, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField


class AdverseEventSheet(RecordSheet):
    """A new event, or one to correct. A term outside the list is ``Other``, its words in the note.

    ``proposed`` is what something else says of a new event: it is typed in already and can be changed.
    """

    acts = RecordActs(
        keep=adverse_events.amend_adverse_event,
        remove=adverse_events.remove_adverse_event,
        check=adverse_events.check,
        add=adverse_events.record_adverse_event,
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: AdverseEvent | None = None,
        parent: QWidget | None = None,
        *,
        proposed: AdverseEvent | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("AdverseEventSheet", "Adverse event"),
            draft_kind="adverse_event" if proposed is None else f"adverse_event:{proposed.term}",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("&Event"),
            ChoiceField("term", tr("Adverse event"), pairs(codes.ae_terms()), searchable=True),
            required=True,
        )
        self.add_field(
            tr("&Onset"),
            PartialDateField("onset", tr("Onset"), desk.today),
            required=True,
            unit=tr("month or year will do"),
        )
        self.add_field(
            tr("&Grade"),
            OptionField(
                "grade",
                tr("CTCAE grade"),
                [Option(str(n), str(n), str(n)) for n in range(1, 6)],
                advance=True,
            ),
        )
        self.add_field(
            tr("&Serious"), OptionField("serious", tr("Serious"), yes_no(tr("Yes"), tr("No")), advance=True)
        )
        self.add_field(
            tr("&Because"), ChecksField("seriousness", tr("Serious because"), coded("seriousness"), columns=2)
        )
        self.add_field(
            tr("Sus&pected"),
            ChecksField(
                "suspected_lines",
                tr("Suspected line of therapy"),
                self._lines(),
                none_words=tr("no line of therapy recorded"),
            ),
        )
        self.add_field(tr("&Causality"), ChoiceField("causality", tr("Causality"), coded("causality")))
        self.add_field(tr("&Action"), ChoiceField("action", tr("Action on the drug"), coded("ae_action")))
        self.add_field(tr("Out&come"), ChoiceField("outcome", tr("Outcome"), coded("ae_outcome")))
        self.add_field(
            tr("O&ngoing"), OptionField("ongoing", tr("Ongoing"), yes_no(tr("Yes"), tr("No")), advance=True)
        )
        self.add_field(tr("En&d"), PartialDateField("end", tr("End"), desk.today))
        self.add_field(tr("No&te"), TextField("note", tr("Note")), wide=True)
        values = {name: getattr(saved, name) if saved is not None else None for name in self.fields}
        self.fill(values)
        if proposed is not None:
            for name in ("term", "onset", "grade"):
                self.fields[name].set_text(as_text(getattr(proposed, name)))

    def _lines(self) -> tuple[tuple[str, str], ...]:
        return tuple((line.id, _line_words(line)) for line in self.record.therapy)

    def refresh(self) -> None:
        """Say what the grade means for this term; the reasons are asked only of a serious event."""
        serious = self.text("serious") != "no"
        self.fields["seriousness"].setEnabled(serious)
        if not serious and self.text("seriousness"):
            self.fields["seriousness"].set_text("")
        term = codes.ae_terms().get(self.read("term"))
        grade = self.read("grade")
        self.read_out("grade", term.reminder(int(grade)) if term is not None and grade else "")

    def build(self) -> AdverseEvent:
        """See :meth:`FieldForm.build`."""
        grade = self.read("grade")
        term = codes.ae_terms().get(self.read("term"))
        return AdverseEvent(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            onset=self.read("onset"),
            term=self.read("term"),
            end=self.read("end"),
            ongoing=as_bool(self.read("ongoing")),
            category=term.category if term is not None else (self.old.category if self.old else None),
            grade=int(grade) if grade else None,
            serious=as_bool(self.read("serious")),
            seriousness=self.read("seriousness"),
            suspected_lines=self.read("suspected_lines"),
            causality=self.read("causality"),
            action=self.read("action"),
            outcome=self.read("outcome"),
            note=self.text("note"),
        )


def _line_words(line: TherapyLine) -> str:
    end = wording.partial(line.stop) if line.stop is not None else "…"
    return f"{codes.drugs().label(line.drug)}, {wording.partial(line.start)} – {end}"
