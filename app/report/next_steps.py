"""Three things to do next, each with the key points that it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.assessment import Assessment, KeyPointResult, Verdict
from app.domain.score import credit_of
from app.language.messages import Translate

STEPS = 3
POINTS_A_STEP = 3


class StepKind(StrEnum):
    """What to do: set a false belief right, learn something, or say it more exactly."""

    CORRECT = "correct"
    LEARN = "learn"
    SHARPEN = "sharpen"


_KINDS = {
    Verdict.CONTRADICTED: StepKind.CORRECT,
    Verdict.MISSING: StepKind.LEARN,
    Verdict.PARTIAL: StepKind.SHARPEN,
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do: what kind, at which question (its `number`), for which key points."""

    kind: StepKind
    number: int
    question_id: str
    topic: str
    key_points: tuple[KeyPointResult, ...]

    def words(self, say: Translate) -> str:
        """The step as a sentence; `say` translates the catalogue `report`."""
        text = {
            StepKind.CORRECT: say(
                "Set right what you said about {points}, then answer question {number} again."
            ),
            StepKind.LEARN: say(
                "Learn {points}, then answer question {number} again without looking."
            ),
            StepKind.SHARPEN: say(
                "Say {points} more exactly, with an example or a number, in question {number}."
            ),
        }[self.kind]
        titles = (say("“{title}”").format(title=point.title) for point in self.key_points)
        return text.format(points=say(", ").join(titles), number=self.number)


def next_steps(
    judged: Sequence[tuple[int, str, str, Assessment]],
) -> tuple[NextStep, ...]:
    """Up to three steps from (number, question id, topic, assessment), the most urgent first.

    What was said wrong comes before what was not said, which comes before what was said in part;
    among those the step that would win back most of its question's weight comes first, and each
    question gives one step before any gives two.
    """
    found: list[tuple[int, float, NextStep]] = []
    for number, question_id, topic, assessment in judged:
        total = sum(point.weight for point in assessment.key_points) or 1.0
        own: list[tuple[float, NextStep]] = []
        for verdict, kind in _KINDS.items():
            points = [point for point in assessment.key_points if point.verdict is verdict]
            points.sort(key=lambda point: -point.weight)
            points = points[:POINTS_A_STEP]
            if points:
                lost = sum(p.weight * (1 - credit_of(p.verdict)) for p in points) / total
                own.append((lost, NextStep(kind, number, question_id, topic, tuple(points))))
        found.extend((turn, lost, step) for turn, (lost, step) in enumerate(own))
    order = list(StepKind)
    found.sort(key=lambda entry: (entry[0], order.index(entry[2].kind), -entry[1]))
    return tuple(step for _, _, step in found[:STEPS])
