"""Sessions with their events, turns, answers and assessments; claims, memory cards, usage."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    _make_sessions()
    _make_details()
    _make_claims()
    _make_review()


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("wishes", sa.Text, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("planned", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sessions"),
        sa.UniqueConstraint("id", name="uq_sessions_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_owner_number", "sessions", ["owner", "number"])
    op.create_table(
        "events",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("data", sa.Text),
        sa.PrimaryKeyConstraint("session_id", "seq", name="pk_events"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_events_session_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("session_id", "key", name="uq_events_session_id_key"),
    )


def _make_details() -> None:
    op.create_table(
        "turns",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("difficulty", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("planned", sa.Text),
        sa.PrimaryKeyConstraint("session_id", "position", name="pk_turns"),
        _to_event("turns", "seq"),
        sa.UniqueConstraint("session_id", "seq", name="uq_turns_session_id_seq"),
    )
    op.create_table(
        "answers",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("key_point_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("hints", sa.Integer, nullable=False),
        sa.Column("read_reference", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "seq", name="pk_answers"),
        _to_event("answers", "seq"),
        sa.ForeignKeyConstraint(
            ["session_id", "position"],
            ["turns.session_id", "turns.position"],
            name="fk_answers_session_id_position",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "session_id",
            "position",
            "attempt",
            "step",
            name="uq_answers_session_id_position_attempt_step",
        ),
    )
    op.create_table(
        "assessments",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("answer", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("judged_by", sa.String(32), nullable=False),
        sa.Column("appeal", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("band", sa.String(32)),
        sa.Column("confidence", sa.Float),
        sa.Column("grader", sa.String(32), nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("marks", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "seq", name="pk_assessments"),
        _to_event("assessments", "seq"),
        _to_answer("assessments"),
    )
    op.create_index("ix_assessments_session_id_answer", "assessments", ["session_id", "answer"])


def _make_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name="pk_claims"),
        _to_event("claims", "number"),
    )


def _make_review() -> None:
    op.create_table(
        "cards",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("key_point_id", sa.Text, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("owner", "question_id", "key_point_id", name="pk_cards"),
    )
    op.create_index("ix_cards_owner_due_at", "cards", ["owner", "due_at"])
    op.create_table(
        "reviewed",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("answer", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "answer", name="pk_reviewed"),
        _to_answer("reviewed"),
    )
    op.create_table(
        "usage",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_usage_session_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_usage_owner_at", "usage", ["owner", "at"])
    op.create_index("ix_usage_session_id", "usage", ["session_id"])


def _to_event(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_id", column],
        ["events.session_id", "events.seq"],
        name=f"fk_{table}_session_id_{column}",
        ondelete="CASCADE",
    )


def _to_answer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_id", "answer"],
        ["answers.session_id", "answers.seq"],
        name=f"fk_{table}_session_id_answer",
        ondelete="CASCADE",
    )
