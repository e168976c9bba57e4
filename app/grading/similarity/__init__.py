"""Grading without a language model: how near an answer comes to each key point."""
