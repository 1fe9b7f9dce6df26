"""The sheet of a meeting: when and where, who leads it, who takes part, and whom it needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Attendee, Meeting
from ctdild_desktop.services import meetings
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.saved_sheet import SavedSheet
from ctdild_desktop.ui.dialogs.texts import as_text, coded, weekday
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.mdt import words
from ctdild_desktop.ui.widgets.attendees_field import AttendeesField, as_lines
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.day_ahead import DayAheadField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField


class MeetingSheet(SavedSheet):
    """``saved`` is the meeting that is changed; None plans one, with the people of ``like``.

    ``others`` are the meetings that are known, for what would be there twice.
    """

    acts = SheetActs(meetings.amend_meeting, meetings.remove_meeting)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        *,
        others: Sequence[Meeting],
        saved: Meeting | None = None,
        like: Meeting | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.old = saved
        self._others = tuple(others)
        super().__init__(
            desk,
            runner,
            title=QCoreApplication.translate("MeetingSheet", "Meeting of the team"),
            identity=words.title(saved) if saved is not None else "",
            draft_kind=f"meeting:{saved.id}" if saved is not None else "meeting",
            patient_id=None,
            parent=parent,
        )
        self.setMinimumWidth(theme.scaled(540))
        self._lay_out_fields()
        self._show(saved or self._proposed(like))
        if saved is not None:
            self.touch(self.fields)
            self.allow_removal(self.remove)

    def _lay_out_fields(self) -> None:
        tr = self.tr
        self.add_field(
            tr("&Date"), DayAheadField("date", tr("Date of the meeting"), self.desk.today), required=True
        )
        self.add_field(
            tr("&From"),
            TextField("starts", tr("Begins at"), max_length=5),
            unit=tr("time of day, 14:00"),
        )
        self.add_field(tr("Un&til"), TextField("ends", tr("Ends at"), max_length=5))
        self.add_field(tr("&Kind"), ChoiceField("kind", tr("Kind of meeting"), coded("meeting_kind")))
        self.add_field(tr("&Place"), TextField("place", tr("Place"), max_length=200), wide=True)
        self.add_field(tr("C&hair"), TextField("chair", tr("Chair"), max_length=120), wide=True)
        self.add_field(
            tr("C&oordinator"), TextField("coordinator", tr("Coordinator"), max_length=120), wide=True
        )
        states = (
            Option("planned", tr("Planned"), "p"),
            Option("locked", tr("Agenda locked"), "l"),
            Option("held", tr("Held"), "h"),
        )
        self.add_field(tr("State"), OptionField("status", tr("State of the meeting"), states, advance=True))
        self.add_field(
            tr("&Attendees"),
            AttendeesField("attendees", tr("Attendees"), coded("attendee_role"), coded("presence")),
            wide=True,
        )
        self.add_field(
            tr("&Quorum"),
            ChecksField(
                "quorum_rule", tr("Of these at least one must take part"), coded("attendee_role"), columns=2
            ),
            unit=" ",
        )
        self.add_field(tr("&Note"), TextField("note", tr("Note")), wide=True)

    def _proposed(self, like: Meeting | None) -> Meeting:
        """A meeting to come, in the manner of another one."""
        blank = Meeting(id="", date=self.desk.today(), coordinator=self.desk.display_name)
        if like is None:
            return blank
        people = tuple(
            Attendee(name=one.name, role=one.role) for one in like.attendees if one.name and one.role
        )
        return replace(
            blank,
            kind=like.kind,
            starts=like.starts,
            ends=like.ends,
            place=like.place,
            chair=like.chair,
            coordinator=like.coordinator,
            attendees=people,
            quorum_rule=like.quorum_rule,
        )

    def _show(self, known: Meeting) -> None:
        for name, value in self.values_from(known).items():
            self.fields[name].set_text(as_text(value))
        if self.old is None:
            self.fields["date"].set_text("")
        self.drafts.set_start(self.payload())
        self.refresh()

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`."""
        values = {name: getattr(record, name) for name in self.fields}
        values["attendees"] = as_lines(record.attendees)
        if record.status not in ("planned", "locked", "held"):
            values["status"] = ""
        return values

    # what follows

    def refresh(self) -> None:
        """Say the weekday and the quorum."""
        drawn = self._read()
        day = self.read("date")
        self.read_out("date", weekday(day) if day is not None else self.tr("+7 is in a week"))
        self.read_out("quorum_rule", words.quorum(meetings.quorum_of(drawn)))

    def _read(self) -> Meeting:
        """What the fields say, of those that can be read."""
        like = self.old or Meeting(id="", date=self.desk.today())
        attendees = self.fields["attendees"]
        rule = self.fields["quorum_rule"]
        assert isinstance(attendees, AttendeesField)
        assert isinstance(rule, ChecksField)
        return replace(
            like,
            date=self.read("date") or like.date,
            starts=self.text("starts"),
            ends=self.text("ends"),
            kind=self.read("kind"),
            place=self.text("place"),
            chair=self.text("chair"),
            coordinator=self.text("coordinator"),
            attendees=attendees.value(),
            quorum_rule=rule.value(),
            status=self.text("status") or like.status,
            note=self.text("note"),
        )

    def build(self) -> Meeting:
        """See :meth:`FieldForm.build`."""
        return self._read()

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        there = [one for one in self._others if one.date == value.date]
        return meetings.check(value, there, self.desk.today())

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        if self.old is None:
            return meetings.plan_meeting(self.desk, value, confirmed=confirmed)
        return meetings.amend_meeting(self.desk, value, confirmed=confirmed)

    def remove(self, reason: str) -> Done[Any]:
        """Void the record that is open; runs on the registry's thread."""
        return meetings.remove_meeting(self.desk, self.old.id, reason)
