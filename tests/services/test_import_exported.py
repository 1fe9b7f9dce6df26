"""Out and in again: an exported set comes back record for record, and a changed one is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.records import (
    HELD_IN,
    Action,
    AgendaItem,
    Attachment,
    Decision,
    Meeting,
    Patient,
    PatientRecord,
)
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.export_reading import read_set
from ctdild_desktop.interchange.export_tables import Case, case_of
from ctdild_desktop.interchange.source import read_source
from ctdild_desktop.services import backups, imports, patients
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from ctdild_desktop.services.export_sets import write_csv_set, write_xlsx_set
from ctdild_desktop.services.exporting import Content, ExportSettings, export_registry
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support import holloway
from tests.support.desks import copied_desk, fill, in_a_file
from tests.support.exports import IDENTIFIED, exported, named_patients
from tests.support.valid_record import valid_record

LINKED = {Decision, Action, AgendaItem, Attachment}
WRITERS = {"csv": write_csv_set, "xlsx": write_xlsx_set}
FORMS = ("comma", "semicolon", "semicolon_comma")


@pytest.fixture
def empty(template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A second, empty registry."""
    folder = tmp_path / "empty"
    folder.mkdir()
    made = copied_desk(template, folder)
    yield made
    made.close()


def told(record: Any) -> Any:
    """What a record says: an empty text is none, a number to the digit; not how often it was saved."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        held = ((item.name, getattr(record, item.name)) for item in fields(record))
        return {name: told(value) for name, value in held if name not in {"version", "attachments"}}
    if isinstance(record, tuple):
        return tuple(map(told, record)) or None
    return None if record in ("", None) else repr(record)


def whole(desk: Desk) -> list[Any]:
    with desk.registry.read() as session:
        ids = [record.patient.id for record in desk.store.load_all(session)]
        records = list(desk.store.load_many(session, ids, whole=True))
        apart = [desk.store.many(session, kind) for kind in (Meeting, AgendaItem)]
    return [*map(told, records), told(tuple(apart))]


MEETING = Meeting(id=new_id(), date=dt.date(2026, 3, 10), starts="14:00", note="=1+1")


def with_meeting(desk: Desk) -> None:
    """An invented registry in which the team decided something."""
    fill(desk, *named_patients(), holloway.record())
    person = holloway.patient().id
    item = AgendaItem(id=new_id(), meeting_id=MEETING.id, patient_id=person, question="Worse; or \\\\not?")
    decision = Decision(
        id=new_id(),
        meeting_id=MEETING.id,
        patient_id=person,
        agenda_item_id=item.id,
        date=MEETING.date,
        question="Worse?",
        snapshot='{"long": "' + "ä;," * 30_000 + '"}',
        signed_by="amsel",
        signed_at=dt.datetime(2026, 3, 10, 15, tzinfo=dt.UTC),
    )
    action = Action(id=new_id(), decision_id=decision.id, what="call", due=dt.date(2026, 4, 1))
    with desk.registry.write(desk.login) as session:
        desk.store.insert(session, None, MEETING)
        for record in (item, decision, action):
            desk.store.insert(session, person, record)


@in_a_file
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_i3_an_exported_registry_comes_back_record_for_record(
    desk: Desk, empty: Desk, tmp_path: Path, form: str
) -> None:
    with_meeting(desk)
    folder = exported(desk, tmp_path / "set", form)
    preview = imports.preview_import(empty, [folder])
    assert (preview.files[0].patients_added, preview.files[0].tests_added) == (7, 21)
    assert patients.count(empty) == 0
    done = imports.import_previewed(empty, preview)
    assert done.message == "Imported the exported registry: 7 patients."
    assert whole(empty) == whole(desk)
    again = imports.run_import(empty, [folder])
    assert again.message == "Nothing new: every record was there already."
    assert again.undo is None


@in_a_file
def test_i5_an_imported_set_is_taken_back(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    fill(desk, *named_patients())
    done = imports.run_import(empty, [exported(desk, tmp_path / "set", "csv")])
    assert done.undo is not None
    done.undo()
    assert patients.count(empty) == 0


def a_patient(data: Any, number: int) -> PatientRecord:
    """A patient with records of every kind that needs no meeting, with any values in any fields."""
    kinds = {name: kind for name, kind in HELD_IN.items() if kind not in LINKED}
    held: dict[str, Any] = {}
    for name, kind in kinds.items():
        fixed = {"status": "planned"} if name == "appointments" else {}
        if name == "visits":
            fixed = {"status": "attended"}
        items = data.draw(st.lists(valid_record(kind, **fixed), max_size=2))
        held[name] = tuple(items)
    person = replace(data.draw(valid_record(Patient)), mrn=f"00{number}")
    return PatientRecord(patient=person, **held)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_i3_any_record_comes_back_digit_for_digit(tmp_path: Path, form: str) -> None:
    @settings(max_examples=6, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(st.data(), st.sampled_from(FORMS))
    def comes_back(data: Any, csv_form: str) -> None:
        records = [a_patient(data, number) for number in range(2)]
        folder = tmp_path / "set"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        cases: list[Case] = [case_of(record, None) for record in records]
        content = Content(
            cases=iter(cases),
            settings=replace(IDENTIFIED, csv_form=csv_form),
            at=dt.datetime(2026, 3, 12, tzinfo=dt.UTC),
            meetings=lambda: (),
            between=lambda: None,
        )
        WRITERS[form](content, folder)
        found = read_set([read_source(path) for path in sorted(folder.iterdir())])
        assert found is not None
        assert [told(record) for record in found.records] == [told(record) for record in records]

    comes_back()


@in_a_file
def test_a_registry_with_patients_takes_no_other_set(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    fill(desk, *named_patients())
    fill(empty, holloway.record())
    folder = exported(desk, tmp_path / "set", "csv")
    before = whole(empty)
    with pytest.raises(RefusedError, match="imported into an empty registry"):
        imports.preview_import(empty, [folder])
    with pytest.raises(RefusedError, match="6 of the set are not there"):
        imports.run_import(empty, [folder])
    assert whole(empty) == before


@in_a_file
def test_a_set_without_identity_is_refused(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    fill(desk, *named_patients())
    for form in ("csv", "xlsx"):
        folder = export_registry(desk, tmp_path / form, form, ExportSettings()).value.folder
        with pytest.raises(FormatError, match="without identity"):
            imports.run_import(empty, [folder])
    assert patients.count(empty) == 0


@in_a_file
@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("pft.csv", ("2.30,", "two,"), "pft.csv, row 2, fvc_l: this is no value of this column"),
        ("pft.csv", ('"000-MRN"', '"666-MRN"'), "no patient of the set has this MRN"),
        ("patients.csv", ('"M","male"', '"Q","word"'), "patients.csv, row 2, sex"),
        ("patients.csv", ('"mrn"', '"number"'), "a column number that is not known"),
        ("labs.csv", ("2024-10-01", "2024-10-01,1"), "not a table as the export wrote it"),
        ("codebook.csv", ("\r\n1,", "\r\n2,"), "newer program"),
        ("labs.csv", ('"crp"', '"crp\x00"'), "not a table|cannot be seen"),
        ("patients.csv", ('"001-MRN"', '"000-MRN"'), "this MRN occurs twice"),
    ],
)
def test_a_changed_set_is_refused_with_the_place_and_nothing_is_imported(
    desk: Desk, empty: Desk, file: str, change: tuple[str, str], said: str
) -> None:
    fill(desk, *named_patients())
    folder = exported(desk, desk.registry.path.parent / "set", "csv")
    content, (old, new) = (folder / file).read_bytes(), change
    assert old.encode() in content
    (folder / file).write_bytes(content.replace(old.encode(), new.encode()))
    with pytest.raises((FormatError, RefusedError), match=said):
        imports.run_import(empty, [folder])
    assert patients.count(empty) == 0


@in_a_file
def test_a_stopped_import_leaves_the_registry_empty(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    fill(desk, *named_patients())
    folder = exported(desk, tmp_path / "set", "csv")
    with pytest.raises(CancelledError):
        imports.run_import(empty, [folder], progress=Stopping())
    assert patients.count(empty) == 0


class Stopping(Progress):
    """Stops when the trail is to be sealed, the last step of an import."""

    def step(self, done: int, of: int, what: str = "") -> None:
        if what.startswith("Sealing"):
            self.cancel()
        super().step(done, of, what)


@in_a_file
def test_a_workbook_that_a_spreadsheet_saved_anew_is_read(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    fill(desk, *named_patients())
    folder = exported(desk, tmp_path / "set", "xlsx")
    book = openpyxl.load_workbook(folder / "registry.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    saved = tmp_path / "saved.xlsx"
    book.save(saved)
    imports.run_import(empty, [saved])
    names = {record.patient.family_name for record in patients.load_all(empty)}
    assert names == {record.patient.family_name for record in named_patients()}
    tests = [test for record in patients.load_all(empty) for test in record.tests]
    assert {(str(test.fvc_l), test.date) for test in tests} == {("2.3", dt.date(2024, 11, 5))}


@in_a_file
def test_a_link_to_a_removed_record_is_left_out_and_told(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    record = holloway.record()
    gone, kept = record.therapy[:2]
    linked = replace(kept, prior_line_id=gone.id)
    fill(desk, replace(record, therapy=(gone, linked), adverse_events=()))
    with desk.registry.write(desk.login) as session:
        desk.store.void(session, type(gone), gone.id, user=desk.login, at=desk.clock(), reason="twice")
    done = imports.run_import(empty, [exported(desk, tmp_path / "set", "csv")])
    (report,) = done.value.files
    assert [remark.reason for remark in report.warnings] == [
        "1 link to a record that had been removed was left out."
    ]
    (back,) = patients.load_all(empty)
    assert [(line.id, line.prior_line_id) for line in back.therapy] == [(kept.id, None)]


def test_a_set_that_came_in_meanwhile_at_another_desk_is_not_written_twice(
    desk: Desk, empty: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk, PatientRecord(patient=Patient(id=new_id(), mrn="P1")))
    paths = [exported(desk, tmp_path / "out", "csv")]
    backup = backups.before

    def meanwhile(*what: Any) -> None:
        monkeypatch.setattr(backups, "before", backup)
        imports.run_import(empty, paths)

    monkeypatch.setattr(backups, "before", meanwhile)
    with pytest.raises(RefusedError, match="changed meanwhile"):
        imports.run_import(empty, paths)
    assert patients.count(empty) == 1
