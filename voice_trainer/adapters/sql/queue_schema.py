"""procrastinate's tables, brought up by our migrations: whole at first, then by its own steps.

How far they are is written as a comment on one of them. A revision that follows a newer procrastinate calls
`bring_up_to_date` again; on a database made with that version already it finds nothing to do.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

TABLE = "procrastinate_jobs"


def bring_up_to_date(connection: Connection) -> None:
    """Create the tables, or run the steps that came since; within the connection's transaction."""
    from procrastinate.schema import SchemaManager, migrations_path

    steps = sorted(Path(migrations_path).glob("*.sql"))
    reached = _reached(connection)
    if reached is None:
        # All steps in one transaction would not do: PostgreSQL allows no use of an enum's new value in it.
        _run(connection, SchemaManager.get_schema())
    else:
        for step in steps:
            if step.stem > reached:
                _run(connection, step.read_text(encoding="utf-8"))
    connection.exec_driver_sql(f"COMMENT ON TABLE {TABLE} IS '{steps[-1].stem}'")


def _reached(connection: Connection) -> str | None:
    query = text("SELECT obj_description(to_regclass(:table), 'pg_class')")
    found = connection.execute(query, {"table": TABLE}).scalar()
    return str(found) if found is not None else None


def _run(connection: Connection, script: str) -> None:
    # By the driver's own cursor: SQLAlchemy would take % and : for parameters.
    cursor = connection.connection.cursor()
    try:
        cursor.execute(script)
    finally:
        cursor.close()
