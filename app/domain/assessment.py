"""The graded result of one answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How an answer stands to one key point."""

    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


class Status(StrEnum):
    """Whether there is a grade at all. An ungraded answer stays out of every average."""

    GRADED = "graded"
    UNGRADED = "ungraded"


class Band(StrEnum):
    """Five anchored ranges of the score; the limits are in `score.BAND_FLOORS`."""

    POOR = "poor"
    WEAK = "weak"
    FAIR = "fair"
    GOOD = "good"
    EXCELLENT = "excellent"


class Mode(StrEnum):
    """Which grader made an assessment."""

    SIMILARITY = "similarity"
    RUBRIC = "rubric"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim span: `answer[start:end] == quote`, offsets in code points."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeyPointResult:
    """The verdict on one key point.

    `coverage` is 0 to 1. `evidence` is None where the answer holds no span that supports the
    verdict (always for `missing`). `reason` is one sentence in the question's language.
    """

    id: str
    title: str
    weight: float
    verdict: Verdict
    coverage: float
    evidence: Evidence | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of the answer that is false, or that is right beyond the key points, and why."""

    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class GraderInfo:
    """What made an assessment, so that two grades can be compared or told apart.

    `prompt` is `sha256:` and the digest of the prompt templates; `calibration` names the
    coefficients in force (`default` where the embedder has none of its own).
    """

    mode: Mode
    embedder: str
    calibration: str
    model: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the LLM calls behind an assessment cost; zero where the endpoint is silent."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
        )


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result of grading one answer.

    `score` is 0 to 10, `confidence` 0 to 1; both and `band` are None when `status` is
    ungraded, and `key_points` then holds the similarity view. `key_points` keeps the order of
    the question. Texts are in the question's language.
    """

    question_id: str
    status: Status
    score: float | None
    band: Band | None
    confidence: float | None
    grader: GraderInfo
    key_points: tuple[KeyPointResult, ...] = ()
    errors: tuple[Finding, ...] = ()
    beyond: tuple[Finding, ...] = ()
    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    follow_up: str | None = None
    notices: tuple[str, ...] = ()
    usage: Usage | None = None

    def as_json(self) -> dict[str, Any]:
        """The assessment as JSON-ready values, keys as the command line's contract has them.

        `usage` is present only when an LLM was called.
        """
        data: dict[str, Any] = _as_plain(self)
        if self.usage is None:
            del data["usage"]
        return data


def _as_plain(value: Any) -> Any:
    """Dataclasses as dicts; unlike `dataclasses.asdict` it copies nothing that cannot change."""
    if isinstance(value, tuple):
        return tuple(map(_as_plain, value))
    names = getattr(value, "__dataclass_fields__", None)
    return {name: _as_plain(getattr(value, name)) for name in names} if names else value
