"""What every table shares: names of constraints, references, and who-and-when columns."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ctdild_desktop.registry.models.checks import one_of_check, range_check
from ctdild_desktop.registry.models.types import Pairs, UtcInstant, listed

__all__ = [
    "NAMING",
    "Base",
    "OfPatient",
    "Recorded",
    "key_of",
    "new_id",
    "one_of_check",
    "range_check",
    "recorded_checks",
]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The registry's metadata.

    The revisions make the tables, here and on a server. An index of some rows names them for SQLite alone:
    the words of another database would load its whole dialect at every desk.
    """

    metadata = MetaData(naming_convention=NAMING)


def new_id() -> str:
    """A fresh identity: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def key_of(table: str) -> ForeignKey:
    """A reference to a row of ``table``, checked at commit, so that rows may be added in any order."""
    return ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED")


class Recorded:
    """Identity, version, who and when, what has no value and why, and removal that keeps the row.

    ``created_*`` and ``updated_*`` are stamped by :meth:`Registry.write`; nobody else sets them.
    ``verified_*`` tell who compared the row with its source, and when. A removed row has ``deleted_at``,
    ``deleted_by`` and ``deleted_reason``.
    """

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    source: Mapped[str] = mapped_column(Text, default="typed")
    absent: Mapped[tuple[tuple[str, str], ...]] = listed(Pairs)
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    created_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    updated_by: Mapped[str] = mapped_column(Text)
    verified_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    verified_by: Mapped[str | None] = mapped_column(Text)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    deleted_by: Mapped[str | None] = mapped_column(Text)
    deleted_reason: Mapped[str | None] = mapped_column(Text)

    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": version}


def recorded_checks() -> tuple[CheckConstraint, ...]:
    """The checks of the columns of :class:`Recorded`, for ``__table_args__``."""
    return (
        CheckConstraint("length(id) = 32", name="id"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(verified_at IS NULL) = (verified_by IS NULL)", name="verified"),
        CheckConstraint("(deleted_at IS NULL) = (deleted_by IS NULL)", name="deleted"),
    )


class OfPatient(Recorded):
    """A row that belongs to one patient."""

    patient_id: Mapped[str] = mapped_column(key_of("patient"), index=True)
