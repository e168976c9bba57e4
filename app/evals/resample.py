"""Drawing questions anew, so that an interval speaks about new questions, not new answers.

Answers to one question resemble each other; resampling answers would call that agreement
precision. Each draw takes as many questions as there are, with replacement, and every row of a
question then counts as often as its question was drawn.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.evals.figures import FEWEST_QUESTIONS, Codes, Floats

DRAWS = 1000
SEED = 20250101

_GROUPS = 2000
_CELLS = 200_000


class Resamples:
    """Seeded draws of questions for rows that belong to them.

    `questions` holds one label a row, shape (rows,). With more than 2,000 questions, whole
    groups of questions are drawn instead, which keeps memory flat and the interval honest.
    """

    def __init__(self, questions: ArrayLike, draws: int = DRAWS, seed: int = SEED) -> None:
        labels, codes = np.unique(np.asarray(questions), return_inverse=True)
        self.questions = len(labels)
        self.rows = len(codes)
        self.draws = draws if self.questions >= FEWEST_QUESTIONS else 0
        groups = min(max(self.questions, 1), _GROUPS)
        self._group: Codes = codes.astype(np.int64) % groups
        self._groups = groups
        rng = np.random.default_rng(seed)
        shares = np.full(groups, 1.0 / groups)
        self._counts: NDArray[np.float32] = rng.multinomial(groups, shares, size=self.draws).astype(
            np.float32
        )

    def sums(self, moments: Floats) -> Floats:
        """Sums by group of questions, shape (groups, k), for `moments` of shape (rows, k)."""
        columns = (
            np.bincount(self._group, weights=column, minlength=self._groups) for column in moments.T
        )
        return np.stack(list(columns), axis=1)

    def cells(self, codes: Codes, size: int, weights: Floats | None = None) -> Floats:
        """Rows (or their weights) counted by group and code, shape (groups, size)."""
        flat = np.bincount(self._group * size + codes, weights, minlength=self._groups * size)
        return flat.astype(np.float64).reshape(self._groups, size)

    def draw(self, sums: Floats) -> Floats:
        """The sums of each draw, shape (draws, k), for `sums` of shape (groups, k)."""
        drawn: Floats = self._counts.astype(np.float64) @ sums
        return drawn

    def weights(self) -> Iterator[Floats]:
        """How often each row counts, in blocks of draws: shapes (block, rows)."""
        block = max(1, _CELLS // max(self.rows, 1))
        for start in range(0, self.draws, block):
            yield self._counts[start : start + block][:, self._group].astype(np.float64)
