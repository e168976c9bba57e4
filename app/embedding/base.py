"""The seam between mockint and any model that turns text into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """The name as settings spell it: `bundled`, `st:NAME`, `openai:NAME`."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors of the same text would; stamps index and calibration."""

    @property
    def dimension(self) -> int:
        """Length of a vector. May load the model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length vectors, float32 of shape (len(texts), dimension), in order.

        A text without a single known token becomes the zero vector. Raises EmbedderError where
        the model cannot be loaded or its endpoint does not answer. Safe to call from threads.
        """
