"""Plain data and rules: questions, assessments, scores. No I/O, no framework."""
