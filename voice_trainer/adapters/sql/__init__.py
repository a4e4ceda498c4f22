"""Attempts, baselines and consents in an SQL database. SQLAlchemy and Alembic are imported only here."""
