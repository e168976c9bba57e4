"""Telling languages apart and speaking them."""
