"""Files of patients: taken by their content, kept byte for byte, and carried wherever the registry goes."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from ctdild_desktop.clinical.records import Attachment, Patient, PatientRecord
from ctdild_desktop.interchange.documents import safe_name
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.place import Place
from ctdild_desktop.registry import copying
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import attachments, erasure, patients, removed, upkeep
from ctdild_desktop.services.desk import Change, Desk, RefusedError
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, Clock, as_user, fill, in_a_file

ID = holloway.patient().id
PDF = b"%PDF-1.7\nan invented sentinel report\n%%EOF\n"


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return desk


def written(folder: Path, name: str = "Holloway, lung function.pdf", content: bytes = PDF) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def attached(desk: Desk, path: Path) -> Attachment:
    (file,) = attachments.add_files(desk, ID, [path]).value
    return file


def events(desk: Desk) -> list[str]:
    with desk.registry.read() as session:
        rows = session.query(AuditRow.row_id).where(AuditRow.op == "event").order_by(AuditRow.seq)
        return [row.row_id for row in rows]


def test_a_file_is_kept_byte_for_byte_read_and_taken_back(filled: Desk, tmp_path: Path) -> None:
    done = attachments.add_files(filled, ID, [written(tmp_path)])
    (file,) = done.value
    assert done.message == "Attached file Holloway, lung function.pdf."
    assert done.changes.kinds == {Change.ATTACHMENT}
    assert (file.media_type, file.size_bytes) == ("application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert attachments.read(filled, file.id).content == PDF
    assert events(filled)[-1] == "file_read"
    assert filled.registry.verify()["checks"]["blobs"] == "1 file"
    said = replace(file, name="Report", kind="lung_function", record_kind="pft")
    test = patients.load(filled, ID).tests[-1]
    linked = attachments.amend_file(filled, replace(said, record_id=test.id, sha256="0" * 64)).value
    assert linked.sha256 == file.sha256
    record = patients.load(filled, ID)
    assert attachments.place_words(record.attachments[0], record) == "PFT 12.03.2026"
    gone = attachments.remove_file(filled, file.id, "another patient's")
    with pytest.raises(RefusedError, match="no longer in the registry"):
        attachments.read(filled, file.id)
    assert gone.undo is not None
    gone.undo()
    assert attachments.read(filled, file.id).name == "Report"
    assert filled.registry.verify()["ok"] is True


@in_a_file
def test_an_undone_attaching_can_be_done_again(filled: Desk, tmp_path: Path) -> None:
    path = written(tmp_path)
    done = attachments.add_files(filled, ID, [path])
    with pytest.raises(RefusedError, match="attached to this patient already"):
        attachments.add_files(filled, ID, [path])
    assert done.undo is not None
    done.undo()
    assert patients.load(filled, ID).attachments == ()
    again = attachments.add_files(filled, ID, [path])
    assert again.message == "Brought back the file Holloway, lung function.pdf."
    assert again.value == patients.load(filled, ID).attachments
    removed_now = attachments.remove_file(filled, again.value[0].id, "twice")
    assert removed_now.value.id == again.value[0].id
    assert removed.restore_removed(filled, Attachment, again.value[0].id).value.size_bytes == len(PDF)


@in_a_file
def test_the_very_same_file_of_another_patient_is_asked_about(filled: Desk, tmp_path: Path) -> None:
    fill(filled, PatientRecord(patient=Patient(id="b" * 32, mrn="55-2")))
    path = written(tmp_path)
    attached(filled, path)
    with pytest.raises(RefusedError, match="Another patient has the very same file") as caught:
        attachments.add_files(filled, "b" * 32, [path])
    assert [issue.code for issue in caught.value.issues] == [attachments.ELSEWHERE]
    assert attachments.add_files(filled, "b" * 32, [path], confirmed={attachments.ELSEWHERE}).value


@in_a_file
@pytest.mark.parametrize(
    ("content", "taken"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", "image/png"),
        (b"\xff\xd8\xff\xe0 invented", "image/jpeg"),
        (b"\0" * 128 + b"DICM invented", "application/dicom"),
        ("Größe: 172 cm\r\n".encode("cp1252"), "text/plain"),
        ("Μύρων\n".encode(), "text/plain"),
        (b"MZ\x90\0\x03", None),
        (b"PK\x03\x04\0", None),
        (b"<html><script>", None),
        (b"#!/bin/sh\n", None),
        (b"%PDF-1.7 cut off", None),
        (b"   \n", None),
        (b"", None),
    ],
)
def test_i1_a_file_is_taken_by_what_it_is_and_not_by_its_name(
    filled: Desk, tmp_path: Path, content: bytes, taken: str | None
) -> None:
    path = written(tmp_path, "letter.pdf", content)
    if taken is not None:
        assert attached(filled, path).media_type == taken
        return
    with pytest.raises(FormatError, match=r"letter\.pdf is"):
        attachments.add_files(filled, ID, [path])
    assert patients.load(filled, ID).attachments == ()


@in_a_file
def test_i1_all_files_are_attached_or_none_and_none_that_is_too_large(filled: Desk, tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as stream:
        stream.truncate(attachments.MOST_BYTES + 1)
    with pytest.raises(FormatError, match=r"large\.pdf is too large: 25 MB"):
        attachments.add_files(filled, ID, [written(tmp_path), large])
    assert patients.load(filled, ID).attachments == ()


@in_a_file
def test_d10_the_registry_itself_is_never_opened_as_a_file(filled: Desk, tmp_path: Path) -> None:
    link = tmp_path / "link.pdf"
    os.link(filled.registry.path, link)
    for path in (link, filled.registry.path):
        with pytest.raises(RefusedError, match="a file of the registry itself"):
            attachments.add_files(filled, ID, [path])


def test_bytes_that_are_not_what_was_kept_are_not_shown(
    desk: Desk, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    fill(desk, holloway.record())
    file = attached(desk, written(tmp_path))
    owner = request.getfixturevalue("owner_desk") if desk.registry.place.is_server else desk
    with owner.registry.write(LOGIN) as session:
        session.execute(text("UPDATE attachment_content SET content = :other"), {"other": b"%PDF-1.7 x"})
    for act in (
        lambda: attachments.read(desk, file.id),
        lambda: attachments.export_file(desk, file.id, tmp_path),
    ):
        with pytest.raises(RefusedError, match="is not what was kept"):
            act()
    assert desk.registry.verify()["ok"] is False


@in_a_file
def test_u6_an_export_is_noted_tells_no_patient_and_goes_over_no_file(filled: Desk, tmp_path: Path) -> None:
    file = attached(filled, written(tmp_path))
    attachments.amend_file(filled, replace(file, kind="lung_function"))
    first = attachments.export_file(filled, file.id, tmp_path)
    assert first.message == "Written, not encrypted: lung function.pdf."
    assert attachments.export_file(filled, file.id, tmp_path).value.name == "lung function (2).pdf"
    named = attachments.export_file(filled, file.id, tmp_path, as_named=True).value
    assert named.name == "Holloway, lung function (2).pdf"
    assert first.value.read_bytes() == named.read_bytes() == PDF
    assert stat.S_IMODE(first.value.stat().st_mode) == 0o600
    assert events(filled)[-3:] == ["export"] * 3
    with pytest.raises(RefusedError, match="handing a file on needs clinician"):
        attachments.export_file(as_user(filled, "specht", "T.", "recorder"), file.id, tmp_path)
    with pytest.raises(RefusedError, match="was not written"):
        attachments.export_file(filled, file.id, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc passwd.pdf"),
        ("C:\\temp\\x.pdf", "C temp x.pdf"),
        ("con", "file con.pdf"),
        ("LPT1.report", "file LPT1.report.pdf"),
        ("report.PDF", "report.pdf"),
        ("report.exe", "report.exe.pdf"),
        (" ..hidden. ", "hidden.pdf"),
        ("a\u202efdp.exe\n", "a fdp.exe.pdf"),
        ("山" * 300, "山" * 66 + ".pdf"),
        ("=1+1", "=1+1.pdf"),
        ("???", "document.pdf"),
    ],
)
def test_i4_a_name_is_safe_on_every_system(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf") == safe


@in_a_file
def test_e2_a_file_is_in_a_backup_comes_back_with_it_and_is_nowhere_in_the_clear(
    filled: Desk, tmp_path: Path, clock: Clock
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    file = attached(filled, written(source))
    made = upkeep.backup(filled, tmp_path / "b.ctdild-backup").value
    back = upkeep.restore(
        made, tmp_path / "again" / "r.ctdild", login=LOGIN, passphrase=PASSPHRASE, clock=clock
    )
    try:
        assert attachments.read(back, file.id).content == PDF
        assert upkeep.verify(back).checks["blobs"] == "1 file"
    finally:
        back.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and source not in path.parents]
    assert len(kept) > 4
    assert not [path.name for path in kept if b"sentinel" in path.read_bytes()]


def test_p6_a_file_is_copied_with_the_registry(filled: Desk, tmp_path: Path) -> None:
    attached(filled, written(tmp_path))
    copied = copying.copy_to(filled.registry, Place(path=tmp_path / "copy.ctdild"), PASSPHRASE)
    assert (copied.rows["attachment"], copied.rows["attachment_content"]) == (1, 1)


def test_u4_an_erased_patient_s_files_are_gone(filled: Desk, tmp_path: Path) -> None:
    file = attached(filled, written(tmp_path))
    attachments.read(filled, file.id)
    why = {"basis": "court order", "reason": "asked for on 12.03.2026"}
    done = erasure.erase(filled, ID, **why, typed_mrn=holloway.patient().mrn)
    assert "Erased one person" in done.message
    with filled.registry.read() as session:
        assert filled.store.content(session, file.id) is None
        told = session.execute(text("SELECT coalesce(old, '') || coalesce(new, '') FROM audit")).scalars()
        assert not [row for row in told if "lung function.pdf" in row]
    assert filled.registry.verify()["ok"] is True
