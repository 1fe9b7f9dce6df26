"""Files of patients are compared with what was kept, byte for byte."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, select, update

from ctdild_desktop.registry.models import AttachmentContentRow, AttachmentRow, PatientRow
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN

CONTENT = b"%PDF-1.7 invented"


def keep_a_file(registry: Registry) -> str:
    with registry.write(LOGIN) as session:
        patient_id = session.execute(select(PatientRow.id)).scalar_one()
        sha256 = hashlib.sha256(CONTENT).hexdigest()
        row = AttachmentRow(
            patient_id=patient_id,
            name="report.pdf",
            media_type="application/pdf",
            size_bytes=len(CONTENT),
            sha256=sha256,
        )
        session.add(row)
        session.flush()
        session.add(AttachmentContentRow(id=row.id, patient_id=patient_id, sha256=sha256, content=CONTENT))
    return row.id


def test_files_that_are_as_they_were_kept_are_counted(bare_registry: Registry) -> None:
    assert bare_registry.verify()["checks"]["blobs"] == "none"
    keep_a_file(bare_registry)
    found = bare_registry.verify()
    assert (found["ok"], found["checks"]["blobs"]) == (True, "1 file")


def test_other_bytes_of_the_same_length_are_found(bare_registry: Registry) -> None:
    row_id = keep_a_file(bare_registry)
    with bare_registry.write(LOGIN) as session:
        session.execute(
            update(AttachmentContentRow)
            .where(AttachmentContentRow.id == row_id)
            .values(content=CONTENT.replace(b"1.7", b"1.6"))
        )
    found = bare_registry.verify()
    assert found["ok"] is False
    assert found["checks"]["content"] == f"1 file not what was kept (first: {row_id})"


def test_bytes_that_are_gone_are_found(bare_registry: Registry) -> None:
    row_id = keep_a_file(bare_registry)
    with bare_registry.write(LOGIN) as session:
        session.execute(delete(AttachmentContentRow).where(AttachmentContentRow.id == row_id))
    assert row_id in bare_registry.verify()["checks"]["content"]
