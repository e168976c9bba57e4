"""Signs that an answer says the opposite, for each key point with the words it was held against."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.grading.clauses import Span
from app.grading.similarity.disowned import disowned_spans
from app.grading.similarity.polarity import (
    POLARITY_FEATURES,
    Target,
    polarity_features,
    split_parts,
)
from app.grading.similarity.term_match import Floats, TermBag

Mask = NDArray[np.bool_]


def reversal_signs(
    statements: Sequence[Target], answer: str, bag: TermBag, spans: Sequence[Span]
) -> Floats:
    """Shape (statements, POLARITY_FEATURES); `spans` has the matched window of each statement."""
    parts = {span: split_parts(answer, bag, span) for span in set(spans)}
    denied = _inside(bag, disowned_spans(answer))
    rows = [
        polarity_features(target, parts[span], _share(bag, span, denied))
        for target, span in zip(statements, spans, strict=True)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(POLARITY_FEATURES))


def _inside(bag: TermBag, spans: Sequence[Span]) -> Mask:
    """Which terms of an answer lie in one of the spans."""
    inside = np.zeros(len(bag), dtype=bool)
    for span in spans:
        first, stop = np.searchsorted(bag.starts, (span.start, span.end))
        inside[first:stop] = True
    return inside


def _share(bag: TermBag, span: Span, marked: Mask) -> float:
    """How much of what the span says lies in marked terms, 0 to 1."""
    first, stop = np.searchsorted(bag.starts, (span.start, span.end))
    weights = bag.weights[first:stop]
    total = float(weights.sum())
    return float(weights[marked[first:stop]].sum()) / total if total else 0.0
