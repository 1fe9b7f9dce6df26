"""Handing the registry on: who may, what is written, what is left when it fails, and that nobody is named."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import events, exporting
from ctdild_desktop.services.desk import Desk, RefusedError, Role, new_id
from ctdild_desktop.services.exporting import CSV_FORMS, FORMATS, ExportSettings, export_registry
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file
from tests.support.exports import (
    IDENTIFIED,
    TABLES,
    exported,
    named_patients,
    read_csv,
)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, *named_patients(), holloway.record())
    return desk


def test_u6_an_export_is_noted_with_counts_and_its_manifest_has_the_head(
    filled: Desk, tmp_path: Path
) -> None:
    folder = exported(filled, tmp_path / "set", "csv")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["trail_head"] == filled.registry.head()
    assert (manifest["pseudonymised"], manifest["patients"], manifest["rows"]["pft"]) == (False, 7, 21)
    for name, sha256 in manifest["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    (noted,) = noted_exports(filled)
    assert noted == {
        "what": "registry",
        "form": "csv",
        "identity": "yes",
        "reason": "change of hospital",
        "patients": "7",
    }


def noted_exports(desk: Desk, patient_id: str | None = None) -> list[dict[str, str]]:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import AuditRow

    with desk.registry.read() as session:
        query = select(AuditRow.new).where(AuditRow.op == "event", AuditRow.row_id == "export")
        query = query.where(AuditRow.subject_id == patient_id)
        return [json.loads(text) for text in session.execute(query).scalars()]


@in_a_file
def test_u6_chosen_patients_have_the_export_in_their_own_history(filled: Desk, tmp_path: Path) -> None:
    chosen = holloway.patient().id
    folder = exported(filled, tmp_path / "set", "csv", replace(IDENTIFIED, patients=(chosen,)))
    assert [row["mrn"] for row in read_csv(folder / "patients.csv")] == [holloway.patient().mrn]
    assert [event["reason"] for event in noted_exports(filled, chosen)] == ["change of hospital"]
    assert ["reason" in event for event in noted_exports(filled)] == [False], "it may name the patient"


@pytest.mark.parametrize("role", list(Role))
@in_a_file
def test_a7_who_may_export(filled: Desk, tmp_path: Path, role: Role) -> None:
    other = as_user(filled, "meise", "B. Meise", role)
    for settings, allowed in (
        (ExportSettings(), exporting.EXPORTING),
        (IDENTIFIED, exporting.IDENTIFIED),
        (ExportSettings(date_shift=False, reason="audit"), exporting.IDENTIFIED),
    ):
        folder = tmp_path / f"set {settings.pseudonymised} {settings.date_shift}"
        if role in allowed:
            export_registry(other, folder, "csv", settings)
        else:
            with pytest.raises(RefusedError, match="does not allow this"):
                export_registry(other, folder, "csv", settings)
            assert not folder.exists()


@in_a_file
def test_data_that_tell_who_need_a_reason(filled: Desk, tmp_path: Path) -> None:
    for settings in (ExportSettings(pseudonymised=False, reason=" "), ExportSettings(date_shift=False)):
        with pytest.raises(RefusedError, match="Say why"):
            export_registry(filled, tmp_path / "set", "csv", settings)
    assert nothing_beside(tmp_path)


def nothing_beside(folder: Path) -> bool:
    return not [
        path for path in folder.iterdir() if ".ctdild" not in path.name or path.name.endswith(".part")
    ]


class StopsAfter(Progress):
    """Work that a person stops after some steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def step(self, done: int, of: int, what: str = "") -> None:
        self.left -= 1
        if self.left == 0:
            self.cancel()
        super().step(done, of, what)


@in_a_file
@pytest.mark.parametrize("form", TABLES)
def test_a_stopped_export_leaves_nothing(filled: Desk, tmp_path: Path, form: str) -> None:
    for pieces in (1, 8):
        with pytest.raises(CancelledError):
            export_registry(filled, tmp_path / "set", form, IDENTIFIED, StopsAfter(pieces))
        assert nothing_beside(tmp_path)
    assert noted_exports(filled) == []


@in_a_file
def test_nothing_is_written_over_and_a_missing_folder_is_said(filled: Desk, tmp_path: Path) -> None:
    taken = tmp_path / "set"
    taken.mkdir()
    (taken / "letter.txt").write_text("mine")
    with pytest.raises(RefusedError, match="set is already there and is not an empty folder"):
        export_registry(filled, taken, "csv")
    assert (taken / "letter.txt").read_text() == "mine"
    with pytest.raises(RefusedError, match="There is no folder"):
        export_registry(filled, tmp_path / "no" / "set", "csv")
    (taken / "letter.txt").unlink()
    assert exported(filled, taken, "csv", ExportSettings()) == taken
    with pytest.raises(RefusedError, match="sas7 is not a format"):
        export_registry(filled, tmp_path / "other", "sas7")


@in_a_file
def test_d3_a_full_disk_is_said_and_nothing_is_left(
    filled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ctdild_desktop.interchange.export_files.TableFiles.add", full)
    with pytest.raises(RegistryError, match="set could not be written or read: no space left on device"):
        export_registry(filled, tmp_path / "set", "csv")
    assert nothing_beside(tmp_path)


@in_a_file
def test_what_cannot_be_noted_is_not_handed_on(
    filled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise RegistryError("Another program is writing.")

    monkeypatch.setattr(events, "note_all", locked)
    with pytest.raises(RegistryError, match="Another program"):
        export_registry(filled, tmp_path / "set", "csv")
    assert nothing_beside(tmp_path)


@in_a_file
def test_an_empty_registry_and_unknown_patients_are_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="nobody to export"):
        export_registry(desk, tmp_path / "set", "csv")
    with pytest.raises(RefusedError, match="no longer in the registry"):
        export_registry(desk, tmp_path / "set", "csv", ExportSettings(patients=(new_id(),)))


@in_a_file
@pytest.mark.parametrize("form", list(CSV_FORMS))
def test_the_csv_form_that_was_chosen(filled: Desk, tmp_path: Path, form: str) -> None:
    mark = form != "comma"
    folder = exported(
        filled, tmp_path / "set", "csv", replace(IDENTIFIED, csv_form=form, byte_order_mark=mark)
    )
    content = (folder / "patients.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") == mark
    assert b"\r\n" in content
    delimiter, decimal = CSV_FORMS[form]
    rows = read_csv(folder / "patients.csv", delimiter)
    assert {row["height_cm"] for row in rows if row["mrn"] == "001-MRN"} == {f"171{decimal}50"}


@in_a_file
def test_scripts_name_every_table_and_the_words_of_codes(filled: Desk, tmp_path: Path) -> None:
    folder = exported(filled, tmp_path / "set", "csv")
    r, spss = ((folder / f"read.{ending}").read_text(encoding="utf-8-sig") for ending in ("R", "sps"))
    for table in (path.stem for path in folder.glob("*.csv") if path.stem != "codebook"):
        assert f'"{table}.csv"' in r
        assert f"SAVE OUTFILE='{table}.sav'." in spss
    assert 'sex <- coded(ctdild$patients$sex, c("F", "M"), c("female", "male"))' in r
    assert "levels = c(codes, own), labels = c(words, own)" in r, "a drug that was typed is not lost"
    assert 'labelled(ctdild$pft$fvc_l, "FVC (L)")' in r
    assert "VALUE LABELS sex 'F' 'female' 'M' 'male'." in spss
    assert "  fvc_l F16.2" in spss
    assert "\n  comment " not in spss, "PSPP reads no column after it"
    assert spss.count("SELECT IF (LENGTH(RTRIM(record_id)) EQ 32).") == spss.count("GET DATA")


@in_a_file
def test_what_a_killed_export_left_goes_with_a_later_one(filled: Desk, tmp_path: Path) -> None:
    import os

    old, young = (tmp_path / f".set.{name}.ctdild-export.part" for name in ("aa", "bb"))
    for left in (old, young):
        left.mkdir()
        (left / "patients.csv").write_text("x")
    os.utime(old, (0, 0))
    export_registry(filled, tmp_path / "set", "csv")
    assert (old.exists(), young.exists()) == (False, True)


def test_every_format_says_its_name() -> None:
    assert set(FORMATS) >= set(TABLES)
    assert all(form.label for form in FORMATS.values())


@in_a_file
@pytest.mark.parametrize(
    ("typed", "exported_count"),
    [("12 345", 1), ("12 345 77", 2), ("77, 12  345", 2), ("12 345,", 1), ("77 77", 1)],
)
def test_an_mrn_may_have_blanks_within(desk: Desk, tmp_path: Path, typed: str, exported_count: int) -> None:
    for mrn in ("12 345", "77"):
        fill(desk, PatientRecord(patient=Patient(id=new_id(), mrn=mrn)))
    done = exporting.export_into(desk, tmp_path, "csv", ExportSettings(), mrns=typed)
    assert done.value.patients == exported_count


@in_a_file
def test_blanks_that_can_be_read_in_two_ways_are_refused(desk: Desk, tmp_path: Path) -> None:
    for mrn in ("12 345", "12", "345"):
        fill(desk, PatientRecord(patient=Patient(id=new_id(), mrn=mrn)))
    with pytest.raises(RefusedError, match="12 345 may be one MRN or several"):
        exporting.export_into(desk, tmp_path, "csv", ExportSettings(), mrns="12 345")
    done = exporting.export_into(desk, tmp_path, "csv", ExportSettings(), mrns="12, 345")
    assert done.value.patients == 2
    with pytest.raises(RefusedError, match="No patient has the MRN 9"):
        exporting.export_into(desk, tmp_path, "csv", ExportSettings(), mrns="9 12")
