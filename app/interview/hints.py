"""Hints: three steps towards one key point, each of which lowers what it can still earn."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.assessment import Assessment, Verdict
from app.domain.events import HINT_STEPS, Hint
from app.domain.question import KeyPoint, Question
from app.domain.rescore import Shares, attainable, hint_share, rescored
from app.domain.session import Turn
from app.grading.feedback import most_valuable_gaps
from app.interview.talk import joined
from app.language.messages import translator


def hint_target(turn: Turn) -> KeyPoint | None:
    """The key point to hint at; None where no hint is left.

    While a follow-up is open it is the follow-up's; else hints go on where they began, at the
    key point worth most of those that the last attempt left open.
    """
    if len(turn.hints) >= HINT_STEPS or not turn.question.key_points:
        return None
    points = {point.id: point for point in turn.question.key_points}
    asked = turn.attempt.exchanges[-1].follow_up
    if asked is not None and asked.key_point_id in points:
        return points[asked.key_point_id]
    if turn.hints and turn.hints[-1].key_point_id in points:
        return points[turn.hints[-1].key_point_id]
    return _most_valuable(turn)


def _most_valuable(turn: Turn) -> KeyPoint:
    for attempt in reversed(turn.attempts):
        record = attempt.main.counting
        if record is not None:
            by_id = {result.id: result for result in record.assessment.key_points}
            known = [one for one in turn.question.key_points if one.id in by_id]
            gaps = most_valuable_gaps([(point, by_id[point.id]) for point in known])
            if gaps:
                return gaps[0][0]
    return max(turn.question.key_points, key=lambda point: point.weight)


def hint_text(question: Question, point: KeyPoint, step: int) -> str:
    """What hint number `step` (1 to 3) says: a nudge, the area, the title."""
    say = translator("interview", question.language)
    if step >= HINT_STEPS:
        return say("The key point is: {title}.").format(title=point.title)
    if step == 1:
        return point.follow_up or say(
            "Picture the moment when this goes wrong in practice. What would you wish to have "
            "done before?"
        )
    return _area(question, point)


def _area(question: Question, point: KeyPoint) -> str:
    """Where the key point lies, from the words around it: tags, place in the list, first sign."""
    say = translator("interview", question.language)
    number = question.key_points.index(point) + 1
    place = say("It is aspect {number} of {count}; its name begins with “{first}”.").format(
        number=number, count=len(question.key_points), first=_first_sign(point.title)
    )
    if question.tags:
        tags = say(", ").join(question.tags)
        return joined([say("Think about: {tags}.").format(tags=tags), place], question.language)
    return place


def _first_sign(title: str) -> str:
    word = title.split()[0] if title.split() else title
    return word[:3] if word.isascii() else word[:1]


def shares_of(hints: Sequence[Hint]) -> Shares:
    """What share of each key point's credit is left after these hints.

    The number of a hint counts and not how many went to the same key point: the third names it.
    """
    steps: dict[str, int] = {}
    for hint in hints:
        steps[hint.key_point_id] = max(steps.get(hint.key_point_id, 0), hint.step)
    return {name: hint_share(step) for name, step in steps.items()}


def attainable_score(turn: Turn) -> float:
    """The best score that the question can still earn after the hints given, 0 to 10."""
    weights = {point.id: point.weight for point in turn.question.key_points}
    return attainable(weights, shares_of(turn.hints))


def with_hints(question: Question, assessment: Assessment, hints: Sequence[Hint]) -> Assessment:
    """An assessment as graded, less what the hints seen before the answer cost."""
    shares = shares_of(hints)
    paid = [
        result
        for result in assessment.key_points
        if result.id in shares and result.verdict in (Verdict.COVERED, Verdict.PARTIAL)
    ]
    if not paid or assessment.score is None:
        return assessment
    say = translator("interview", question.language)
    lowered = rescored(assessment, assessment.key_points, before={}, after=shares)
    notices = tuple(
        say("“{title}” counts {share} of its points: you had hints.").format(
            title=result.title, share=f"{shares[result.id]:.0%}"
        )
        for result in paid
    )
    return replace(lowered, notices=(*lowered.notices, *notices))
