"""NUL, control characters and marks that turn the order of letters: refused where they come in, in words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DoseChange,
    Hrct,
    Infusion,
    Interruption,
    Patient,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.models import Base
from ctdild_desktop.services import (
    adverse_events,
    drafts,
    hrct,
    import_mappings,
    patients,
    pft,
    therapy,
    visits,
)
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from tests.support.desks import make_desk
from tests.support.importing import record, run, write

UNSEEN = {
    "NUL": "\0",
    "bell": "\x07",
    "escape": "\x1b[2J",
    "C1": "\x9b",
    "turned": "\u202e",
    "half": "\ud83d",
}
DAY = dt.date(2024, 5, 6)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Patient]]:
    """A desk with one patient; nothing in this file may change what it holds."""
    made = make_desk(tmp_path_factory.mktemp("characters"))
    kept = patients.add_patient(made, Patient(id=new_id(), mrn="P1", family_name="Holm")).value
    yield made, kept
    made.close()


def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table holds."""
    with desk.registry.read() as session:
        return {
            table.name: int(session.execute(select(func.count()).select_from(table)).scalar_one())
            for table in Base.metadata.sorted_tables
        }


def add_patient(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    odd = dataclasses.replace(Patient(id=new_id(), mrn="P2", family_name="Berg"), **{field: text})
    return patients.add_patient(desk, odd)


def edit_patient(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    return patients.edit_patient(desk, dataclasses.replace(patient, **{field: text}))


def diagnosis(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    view = Diagnosis(id="", date=PartialDate(2024), ctd="SSc")
    return patients.record_diagnosis(desk, patient.id, dataclasses.replace(view, **{field: text}))


def visit(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    return visits.record_visit(desk, patient.id, Visit(id="", date=DAY, mmrc=1, **{field: text}))


def lung_function(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    odd = Pft(id="", date=DAY, fvc_l=Decimal("2.5"), **{field: text})
    return pft.record_pft(desk, patient.id, odd)


def scan(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    return hrct.record_hrct(desk, patient.id, Hrct(id="", date=DAY, **{field: text}))


def line(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    start = PartialDate.of(DAY)
    parts: dict[str, dict[str, Any]] = {
        "note": {"note": text},
        "dose_changes": {"dose_changes": (DoseChange(date=start, dose=Decimal(5), reason=text),)},
        "interruptions": {"interruptions": (Interruption(start=start, reason=text),)},
        "infusions": {"infusions": (Infusion(date=DAY, dose_mg=Decimal(5), note=text),)},
    }
    made = TherapyLine(
        id="", drug="rituximab", start=start, dose=Decimal(1000), dose_unit="mg", **parts[field]
    )
    return therapy.start_line(desk, patient.id, made)


def event(desk: Desk, patient: Patient, text: str, field: str) -> Any:
    made = AdverseEvent(id="", onset=PartialDate(2024), term="shingles")
    return adverse_events.record_adverse_event(desk, patient.id, dataclasses.replace(made, **{field: text}))


ACTS: list[tuple[Callable[..., Any], str]] = [
    (add_patient, "mrn"),
    (add_patient, "family_name"),
    (add_patient, "given_name"),
    (add_patient, "alert_note"),
    (edit_patient, "family_name"),
    (diagnosis, "note"),
    (visit, "note"),
    (lung_function, "comment"),
    (lung_function, "laboratory"),
    (scan, "note"),
    (line, "note"),
    (line, "dose_changes"),
    (line, "interruptions"),
    (line, "infusions"),
    (event, "note"),
    (event, "term"),
]


@pytest.mark.parametrize("character", UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize(("act", "field"), ACTS, ids=lambda item: getattr(item, "__name__", item))
def test_an_unseen_character_is_refused_at_its_field_and_nothing_is_written(
    shared: tuple[Desk, Patient], act: Callable[..., Any], field: str, character: str
) -> None:
    desk, patient = shared
    before = rows(desk)
    with pytest.raises(RefusedError, match="cannot be seen") as refused:
        act(desk, patient, f"a{character}b", field)
    assert field in {issue.field for issue in refused.value.issues}
    assert rows(desk) == before


def test_an_invisible_character_does_not_make_a_second_patient_of_one_number(
    shared: tuple[Desk, Patient],
) -> None:
    desk, _ = shared
    for mrn in ("P\u200b1", "\u2060P1", "P1\u00ad", "P1\ufeff"):
        with pytest.raises(RefusedError, match="cannot be seen"):
            patients.add_patient(desk, Patient(id=new_id(), mrn=mrn))
    for mrn in ("\u00a0P1", "P1\u3000", " P1\n"):
        with pytest.raises(RefusedError, match="belongs to another patient"):
            patients.add_patient(desk, Patient(id=new_id(), mrn=mrn))


@pytest.mark.parametrize("character", UNSEEN.values(), ids=UNSEEN)
def test_what_no_form_knows_is_refused_before_it_reaches_the_database(
    shared: tuple[Desk, Patient], character: str
) -> None:
    """Reasons, drafts, look-ups: a text that not every database keeps is refused in words, or kept whole."""
    desk, patient = shared
    text, before = f"a{character}b", rows(desk)
    whole = character not in {"\0", "\ud83d"}
    if not whole:
        with pytest.raises(RegistryError, match="cannot be kept"):
            patients.remove_patient(desk, patient.id, text)
        with pytest.raises(RegistryError, match="cannot be kept"):
            patients.by_mrn(desk, text)
    if character == "\ud83d":
        with pytest.raises(RegistryError, match="cannot be kept"):
            drafts.save_draft(desk, "pft", patient.id, {"comment": text})
    else:
        drafts.save_draft(desk, "pft", patient.id, {"comment": text})
        kept = drafts.load_draft(desk, "pft", patient.id)
        assert kept is not None
        assert kept.payload == {"comment": text}
        drafts.discard_draft(desk, "pft", patient.id)
    after = rows(desk)
    assert {name: after[name] for name in ("patient", "draft")} == {
        name: before[name] for name in ("patient", "draft")
    }


@pytest.mark.parametrize("character", ["\x07", "\x1b[2J", "\x9b", "\u202e"])
@pytest.mark.parametrize("column", ["mrn", "family_name", "given_name", "comment"])
def test_a_row_with_an_unseen_character_is_rejected(tmp_path: Path, column: str, character: str) -> None:
    desk = make_desk(tmp_path)
    cells = {"mrn": "P1", "family_name": "Holm", "given_name": "Ada", "comment": "fine"}
    cells[column] = f"{cells[column]}{character}x"
    path = write(tmp_path, f"{','.join(cells)},test_date,fvc_l\n{','.join(cells.values())},2024-05-06,2.51\n")
    report = run(desk, path)
    assert not report.imported
    (remark,) = report.rejected
    assert (remark.row, remark.column) == (2, column)
    assert "cannot be seen" in remark.reason
    desk.close()


def test_an_mrn_with_an_invisible_character_is_rejected_in_a_file(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    path = write(tmp_path, "mrn,test_date,fvc_l\nP\u200b1,2024-05-06,2.51\nP\u00a01,2024-05-06,2.51\n")
    report = run(desk, path, accept_valid_rows=True)
    assert [(remark.row, remark.column) for remark in report.rejected] == [(2, "mrn")]
    assert record(desk, "P 1").patient.mrn == "P 1"
    assert import_mappings.saved_mappings(desk) == ()
    desk.close()
