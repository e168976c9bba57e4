"""The flow of an interview."""
