"""The tables, and opening them. SQLite by default; another database by URL."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Engine, MetaData, String, Table, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from kb.errors import SettingsError

metadata = MetaData()

keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    # SHA-256 of a key of 256 random bits: nothing to guess, so nothing to slow down.
    Column("sha256", String(64), nullable=False, unique=True),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime),
    Column("revoked_at", DateTime),
)


def open_database(url: str) -> Engine:
    """Return an engine whose tables exist. Raises SettingsError when the address is unusable."""
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        metadata.create_all(engine)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise SettingsError(
            f"The database cannot be opened: {error}", "Mend KB_DATABASE_URL, or leave it out."
        ) from error
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Readers and the writer do not wait for each other; a locked database is waited for, for five seconds."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()
