"""What happened to a line of therapy, act by act, and back again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    DoseChange,
    Infusion,
    Interruption,
    Patient,
    PatientRecord,
    TherapyLine,
)
from ctdild_desktop.registry.models import DoseChangeRow, TherapyLineRow
from ctdild_desktop.services import patients, therapy
from ctdild_desktop.services.desk import Change, Desk, RefusedError, StaleError, new_id
from tests.support.desks import fill

PATIENT = Patient(id=new_id(), mrn="M-1", birth_date=PartialDate(1970, 9, 18))


@pytest.fixture
def line(desk: Desk) -> TherapyLine:
    """Mycophenolate 2 g a day since January 2022."""
    fill(desk, PatientRecord(patient=PATIENT))
    draft = TherapyLine(
        id="",
        drug="mycophenolate",
        start=PartialDate(2022, 1),
        role="maintenance",
        dose=Decimal("2.0"),
        dose_unit="g",
        frequency="daily",
        route="PO",
    )
    return therapy.start_line(desk, PATIENT.id, draft).value


def _saved(desk: Desk) -> TherapyLine:
    (found,) = patients.load(desk, PATIENT.id).therapy
    return found


def test_a_line_starts(desk: Desk, line: TherapyLine) -> None:
    assert _saved(desk) == line
    assert line.version == 1


def test_the_message_names_the_drug_as_people_do(desk: Desk, line: TherapyLine) -> None:
    done = therapy.start_line(
        desk, PATIENT.id, TherapyLine(id="", drug="rituximab", start=PartialDate(2023, 11, 6))
    )
    assert done.message == "Saved Rituximab from 06.11.2023."
    assert done.changes.kinds == {Change.THERAPY}


def test_doses_interruptions_and_infusions_accumulate_and_each_can_be_undone(
    desk: Desk, line: TherapyLine
) -> None:
    raised = therapy.change_dose(desk, line.id, PartialDate(2022, 3, 1), Decimal("3.0"), "tolerated")
    assert raised.message == "Mycophenolate mofetil 3.0 g from 01.03.2022."
    assert raised.value.dose_changes == (
        DoseChange(date=PartialDate(2022, 3, 1), dose=Decimal("3.0"), reason="tolerated"),
    )
    assert raised.value.version == 2
    therapy.interrupt(desk, line.id, PartialDate(2023, 2, 6), "infection")
    with pytest.raises(RefusedError, match="already interrupted"):
        therapy.interrupt(desk, line.id, PartialDate(2023, 2, 7))
    resumed = therapy.resume(desk, line.id, PartialDate(2023, 3, 6))
    assert resumed.value.interruptions == (
        Interruption(start=PartialDate(2023, 2, 6), stop=PartialDate(2023, 3, 6), reason="infection"),
    )
    with pytest.raises(RefusedError, match="not interrupted"):
        therapy.resume(desk, line.id, PartialDate(2023, 4, 6))
    given = therapy.add_infusion(desk, line.id, Infusion(date=dt.date(2023, 5, 1), dose_mg=Decimal(500)))
    assert given.value.infusions == (Infusion(date=dt.date(2023, 5, 1), dose_mg=Decimal(500)),)
    assert given.undo is not None
    given.undo()
    assert _saved(desk).infusions == ()
    assert _saved(desk).interruptions == resumed.value.interruptions
    assert _saved(desk).dose_changes == raised.value.dose_changes


def test_a_line_stops_once_and_closes_its_open_interruption(desk: Desk, line: TherapyLine) -> None:
    therapy.interrupt(desk, line.id, PartialDate(2024, 1))
    done = therapy.stop_line(desk, line.id, PartialDate(2024, 6), "adverse_event")
    assert done.message == "Stopped Mycophenolate mofetil, 06.2024."
    assert done.value.stop == PartialDate(2024, 6)
    assert done.value.interruptions[0].stop == PartialDate(2024, 6)
    with pytest.raises(RefusedError, match=r"already stopped on 06\.2024"):
        therapy.stop_line(desk, line.id, PartialDate(2024, 7), None)
    assert done.undo is not None
    done.undo()
    assert _saved(desk).stop is None
    assert _saved(desk).interruptions[0].stop is None


def test_a_second_change_of_the_same_day_is_refused(desk: Desk, line: TherapyLine) -> None:
    therapy.change_dose(desk, line.id, PartialDate(2022, 3), Decimal(3))
    with pytest.raises(RefusedError, match=r"03\.2022 is already recorded"):
        therapy.change_dose(desk, line.id, PartialDate(2022, 3), Decimal(1))
    therapy.add_infusion(desk, line.id, Infusion(date=dt.date(2023, 5, 1)))
    with pytest.raises(RefusedError, match=r"01\.05\.2023 is already recorded"):
        therapy.add_infusion(desk, line.id, Infusion(date=dt.date(2023, 5, 1), dose_mg=Decimal(1)))


def test_a_change_of_parts_alone_makes_a_new_version(desk: Desk, line: TherapyLine) -> None:
    therapy.change_dose(desk, line.id, PartialDate(2022, 3), Decimal(3))
    with pytest.raises(StaleError):
        therapy.amend_line(desk, replace(line, note="seen before the dose changed"))
    assert _saved(desk).note == ""


def test_nothing_is_deleted_from_the_tables(desk: Desk, line: TherapyLine) -> None:
    changed = therapy.change_dose(desk, line.id, PartialDate(2022, 3), Decimal(3)).value
    amended = therapy.amend_line(desk, replace(changed, dose_changes=())).value
    assert amended.dose_changes == ()
    therapy.remove_line(desk, line.id, "never given")
    assert patients.load(desk, PATIENT.id).therapy == ()
    with desk.registry.read() as session:
        assert session.query(TherapyLineRow).count() == 1
        (part,) = session.query(DoseChangeRow).all()
        assert part.deleted_by == desk.login


def test_a_removed_line_cannot_be_changed(desk: Desk, line: TherapyLine) -> None:
    removed = therapy.remove_line(desk, line.id, "never given")
    with pytest.raises(RefusedError, match="no longer in the registry"):
        therapy.change_dose(desk, line.id, PartialDate(2022, 3), Decimal(3))
    assert removed.undo is not None
    removed.undo()
    assert _saved(desk).drug == "mycophenolate"


def test_two_equal_infusions_of_one_day_stay_two(desk: Desk, line: TherapyLine) -> None:
    """Half a dose twice is what was given: a cumulative dose that lost one would be wrong."""
    half = Infusion(date=dt.date(2025, 1, 15), dose_mg=Decimal(500))
    twice = therapy.amend_line(desk, replace(line, infusions=(half, half))).value
    assert twice.infusions == (half, half)
    again = therapy.amend_line(desk, replace(twice, note="checked")).value
    assert again.infusions == (half, half)
    once = therapy.amend_line(desk, replace(again, infusions=(half,))).value
    assert once.infusions == (half,)
