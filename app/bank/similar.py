"""Groups of questions that ask nearly the same, found by their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.question import Question
from app.embedding.base import Embedder, Vectors

NEAR = 0.45
"""Mean similarity within a group from which its questions are called near-duplicates.

Chosen on the notes that the shipped Chinese bank grew from, whose questions repeat each other more
openly: of the steps of .05 it is the highest at which every group that is marked as variants there
comes out whole. In the shipped banks, whose questions were reworded to differ, it still finds most
of the groups without their marks; tests/bank/test_lint.py lists which, and how many others.
"""

NEAR_IN_SMALL_BANK = 0.8
"""The same for banks of fewer than SMALL_BANK questions, on plain cosines: on the same notes the
lowest step of .05 without a false alarm."""

SMALL_BANK = 30
"""From this size on the directions that all questions share can be told from what they ask."""

_BLOCK = 256
_LARGEST_REFINED = 400


@dataclass(frozen=True, slots=True)
class Group:
    """Positions of similar questions, ascending, and their mean similarity, -1 to 1."""

    members: tuple[int, ...]
    similarity: float


class QuestionVectors:
    """Similarities between the questions of one bank.

    A similarity is the mean of three cosines: of the questions' texts, of the texts with the key
    points' titles, and of the key points' statements. Where the bank is large enough, each view
    first loses its mean and its strongest directions (none, one and two), which are the wording
    that all questions of a bank share ("how do you handle … in a data centre"). That separates
    marked variants from other pairs clearly better than plain cosines; a test measures it.
    """

    def __init__(self, questions: Sequence[Question], embedder: Embedder) -> None:
        self.is_small = len(questions) < SMALL_BANK
        titles = [" ".join(point.title for point in q.key_points) for q in questions]
        views = (
            ([q.text for q in questions], 0),
            ([f"{q.text} {title}" for q, title in zip(questions, titles, strict=True)], 1),
            ([" ".join(p.statement for p in q.key_points) for q in questions], 2),
        )
        parts = [self._view(embedder.embed(texts), count) for texts, count in views]
        self._vectors: Vectors = np.concatenate(parts, axis=1) / np.sqrt(np.float32(len(parts)))

    def _view(self, vectors: Vectors, directions: int) -> Vectors:
        if self.is_small:
            return vectors
        centred = vectors - vectors.mean(axis=0)
        if directions:
            strongest = np.linalg.eigh(centred.T @ centred).eigenvectors[:, -directions:]
            centred = centred - (centred @ strongest) @ strongest.T
        length = np.linalg.norm(centred, axis=1, keepdims=True)
        unit: Vectors = (centred / np.maximum(length, 1e-6)).astype(np.float32)
        return unit

    @property
    def threshold(self) -> float:
        """The mean similarity from which a group counts, for a bank of this size."""
        return NEAR_IN_SMALL_BANK if self.is_small else NEAR

    def mean_similarity(self, members: Sequence[int]) -> float:
        """Mean over all pairs of the questions at these positions; 1.0 for a single one."""
        if len(members) < 2:
            return 1.0
        similarities = self._among(members)
        return float(similarities[np.triu_indices(len(members), 1)].mean())

    def groups(self) -> list[Group]:
        """Groups whose mean similarity reaches the threshold, in the order of their first question.

        Average linkage within each connected component of close pairs. The pairs are found block
        by block, so that memory grows with the number of questions and not with its square.
        """
        found: list[Group] = []
        for component in self._components():
            for members in self._refine(component):
                found.append(Group(members, self.mean_similarity(members)))
        return sorted(found, key=lambda group: group.members)

    def _among(self, members: Sequence[int]) -> Vectors:
        vectors = self._vectors[list(members)]
        similarities: Vectors = vectors @ vectors.T
        return similarities

    def _components(self) -> list[list[int]]:
        count = len(self._vectors)
        parent = np.arange(count)

        def root(place: int) -> int:
            while parent[place] != place:
                place = int(parent[place])
            return place

        for start in range(0, count, _BLOCK):
            close = self._vectors[start : start + _BLOCK] @ self._vectors[start:].T
            for row, near in enumerate(close >= self.threshold):
                places = np.flatnonzero(near[row:]) + start + row
                if places.size > 1:
                    roots = [root(int(place)) for place in np.unique(parent[places])]
                    parent[roots] = parent[places] = min(roots)
        members: dict[int, list[int]] = {}
        for place in range(count):
            members.setdefault(root(place), []).append(place)
        return [group for group in members.values() if len(group) > 1]

    def _refine(self, component: list[int]) -> list[tuple[int, ...]]:
        """Average linkage; a component too large for it stays whole."""
        if len(component) > _LARGEST_REFINED:
            return [tuple(component)]
        similarity = self._among(component).astype(np.float64)
        np.fill_diagonal(similarity, -np.inf)
        groups: list[list[int]] = [[place] for place in component]
        alive = np.ones(len(component), dtype=bool)
        while True:
            best = int(similarity.argmax())
            one, other = divmod(best, len(component))
            if similarity[one, other] < self.threshold:
                break
            sizes = len(groups[one]), len(groups[other])
            merged = (similarity[one] * sizes[0] + similarity[other] * sizes[1]) / sum(sizes)
            groups[one] = sorted(groups[one] + groups[other])
            alive[other] = False
            similarity[one], similarity[:, one] = merged, merged
            similarity[other], similarity[:, other] = -np.inf, -np.inf
            similarity[one, one] = -np.inf
        return [tuple(g) for g, lives in zip(groups, alive, strict=True) if lives and len(g) > 1]
