"""The first tables: patients, what is recorded of them, the people who record it, and the audit trail.

Revision: 2026_11_22_first
After: nothing

A revision has its own table definitions and its own trigger text and never imports the models, so that it
does tomorrow what it does today.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_first"
down_revision = None
branch_labels = None
depends_on = None

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_UNAUDITED = ("audit", "audit_seal", "audit_context", "draft")
_KEPT = ("seq", "batch", "at", "user_id", "reason", "op", "table_name", "row_id", "subject_id", "old", "new")


def upgrade() -> None:
    """Make every table and trigger; on PostgreSQL a later revision makes the triggers."""
    metadata = _tables()
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        for statement in (*_guards(), *_audits(metadata)):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Remove every table; their triggers go with them."""
    _tables().drop_all(op.get_bind())


def _tables() -> sa.MetaData:
    metadata = sa.MetaData(naming_convention=_NAMING)
    _patients(metadata)
    _clinic(metadata)
    _therapy(metadata)
    _desk(metadata)
    _trail(metadata)
    return metadata


def _guards() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be changed'); END"
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _KEPT)
    sealing = f"OLD.row_mac IS NULL AND NEW.row_mac IS NOT NULL AND {same}"
    return [
        f"CREATE TRIGGER guard_audit_update BEFORE UPDATE ON audit WHEN NOT ({sealing}) {refuse}",
        f"CREATE TRIGGER guard_audit_delete BEFORE DELETE ON audit {refuse}",
        f"CREATE TRIGGER guard_audit_seal_update BEFORE UPDATE ON audit_seal {refuse}",
        f"CREATE TRIGGER guard_audit_seal_delete BEFORE DELETE ON audit_seal {refuse}",
    ]


def _audits(metadata: sa.MetaData) -> list[str]:
    made = []
    for table in metadata.sorted_tables:
        if table.name in _UNAUDITED:
            continue
        columns = sorted(column.name for column in table.columns)
        subject = "id" if table.name == "patient" else "patient_id" if "patient_id" in columns else None
        for operation in ("insert", "update", "delete"):
            row = "OLD" if operation == "delete" else "NEW"
            old = "NULL" if operation == "insert" else _json("OLD", columns)
            new = "NULL" if operation == "delete" else _json("NEW", columns)
            made.append(
                f"CREATE TRIGGER audit_{table.name}_{operation} AFTER {operation.upper()} ON {table.name} "
                "BEGIN INSERT INTO audit "
                "(batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
                f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', '{table.name}', "
                f"CAST({row}.id AS TEXT), {f'{row}.{subject}' if subject else 'NULL'}, {old}, {new} "
                "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
            )
    return made


def _json(row: str, columns: list[str]) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in columns)
    return f"json_patch('{{}}', json_object({pairs}))"


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]


def _flag(name: str) -> sa.Boolean:
    return sa.Boolean(create_constraint=True, name=name)


def _partial(column: str) -> sa.CheckConstraint:
    shapes = ("____", "____-__", "____-__-__")
    return sa.CheckConstraint(" OR ".join(f"{column} LIKE '{shape}'" for shape in shapes), name=column)


def _one_of(column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED")
    return sa.Column(name, sa.Text, reference, nullable=nullable)


def _recorded() -> tuple[sa.Column[Any] | sa.CheckConstraint, ...]:
    return (
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("source", "created_at", "created_by", "updated_at", "updated_by"),
        *_optional("deleted_at", "deleted_by", "deleted_reason"),
        sa.CheckConstraint("length(id) = 32", name="id"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("(deleted_at IS NULL) = (deleted_by IS NULL)", name="deleted"),
    )


def _patients(metadata: sa.MetaData) -> None:
    """Patients and diagnoses."""
    sa.Table(
        "patient",
        metadata,
        *_texts("mrn", "pseudonym", "search_key", "family_name", "given_name", "alert_note"),
        *_optional("birth_date", "sex", "height_cm", "smoking", "pack_years", "oxygen"),
        *_optional("consent_registry", "consent_research", "death_date"),
        sa.Column("ethnic_group", sa.Integer),
        *_recorded(),
        sa.CheckConstraint("length(mrn) > 0", name="mrn"),
        _partial("birth_date"),
        _partial("death_date"),
        _one_of("sex", "F", "M"),
        sa.CheckConstraint("ethnic_group BETWEEN 1 AND 5", name="ethnic_group"),
        sa.Index("uq_patient_mrn_live", "mrn", unique=True, **_where("deleted_at IS NULL")),
        sa.Index("uq_patient_pseudonym", "pseudonym", unique=True),
    )
    sa.Table(
        "diagnosis",
        metadata,
        *_texts("date", "ctd", "antibodies", "note"),
        *_optional("ctd_diagnosed", "ild_diagnosed", "pattern", "confidence", "behaviour", "basis"),
        _key("patient_id", "patient"),
        *_recorded(),
        sa.CheckConstraint("length(ctd) > 0", name="ctd"),
        _partial("date"),
        _partial("ctd_diagnosed"),
        _partial("ild_diagnosed"),
        sa.Index("ix_diagnosis_patient_id", "patient_id"),
    )


def _clinic(metadata: sa.MetaData) -> None:
    """Visits, lung-function tests and scans."""
    sa.Table(
        "hrct",
        metadata,
        *_texts("signs", "note"),
        *_optional("pattern", "extent_percent", "extent_reading", "result"),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("fibrosis", _flag("fibrosis")),
        sa.Column("compared_with", sa.Date),
        sa.Column("alternative_explanation", _flag("alternative_explanation")),
        sa.Column("emphysema", _flag("emphysema")),
        _key("patient_id", "patient"),
        *_recorded(),
        _one_of("extent_reading", "below_20", "above_20", "indeterminate"),
        _one_of("result", "progression", "stable", "improved", "not_compared"),
        sa.Index("ix_hrct_patient_id", "patient_id"),
    )
    sa.Table(
        "pft",
        metadata,
        *_texts("laboratory", "exclusion_reason", "confirmed_unusual", "comment", "source_format"),
        *_optional("height_cm", "weight_kg", "fvc_l", "fvc_pct_pred", "fvc_pred_l", "fev1_l"),
        *_optional("fev1_pct_pred", "dlco", "dlco_unit", "dlco_pct_pred", "hb_g_l", "tlc_l"),
        *_optional("va_l", "kco", "spo2_rest", "spo2_nadir", "fvc_grade", "dlco_grade"),
        *_optional("reference_set", "not_done_fvc", "not_done_dlco", "source_sha256"),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("entered", sa.Integer, nullable=False),
        sa.Column("dlco_hb_corrected", _flag("dlco_hb_corrected")),
        sa.Column("post_bd", _flag("post_bd")),
        sa.Column("excluded", _flag("excluded"), nullable=False),
        _key("patient_id", "patient"),
        *_recorded(),
        _one_of("dlco_unit", "mL/min/mmHg", "mmol/min/kPa"),
        sa.CheckConstraint("dlco IS NULL OR dlco_unit IS NOT NULL", name="dlco_has_unit"),
        sa.Index("ix_pft_patient_id", "patient_id"),
    )
    sa.Table(
        "visit",
        metadata,
        *_texts("note"),
        *_optional("kind", "weight_kg", "spo2_rest", "spo2_nadir", "symptom_change"),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("mmrc", sa.Integer),
        sa.Column("alternative_explanation", _flag("alternative_explanation")),
        sa.Column("admitted_nights", sa.Integer),
        _key("patient_id", "patient"),
        *_recorded(),
        sa.CheckConstraint("mmrc BETWEEN 0 AND 4", name="mmrc"),
        _one_of("symptom_change", "worse", "stable", "better", "unknown"),
        sa.CheckConstraint("admitted_nights >= 0", name="admitted_nights"),
        sa.Index("ix_visit_patient_id", "patient_id"),
    )


def _therapy(metadata: sa.MetaData) -> None:
    """Therapy lines with what belongs to them, and adverse events."""
    sa.Table(
        "adverse_event",
        metadata,
        *_texts("onset", "term", "seriousness", "suspected_lines", "note"),
        *_optional("end_date", "category", "causality", "action", "outcome"),
        sa.Column("ongoing", _flag("ongoing")),
        sa.Column("grade", sa.Integer),
        sa.Column("serious", _flag("serious")),
        _key("patient_id", "patient"),
        *_recorded(),
        sa.CheckConstraint("length(term) > 0", name="term"),
        _partial("onset"),
        _partial("end_date"),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        sa.Index("ix_adverse_event_patient_id", "patient_id"),
    )
    sa.Table(
        "therapy_line",
        metadata,
        *_texts("drug", "start", "note"),
        *_optional("role", "indication", "route", "dose", "dose_unit", "frequency"),
        *_optional("stop", "stop_reason"),
        _key("patient_id", "patient"),
        *_recorded(),
        sa.CheckConstraint("length(drug) > 0", name="drug"),
        _partial("start"),
        _partial("stop"),
        sa.Index("ix_therapy_line_patient_id", "patient_id"),
    )
    sa.Table(
        "dose_change",
        metadata,
        *_texts("date", "dose", "reason"),
        _key("line_id", "therapy_line"),
        _key("patient_id", "patient"),
        *_recorded(),
        _partial("date"),
        sa.Index("ix_dose_change_line_id", "line_id"),
        sa.Index("ix_dose_change_patient_id", "patient_id"),
    )
    sa.Table(
        "infusion",
        metadata,
        *_texts("note"),
        *_optional("dose_mg"),
        sa.Column("date", sa.Date, nullable=False),
        _key("line_id", "therapy_line"),
        _key("patient_id", "patient"),
        *_recorded(),
        sa.Index("ix_infusion_line_id", "line_id"),
        sa.Index("ix_infusion_patient_id", "patient_id"),
    )
    sa.Table(
        "interruption",
        metadata,
        *_texts("start", "reason"),
        *_optional("stop"),
        _key("line_id", "therapy_line"),
        _key("patient_id", "patient"),
        *_recorded(),
        _partial("start"),
        _partial("stop"),
        sa.Index("ix_interruption_line_id", "line_id"),
        sa.Index("ix_interruption_patient_id", "patient_id"),
    )


def _desk(metadata: sa.MetaData) -> None:
    """Accounts, drafts and import mappings."""
    sa.Table(
        "app_user",
        metadata,
        *_texts("login", "display_name", "role"),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("active", _flag("active"), nullable=False),
        sa.CheckConstraint("length(login) > 0", name="login"),
        _one_of("role", "viewer", "recorder", "clinician", "coordinator", "administrator"),
        sa.UniqueConstraint("login"),
    )
    sa.Table(
        "import_mapping",
        metadata,
        *_texts("name", "toml", "saved_at", "saved_by"),
        sa.Column("id", sa.Text, primary_key=True),
        sa.CheckConstraint("length(name) > 0", name="name"),
        sa.UniqueConstraint("name"),
    )
    sa.Table(
        "draft",
        metadata,
        *_texts("login", "kind", "payload", "saved_at"),
        sa.Column("id", sa.Text, primary_key=True),
        _key("patient_id", "patient", nullable=True),
        sa.Index("ix_draft_patient_id", "patient_id"),
        sa.Index("uq_draft_of_nobody", "login", "kind", unique=True, **_where("patient_id IS NULL")),
        sa.Index(
            "uq_draft_of_patient",
            "login",
            "kind",
            "patient_id",
            unique=True,
            **_where("patient_id IS NOT NULL"),
        ),
    )


def _trail(metadata: sa.MetaData) -> None:
    """The audit trail and the identity of the registry."""
    sa.Table(
        "audit",
        metadata,
        *_texts("batch", "at", "user_id", "reason", "op", "table_name"),
        *_texts("row_id"),
        *_optional("subject_id", "old", "new"),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("nonce", sa.LargeBinary),
        sa.Column("row_mac", sa.LargeBinary),
        _one_of("op", "insert", "update", "delete", "event"),
        sa.Index("ix_audit_row_id", "row_id"),
        sa.Index("ix_audit_subject_id", "subject_id"),
        sqlite_autoincrement=True,
    )
    sa.Table(
        "audit_context",
        metadata,
        *_texts("batch", "at", "user_id", "reason"),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.CheckConstraint("id = 1", name="single"),
    )
    sa.Table(
        "audit_seal",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first_seq", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("prev", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
    sa.Table(
        "registry_info",
        metadata,
        *_texts("db_id", "created_at"),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("demo", _flag("demo"), nullable=False),
        sa.CheckConstraint("id = 1", name="single"),
    )
