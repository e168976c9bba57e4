"""Whether a reference names things or states something.

Who is asked for a list has to name its items, so each word that is missing counts. A statement
is put in words of one's own, and people who make it use about half of the reference's words.
"""

import re

import numpy as np

from app.grading.clauses import text_units
from app.grading.similarity.term_match import PointTerms

SHORT_ITEM, LONG_ITEM = 8.0, 11.0
"""Mean length of an item in `text_units`: up to the first a list, from the second none."""

FEW_TERMS, MANY_TERMS = 12.0, 30.0
"""The same for the number of telling terms in all."""

_ITEM_END = re.compile(
    r"[、，,;；。:：\n]|\.(?=\s|$)|(?<=[\u4e00-\u9fff])[和与及或](?=[\u4e00-\u9fff])|"
    r"\b(?:and|or)\b|[（(]?\d{1,2}[)）.]",
    re.I,
)


def list_likeness(reference: str, terms: PointTerms) -> float:
    """How much of a list a reference is: 0 for a statement, 1 for a few short items."""
    sizes = [size for item in _ITEM_END.split(reference) if (size := text_units(item))]
    if not sizes:
        return 0.0
    length = sum(sizes) / len(sizes)
    short = _falling(length, SHORT_ITEM, LONG_ITEM)
    return short * _falling(_telling(terms), FEW_TERMS, MANY_TERMS)


def _telling(terms: PointTerms) -> float:
    """How many terms of equal weight would say as much."""
    weights = terms.weights.astype(np.float64)
    return float(weights.sum() ** 2 / (weights @ weights)) if len(weights) else 0.0


def _falling(value: float, full: float, none: float) -> float:
    """1 up to `full`, 0 from `none`, along the logarithm between."""
    share = np.log(none / max(value, 1e-6)) / np.log(none / full)
    return float(np.clip(share, 0.0, 1.0))
