"""Messages of devices and laboratories that were received: what became of each, and its bytes apart."""

import datetime as dt

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, key_of, new_id
from ctdild_desktop.registry.models.checks import one_of_check, range_check
from ctdild_desktop.registry.models.types import Codes, UtcInstant, free_text, listed

MOST_BYTES = 25 * 1024 * 1024
"""The largest message that is kept."""


class InboxMessageRow(Base):
    """What became of one message. It holds no word that the message says of a person: the trail keeps
    these columns for good.
    """

    __tablename__ = "inbox_message"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        range_check("size_bytes", 1, MOST_BYTES),
        one_of_check("state", *lists.INBOX_STATES),
        one_of_check("received_from", *lists.INBOX_FROM),
        one_of_check("reason", *lists.INBOX_REASONS),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided"),
        CheckConstraint("reason IS NULL OR state = 'set_aside'", name="reason_of_setting_aside"),
        UniqueConstraint("sha256"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = free_text()
    """Empty when it could not be told."""
    size_bytes: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(Text)
    received_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    received_by: Mapped[str] = mapped_column(Text)
    """Who was signed in where it was received."""
    received_from: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    decided_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was set aside."""
    patients: Mapped[tuple[str, ...]] = listed(Codes)
    """Ids of those for whom it was taken."""


class InboxContentRow(Base):
    """The bytes of one message, and what was read in them; the audit trail holds neither."""

    __tablename__ = "inbox_content"
    __table_args__ = (CheckConstraint("length(content) > 0", name="content"),)

    id: Mapped[str] = mapped_column(key_of("inbox_message"), primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    """Of these bytes: the audit trail holds it in their place."""
    said: Mapped[bytes] = mapped_column(LargeBinary)
    """What the message was called and what it says, as JSON, when it was read last."""
    said_sha256: Mapped[str] = free_text()
    """Of what it says, with the salt therein: the audit trail holds it in its place. Empty for a row that an
    earlier program wrote.
    """
    content: Mapped[bytes] = mapped_column(LargeBinary)
