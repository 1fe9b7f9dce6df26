"""What an analysis is offered of this registry."""

from __future__ import annotations

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, TherapyLine
from ctdild_desktop.services import therapy
from ctdild_desktop.services.cohort import choices
from ctdild_desktop.services.desk import Desk, new_id
from tests.support.desks import fill


def treated(mrn: str, *drugs: str) -> PatientRecord:
    lines = tuple(TherapyLine(id=new_id(), drug=drug, start=PartialDate(2024)) for drug in drugs)
    return PatientRecord(patient=Patient(id=new_id(), mrn=mrn), therapy=lines)


def test_the_drugs_that_most_patients_had_are_offered_first(desk: Desk) -> None:
    assert choices.drugs_given(desk) == ()
    wrong = treated("C", "azathioprine")
    fill(
        desk,
        treated("A", "rituximab", "rituximab", "rituximab", "mycophenolate"),
        treated("B", "mycophenolate"),
        wrong,
    )
    assert choices.drugs_given(desk) == ("mycophenolate", "azathioprine", "rituximab")
    therapy.remove_line(desk, wrong.therapy[0].id, "entered for somebody else")
    assert choices.drugs_given(desk) == ("mycophenolate", "rituximab")
