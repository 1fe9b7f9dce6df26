"""Imports into a real registry: preview, all or nothing, repeats, undo, mappings, speed."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex, Visit
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.registry import audit
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.models import AuditRow, SealRow
from ctdild_desktop.services import import_mappings, imports
from ctdild_desktop.services.desk import Change, Desk, Done, RefusedError, new_id
from tests.support.desks import as_user, copied_desk
from tests.support.importing import HEADER, UNIT, mrns, record, run, write
from tests.support.messages import real

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(template, tmp_path)
    yield made
    made.close()


def test_new_patients_get_their_tests_diagnosis_and_visit(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mrn,family_name,birth_date,sex,height_cm,diagnosis,ild_pattern,test_date,fvc_l,mmrc\n"
        "P1,Holloway,1958-03-12,F,165,SSc,fNSIP,2024-05-06,2.51,\n"
        "P1,Holloway,1958-03-12,F,164,SSc,fNSIP,2023-05-04,2.62,2\n",
    )
    done = imports.run_import(desk, [path])
    assert done.value.as_json() == [
        {
            "file": "tests.csv",
            "format": "csv",
            "rows_read": 2,
            "patients_added": 1,
            "patients_matched": 0,
            "tests_added": 2,
            "tests_updated": 0,
            "tests_unchanged": 0,
            "records_added": {"pft": 2},
            "rejected": [],
            "warnings": [],
        }
    ]
    assert done.message == "Imported 2 new tests, 1 new patient."
    assert Change.IMPORT in done.changes.kinds
    found = record(desk, "P1")
    assert (found.patient.family_name, found.patient.sex) == ("Holloway", Sex.FEMALE)
    assert found.patient.birth_date == PartialDate(1958, 3, 12)
    assert found.patient.height_cm == Decimal(165)
    assert [(test.date, test.fvc_l, test.source_format) for test in found.tests] == [
        (dt.date(2023, 5, 4), Decimal("2.62"), "csv"),
        (dt.date(2024, 5, 6), Decimal("2.51"), "csv"),
    ]
    assert {test.source_sha256 for test in found.tests} == {hashlib.sha256(path.read_bytes()).hexdigest()}
    assert [(view.date, view.ctd, view.pattern) for view in found.diagnoses] == [
        (PartialDate(2023, 5, 4), "SSc", "fNSIP")
    ]
    assert [(visit.date, visit.mmrc) for visit in found.visits] == [(dt.date(2023, 5, 4), 2)]


def test_the_same_file_again_changes_nothing_not_even_the_audit(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path, HEADER + f"P1,A,B,1960,F,2024-05-06,2.51,12.0,{UNIT}\nP1,A,B,1960,F,2024-05-06,2.4,,\n"
    )
    assert run(desk, path).tests_added == 2
    before = desk.registry.head()
    again = imports.run_import(desk, [path])
    (report,) = again.value.files
    assert (report.tests_added, report.tests_updated, report.tests_unchanged) == (0, 0, 2)
    assert (report.patients_added, report.patients_matched, report.imported) == (0, 1, True)
    assert again.undo is None
    assert again.changes.kinds == frozenset()
    assert desk.registry.head() == before


def test_a_preview_shows_what_would_change_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + f"P1,Holloway,Ingrid,1960,F,2024-05-06,2.51,12.0,{UNIT}\nP2,,,,,,2.0,,\n")
    before = desk.registry.head()
    preview = imports.preview_import(desk, [path])
    (report,) = preview.files
    assert (report.tests_added, report.patients_added, report.imported) == (1, 1, False)
    assert not preview.clean
    (row,) = report.rows
    assert (row.row, row.mrn, row.name, row.effect, row.new_patient) == (
        2,
        "P1",
        "HOLLOWAY, Ingrid",
        "new test",
        True,
    )
    assert row.text == "06.05.2024: FVC 2.51 L, DLCO 12.0 mL/min/mmHg"
    assert desk.registry.head() == before
    path.unlink()
    done = imports.import_previewed(desk, preview, accept_valid_rows=True)
    assert done.value.files[0].tests_added == 1
    assert mrns(desk) == ["P1"]


def test_several_files_follow_one_another_and_are_undone_together(desk: Desk, tmp_path: Path) -> None:
    first = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n", "a.csv")
    second = write(
        tmp_path,
        f"mrn,sex,test_date,fvc_l,dlco,dlco_unit\nP1,F,2024-05-06,2.51,12.0,{UNIT}\nP1,F,2024-09-06,2.4,,\n",
        "b.csv",
    )
    preview = imports.preview_import(desk, [first, second])
    assert [(report.tests_added, report.tests_updated) for report in preview.files] == [(1, 0), (1, 1)]
    assert [report.patients_added for report in preview.files] == [1, 0]
    done = imports.import_previewed(desk, preview)
    assert [(r.tests_added, r.tests_updated) for r in done.value.files] == [(1, 0), (1, 1)]
    whole = record(desk, "P1")
    assert done.undo is not None
    undone = done.undo()
    assert mrns(desk) == []
    assert undone.undo is not None
    again = undone.undo()
    back = record(desk, "P1")
    assert [replace(test, version=1) for test in back.tests] == [
        replace(test, version=1) for test in whole.tests
    ]
    assert replace(back.patient, version=1) == replace(whole.patient, version=1)
    assert again.undo is not None
    again.undo()
    assert mrns(desk) == []
    assert desk.registry.verify()["ok"]


def test_one_file_is_left_out_and_the_other_imported(desk: Desk, tmp_path: Path) -> None:
    good = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n", "good.csv")
    bad = write(tmp_path, "mrn,test_date,fvc_l\nP2,2024-05-06,2.51\nP3,2024-05-06,x\n", "bad.csv")
    done = imports.run_import(desk, [bad, good])
    assert [report.imported for report in done.value.files] == [False, True]
    assert not done.value.ok
    assert (
        done.message == "Imported 1 new test, 1 new patient. Not imported because of rejected rows: bad.csv."
    )
    assert mrns(desk) == ["P1"]


def test_an_unreadable_file_stops_everything_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    good = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n", "good.csv")
    bad = write(tmp_path, "mrn,fvc_l\nP2,2.51\n", "bad.csv")
    with pytest.raises(FormatError, match=r"bad\.csv has no column test_date"):
        imports.run_import(desk, [good, bad])
    assert mrns(desk) == []


def test_an_import_is_one_audit_batch_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    with desk.registry.read() as session:
        seals = session.scalar(select(func.count()).select_from(SealRow))
    run(desk, write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\nP2,2024-05-06,2.51\n"))
    with desk.registry.read() as session:
        # one for the rows, one for the event
        assert session.scalar(select(func.count()).select_from(SealRow)) == (seals or 0) + 2
        rows = session.execute(
            select(AuditRow.batch, AuditRow.reason).where(AuditRow.table_name == "pft")
        ).all()
    assert len(rows) == 2
    assert len({row.batch for row in rows}) == 1
    assert {row.reason for row in rows} == {"Import of tests.csv"}


def test_the_name_of_a_file_stands_in_the_trail_of_no_other_files_patients(
    desk: Desk, tmp_path: Path
) -> None:
    header = "mrn,test_date,fvc_l\n"
    ours, theirs = tmp_path / "Holloway.csv", tmp_path / "Meier.csv"
    ours.write_text(f"{header}P1,2024-05-06,2.51\n", encoding="utf-8")
    theirs.write_text(f"{header}P2,2024-05-06,2.51\n", encoding="utf-8")
    imports.run_import(desk, [ours, theirs])
    with desk.registry.read() as session:
        query = select(AuditRow.reason).where(AuditRow.table_name == "pft")
        assert set(session.execute(query).scalars()) == {"Import of 2 files"}


def test_undo_is_refused_when_something_was_built_upon_the_import(desk: Desk, tmp_path: Path) -> None:
    done = imports.run_import(desk, [write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")])
    patient = record(desk, "P1").patient
    visit = Visit(id=new_id(), date=dt.date(2024, 5, 7))
    with desk.registry.write(desk.login) as session:
        desk.store.insert(session, patient.id, visit)
    assert done.undo is not None
    with pytest.raises(RefusedError, match="other records"):
        done.undo()
    assert len(record(desk, "P1").tests) == 1


def test_an_undo_that_could_not_be_kept_can_be_tried_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(desk, write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n"))
    text = "mrn,sex,test_date,fvc_l\nP1,F,2024-05-06,2.51\nP1,F,2024-06-06,2.50\n"
    done = imports.run_import(desk, [write(tmp_path, text)])

    def lost(*_what: object) -> None:
        raise RegistryError("The disk is full; nothing of this was saved.")

    def fails(act: Callable[[], Done[Any]] | None) -> None:
        assert act is not None
        with monkeypatch.context() as broken:
            broken.setattr(audit, "seal", lost)
            with pytest.raises(RegistryError, match="nothing of this"):
                act()

    fails(done.undo)
    assert len(record(desk, "P1").tests) == 2
    assert done.undo is not None
    undone = done.undo()
    assert (len(record(desk, "P1").tests), record(desk, "P1").patient.sex) == (1, None)
    fails(undone.undo)
    assert undone.undo is not None
    undone.undo()
    assert (len(record(desk, "P1").tests), record(desk, "P1").patient.sex) == (2, Sex.FEMALE)


def test_a_weight_of_a_plain_table_is_compared_with_the_one_before(desk: Desk, tmp_path: Path) -> None:
    text = "mrn,test_date,weight_kg\nP1,2024-05-06,61.5\nP1,2024-06-05,86.5\n"
    told = [remark.reason for remark in run(desk, write(tmp_path, text)).warnings]
    assert "Weight changed by +25.0 kg in 30 days." in told
    again = imports.preview_import(desk, [write(tmp_path, "mrn,test_date,weight_kg\nP1,2024-07-05,61.0\n")])
    assert "Weight changed by −25.5 kg in 30 days." in [it.reason for it in again.files[0].warnings]


def test_undo_is_refused_when_an_imported_test_was_changed(desk: Desk, tmp_path: Path) -> None:
    done = imports.run_import(desk, [write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")])
    (test,) = record(desk, "P1").tests
    with desk.registry.write(desk.login) as session:
        desk.store.update(session, replace(test, fvc_l=Decimal("2.15")), user=desk.login, at=desk.clock())
    assert done.undo is not None
    with pytest.raises(RefusedError, match="changed since"):
        done.undo()
    assert mrns(desk) == ["P1"]


@pytest.mark.parametrize("role", ["viewer", "recorder", "clinician"])
def test_only_coordinators_and_administrators_import(desk: Desk, tmp_path: Path, role: str) -> None:
    path = write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n")
    other = as_user(desk, "other", "O. Other", role)
    with pytest.raises(RefusedError, match="role"):
        imports.run_import(other, [path])
    with pytest.raises(RefusedError, match="role"):
        imports.preview_import(other, [path])


def test_mappings_are_saved_by_name_and_loaded_by_name_or_file(desk: Desk, tmp_path: Path) -> None:
    mapping = import_mappings.read_mapping(DATA / "trial_mapping.toml")
    import_mappings.save_mapping(desk, mapping)
    import_mappings.save_mapping(desk, Mapping(name="another", columns={"mrn": "id"}))
    import_mappings.save_mapping(desk, Mapping(name="another", columns={"mrn": "nr"}))
    assert import_mappings.saved_mappings(desk) == ("another", "Trial sample")
    assert import_mappings.load_mapping(desk, "Trial sample") == mapping
    assert import_mappings.load_mapping(desk, "another").columns == {"mrn": "nr"}
    assert import_mappings.load_mapping(desk, DATA / "trial_mapping.toml") == mapping
    with pytest.raises(RefusedError, match="no saved mapping and no file named nothing"):
        import_mappings.load_mapping(desk, "nothing")
    with pytest.raises(RefusedError, match="name"):
        import_mappings.save_mapping(desk, Mapping())
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "Müller"'.encode("cp1252"))
    with pytest.raises(FormatError, match="UTF-8"):
        import_mappings.read_mapping(latin)


def test_a_file_can_be_looked_at_before_it_is_mapped() -> None:
    look = imports.look_at(DATA / "trial_sample.csv", samples=2)
    assert look.columns == ("id", "month", "fvc_pct", "baseline_fvc_pct_centred", "arm", "event")
    assert len(look.samples) == 2
    assert look.samples[0][:2] == ("1", "6")


def test_a_trial_table_comes_in_through_a_mapping(desk: Desk) -> None:
    mapping = import_mappings.read_mapping(DATA / "trial_mapping.toml")
    rows = (DATA / "trial_sample.csv").read_text().splitlines()[1:]
    patients = {row.split(",")[0] for row in rows}
    report = imports.run_import(desk, [DATA / "trial_sample.csv"], mapping).value.files[0]
    assert (report.patients_added, report.tests_added) == (len(patients), len(rows))
    unread = [remark.column for remark in report.warnings if remark.row == 1]
    assert unread == ["baseline_fvc_pct_centred", "arm", "event"]
    first = record(desk, "TR-1")
    number, month, value = rows[0].split(",")[:3]
    assert (number, month) == ("1", "6")
    assert first.tests[0].date == dt.date(2001, 3, 1)
    assert str(first.tests[0].fvc_pct_pred) == value
    assert first.diagnoses[0].ctd == "SSc"
    again = imports.run_import(desk, [DATA / "trial_sample.csv"], mapping).value.files[0]
    assert (again.tests_added, again.tests_unchanged) == (0, len(rows))


def test_the_sample_that_comes_with_the_program_is_clean(desk: Desk) -> None:
    demo = resources() / "demo"
    mapping = import_mappings.read_mapping(demo / "sample_mapping.toml")
    report = imports.run_import(desk, [demo / "sample_tests.csv"], mapping).value.files[0]
    assert report.rejected == ()
    assert report.patients_added == 8
    assert report.tests_added == report.rows_read == 39
    assert [(remark.column, remark.value) for remark in report.warnings if remark.value] == [("DLCO", "NA")]


@pytest.mark.real_files
def test_the_scleroderma_lung_study_gives_140_patients_and_715_tests(desk: Desk) -> None:
    path = real("scleroderma_lung_study.csv")
    mapping = replace(import_mappings.read_mapping(DATA / "trial_mapping.toml"), prefix={"mrn": "SLS-"})
    report = imports.run_import(desk, [path], mapping).value.files[0]
    assert (report.rows_read, report.patients_added, report.tests_added) == (715, 140, 715)
    assert report.rejected == ()
    again = imports.run_import(desk, [path], mapping).value.files[0]
    assert (again.tests_added, again.patients_added, again.tests_unchanged) == (0, 0, 715)


def test_two_thousand_rows_come_in_at_once(desk: Desk, tmp_path: Path) -> None:
    chance = random.Random(1)
    lines = ["mrn,birth_date,sex,height_cm,test_date,fvc_l,dlco,dlco_unit,mmrc"]
    for patient in range(200):
        level = chance.uniform(2.0, 3.6)
        for year in range(10):
            fvc = level - 0.05 * year
            day = dt.date(2014 + year, 1 + patient % 12, 1 + patient % 28)
            lines.append(f"P{patient},1960-05-06,F,165,{day},{fvc:.2f},{fvc * 5:.1f},{UNIT},{year % 4}")
    path = write(tmp_path, "\n".join(lines) + "\n")
    assert imports.preview_import(desk, [path]).files[0].tests_added == 2000
    report = run(desk, path)
    assert (report.tests_added, report.patients_added, report.rejected) == (2000, 200, ())
