"""Looking inside a text: the vector of each of its terms, where a model has such a thing."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.embedding.base import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of one text in order; a term is a word or a piece of one.

    `ids` are the model's numbers for them, `starts` and `ends` their offsets in code points,
    all of shape (n,). `vectors` is float32 of shape (n, dimension), not at unit length: a
    longer vector means a term that says more. An unknown term has the zero vector.
    """

    ids: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    vectors: Vectors


class TermSource(Protocol):
    """Knows a vector for each term. The bundled model does, whatever embedder is configured."""

    def terms(self, text: str) -> Terms:
        """The terms of a text. Raises EmbedderError where the model cannot be loaded."""
