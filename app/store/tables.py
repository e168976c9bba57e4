"""The tables, as the newest migration leaves them.

`events` is the spine: each event of a session has one row there. What is large or asked for often
has its detail in `turns`, `answers` and `assessments`; the rest is in `events.data`. Rows are
added and deleted with their session, never changed, but for the counters in `sessions`, claims,
memory cards and summaries.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from app.store.columns import CleanText, JsonText, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WORD = String(32)


def _session_key() -> Column[str]:
    to = ForeignKey("sessions.id", ondelete="CASCADE")
    return Column("session_id", CleanText, to, primary_key=True)


sessions = Table(
    "sessions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", CleanText, nullable=False, unique=True),
    Column("owner", CleanText, nullable=False),
    Column("mode", WORD, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("wishes", JsonText, nullable=False),
    Column("status", WORD, nullable=False),
    Column("planned", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Index("ix_sessions_owner_number", "owner", "number"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    _session_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", WORD, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("key", CleanText),
    Column("data", JsonText),
    UniqueConstraint("session_id", "key"),
)


def _event_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["session_id", "seq"], ["events.session_id", "events.seq"], ondelete="CASCADE"
    )


turns = Table(
    "turns",
    metadata,
    Column("session_id", CleanText, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("question_id", CleanText, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("topic", CleanText, nullable=False),
    Column("difficulty", Integer, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("question", JsonText, nullable=False),
    Column("planned", JsonText),
    _event_key(),
    UniqueConstraint("session_id", "seq"),
)

answers = Table(
    "answers",
    metadata,
    Column("session_id", CleanText, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("key", CleanText, nullable=False),
    Column("key_point_id", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("seconds", Float),
    Column("hints", Integer, nullable=False),
    Column("read_reference", Boolean, nullable=False),
    _event_key(),
    ForeignKeyConstraint(
        ["session_id", "position"], ["turns.session_id", "turns.position"], ondelete="CASCADE"
    ),
    UniqueConstraint("session_id", "position", "attempt", "step"),
)

assessments = Table(
    "assessments",
    metadata,
    Column("session_id", CleanText, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("answer", Integer, nullable=False),
    Column("reason", WORD, nullable=False),
    Column("judged_by", WORD, nullable=False),
    Column("appeal", Integer),
    Column("note", CleanText, nullable=False),
    Column("status", WORD, nullable=False),
    Column("score", Float),
    Column("band", WORD),
    Column("confidence", Float),
    Column("grader", WORD, nullable=False),
    Column("model", CleanText),
    Column("marks", JsonText, nullable=False),
    Column("data", JsonText, nullable=False),
    _event_key(),
    ForeignKeyConstraint(
        ["session_id", "answer"], ["answers.session_id", "answers.seq"], ondelete="CASCADE"
    ),
    Index("ix_assessments_session_id_answer", "session_id", "answer"),
)

claims = Table(
    "claims",
    metadata,
    Column("session_id", CleanText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("holder", CleanText, nullable=False),
    Column("token", WORD, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["session_id", "number"], ["events.session_id", "events.seq"], ondelete="CASCADE"
    ),
)

cards = Table(
    "cards",
    metadata,
    Column("owner", CleanText, primary_key=True),
    Column("question_id", CleanText, primary_key=True),
    Column("key_point_id", CleanText, primary_key=True),
    Column("due_at", UtcTime, nullable=False),
    Column("state", CleanText, nullable=False),
    Index("ix_cards_owner_due_at", "owner", "due_at"),
)

reviewed = Table(
    "reviewed",
    metadata,
    Column("session_id", CleanText, primary_key=True),
    Column("answer", Integer, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(
        ["session_id", "answer"], ["answers.session_id", "answers.seq"], ondelete="CASCADE"
    ),
)

summaries = Table(
    "summaries",
    metadata,
    _session_key(),
    Column("digest", String(64), primary_key=True),
    Column("model", CleanText, nullable=False),
    Column("sentences", JsonText),
    Column("failed", Boolean, nullable=False),
    Column("until", UtcTime, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("id", WORD, primary_key=True),
    Column("owner", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("purpose", WORD, nullable=False),
    Column("model", CleanText, nullable=False),
    Column("session_id", CleanText, ForeignKey("sessions.id", ondelete="SET NULL")),
    Column("calls", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Index("ix_usage_owner_at", "owner", "at"),
    Index("ix_usage_session_id", "session_id"),
)
