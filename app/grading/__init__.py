"""From an answer to an assessment."""
