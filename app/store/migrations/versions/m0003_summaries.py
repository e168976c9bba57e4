"""Summaries in prose of reports, so that a language model is paid once for each."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; one row a state of a session and language."""
    op.create_table(
        "summaries",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("sentences", sa.Text),
        sa.Column("failed", sa.Boolean, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "digest", name="pk_summaries"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_summaries_session_id",
            ondelete="CASCADE",
        ),
    )
