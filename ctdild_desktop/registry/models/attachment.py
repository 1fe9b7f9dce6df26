"""Files of patients: what is known of each, and its content in a table of its own."""

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, key_of, recorded_checks
from ctdild_desktop.registry.models.checks import filled_check, one_of_check, range_check
from ctdild_desktop.registry.models.types import PartialDay, free_text

MOST_BYTES = 25 * 1024 * 1024
"""The largest file that is kept."""


class AttachmentRow(OfPatient, Base):
    """What is known of one file; fields as in ``clinical.records.Attachment``."""

    __tablename__ = "attachment"
    __table_args__ = (
        *recorded_checks(),
        filled_check("name"),
        one_of_check("media_type", *lists.MEDIA_TYPES),
        range_check("size_bytes", 1, MOST_BYTES),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        one_of_check("record_kind", *lists.ATTACHED_TO),
        CheckConstraint("(record_kind IS NULL) = (record_id IS NULL)", name="belongs_to"),
    )

    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(Text)
    date: Mapped[str | None] = mapped_column(PartialDay)
    kind: Mapped[str | None] = mapped_column(Text)
    record_kind: Mapped[str | None] = mapped_column(Text)
    record_id: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = free_text()


class AttachmentContentRow(Base):
    """The bytes of one file. They are never loaded with a record, and the audit trail holds none of them."""

    __tablename__ = "attachment_content"
    __table_args__ = (CheckConstraint("length(content) > 0", name="content"),)

    id: Mapped[str] = mapped_column(key_of("attachment"), primary_key=True)
    patient_id: Mapped[str] = mapped_column(key_of("patient"), index=True)
    sha256: Mapped[str] = mapped_column(Text)
    """Of these bytes: the audit trail holds it in their place."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
