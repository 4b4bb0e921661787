"""
The tables, in two sets: what customers did, and what agents wrote. By default each is a SQLite file of its own, so that
the process for customers never opens the other. All times are UTC without a zone; all texts of people are masked, but
for messages that wait to be delivered.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# Three folder names of up to 255 bytes would be longer than a unique index may be in some databases.
ARTICLE_ID_CHARS = 500

customers = MetaData()
agents = MetaData()


def _searches(name: str, metadata: MetaData) -> Table:
    return Table(
        name,
        metadata,
        Column("query_id", String(32), primary_key=True),
        Column("at", DateTime, nullable=False, index=True),
        Column("lang", String(40), nullable=False),
        Column("text", Text, nullable=False),
        # full, or typed: what somebody typed and never sent.
        Column("kind", String(10), nullable=False),
        Column("category", String(255)),
        Column("mode", String(20), nullable=False),
        Column("outcome", String(20)),
        Column("confidence", Float),
        Column("top_article", String(ARTICLE_ID_CHARS)),
        Column("hits", Integer, nullable=False),
        Column("edition", String(64), nullable=False),
        Column("took_ms", Float, nullable=False),
    )


searches = _searches("searches", customers)
feedback = Table(
    "feedback",
    customers,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("query_id", String(32)),
    Column("article_id", String(ARTICLE_ID_CHARS), nullable=False),
    Column("lang", String(40), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", String(20)),
    Column("comment", Text),
    # A hash that means nothing on another day.
    Column("visitor", String(32), nullable=False),
    Column("edition", String(64), nullable=False),
    UniqueConstraint("visitor", "article_id", "day"),
)

contacts = Table(
    "contacts",
    customers,
    Column("reference", String(20), primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("lang", String(40), nullable=False),
    Column("category", String(255)),
    Column("query_id", String(32), index=True),
    Column("article_id", String(ARTICLE_ID_CHARS)),
    # As it was written while it waits; masked, and both of the person emptied, once it is delivered.
    Column("message", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    # Of visitor, day and text: the same sent twice is one message. Means nothing on another day.
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("delivered_at", DateTime, index=True),
    # When it is tried next; moved on by who tries it, so that no two do.
    Column("due", DateTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("problem", String(200), nullable=False),
)
deflections = Table(
    "deflections",
    customers,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("query_id", String(32)),
    Column("article_id", String(ARTICLE_ID_CHARS), nullable=False),
    Column("lang", String(40), nullable=False),
    Column("visitor", String(32), nullable=False),
    Column("edition", String(64), nullable=False),
    UniqueConstraint("visitor", "article_id", "day"),
)

keys = Table(
    "keys",
    agents,
    Column("id", String(16), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    # SHA-256 of a key of 256 random bits: nothing to guess, so nothing to slow down.
    Column("sha256", String(64), nullable=False, unique=True),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime),
    Column("revoked_at", DateTime),
)
sessions = Table(
    "sessions",
    agents,
    # Of 256 random bits too.
    Column("sha256", String(64), primary_key=True),
    Column("key_id", String(16), nullable=False, index=True),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False, index=True),
)
agent_searches = _searches("agent_searches", agents)
suggestions = Table(
    "suggestions",
    agents,
    Column("suggestion_id", String(32), primary_key=True),
    Column("message_id", String(32), nullable=False, index=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("lang", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("article_id", String(ARTICLE_ID_CHARS), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("edition", String(64), nullable=False),
    # accepted, edited or rejected; null until an agent tells.
    Column("outcome", String(20)),
    Column("decided_at", DateTime),
    Column("final_text", Text),
    # Share of the words that the agent changed, 0 to 1; null when it is not known.
    Column("difference", Float),
)
