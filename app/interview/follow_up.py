"""Follow-ups: what to ask next about an answer, and what the answer to that is worth."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.assessment import Assessment, KeyPointResult, Status, Verdict
from app.domain.events import FOLLOW_UP_LIMIT, Reason
from app.domain.question import KeyPoint, Question
from app.domain.rescore import Shares, rescored
from app.domain.score import credit_of
from app.domain.session import Attempt, Turn
from app.grading.feedback import most_valuable_gaps
from app.language.messages import Translate, translator

LONGEST = 400
"""Characters of a follow-up; a model that writes more has not asked a question."""
LONGEST_QUOTE = 60
"""Characters of the candidate's own words that a follow-up starts from."""


def aim_of(turn: Turn) -> KeyPoint | None:
    """The key point that the next follow-up aims at; None where there is to be none.

    It is the one worth most that is missing, partial or contradicted, and was not asked about in
    this attempt. There is none where nothing could be graded, or where the candidate has read
    the reference or checked the key points.
    """
    attempt = turn.attempt
    record = attempt.main.counting
    if record is None or record.assessment.status is Status.UNGRADED:
        return None
    if any(one.reason is Reason.SELF_CHECK for one in attempt.main.assessments):
        return None
    if len(attempt.follow_ups) >= FOLLOW_UP_LIMIT or _reference_is_known(turn):
        return None
    asked = {one.follow_up.key_point_id for one in attempt.follow_ups if one.follow_up}
    by_id = {result.id: result for result in record.assessment.key_points}
    pairs = [(point, by_id[point.id]) for point in turn.question.key_points if point.id in by_id]
    return next((point for point, _ in most_valuable_gaps(pairs) if point.id not in asked), None)


def _reference_is_known(turn: Turn) -> bool:
    return bool(turn.references)


def words_for(question: Question, point: KeyPoint, verdict: Verdict, step: int) -> str:
    """The follow-up without a model: the author's own, else one that fits the verdict.

    It never names the key point, unless the candidate did.
    """
    if point.follow_up:
        return point.follow_up
    say = translator("interview", question.language)
    if verdict is Verdict.CONTRADICTED:
        return say(
            "You said something about “{title}” that I would like to hear again: is it really "
            "that way round, and why?"
        ).format(title=point.title)
    if verdict is Verdict.PARTIAL:
        return say(
            "You touched on “{title}”. How exactly would you do it, and what makes it work?"
        ).format(title=point.title)
    if step > 1:
        return say("What else would you look at here that you have not mentioned so far?")
    return say(
        "One more aspect matters to this question and has not come up yet. What comes to mind, "
        "and how would you go about it?"
    )


def even_words_for(question: Question, point: KeyPoint, result: KeyPointResult, step: int) -> str:
    """The follow-up of an interviewer who keeps a poker face, without a model.

    The author's own, else one that starts from words of the candidate's, whatever was made of
    them, else one that fits every answer: a verdict cannot be told from it.
    """
    if point.follow_up:
        return point.follow_up
    say = translator("interview", question.language)
    quote = " ".join(result.evidence.quote.split()) if result.evidence else ""
    if 1 < len(quote) <= LONGEST_QUOTE:
        return say("You said: “{quote}”. How exactly would you do that, and why?").format(
            quote=quote.strip("。.，,；;")
        )
    if step > 1:
        return say("If you had to defend your answer to a sceptical colleague, what would you add?")
    return say(
        "Let us stay with this for a moment. Suppose you had to do it tomorrow: how would you go "
        "about it, step by step?"
    )


def usable(text: str, point: KeyPoint, *, even: bool = False) -> str:
    """A model's follow-up as one line, or "" where it is none or gives the answer away.

    Where it has to be `even`, "" also for one that lets on how the answer was judged.
    """
    line = " ".join(text.split()).strip("\"'“”「」 ")
    gives_away = _plain(point.title) in _plain(line) and len(_plain(point.title)) > 1
    if not line or len(line) > LONGEST or gives_away or (even and _JUDGES.search(line)):
        return ""
    return line


_JUDGES = re.compile(
    r"\b(?:you|your answer|that|which) (?:\w+ ){0,2}?"
    r"(?:missed|forgot|overlooked|omitted|left out|correct|incorrect|right|wrong)\b"
    r"|\b(?:didn[’']?t|did not|haven[’']?t|have not|not) (?:yet )?(?:mention|cover|touch|say|said)"
    r"|\b(?:(?:in)?correct|well done|good (?:answer|point|start)|great|excellent|exactly right|"
    r"not quite|mistaken?|think again|reconsider|score|marks?|missing|key points?)\b"
    r"|漏(?:了|掉|讲|说)|遗漏|忘了|没(?:有)?(?:提|说|讲|谈|覆盖)|还没|(?:说|答|讲|理解)(?:得)?(?:很)?"
    r"(?:对|错|反|好|不错|不对|正确)|正确|错误|不对|不错|很好|再想(?:一)?想|得分|打分|评分|要点|缺少",
    re.IGNORECASE,
)
"""Words by which a follow-up lets on what was made of the answer; better one too many."""


def narrowed(question: Question, point: KeyPoint, follow_up: str) -> Question:
    """The question that an answer to a follow-up is graded on: that one key point."""
    return replace(
        question, text=f"{question.text}\n{follow_up}", key_points=(point,), reference=""
    )


def lifted(
    question: Question,
    assessment: Assessment,
    said: Assessment,
    *,
    before: Shares,
    after: Shares,
) -> Assessment | None:
    """The question's assessment with what a follow-up brought; None where it brought nothing.

    `said` is the assessment of the answer to the follow-up. A verdict only ever rises by it.
    """
    if said.status is Status.UNGRADED or assessment.status is Status.UNGRADED:
        return None
    say = translator("interview", question.language)
    better = {result.id: result for result in said.key_points}
    results = [_lift(result, better.get(result.id), say) for result in assessment.key_points]
    if results == list(assessment.key_points):
        return None
    return rescored(assessment, results, before=before, after=after)


def _lift(result: KeyPointResult, later: KeyPointResult | None, say: Translate) -> KeyPointResult:
    if later is None or credit_of(later.verdict) <= credit_of(result.verdict):
        return result
    reason = say("Said when asked again.")
    if later.evidence is not None:
        reason = say("Said when asked again: “{quote}”").format(quote=later.evidence.quote)
    return replace(
        result,
        verdict=later.verdict,
        coverage=max(result.coverage, later.coverage),
        evidence=None if result.verdict is Verdict.CONTRADICTED else result.evidence,
        reason=reason,
    )


def asked_texts(attempt: Attempt) -> Sequence[str]:
    """The follow-ups that were asked in an attempt."""
    return [one.follow_up.text for one in attempt.follow_ups if one.follow_up]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
