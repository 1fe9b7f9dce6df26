"""Messages of devices into a registry: whose they are, what is asked, provenance, all or nothing, undo."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Sex
from ctdild_desktop.interchange.reading import read_file
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.services import history, import_matching, imports, patients
from ctdild_desktop.services.desk import Desk, new_id
from tests.support.desks import copied_desk, fill
from tests.support.importing import mrns, record
from tests.support.messages import DAY, WHO, gdt, ndd, ndd_test, ndd_value, real, value

FVC = value("FVC", "2310", "mL", normal="3100")
HOLM = {"family_name": "Holm", "given_name": "Ada", "birth_date": PartialDate(1958, 3, 12), "sex": Sex.FEMALE}


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(template, tmp_path)
    yield made
    made.close()


def add(desk: Desk, mrn: str, **facts: object) -> Patient:
    patient = Patient(id=new_id(), mrn=mrn, **facts)  # type: ignore[arg-type]
    fill(desk, PatientRecord(patient=patient))
    return patient


def message(folder: Path, *fields: tuple[str, str], name: str = "a.gdt") -> Path:
    path = folder / name
    path.write_bytes(gdt(*fields))
    return path


def previewed(desk: Desk, path: Path, **how: object) -> imports.FileReport:
    (report,) = imports.preview_import(desk, [path], **how).files  # type: ignore[arg-type]
    return report


def test_a_message_goes_to_the_patient_with_its_mrn_with_its_source(desk: Desk, tmp_path: Path) -> None:
    add(desk, "P1", **HOLM)
    path = message(tmp_path, *WHO, *DAY, *FVC)
    done = imports.run_import(desk, [path])
    (report,) = done.value.files
    assert (report.format, report.patients_matched, report.tests_added) == ("gdt", 1, 1)
    (test,) = record(desk, "P1").tests
    assert (test.fvc_l, test.source_format) == (Decimal("2.31"), "gdt")
    assert test.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert test.as_given[0] == ("fvc_l", "FVC 2310 mL")
    before = desk.registry.head()
    assert imports.run_import(desk, [path]).value.files[0].tests_unchanged == 1
    assert desk.registry.head() == before
    assert done.undo is not None
    done.undo()
    assert record(desk, "P1").tests == ()


def test_the_history_tells_what_the_file_gave(desk: Desk, tmp_path: Path) -> None:
    patient = add(desk, "P1", **HOLM)
    imports.run_import(desk, [message(tmp_path, *WHO, *DAY, *FVC)])
    entry, *_ = history.of_patient(desk, patient.id).entries
    assert "as the file gave it FVC 2310 mL; FVC normal (8460) 3100 mL" in entry.text


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({**HOLM, "birth_date": PartialDate(1958, 3, 13)}, "another birth date in the registry (13.03.1958)"),
        ({**HOLM, "sex": Sex.MALE}, "another sex in the registry (M)"),
        ({**HOLM, "family_name": "Berg"}, "another surname in the registry (Berg)"),
    ],
)
def test_a_contradiction_waits_for_a_person(
    desk: Desk, tmp_path: Path, facts: dict[str, object], reason: str
) -> None:
    add(desk, "P1", **facts)
    report = previewed(desk, message(tmp_path, *WHO, *DAY, *FVC))
    (waiting,) = report.undecided
    assert reason in waiting.reason
    assert (waiting.candidates, waiting.said) == (("P1",), "Holm, Ada · F · 12.03.1958 · P1")
    assert [remark.column for remark in report.rejected] == ["patient"]
    assert report.rows == ()


def test_a_person_recorded_under_another_mrn_waits_for_a_person(desk: Desk, tmp_path: Path) -> None:
    add(desk, "OLD-1", **HOLM)
    report = previewed(desk, message(tmp_path, *WHO, *DAY, *FVC))
    (waiting,) = report.undecided
    assert waiting.candidates == ("OLD-1",)
    assert "the same person is, with MRN OLD-1" in waiting.reason


def test_without_an_mrn_name_birth_date_and_sex_together_decide(desk: Desk, tmp_path: Path) -> None:
    add(desk, "P1", **HOLM)
    path = message(tmp_path, *WHO[1:], *DAY, *FVC)
    assert [row.mrn for row in previewed(desk, path).rows] == ["P1"]
    add(desk, "P2", **HOLM)
    (waiting,) = previewed(desk, path).undecided
    assert (waiting.candidates, waiting.reason) == (
        ("P1", "P2"),
        "several patients have this name, birth date and sex; choose the patient",
    )


@pytest.mark.parametrize("left_out", [1, 2, 3, 4])
def test_without_an_mrn_nothing_less_decides(desk: Desk, tmp_path: Path, left_out: int) -> None:
    add(desk, "P1", **HOLM)
    said = tuple(part for place, part in enumerate(WHO) if place not in {0, left_out})
    report = previewed(desk, message(tmp_path, *said, *DAY, *FVC))
    assert report.rows == ()
    assert "nobody recorded is certainly this person" in report.undecided[0].reason


def test_a_message_that_says_nobody_goes_to_the_one_who_is_chosen(desk: Desk, tmp_path: Path) -> None:
    add(desk, "P1", **HOLM)
    add(desk, "P2")
    path = message(tmp_path, *DAY, *FVC)
    refused = imports.run_import(desk, [path])
    assert refused.undo is None
    assert refused.value.files[0].rejected[0].reason == (
        "the file does not say whose test it is; choose the patient"
    )
    preview = imports.preview_import(desk, [path])
    (waiting,) = preview.files[0].undecided
    again = imports.preview_again(desk, preview, {(waiting.sha256, waiting.row): "P2"})
    assert [(row.mrn, row.new_patient) for row in again.files[0].rows] == [("P2", False)]
    done = imports.import_previewed(desk, again)
    assert done.message == "Imported 1 new test."
    assert record(desk, "P1").tests == ()
    assert len(record(desk, "P2").tests) == 1
    assert patients.by_mrn(desk, "P2") is not None


def test_a_choice_against_what_the_file_says_is_told_and_changes_nobody(desk: Desk, tmp_path: Path) -> None:
    chosen = add(desk, "P9", family_name="Berg", sex=Sex.MALE)
    add(desk, "P1", family_name="Berg")
    path = message(tmp_path, *WHO, *DAY, *FVC)
    preview = imports.preview_import(desk, [path])
    (waiting,) = preview.files[0].undecided
    again = imports.preview_again(desk, preview, {(waiting.sha256, 1): "P9"})
    assert [remark.reason for remark in again.files[0].warnings] == [
        "the file gives another sex than the chosen patient has (M)",
        "the file gives another surname than the chosen patient has (Berg)",
    ]
    imports.import_previewed(desk, again)
    after = record(desk, "P9")
    assert (len(after.tests), after.patient.given_name, after.patient.birth_date) == (1, "", None)
    assert after.patient.id == chosen.id


def test_the_patient_named_for_a_run_takes_what_says_nobody_and_nothing_else(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, "P1", **HOLM)
    nobody = message(tmp_path, *DAY, *FVC)
    assert imports.run_import(desk, [nobody], patient_mrn="P1").value.files[0].tests_added == 1
    other = message(tmp_path, ("3000", "P2"), *DAY, *FVC, name="b.gdt")
    assert "another patient" in previewed(desk, other, patient_mrn="P1").rejected[0].reason
    against = message(tmp_path, ("3101", "Berg"), *DAY, *FVC, name="c.gdt")
    assert "another surname" in previewed(desk, against, patient_mrn="P1").rejected[0].reason
    assert previewed(desk, nobody, patient_mrn="P3").rejected != ()


def test_an_implausible_value_refuses_the_whole_file(desk: Desk, tmp_path: Path) -> None:
    good = gdt(*WHO, *DAY, *FVC)
    path = tmp_path / "two.gdt"
    path.write_bytes(good + gdt(("3000", "P2"), *DAY, *value("FVC", "10.94", "L")))
    done = imports.run_import(desk, [path])
    assert done.undo is None
    assert "FVC must be between" in done.value.files[0].rejected[0].reason
    assert mrns(desk) == []
    assert imports.run_import(desk, [path], accept_valid_rows=True).value.files[0].tests_added == 1
    assert mrns(desk) == ["P1"]


def test_a_value_that_cannot_be_is_told_before_somebody_is_chosen(desk: Desk, tmp_path: Path) -> None:
    path = message(tmp_path, *DAY, *value("FVC", "10.94", "L"))
    done = imports.run_import(desk, [path], accept_valid_rows=True)
    assert done.message == "Nothing was imported: every row was rejected."
    report = previewed(desk, path)
    assert [remark.column for remark in report.rejected] == ["FVC", "patient"]
    assert "FVC must be between" in report.rejected[0].reason


def test_a_fraction_in_place_of_per_cent_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    add(desk, "P1", **HOLM)
    report = previewed(desk, message(tmp_path, *WHO, *DAY, *FVC, *value("FVC %pred", "0.745", "%")))
    assert [remark.reason for remark in report.rejected] == ["0.745 % cannot be: was it in fractions?"]


def test_before_and_after_a_bronchodilator_stay_two_tests_of_one_day(desk: Desk, tmp_path: Path) -> None:
    patient = add(desk, "P1", **HOLM)
    sides = (*value("FVC", "2.31", "L", "Pre"), *value("FVC", "2.31", "L", "Post"))
    path = message(tmp_path, *WHO, *DAY, *sides)
    assert imports.run_import(desk, [path]).value.files[0].tests_added == 2
    assert imports.run_import(desk, [path]).value.files[0].tests_unchanged == 2
    assert [test.post_bd for test in record(desk, "P1").tests] == [False, True]
    notes = {row.test.post_bd: row.note for row in patients.view(desk, patient.id).rows}
    assert "after bronchodilator" in notes[True]
    assert "after bronchodilator" not in notes[False]


def test_a_dlco_that_fills_a_recorded_test_stays_corrected_for_haemoglobin(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, "P1", **HOLM)
    path = tmp_path / "a.xml"
    fvc, corrected = ndd_value("FVC", "2.31", "L"), ndd_value("DLCOadj", "14.2", "ml/min/mmHg")
    for values in (fvc, fvc + corrected):
        path.write_text(ndd(ndd_test(values)), encoding="utf-8")
        imports.run_import(desk, [path])
    (test,) = record(desk, "P1").tests
    assert (test.fvc_l, test.dlco, test.dlco_hb_corrected) == (Decimal("2.31"), Decimal("14.2"), True)


def test_a_message_may_mean_somebody_who_comes_with_a_message_before_it(desk: Desk, tmp_path: Path) -> None:
    first = message(tmp_path, ("3000", "X1"), *WHO[1:], *DAY, *FVC)
    other = message(tmp_path, ("3000", "X2"), *WHO[1:], *DAY, *value("FVC", "2000", "mL"), name="b.gdt")
    unnamed = message(tmp_path, *WHO[1:], *DAY, *value("FVC", "1900", "mL"), name="c.gdt")
    shown = imports.preview_import(desk, [first, other, unnamed])
    reason = "this MRN is not recorded, but the same person is, with MRN X1; choose the patient"
    assert [[each.reason for each in file.rejected] for file in shown.files] == [[], [reason], []]
    done = imports.import_previewed(desk, shown).value
    assert [file.imported for file in done.files] == [True, False, True]
    assert done.files[1].rejected == shown.files[1].rejected
    assert [test.fvc_l for test in record(desk, "X1").tests] == [Decimal("2.31"), Decimal("1.90")]
    assert mrns(desk) == ["X1"]


def test_nobody_of_another_birth_date_is_compared_with_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(import_matching, "same_person", lambda _said, known: compared.append(known.mrn))
    people = {
        f"P{year}": Patient(id="", mrn=f"P{year}", birth_date=PartialDate(year, 3, 12))
        for year in range(1950, 1970)
    }
    table = read_file(source_of("a.gdt", gdt(*WHO[1:], *DAY, *FVC)))
    import_matching.attribute(table, import_matching.People(people), choices={}, today=dt.date(2026, 3, 12))
    assert compared == ["P1958"]


@pytest.mark.real_files
@pytest.mark.parametrize(
    ("name", "mrn", "tests"),
    [
        ("vitalograph.gdt", "CHARLY1", 1),
        ("pftlab_oru_r01.hl7", "0999995", 1),
        ("ndd_easyonpc.xml", "12345678", 1),
    ],
)
def test_a_real_file_that_says_its_patient_goes_in_once(desk: Desk, name: str, mrn: str, tests: int) -> None:
    path = real(name)
    done = imports.run_import(desk, [path])
    (report,) = done.value.files
    assert (report.patients_added, report.tests_added) == (1, tests)
    assert len(record(desk, mrn).tests) == tests
    assert imports.run_import(desk, [path]).value.files[0].tests_unchanged == tests
    assert done.undo is not None
    done.undo()
    assert mrns(desk) == []


@pytest.mark.real_files
def test_the_real_results_that_say_nobody_wait_and_go_to_the_one_named(desk: Desk) -> None:
    add(desk, "P1")
    mir, fhir = real("mir_winspiro.wsp"), real("fhir_r4_pft_bundle.json")
    for path in (mir, fhir):
        assert imports.run_import(desk, [path], accept_valid_rows=True).value.files[0].tests_added == 0
    (asked,) = imports.run_import(desk, [mir], patient_mrn="P1").value.files
    assert "FVC must be between" in asked.rejected[0].reason
    assert "must be between" in asked.rejected[1].reason
    done = imports.run_import(desk, [mir], patient_mrn="P1", accept_valid_rows=True)
    assert done.message == "Nothing was imported: every row was rejected."
    (taken,) = imports.run_import(desk, [fhir], patient_mrn="P1", accept_valid_rows=True).value.files
    assert (taken.tests_added, len(taken.rejected)) == (1, 1)
    (test,) = record(desk, "P1").tests
    assert (test.fvc_l, test.fvc_pct_pred, test.post_bd) == (Decimal("3.9"), Decimal(82), False)
