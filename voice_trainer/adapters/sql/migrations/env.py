"""Alembic's entry: migrates over the connection handed in, inside its transaction."""

from __future__ import annotations

from alembic import context

from voice_trainer.adapters.sql import job_models, team_models  # noqa: F401 - their tables belong to it
from voice_trainer.adapters.sql.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
