"""A clinic's old workbook into a real registry: every table in one transaction, again, undo, refusals."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import HrctResult, Infusion, PatientRecord, SymptomChange
from ctdild_desktop.interchange.clinic_files import Kinds
from ctdild_desktop.registry.models import AuditRow, InfusionRow, LabRow, SealRow, TherapyLineRow
from ctdild_desktop.services import imports, labs, patients, therapy
from ctdild_desktop.services.desk import Change, Desk
from tests.support.desks import in_a_file
from tests.support.importing import mrns, record, records, write
from tests.support.old_workbook import ROWS, TABLES, write_tables, write_workbook


def _only(**tables: str) -> dict[str, str]:
    """A set of these tables with one patient, A1."""
    return {"patients": "mrn,birth_date\nA1,1958-03-12\n", **tables}


def _refusals(report: imports.ImportReport) -> list[tuple[str, int | None, str]]:
    return [(it.table, it.row, it.reason) for file in report.files for it in file.rejected]


def _warnings(report: imports.ImportReport) -> list[tuple[str, str]]:
    return [(it.table, it.reason) for file in report.files for it in file.warnings]


def _import(desk: Desk, folder: Path, tables: Mapping[str, str], **how: bool) -> imports.ImportReport:
    return imports.run_import(desk, write_tables(folder, tables), **how).value


def _batches(desk: Desk) -> int:
    with desk.registry.read() as session:
        return session.execute(select(func.count()).select_from(SealRow)).scalar_one()


def test_every_table_of_the_workbook_goes_in_as_one_act(desk: Desk, tmp_path: Path) -> None:
    before = _batches(desk)
    path = write_workbook(tmp_path / "clinic.xlsx")
    done = imports.run_import(desk, [path])
    (file,) = done.value.files
    assert (file.rows_read, file.rejected) == (ROWS, ())
    assert file.as_json()["records_added"] == {
        "patients": 2,
        "pft": 3,
        "therapy": 3,
        "infusions": 3,
        "adverse_events": 1,
        "hrct": 2,
        "labs": 3,
        "visits": 1,
        "outcomes": 1,
    }
    assert _batches(desk) == before + 2  # the rows, and the note that there was an import
    assert {Change.THERAPY, Change.LAB, Change.HRCT, Change.ADVERSE_EVENT} <= done.changes.kinds
    ada = record(desk, "A1")
    assert (ada.patient.family_name, ada.patient.smoking) == ("Holm", "never")
    (view,) = ada.diagnoses
    assert (view.ctd, view.pattern, view.antibodies) == ("SSc", "fNSIP", ("SCL70", "RO52"))
    assert (view.ctd_diagnosed, view.ild_diagnosed) == (PartialDate(2015), PartialDate(2017, 4))
    mmf, rituximab = ada.therapy
    assert (mmf.drug, mmf.dose, mmf.dose_unit, mmf.role) == ("mycophenolate", 2, "g", "maintenance")
    assert (mmf.start, mmf.stop) == (PartialDate(2017, 5), None)
    assert (rituximab.stop, rituximab.stop_reason) == (PartialDate(2020, 12), "completed")
    assert [(it.date, it.dose_mg) for it in rituximab.infusions] == [
        (dt.date(2019, 6, 3), Decimal(1000)),
        (dt.date(2019, 6, 17), Decimal(1000)),
    ]
    (event,) = ada.adverse_events
    assert (event.term, event.onset, event.grade, event.serious) == (
        "lung_infection",
        PartialDate(2019, 9),
        3,
        True,
    )
    assert event.suspected_lines == (rituximab.id,)
    scan = ada.hrct[1]
    assert (scan.result, scan.compared_with) == (HrctResult.PROGRESSION, dt.date(2017, 4, 20))
    assert (scan.extent_percent, scan.fibrosis, scan.pattern) == (25, True, "fNSIP")
    assert {(it.test, it.value, it.unit, it.detection, it.result) for it in ada.labs} == {
        ("igg", Decimal("8.1"), "g/L", None, None),
        ("crp", Decimal(5), "mg/L", "below", None),
        ("hbsag", None, "", None, "negative"),
    }
    visit = next(it for it in ada.visits if it.date == dt.date(2019, 5, 6))
    assert (visit.mmrc, visit.symptom_change, visit.weight_kg) == (2, SymptomChange.WORSE, Decimal("61.5"))
    otto = record(desk, "A2")
    assert otto.patient.birth_date == PartialDate(1949)
    assert (otto.patient.vital_status, otto.patient.death_date) == ("dead", PartialDate(2021, 2))
    assert otto.patient.cause_of_death == "ild"
    assert [line.drug for line in otto.therapy] == ["cyclophosphamide_iv"]


def test_several_files_of_one_call_are_one_set_whatever_their_order(desk: Desk, tmp_path: Path) -> None:
    paths = write_tables(tmp_path)
    assert paths[-1].stem == "patients"
    before = _batches(desk)
    done = imports.run_import(desk, paths)
    assert done.value.ok
    assert mrns(desk) == ["A1", "A2"]
    assert _batches(desk) == before + 1 + len(paths)  # one for all rows, and a note of each file
    shas = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    with desk.registry.read() as session:
        assert set(session.execute(select(TherapyLineRow.source)).scalars()) == {f"import:{shas['therapy']}"}
        assert set(session.execute(select(InfusionRow.source)).scalars()) == {f"import:{shas['infusions']}"}
        assert set(session.execute(select(LabRow.source)).scalars()) == {f"import:{shas['labs']}"}


def test_the_same_tables_again_change_nothing_as_files_or_as_a_workbook(desk: Desk, tmp_path: Path) -> None:
    first = imports.run_import(desk, write_tables(tmp_path))
    before = records(desk)
    with desk.registry.read() as session:
        audited = session.execute(select(func.count()).select_from(AuditRow)).scalar_one()
    for paths in (write_tables(tmp_path), [write_workbook(tmp_path / "clinic.xlsx")]):
        again = imports.run_import(desk, paths)
        assert again.value.ok
        assert again.undo is None
        assert set(again.value.files[0].records_added.values()) == {0}
    assert records(desk) == before
    with desk.registry.read() as session:
        assert session.execute(select(func.count()).select_from(AuditRow)).scalar_one() == audited
    assert first.undo is not None


def test_undo_takes_back_every_kind_and_a_redo_brings_it_back(desk: Desk, tmp_path: Path) -> None:
    imports.run_import(
        desk, write_tables(tmp_path, {"patients": TABLES["patients"], "therapy": TABLES["therapy"]})
    )
    before = records(desk)
    done = imports.run_import(desk, write_tables(tmp_path))
    after = records(desk)
    assert done.undo is not None
    undone = done.undo()
    assert [_without_versions(it) for it in records(desk)] == [_without_versions(it) for it in before]
    assert undone.undo is not None
    undone.undo()
    assert [_without_versions(it) for it in records(desk)] == [_without_versions(it) for it in after]


def _without_versions(held: PatientRecord) -> str:
    import re

    return re.sub(r"version=\d+", "", repr(held))


def test_one_rejected_row_of_one_table_keeps_every_table_out(desk: Desk, tmp_path: Path) -> None:
    tables = {**TABLES, "labs": TABLES["labs"] + "A1,2019-05-06,IgG,8.1,furlongs,,\n"}
    done = imports.run_import(desk, write_tables(tmp_path, tables))
    assert not any(file.imported for file in done.value.files)
    assert mrns(desk) == []
    ((table, row, reason),) = _refusals(done.value)
    assert (table, row) == ("labs", 5)
    assert "furlongs is not a unit of IgG" in reason
    assert _import(desk, tmp_path, tables, accept_valid_rows=True).ok
    assert len(record(desk, "A1").labs) == 3


@in_a_file
def test_an_infusion_goes_to_the_line_that_covers_its_day_and_to_no_other(desk: Desk, tmp_path: Path) -> None:
    lines = "mrn,drug,start,stop\nA1,RTX,2017-01,2017-12\nA1,RTX,2019-03-01,\nA1,RTX,2019-02,2020\n"
    infusions = "mrn,drug,date,dose_mg\nA1,RTX,2017-06-01,500\nA1,RTX,2018-06-01,500\nA1,RTX,2019-06-01,500\n"
    report = _import(desk, tmp_path, _only(therapy=lines, infusions=infusions), accept_valid_rows=True)
    assert [(row, reason.partition(" (")[0]) for _, row, reason in _refusals(report)] == [
        (3, "no line of Rituximab covers this day"),
        (4, "several lines of Rituximab cover this day"),
    ]
    assert [len(line.infusions) for line in record(desk, "A1").therapy] == [1, 0, 0]
    assert ("therapy", "another line of Rituximab, from 01.03.2019, runs at the same time") in _warnings(
        report
    )


@in_a_file
def test_a_drug_without_any_line_gets_one_from_its_first_infusion_and_that_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    infusions = "mrn,drug,date,dose_mg\nA1,RTX,2019-06-17,1000\nA1,RTX,2019-06-03,1000\n"
    report = _import(desk, tmp_path, _only(infusions=infusions))
    (line,) = record(desk, "A1").therapy
    assert (line.start, line.stop, line.absent) == (PartialDate(2019, 6, 3), None, (("stop", "unknown"),))
    assert len(line.infusions) == 2
    assert [reason for _, reason in _warnings(report)] == [
        "there is no line of Rituximab; one is made from this first infusion on, its stop unknown"
    ]
    later = _only(therapy="mrn,drug,start,stop\nA1,RTX,2019-06-03,2020-01\n")
    assert _import(desk, tmp_path, later).ok
    (line,) = record(desk, "A1").therapy
    assert (line.stop, line.absent, len(line.infusions)) == (PartialDate(2020, 1), (), 2)


@in_a_file
def test_infusions_are_added_to_a_line_that_was_typed_and_undo_takes_them_out(
    desk: Desk, tmp_path: Path
) -> None:
    _import(desk, tmp_path, _only(therapy="mrn,drug,start\nA1,RTX,2019-06\n"))
    infusions = "mrn,drug,date,dose_mg\nA1,RTX,2019-06-03,\nA1,RTX,2019-06-03,1000\nA1,RTX,2019-06-03,500\n"
    done = imports.run_import(desk, write_tables(tmp_path, _only(infusions=infusions)))
    (line,) = record(desk, "A1").therapy
    assert [it.dose_mg for it in line.infusions] == [Decimal(1000), Decimal(500)]
    told = "another infusion of the same day has another dose; both are kept"
    assert ("infusions", told) in _warnings(done.value)
    assert done.undo is not None
    done.undo()
    (line,) = record(desk, "A1").therapy
    assert line.infusions == ()


@in_a_file
def test_what_is_recorded_is_filled_and_never_overwritten(desk: Desk, tmp_path: Path) -> None:
    _import(
        desk,
        tmp_path,
        _only(
            therapy="mrn,drug,start,dose,dose_unit\nA1,MMF,2019-03-05,2,g\n",
            adverse_events="mrn,term,onset,grade\nA1,diarrhoea,2019-04,2\n",
            visits="mrn,date,mmrc\nA1,2019-04-01,2\n",
            labs="mrn,date,test,value,unit\nA1,2019-04-01,hb,129,g/L\n",
        ),
    )
    report = _import(
        desk,
        tmp_path,
        _only(
            therapy="mrn,drug,start,dose,dose_unit,route,stop\nA1,MMF,2019-03,2,g,PO,2020\n",
            adverse_events="mrn,term,onset,grade,outcome\nA1,diarrhoea,2019-04,3,unknown\n",
            visits="mrn,date,mmrc,weight_kg\nA1,2019-04-01,3,60\n",
            labs="mrn,date,test,value,unit\nA1,2019-04-01,hb,12.9,g/dL\nA1,2019-04-01,hb,131,g/L\n",
        ),
    )
    held = record(desk, "A1")
    (line,) = held.therapy
    assert (line.start, line.route, line.stop) == (PartialDate(2019, 3, 5), "PO", PartialDate(2020))
    assert [event.grade for event in held.adverse_events] == [2]
    assert [(visit.mmrc, visit.weight_kg) for visit in held.visits] == [(2, None)]
    assert sorted((it.value, it.unit) for it in held.labs) == [(129, "g/L"), (131, "g/L")]
    assert [(table, reason.partition(";")[0]) for table, reason in _warnings(report)] == [
        ("visits", "mMRC is recorded as 2"),
        ("labs", "another record of the same day has different values"),
        ("adverse_events", "Grade is recorded as 2 moderate"),
    ]


@in_a_file
def test_rows_that_contradict_one_another_are_refused_and_equal_ones_are_one(
    desk: Desk, tmp_path: Path
) -> None:
    lines = "mrn,drug,start,dose,dose_unit\n" + "A1,MMF,2019,2,g\n" * 4 + "A1,MMF,2019,3,g\n"
    report = imports.preview_import(desk, write_tables(tmp_path, _only(therapy=lines)))
    assert [(row, reason) for _, row, reason in _refusals(report)] == [
        (6, "row 2 of therapy says 2 g of the same")
    ]
    assert _warnings(report) == [("therapy", "3 rows say what an earlier row says; it is kept once")]


@in_a_file
def test_a_value_that_a_person_corrected_after_the_import_stays_at_the_next_one(
    desk: Desk, tmp_path: Path
) -> None:
    tables = _only(labs="mrn,date,test,value,unit\nA1,2019-04-01,hb,129,g/L\n")
    _import(desk, tmp_path, tables)
    (lab,) = record(desk, "A1").labs
    from dataclasses import replace

    labs.amend_lab(desk, replace(lab, value=Decimal(119)), confirmed=("value",))
    report = _import(desk, tmp_path, tables)
    assert [it.value for it in record(desk, "A1").labs] == [Decimal(119)]
    assert [reason for _, reason in _warnings(report)] == [
        "the record of this row was changed since it was imported; it is kept as it is"
    ]


@in_a_file
def test_outcomes_are_kept_where_the_registry_keeps_them(desk: Desk, tmp_path: Path) -> None:
    tables = {
        "patients": "mrn,birth_date\nA1,1958\nA2,1949\nA3,1950\nA4,1951\nA5,1952\n",
        "therapy": "mrn,drug,start\nA5,MMF,2018\n",
        "outcomes": (
            "mrn,date,event,cause\nA1,2021-02,death,sepsis after a fall\nA2,2020-05-06,transplant,\n"
            "A3,2019,lost,\nA4,2019-07,withdrawn,moved abroad\nA5,2019-03,treatment failure,FVC fell\n"
        ),
    }
    report = _import(desk, tmp_path, tables)
    found = {it.patient.mrn: it for it in records(desk)}
    died = found["A1"].patient
    assert (died.vital_status, died.cause_of_death, died.cause_of_death_note) == (
        "dead",
        "other",
        "sepsis after a fall",
    )
    assert (found["A2"].patient.transplant, found["A2"].patient.transplant_date) == (
        "transplanted",
        PartialDate(2020, 5, 6),
    )
    assert (found["A3"].patient.vital_status, found["A3"].patient.vital_status_date) == (
        "lost",
        PartialDate(2019),
    )
    assert found["A4"].patient.consent_registry == "withdrawn"
    assert [(it.answer, it.date, it.note) for it in found["A4"].consents] == [
        ("withdrawn", PartialDate(2019, 7), "moved abroad")
    ]
    (line,) = found["A5"].therapy
    assert (line.response, line.response_date, line.note) == (
        "worse",
        PartialDate(2019, 3),
        "Treatment failure: FVC fell",
    )
    assert [reason.partition(":")[0] for _, reason in _warnings(report)] == [
        "is none of the listed causes; it is noted in words, with the cause “other”",
        "noted as",
        "noted as the response to Mycophenolate mofetil",
    ]
    assert _import(desk, tmp_path, tables).files[0].records_added == {"therapy": 0}
    assert {it.patient.mrn: it for it in records(desk)} == found


@in_a_file
def test_an_mrn_that_the_table_of_patients_lacks_is_told(desk: Desk, tmp_path: Path) -> None:
    report = _import(desk, tmp_path, _only(visits="mrn,date,mmrc\nA11,2019-04-01,2\n"))
    assert _warnings(report) == [
        ("visits", "this MRN is not in the table of patients; a patient with little else is made")
    ]
    assert mrns(desk) == ["A1", "A11"]


@in_a_file
def test_the_kind_of_a_table_is_chosen_where_its_name_does_not_say_it(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "mrn,drug,start\nA1,MMF,2019\n", "export.csv")
    (file,) = imports.preview_import(desk, [path], kinds=Kinds(every=("therapy",))).files
    assert file.records_added == {"therapy": 1}
    (file,) = imports.preview_import(desk, [path], kinds=Kinds(sheets={("export.csv", ""): "therapy"})).files
    assert file.records_added == {"therapy": 1}


@in_a_file
def test_a_message_beside_the_tables_of_a_clinic_stands_for_itself(desk: Desk, tmp_path: Path) -> None:
    from tests.support.messages import DAY, gdt, value

    message = tmp_path / "a.gdt"
    message.write_bytes(gdt(("3000", "A1"), *DAY, *value("FVC", "2310", "mL")))
    bad = _only(visits="mrn,date,mmrc\nA1,2019-04-01,9\n")
    done = imports.run_import(desk, [*write_tables(tmp_path, bad), message])
    assert [file.imported for file in done.value.files] == [False, False, True]
    assert mrns(desk) == ["A1"]


@in_a_file
def test_a_line_that_was_started_here_is_the_one_of_the_file(desk: Desk, tmp_path: Path) -> None:
    from ctdild_desktop.clinical.records import Patient, TherapyLine

    patient = patients.add_patient(desk, Patient(id="", mrn="A1", family_name="Holm")).value
    started = TherapyLine(id="", drug="rituximab", start=PartialDate(2019, 6, 3))
    therapy.start_line(desk, patient.id, started)
    report = _import(desk, tmp_path, {"therapy": "mrn,drug,start,stop\nA1,RTX,2019-06,2020\n"})
    assert [file.records_filled for file in report.files] == [{"therapy": 1}]
    assert len(record(desk, "A1").therapy) == 1


@in_a_file
def test_the_comment_of_an_infusion_that_is_there_already_is_kept(desk: Desk, tmp_path: Path) -> None:
    _import(desk, tmp_path, _only(therapy="mrn,drug,start\nA1,RTX,2019-06\n"))
    _import(
        desk, tmp_path, _only(infusions="mrn,drug,date,dose_mg\nA1,RTX,2019-06-03,1000\nA1,RTX,2019-06-17,\n")
    )
    told_later = "A1,RTX,2019-06-03,1000,slow rate\nA1,RTX,2019-06-17,1000,rash after it\n"
    later = f"mrn,drug,date,dose_mg,comment\n{told_later}"
    (*_others, told) = _import(desk, tmp_path, {"infusions": later}).files
    assert told.records_filled == {"infusions": 2}
    (line,) = record(desk, "A1").therapy
    assert [(it.dose_mg, it.note) for it in line.infusions] == [
        (Decimal(1000), "slow rate"),
        (Decimal(1000), "rash after it"),
    ]
    (*_others, told) = _import(desk, tmp_path, {"infusions": later}).files
    assert told.records_unchanged == {"infusions": 2}


@in_a_file
def test_an_infusion_that_is_recorded_as_not_given_gets_no_dose(desk: Desk, tmp_path: Path) -> None:
    _import(desk, tmp_path, _only(therapy="mrn,drug,start\nA1,RTX,2019-06\n"))
    (line,) = record(desk, "A1").therapy
    cancelled = Infusion(date=dt.date(2019, 6, 17), status="cancelled", reason="infection")
    with desk.registry.write(desk.login) as session:
        stopped = replace(line, infusions=(cancelled,))
        desk.store.update(session, stopped, user=desk.login, at=desk.clock())
    table = "mrn,drug,date,dose_mg\nA1,RTX,2019-06-17,1000\n"
    report = _import(desk, tmp_path, {"infusions": table})
    assert ("infusions", "recorded is: cancelled, 17.06.2019; it is not changed") in _warnings(report)
    assert record(desk, "A1").therapy[0].infusions == (cancelled,)
