"""People: a temporary passphrase that must be changed, and the audit keys of before the data key was renewed.

Revision: 2026_11_29_people
After: 2026_11_29_entities

It makes no triggers: the revision of the trail makes every one anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_people"
down_revision = "2026_11_29_entities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table."""
    with op.batch_alter_table("app_user") as people:
        people.add_column(
            sa.Column(
                "must_change",
                sa.Boolean(create_constraint=True, name=op.f("ck_app_user_must_change")),
                nullable=False,
                server_default=sa.false(),
            )
        )
    op.create_table(
        "audit_key",
        sa.Column("until_seal", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("until_seal", name=op.f("pk_audit_key")),
    )


def downgrade() -> None:
    """Remove both."""
    op.drop_table("audit_key")
    with op.batch_alter_table("app_user") as people:
        people.drop_constraint(op.f("ck_app_user_must_change"), type_="check")
        people.drop_column("must_change")
