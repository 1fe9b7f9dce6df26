"""Files that belong to a patient. Their content is read one by one and is never part of the record."""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop.clinical.dates import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is known of one file: its name for people, what it is, and what its content must be."""

    id: str
    name: str
    """As shown; it is never used as a path."""
    media_type: str
    """What the content was recognised as: ``application/pdf`` ..."""
    size_bytes: int
    sha256: str
    version: int = 1
    date: PartialDate | None = None
    """Date of the document."""
    kind: str | None = None
    """Code of the ``attachment_kind`` list."""
    record_kind: str | None = None
    """Kind of the record that it belongs to: ``pft``, ``hrct``, ``procedure`` ...; None: to the patient."""
    record_id: str | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
