"""Who is at the meeting, each with the role: boxes that Space ticks, and a line that adds somebody."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import Attendee, Meeting
from ctdild_desktop.services import meetings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui.dialogs.texts import coded
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_COLUMNS = 1


class PresentPanel(QWidget):
    """``changed`` carries the attendees of the meeting as they are now."""

    changed = Signal(object)

    def __init__(self, desk: Desk, meeting: Meeting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("present_panel")
        self._refusal = why_not(desk, meetings.amend_meeting)
        self._attendees: tuple[Attendee, ...] = ()
        self._adding: Attendee | None = None
        self.boxes: list[CheckBox] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.name = TextField("attendee_name", self.tr("Name of somebody else"), max_length=120)
        self.name.setPlaceholderText(self.tr("Add somebody…"))
        self.role = ChoiceField(
            "attendee_role", self.tr("Role of somebody else"), coded("attendee_role"), empty=self.tr("role")
        )
        self.name.accepted.connect(self._on_name)
        self.role.accepted.connect(self._add)
        self.role.changed.connect(self._on_role)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.name, 1)
        line.addWidget(self.role, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.addLayout(self._grid)
        column.addLayout(line)
        for field in (self.name, self.role):
            field.setEnabled(not self._refusal)
            field.setToolTip(tip(self._refusal))
        self.show_attendees(meeting.attendees)

    def show_attendees(self, attendees: tuple[Attendee, ...]) -> None:
        """List who may be there; whoever is, is ticked."""
        ticked = [box.isChecked() for box in self.boxes]
        if attendees == self._attendees and ticked == [one.presence != "apology" for one in attendees]:
            return
        at = next((number for number, box in enumerate(self.boxes) if box.hasFocus()), -1)
        for box in self.boxes:
            self._grid.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._attendees, self.boxes = attendees, []
        self._clear_added()
        for number, one in enumerate(attendees):
            role = codes.label("attendee_role", one.role)
            box = named(CheckBox(f"{one.name}, {role}"), f"present_{number}")
            box.setChecked(one.presence != "apology")
            box.setAccessibleName(self.tr("Present: {who}, {role}").format(who=one.name, role=role))
            box.setEnabled(not self._refusal)
            box.setToolTip(tip(self._refusal))
            box.clicked.connect(self._on_ticked)
            self._grid.addWidget(box, number // _COLUMNS, number % _COLUMNS)
            self.boxes.append(box)
        if 0 <= at < len(self.boxes):
            self.boxes[at].setFocus()

    def _on_ticked(self) -> None:
        now = tuple(
            replace(one, presence=_presence(one, here=box.isChecked()))
            for one, box in zip(self._attendees, self.boxes, strict=True)
        )
        self.changed.emit(now)

    def _on_name(self) -> None:
        if self.name.text_value():
            self.role.setFocus()
        else:
            self.focusNextChild()

    def _on_role(self, code: str) -> None:
        if code and self.name.text_value():
            self._add()

    def _add(self) -> None:
        name, role = self.name.text_value(), self.role.value()
        if not name or role is None:
            return
        self._adding = Attendee(name=name, role=role)
        self.changed.emit((*self._attendees, self._adding))
        self.name.setFocus()

    def _clear_added(self) -> None:
        """Empty the line of whoever is listed by now; after a refusal the name stays to be tried again."""
        if self._adding in self._attendees:
            self._adding = None
            self.name.set_text("")
            self.role.set_text("")


def _presence(one: Attendee, *, here: bool) -> str:
    if not here:
        return "apology"
    return "present" if one.presence == "apology" else one.presence
