"""procrastinate's tables, on PostgreSQL alone: they say whose turn it is.

Follows 0006.
"""

from __future__ import annotations

from alembic import op

from voice_trainer.adapters.sql.queue_schema import bring_up_to_date

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    if op.get_bind().dialect.name == "postgresql":
        bring_up_to_date(op.get_bind())
