"""What belongs to the people who work here: accounts, unfinished typing, import mappings, own thresholds."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, key_of, new_id, one_of_check, range_check
from ctdild_desktop.registry.models.types import ExactDecimal, FieldTexts, UtcInstant, flag

ROLES = ("viewer", "recorder", "clinician", "coordinator", "administrator")


class UserRow(Base):
    """A person who may unlock the registry. The table is ``app_user``: ``user`` is a word of SQL."""

    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("length(login) > 0", name="login"),
        one_of_check("role", *ROLES),
        UniqueConstraint("login"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(flag("active"), default=True)
    must_change: Mapped[bool] = mapped_column(flag("must_change"), default=False, server_default=false())
    """The passphrase was given by an administrator and opens nothing but the change of it."""


class DraftRow(Base):
    """Unfinished typing of one person in one form, kept so that nothing typed is lost. Not audited."""

    __tablename__ = "draft"
    __table_args__ = (
        Index(
            "uq_draft_of_patient",
            "login",
            "kind",
            "patient_id",
            unique=True,
            sqlite_where=text("patient_id IS NOT NULL"),
        ),
        Index(
            "uq_draft_of_nobody",
            "login",
            "kind",
            unique=True,
            sqlite_where=text("patient_id IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    patient_id: Mapped[str | None] = mapped_column(key_of("patient"), index=True)
    payload: Mapped[dict[str, str]] = mapped_column(FieldTexts, default=dict)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class MappingRow(Base):
    """A saved import mapping: its name and its TOML text."""

    __tablename__ = "import_mapping"
    __table_args__ = (CheckConstraint("length(name) > 0", name="name"), UniqueConstraint("name"))

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    toml: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    saved_by: Mapped[str] = mapped_column(Text)


class SiteCriterionRow(Base):
    """A threshold that the clinic set itself, with who set it and when; a retired one is kept."""

    __tablename__ = "site_criterion"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name"),
        one_of_check("measure", "fvc", "dlco"),
        one_of_check("basis", "points", "relative"),
        one_of_check("comparator", "more_than", "at_least"),
        range_check("window_months", 1, 120),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    comparator: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    window_months: Mapped[int] = mapped_column()
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    retired_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
