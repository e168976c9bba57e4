"""Grading with a language model, each of its verdicts checked against the answer."""
