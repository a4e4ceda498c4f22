"""Drills, feelings named, check-ins, and when each skill is due.

Follows 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("attempts", sa.Column("drill", sa.String(32)))
    op.add_column("takes", sa.Column("feeling", sa.Text()))
    op.create_table(
        "check_ins",
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("moment", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stress", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "session", "moment", name="pk_check_ins"),
    )
    op.create_index("ix_check_ins_person_at", "check_ins", ["person", "at"])
    op.create_table(
        "skill_cards",
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("skill", sa.String(32), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "skill", name="pk_skill_cards"),
    )
