"""The audit trail: what triggers write, who the writer says to be, and the seals over it."""

import datetime as dt

from sqlalchemy import CheckConstraint, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, new_id, one_of_check
from ctdild_desktop.registry.models.types import UtcInstant, flag


class AuditContext(Base):
    """Who writes, when and why, for the length of one transaction; triggers copy it into each audit row."""

    __tablename__ = "audit_context"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    batch: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    user_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    erasing: Mapped[str | None] = mapped_column(Text)
    """The patient whose values may go from the trail in this transaction."""


class AuditRow(Base):
    """One change of one row, or one event; written by triggers, sealed at commit, never changed after.

    ``old`` and ``new`` are JSON objects of the columns that hold something; empty ones are left out.

    ``row_mac`` and ``nonce`` are set once, at the seal. The seal chains over ``row_mac`` alone, so that the
    values of an erased person can later go without breaking the chain.
    """

    __tablename__ = "audit"
    __table_args__ = (
        one_of_check("op", "insert", "update", "delete", "event"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    user_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    op: Mapped[str] = mapped_column(Text)
    table_name: Mapped[str] = mapped_column(Text)
    row_id: Mapped[str] = mapped_column(Text, index=True)
    subject_id: Mapped[str | None] = mapped_column(Text, index=True)
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    nonce: Mapped[bytes | None] = mapped_column(LargeBinary)
    row_mac: Mapped[bytes | None] = mapped_column(LargeBinary)


class SealRow(Base):
    """The seal over the audit rows of one transaction, chained to the seal before it."""

    __tablename__ = "audit_seal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_seq: Mapped[int] = mapped_column(Integer)
    last_seq: Mapped[int] = mapped_column(Integer)
    prev: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class AuditKeyRow(Base):
    """An audit key of before the data key was renewed: it sealed up to ``until_seal``."""

    __tablename__ = "audit_key"

    until_seal: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class ErasureRow(Base):
    """What is left of a person who was erased on a legal request: that it was done, by whom and why."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id"),
        CheckConstraint("length(basis) > 0", name="basis"),
        CheckConstraint("entries >= 0", name="entries"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    subject_id: Mapped[str] = mapped_column(Text)
    """The id that the person's records had; it says nothing about the person."""
    erased_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    erased_by: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    entries: Mapped[int] = mapped_column(Integer)
    """How many entries of the trail lost their values."""


class KeysRow(Base):
    """The key slots of a registry on a server, where no file lies beside it; empty in a local one."""

    __tablename__ = "registry_keys"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)


class RegistryInfoRow(Base):
    """The registry's own identity; one row."""

    __tablename__ = "registry_info"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    db_id: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    demo: Mapped[bool] = mapped_column(flag("demo"), default=False)
    """Holds invented patients only; printouts say so."""
