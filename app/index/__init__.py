"""Vectors of questions and key points, kept in Chroma."""
