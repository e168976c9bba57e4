"""What every embedder does to texts before and to vectors after its model."""

import numpy as np

from app.embedding.base import Vectors


def unit_rows(vectors: Vectors) -> Vectors:
    """The rows at unit length, as float32; rows of zeros, or not finite, become zeros."""
    rows = np.asarray(vectors, dtype=np.float32)
    if not np.isfinite(rows).all():
        rows = np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    units: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return units


def encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot carry, replaced by question marks."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text
