"""Judgements asked for, chores, and the frames that a device lost.

Follows 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("takes", sa.Column("lost_frames", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "judgings",
        sa.Column("attempt_id", sa.String(64), nullable=False),
        sa.Column("take_id", sa.String(64), nullable=False),
        sa.Column("rubric", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(16)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("worker", sa.String(64)),
        sa.Column("said", sa.Text()),
        sa.Column("fault_code", sa.String(64)),
        sa.Column("fault_message", sa.Text()),
        sa.Column("fault_remedy", sa.Text()),
        sa.Column("reading_s", sa.Float(53)),
        sa.Column("hearing_s", sa.Float(53)),
        sa.Column("measuring_s", sa.Float(53)),
        sa.Column("scoring_s", sa.Float(53)),
        sa.Column("reliability", sa.Float(53)),
        sa.ForeignKeyConstraint(
            ["attempt_id", "take_id"],
            ["takes.attempt_id", "takes.id"],
            name="fk_judgings_attempt_id_takes",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attempt_id", "take_id", "rubric", "revision", name="pk_judgings"),
    )
    op.create_index("ix_judgings_state_run_at", "judgings", ["state", "run_at"])
    op.create_index("ix_judgings_updated_at", "judgings", ["updated_at"])
    op.create_table(
        "chores",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )
