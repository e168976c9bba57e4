"""mockint: a mock interviewer that grades free-text answers against authored key points."""

__version__ = "0.1.0"
