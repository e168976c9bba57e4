"""What the checks make of a verdict: how it stands, what is left, and how strict they are."""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.assessment import Evidence, Verdict
from app.domain.question import KeyPoint


@dataclass(frozen=True, slots=True)
class SupportRules:
    """Limits of support; coverages are similarity's, 0 to 1, lengths in `content_units`.

    A passage under `partial_floor` has nothing to do with the key point, and one under
    `covered_floor` too little to cover it. It earns nothing under `strict_floor` where the answer
    gives reason for distrust, and under `distrust_floor` where the rest of the reply does. A
    passage that says less than `claim_floor` once names are taken out of it only drops the title.
    A quote over `longest_quote` is no claim but a text, and is narrowed to the words that come
    nearest to the key point. A passage carries at most `points_per_passage` key points, and none
    that it supports by `passage_gap` less than another one quoted from it. From `echo` on, words
    of an authored follow-up question are no coincidence.

    The floors were set on the development answers and the attacks that may be fitted on, with
    both figures of `mockint eval attack` in view: what attacks gain and what honest answers lose.
    """

    covered_floor: float = 0.36
    partial_floor: float = 0.31
    strict_floor: float = 0.72
    distrust_floor: float = 0.67
    claim_floor: float = 0.31
    longest_quote: int = 160
    points_per_passage: int = 2
    passage_gap: float = 0.3
    bare_title: int = 6
    echo: int = 10


DEFAULT_RULES = SupportRules()


class Standing(StrEnum):
    """How a verdict's quote stood the checks; all but `sound` cost the verdict its support."""

    SOUND = "sound"
    ABSENT = "absent"
    ECHO = "echo"
    ORDER = "order"
    ASKS = "asks"
    UNRELATED = "unrelated"
    THIN = "thin"
    SHARED = "shared"
    TITLE = "title"
    LIST = "list"
    STRICT = "strict"
    DISTRUSTED = "distrusted"


UNFOUNDED = frozenset(
    {
        Standing.ABSENT,
        Standing.ECHO,
        Standing.ORDER,
        Standing.ASKS,
        Standing.UNRELATED,
        Standing.TITLE,
        Standing.LIST,
        Standing.STRICT,
    }
)
"""Praise that stands so tells against the whole reply."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One key point after the checks.

    `said` is the model's verdict, `verdict` what is left of it, `support` the coverage, 0 to 1,
    that similarity sees in the quoted passage, or in the whole answer where no quote counts.
    """

    point: KeyPoint
    said: Verdict
    verdict: Verdict
    standing: Standing
    reason: str
    evidence: Evidence | None = None
    support: float = 0.0


RANK = {
    Verdict.COVERED: 3,
    Verdict.PARTIAL: 2,
    Verdict.MISSING: 1,
    Verdict.CONTRADICTED: 0,
}


def weaker(one: Verdict, other: Verdict) -> Verdict:
    """The verdict of the two that earns less."""
    return min(one, other, key=RANK.__getitem__)


def earns(verdict: Verdict) -> bool:
    """Whether a verdict is worth anything."""
    return RANK[verdict] > RANK[Verdict.MISSING]


def nothing_left(judgement: Judgement) -> Judgement:
    """The judgement with nothing left of its verdict."""
    return replace(judgement, verdict=Verdict.MISSING, evidence=None, reason="")


def distrusted(standing: Standing) -> Standing:
    """The standing of a verdict that falls with the trust; one that had fallen keeps its own."""
    return Standing.DISTRUSTED if standing is Standing.SOUND else standing
