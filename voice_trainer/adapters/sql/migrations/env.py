"""Alembic's entry: migrates over the connection handed in, inside its transaction."""

from __future__ import annotations

from alembic import context

from voice_trainer.adapters.sql import team_models  # noqa: F401 - its tables belong to the metadata
from voice_trainer.adapters.sql.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
