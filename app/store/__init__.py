"""Memory: sessions, answers, assessments and what to review, in SQLite or PostgreSQL."""
