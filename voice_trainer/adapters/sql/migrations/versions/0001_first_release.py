"""Attempts, takes, baselines and consents.

Follows nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("scenario_id", sa.String(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scenario_sha256", sa.String(64), nullable=False),
        sa.Column("imported_from", sa.Text()),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_created_at_id", "attempts", ["created_at", "id"])
    op.create_index("ix_attempts_person_created_at_id", "attempts", ["person", "created_at", "id"])
    _create_takes()
    op.create_table(
        "baselines",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("audio_key", sa.Text()),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_baselines"),
    )
    op.create_index("ix_baselines_person_created_at_id", "baselines", ["person", "created_at", "id"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_person_given_at", "consents", ["person", "given_at"])


def _create_takes() -> None:
    op.create_table(
        "takes",
        sa.Column("attempt_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("recorded_by", sa.String(64)),
        sa.Column("listening_points", sa.Integer()),
        sa.Column("delivery_points", sa.Integer()),
        sa.Column("audio_key", sa.Text()),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Float(53)),
        sa.Column("recovered", sa.Boolean(), nullable=False),
        sa.Column("customer_end_s", sa.Float(53)),
        sa.Column("engines", sa.Text()),
        sa.Column("baseline", sa.Text()),
        sa.Column("score", sa.Text()),
        sa.Column("transcript", sa.Text()),
        sa.Column("machine_transcript", sa.Text()),
        sa.Column("listening", sa.Text()),
        sa.Column("delivery", sa.Text()),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name="fk_takes_attempt_id_attempts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "id", name="pk_takes"),
    )
    op.create_index("ix_takes_state", "takes", ["state"])
