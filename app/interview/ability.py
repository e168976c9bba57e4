"""How able the candidate has shown to be, and which question suits that.

The model is the Rasch model, also called the one-parameter logistic model of item response
theory: a candidate of ability θ earns an expected credit of 1 / (1 + exp(b - θ)) on a question of
difficulty b, both in logits. Difficulties 1, 2 and 3 stand at b = -1, 0 and +1. A score is a
fractional response between 0 and 1, taken with the Bernoulli quasi-likelihood (Papke and
Wooldridge, 1996), so that half the credit says less than all or nothing. θ has a normal prior
with mean 0 and standard deviation 2; the estimate is the mean of the posterior (EAP; Bock and
Mislevy, 1982), computed on a grid.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.assessment import Assessment, Mode, Status
from app.domain.question import Question
from app.domain.score import MAX_SCORE, TRUTH_UNKNOWN_LIMIT
from app.domain.session import Session

LOGITS = {1: -1.0, 2: 0.0, 3: 1.0}
PRIOR_DEVIATION = 2.0
_GRID = tuple(step / 10 for step in range(-50, 51))


@dataclass(frozen=True, slots=True)
class Response:
    """What one question showed: its difficulty, 1 to 3, and the credit earned, 0 to 1."""

    difficulty: int
    credit: float


@dataclass(frozen=True, slots=True)
class Ability:
    """Posterior mean and standard deviation in logits, and how many responses they rest on.

    `latest` is the difficulty of the last question that was answered, None before the first.
    """

    mean: float = 0.0
    deviation: float = PRIOR_DEVIATION
    responses: int = 0
    latest: int | None = None

    @property
    def level(self) -> int:
        """The difficulty that tells most about this candidate, at most one above the last one.

        That is the difficulty nearest to θ, where the expected credit is near one half. Before
        anything is known it is 1: an interview begins with what most people can answer.
        """
        if self.latest is None:
            return 1
        nearest = min(LOGITS, key=lambda level: (abs(LOGITS[level] - self.mean), level))
        return min(nearest, self.latest + 1)


def estimate_ability(responses: Sequence[Response]) -> Ability:
    """The ability that these responses show; nothing but the prior without any."""
    log_posterior = [_log_posterior(theta, responses) for theta in _GRID]
    top = max(log_posterior)
    weights = [math.exp(value - top) for value in log_posterior]
    total = sum(weights)
    mean = sum(weight * theta for weight, theta in zip(weights, _GRID, strict=True)) / total
    square = sum(w * (theta - mean) ** 2 for w, theta in zip(weights, _GRID, strict=True)) / total
    latest = responses[-1].difficulty if responses else None
    return Ability(mean, math.sqrt(square), len(responses), latest)


def expected_credit(ability: float, difficulty: int) -> float:
    """The Rasch model: the credit that this ability earns on average at this difficulty."""
    return 1 / (1 + math.exp(LOGITS[difficulty] - ability))


def next_question(
    remaining: Sequence[Question], ability: Ability, spare: Sequence[Question] = ()
) -> Question:
    """The question to ask next: the first of the plan's `remaining` at the right difficulty.

    Where the plan has none there, one of `spare` takes the place of a planned one, if the plan
    is a whole level off; else the nearest planned one is asked. Raises ValueError without any.
    """
    if not remaining:
        raise ValueError("nothing is left to ask")
    level = ability.level
    nearest = min(remaining, key=lambda question: abs(question.difficulty - level))
    if nearest.difficulty != level and ability.responses >= 2:
        topics = {question.topic for question in remaining}
        fitting = [question for question in spare if question.difficulty == level]
        fitting.sort(key=lambda question: question.topic not in topics)
        if fitting:
            return fitting[0]
    return nearest


def responses_of(session: Session) -> tuple[Response, ...]:
    """What a session shows so far: questions graded without the reference on screen, in order."""
    return tuple(
        Response(turn.question.difficulty, credit_of(turn.result.assessment))
        for turn in session.turns
        if turn.result is not None
    )


def credit_of(assessment: Assessment) -> float:
    """Score over the best that its grader gives, 0 to 1; similarity alone never gives ten.

    Raises ValueError for an assessment that is ungraded: it shows nothing.
    """
    if assessment.status is not Status.GRADED or assessment.score is None:
        raise ValueError("an ungraded answer shows no ability")
    similarity = assessment.grader.mode is Mode.SIMILARITY
    best = TRUTH_UNKNOWN_LIMIT if similarity else MAX_SCORE
    return min(max(assessment.score / best, 0.0), 1.0)


def _log_posterior(theta: float, responses: Iterable[Response]) -> float:
    value = -((theta / PRIOR_DEVIATION) ** 2) / 2
    for response in responses:
        distance = theta - LOGITS[response.difficulty]
        # log p = -log(1 + e^-d) and log(1 - p) = -log(1 + e^d), so that neither overflows
        value -= response.credit * _softplus(-distance)
        value -= (1 - response.credit) * _softplus(distance)
    return value


def _softplus(value: float) -> float:
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))
