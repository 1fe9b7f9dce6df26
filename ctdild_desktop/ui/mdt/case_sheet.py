"""The sheet of a case on an agenda: the question to the team, who asks it, and what is ready for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import QUESTION
from ctdild_desktop.clinical.records import AgendaItem, Meeting, PatientRecord
from ctdild_desktop.services import agenda
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.saved_sheet import SavedSheet
from ctdild_desktop.ui.dialogs.texts import as_bool, as_text, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.mdt import words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from ctdild_desktop.ui.widgets.whole_field import WholeField

_READY = ("pft_ready", "hrct_ready", "serology_ready", "pathology_ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStart:
    """What the sheet begins from."""

    record: PatientRecord
    name: str
    identity: str
    meetings: tuple[Meeting, ...]
    """Those on whose agenda the patient can be put, the one to propose first; of a saved case its own."""
    others: tuple[AgendaItem, ...] = ()
    """The cases of these meetings."""
    saved: AgendaItem | None = None
    question: str = ""
    """Proposed for a new one."""
    reasons: Sequence[str] = ()
    """Why the patient was suggested."""


class CaseSheet(SavedSheet):
    """A new case, or one to correct or take off the agenda."""

    acts = SheetActs(agenda.amend_agenda_item, agenda.remove_from_agenda)

    def __init__(self, desk: Desk, runner: Runner, start: CaseStart, parent: QWidget | None = None) -> None:
        saved = start.saved
        self.old = saved
        self._start = start
        title = QCoreApplication.translate("CaseSheet", "Case for the team")
        super().__init__(
            desk,
            runner,
            title=f"{title}: {start.name}",
            identity=start.identity,
            draft_kind=f"case:{saved.id}" if saved is not None else "case",
            patient_id=start.record.patient.id,
            parent=parent,
        )
        self.setMinimumWidth(theme.scaled(460))
        self._lay_out_fields()
        self._show(saved or self._proposed(start.meetings[0]))
        if saved is not None:
            self.touch(self.fields)
            self.allow_removal(self.remove)

    def _lay_out_fields(self) -> None:
        tr = self.tr
        listed = [(one.id, words.short(one)) for one in self._start.meetings]
        meeting = ChoiceField("meeting_id", tr("Meeting"), listed, empty=None)
        self.add_field(tr("&Meeting"), meeting)
        meeting.setEnabled(self.old is None and len(listed) > 1)
        question = LongTextField("question", tr("Question to the team"), lines=3)
        question.setPlaceholderText(tr("for example: FVC falling on MMF 3 g. Second line?"))
        self.add_field(tr("&Question"), question, wide=True, required=True, unit=" ")
        self.add_field(tr("&Asked by"), TextField("requested_by", tr("Asked by"), max_length=120), wide=True)
        self.add_field(
            tr("&Urgency"),
            OptionField(
                "urgency",
                tr("Urgency"),
                (Option("routine", tr("Routine"), "r"), Option("urgent", tr("Urgent"), "u")),
                advance=True,
            ),
        )
        self.add_field(tr("&Length"), WholeField("minutes", tr("Length of the slot"), "min"), unit="min")
        self.add_section(tr("What is ready"))
        for caption, name, label in (
            (tr("PFT"), "pft_ready", tr("PFT ready")),
            (tr("HRCT"), "hrct_ready", tr("HRCT ready")),
            (tr("Serology"), "serology_ready", tr("Serology ready")),
            (tr("Pathology"), "pathology_ready", tr("Pathology ready")),
        ):
            self.add_field(
                caption,
                OptionField(name, label, yes_no(tr("Ready"), tr("Not ready")), advance=True),
                unit=" ",
            )
        self.add_field(tr("&Note"), TextField("note", tr("Note")), wide=True)

    def _proposed(self, meeting: Meeting) -> AgendaItem:
        start, ready = self._start, agenda.material(self._start.record, meeting.date)
        return AgendaItem(
            id="",
            meeting_id=meeting.id,
            patient_id=start.record.patient.id,
            position=0,
            question=start.question,
            requested_by=self.desk.display_name,
            urgency="routine",
            pft_ready=ready["pft"],
            hrct_ready=ready["hrct"],
            serology_ready=ready["serology"],
            pathology_ready=ready["pathology"],
        )

    def _show(self, known: AgendaItem) -> None:
        for name, value in self.values_from(known).items():
            self.fields[name].set_text(as_text(value))
        self.drafts.set_start(self.payload())
        if self._start.reasons:
            self.notice.say(self.tr("Suggested: {reasons}").format(reasons="; ".join(self._start.reasons)))
        self.refresh()

    def start(self, first: Any = None) -> None:
        """See :meth:`SavedSheet.start`; the question is asked first."""
        super().start(first or self.fields["question"])

    # what follows

    @property
    def meeting(self) -> Meeting:
        """The meeting that is chosen."""
        chosen = self.read("meeting_id")
        return next((one for one in self._start.meetings if one.id == chosen), self._start.meetings[0])

    def refresh(self) -> None:
        """Say what is recorded of each material, and how long the question is."""
        length = len(self.text("question"))
        self.read_out("question", self.tr("{length} of {most} letters").format(length=length, most=QUESTION))
        found = agenda.material(self._start.record, self.meeting.date)
        said = {
            True: self.tr("recorded and recent"),
            False: self.tr("nothing recent is recorded"),
            None: self.tr("no biopsy is recorded"),
        }
        for name in _READY:
            self.read_out(name, said[found[name.removesuffix("_ready")]])

    def _read(self) -> AgendaItem:
        like = self.old or self._proposed(self.meeting)
        minutes = self.read("minutes")
        return replace(
            like,
            meeting_id=self.meeting.id,
            question=" ".join(self.text("question").split()),
            requested_by=self.text("requested_by"),
            urgency=self.read("urgency"),
            minutes=int(minutes) if minutes is not None else None,
            note=self.text("note"),
            **{name: as_bool(self.read(name)) for name in _READY},
        )

    def build(self) -> AgendaItem:
        """See :meth:`FieldForm.build`."""
        return self._read()

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        there = [one for one in self._start.others if one.meeting_id == value.meeting_id]
        return agenda.check(value, self.meeting, self._start.record.patient, there)

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        if self.old is None:
            return agenda.add_to_agenda(self.desk, value, confirmed=confirmed)
        return agenda.amend_agenda_item(self.desk, value, confirmed=confirmed)

    def remove(self, reason: str) -> Done[Any]:
        """Void the record that is open; runs on the registry's thread."""
        return agenda.remove_from_agenda(self.desk, self.old.id, reason)
