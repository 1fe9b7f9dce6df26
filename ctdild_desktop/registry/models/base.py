"""What every table shares: names of constraints, exact column types, and who-and-when columns."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ctdild_desktop.registry.models.types import UtcInstant

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The registry's metadata."""

    metadata = MetaData(naming_convention=NAMING)


def new_id() -> str:
    """A fresh identity: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def key_of(table: str) -> ForeignKey:
    """A reference to a row of ``table``, checked at commit, so that rows may be added in any order."""
    return ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED")


def partial_date_check(column: str) -> CheckConstraint:
    """``column`` holds ``2019``, ``2019-03`` or ``2019-03-12``."""
    return CheckConstraint(
        f"{column} LIKE '____' OR {column} LIKE '____-__' OR {column} LIKE '____-__-__'", name=column
    )


def one_of_check(column: str, *values: str) -> CheckConstraint:
    """``column`` is empty or one of a closed list of words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def range_check(column: str, low: int, high: int) -> CheckConstraint:
    """``column`` is empty or a whole number from ``low`` to ``high``."""
    return CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=column)


class Recorded:
    """Identity, version, who and when, and removal that keeps the row.

    ``created_*`` and ``updated_*`` are stamped by :meth:`Registry.write`; nobody else sets them.
    A removed row has ``deleted_at``, ``deleted_by`` and ``deleted_reason``.
    """

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    source: Mapped[str] = mapped_column(Text, default="typed")
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    created_by: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    updated_by: Mapped[str] = mapped_column(Text)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    deleted_by: Mapped[str | None] = mapped_column(Text)
    deleted_reason: Mapped[str | None] = mapped_column(Text)

    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": version}


def recorded_checks() -> tuple[CheckConstraint, ...]:
    """The checks of the columns of :class:`Recorded`, for ``__table_args__``."""
    return (
        CheckConstraint("length(id) = 32", name="id"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(deleted_at IS NULL) = (deleted_by IS NULL)", name="deleted"),
    )


class OfPatient(Recorded):
    """A row that belongs to one patient."""

    patient_id: Mapped[str] = mapped_column(key_of("patient"), index=True)
