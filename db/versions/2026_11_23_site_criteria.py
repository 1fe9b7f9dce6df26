"""Thresholds that a clinic sets itself, kept with who set them and when.

Revision: 2026_11_23_site_criteria
After: 2026_11_22_first
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_site_criteria"
down_revision = "2026_11_22_first"
branch_labels = None
depends_on = None

_COLUMNS = (
    "amount",
    "basis",
    "comparator",
    "id",
    "measure",
    "name",
    "retired_at",
    "set_at",
    "set_by",
    "window_months",
)


def upgrade() -> None:
    """Make the table and its audit triggers; on PostgreSQL a later revision makes the triggers."""
    op.create_table(
        "site_criterion",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("comparator", sa.Text, nullable=False),
        sa.Column("amount", sa.Text, nullable=False),
        sa.Column("window_months", sa.Integer, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", sa.Text, nullable=False),
        sa.Column("retired_at", sa.Text),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_site_criterion_name")),
        sa.CheckConstraint("measure IN ('fvc', 'dlco')", name=op.f("ck_site_criterion_measure")),
        sa.CheckConstraint("basis IN ('points', 'relative')", name=op.f("ck_site_criterion_basis")),
        sa.CheckConstraint(
            "comparator IN ('more_than', 'at_least')", name=op.f("ck_site_criterion_comparator")
        ),
        sa.CheckConstraint("window_months BETWEEN 1 AND 120", name=op.f("ck_site_criterion_window_months")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_criterion")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _audits():
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Remove the table; its triggers go with it."""
    op.drop_table("site_criterion")


def _audits() -> list[str]:
    made = []
    for operation in ("insert", "update", "delete"):
        row = "OLD" if operation == "delete" else "NEW"
        old = "NULL" if operation == "insert" else _json("OLD")
        new = "NULL" if operation == "delete" else _json("NEW")
        made.append(
            f"CREATE TRIGGER audit_site_criterion_{operation} AFTER {operation.upper()} ON site_criterion "
            "BEGIN INSERT INTO audit "
            "(batch, at, user_id, reason, op, table_name, row_id, subject_id, old, new) "
            f"SELECT c.batch, c.at, c.user_id, c.reason, '{operation}', 'site_criterion', "
            f"CAST({row}.id AS TEXT), NULL, {old}, {new} "
            "FROM (SELECT 1) LEFT JOIN audit_context AS c ON c.id = 1; END"
        )
    return made


def _json(row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.{column}" for column in _COLUMNS)
    return f"json_patch('{{}}', json_object({pairs}))"
