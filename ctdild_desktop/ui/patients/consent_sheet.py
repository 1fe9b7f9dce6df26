"""The sheet of one answer of consent: a new answer is added, earlier ones stay; a wrong one is corrected."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes, consent, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Consent
from ctdild_desktop.services import consents
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField


class ConsentSheet(RecordSheet):
    """Beside the question stands the answer that is in force now."""

    acts = RecordActs(
        keep=consents.amend_consent,
        remove=consents.remove_consent,
        check=consents.check,
        add=consents.record_consent,
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Consent | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("ConsentSheet", "Consent"),
            draft_kind="consent",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the answer"), desk.today), required=True
        )
        self.add_field(
            tr("Consent to"),
            OptionField(
                "kind",
                tr("Consent to"),
                (
                    Option("registry", tr("Registry"), "r"),
                    Option("research", tr("Research"), "s"),
                    Option("other", tr("Other"), "o"),
                ),
                advance=True,
                required=True,
            ),
            required=True,
        )
        self.add_field(
            tr("What was asked"), TextField("title", tr("What was asked"), max_length=200), wide=True
        )
        self.add_field(
            tr("&Answer"),
            OptionField(
                "answer",
                tr("Answer"),
                (
                    Option("given", tr("Given"), "g"),
                    Option("declined", tr("Declined"), "d"),
                    Option("withdrawn", tr("Withdrawn"), "w"),
                    Option("not_asked", tr("Not asked"), "n"),
                ),
                advance=True,
                required=True,
            ),
            required=True,
        )
        self.follows = plain_label(name="consent_follows")
        self.follows.setWordWrap(True)
        self.grid.addWidget(self.follows, self.grid.rowCount(), 1, 1, 2)
        self.add_field(tr("Taken &by"), TextField("taken_by", tr("Who took the answer")), wide=True)
        self.add_field(
            tr("&Form"), TextField("form_version", tr("Version of the form that was signed")), wide=True
        )
        self.add_field(tr("N&ote"), TextField("note", tr("Note")), wide=True)
        known = saved or Consent(id="", date=PartialDate.of(desk.today()), kind="", answer="")
        self.fill({name: getattr(known, name) for name in self.fields})
        self._show_asked()

    # what follows

    def refresh(self) -> None:
        """Say what is in force; what was asked is typed of another question only."""
        self._show_asked()

    def _show_asked(self) -> None:
        kind = self.read("kind")
        self.show_row("title", shown=kind == "other" or bool(self.text("title")))
        self.read_out("kind", self._in_force(kind) if kind else "")
        answer = Consent(
            id="", date=PartialDate.of(self.desk.today()), kind=kind or "", answer=self.read("answer") or ""
        )
        words = consents.follows(answer)
        self.follows.setText(words)
        self.follows.setVisible(bool(words))

    def _in_force(self, kind: str) -> str:
        """``In force: given, 12.03.2026``; of the registry and research also what stands without a day."""
        if kind == "other":
            return ""
        answers = [one for one in self.record.consents if one.kind == kind]
        known = consent.in_force(answers)
        if known is not None:
            return self.tr("In force: {answer}, {date}").format(
                answer=codes.label("consent", known.answer), date=wording.partial(known.date)
            )
        stands = getattr(self.record.patient, consent.FIELD_OF[kind])
        if stands is None:
            return self.tr("No answer is recorded")
        return self.tr("Recorded without a day: {answer}").format(answer=codes.label("consent", stands))

    # values

    def build(self) -> Consent:
        """See :meth:`FieldForm.build`."""
        return Consent(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date"),
            kind=self.read("kind") or "",
            answer=self.read("answer") or "",
            title=self.text("title"),
            taken_by=self.text("taken_by"),
            form_version=self.text("form_version"),
            note=self.text("note"),
            absent=self.old.absent if self.old else (),
        )
