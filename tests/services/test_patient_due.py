"""What is due of one patient, as their screen asks for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AgendaItem, Meeting
from ctdild_desktop.services import agenda, meetings, today
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.patient_due import due_of
from ctdild_desktop.services.today import Group
from tests.support import holloway
from tests.support.desks import fill

TODAY = dt.date(2026, 3, 12)
INGRID = holloway.record().patient.id


def test_the_rows_are_those_of_the_work_list_without_news_and_the_next_meeting_is_named(desk: Desk) -> None:
    fill(desk, holloway.record())
    days = (TODAY - dt.timedelta(days=7), TODAY + dt.timedelta(days=21), TODAY + dt.timedelta(days=7))
    for day in days:
        held = meetings.plan_meeting(desk, Meeting(id="", date=day), confirmed=("date",)).value
        item = AgendaItem(id="", patient_id=INGRID, meeting_id=held.id, question="Has it progressed?")
        agenda.add_to_agenda(desk, item, confirmed=("meeting_id", "question"))
    found = due_of(desk, INGRID)
    whole = today.of_patient(desk, INGRID)
    assert found is not None
    assert whole is not None
    news = {row.item for row in whole.rows if row.group is Group.PROGRESSION}
    assert news
    assert {row.item for row in found.rows} == {row.item for row in whole.rows} - news
    assert [row.urgency for row in found.rows] == sorted(row.urgency for row in found.rows)
    assert found.meeting == TODAY + dt.timedelta(days=7)
    assert found.left == ""
    assert due_of(desk, "0" * 32) is None


def test_nothing_is_asked_of_who_has_died(desk: Desk) -> None:
    record = holloway.record()
    fill(desk, replace(record, patient=replace(record.patient, death_date=PartialDate.of(TODAY))))
    found = due_of(desk, INGRID)
    assert found is not None
    assert (found.rows, found.left, found.meeting) == ((), "died", None)
