"""Calls that are over or were left for good are closed; so are those from before, where nothing is said.

Follows 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("attempts", sa.Column("closed", sa.Boolean()))
