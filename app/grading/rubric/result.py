"""From checked verdicts to an assessment: what the rubric grader shows and says."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.assessment import (
    Assessment,
    Finding,
    GraderInfo,
    KeyPointResult,
    Status,
    Usage,
    Verdict,
)
from app.domain.question import Question
from app.domain.score import ScoreWeights, band_of, score_verdicts
from app.errors import (
    AllowanceSpent,
    ChatModelError,
    ChatModelRefused,
    ChatModelUnreachable,
    ReplyUnusable,
)
from app.grading.feedback import Feedback, similarity_feedback
from app.grading.rubric.doubt import Doubt, Settled, confidence_of
from app.grading.rubric.judgement import Judgement, Standing
from app.grading.rubric.model_words import ModelWords
from app.grading.rubric.reply import GradeReply
from app.grading.rubric.support import Sheet, apart
from app.language.failures import said
from app.language.messages import Translate, translator

MAX_ERRORS = 5
MAX_BEYOND = 3
MAX_FEEDBACK = 3

COVERAGE_RANGES = {
    Verdict.COVERED: (0.75, 1.0),
    Verdict.PARTIAL: (0.35, 0.65),
    Verdict.MISSING: (0.0, 0.2),
    Verdict.CONTRADICTED: (0.0, 0.0),
}
"""The verdict sets the range of a key point's coverage, similarity the place within it."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the model says beside the verdicts, after the checks."""

    errors: tuple[Finding, ...]
    beyond: tuple[Finding, ...]
    counted_errors: int
    counted_beyond: int
    feedback: Feedback

    @classmethod
    def of(
        cls, reply: GradeReply, settled: Sequence[Settled], sheet: Sheet, words: ModelWords
    ) -> "Findings":
        """Findings with quotes that are there.

        A false statement that a contradicted verdict rests on costs nothing twice. Words that a
        key point was credited for add nothing beyond it, and an answer that speaks to the grader
        gets no credit beyond the key points.
        """
        errors = words.findings(reply.errors, sheet, MAX_ERRORS)
        beyond = [] if sheet.strict else words.findings(reply.beyond, sheet, MAX_BEYOND)
        judged = [point.judgement for point in settled if point.judgement.evidence]
        against = [j.evidence for j in judged if j.verdict is Verdict.CONTRADICTED and j.evidence]
        credited = [j.evidence for j in judged if j.evidence]
        places = {finding: sheet.locate(finding.quote) for finding in (*errors, *beyond)}
        wrong = [place for finding in errors if (place := places[finding])]
        new = [
            finding
            for finding in beyond
            if (place := places[finding]) and apart(place, [*credited, *wrong])
        ]
        return cls(
            errors=tuple(errors),
            beyond=tuple(new),
            counted_errors=sum(apart(place, against) for place in wrong),
            counted_beyond=len(new),
            feedback=Feedback(
                words.sentences(reply.strengths, MAX_FEEDBACK),
                words.sentences(reply.improvements, MAX_FEEDBACK),
                words.sentence(reply.follow_up) or None,
            ),
        )


def graded(
    sheet: Sheet,
    info: GraderInfo,
    settled: Sequence[Settled],
    findings: Findings,
    words: ModelWords,
    weights: ScoreWeights,
    trouble: ChatModelError | None,
) -> Assessment:
    """The assessment of an answer; `trouble` is what kept the second look from being made."""
    say = translator("grading", sheet.question.language)
    results = tuple(result_of(point.judgement, say, words) for point in settled)
    score = score_verdicts(
        results,
        beyond=findings.counted_beyond,
        errors=findings.counted_errors,
        weights=weights,
    )
    if sheet.view.guard is not None:
        score = min(score, sheet.view.guard.cap)
    feedback = _feedback(sheet.question, results, settled, findings.feedback)
    return Assessment(
        question_id=sheet.question.id,
        status=Status.GRADED,
        score=score,
        band=band_of(score),
        confidence=confidence_of(settled),
        grader=info,
        key_points=results,
        errors=findings.errors,
        beyond=findings.beyond,
        strengths=feedback.strengths,
        improvements=feedback.improvements,
        follow_up=feedback.follow_up,
        notices=tuple(_notices(sheet, settled, trouble, say)),
    )


def ungraded(
    question: Question,
    info: GraderInfo,
    results: tuple[KeyPointResult, ...],
    error: ChatModelError,
    usage: Usage,
) -> Assessment:
    """No grade, the similarity view in its place, and a notice that says why and what to do."""
    say = translator("grading", question.language)
    return Assessment(
        question_id=question.id,
        status=Status.UNGRADED,
        score=None,
        band=None,
        confidence=None,
        grader=info,
        key_points=results,
        notices=(
            say("Not graded: {why}").format(why=_why(error, say, question.language)),
            say(
                "What is shown is the similarity view: which key points your words come near to. "
                "Your answer is kept, and you can have it graded again."
            ),
        ),
        usage=usage if usage.calls else None,
    )


def result_of(judgement: Judgement, say: Translate, words: ModelWords) -> KeyPointResult:
    """One key point as it is shown; see `COVERAGE_RANGES` for its coverage."""
    low, high = COVERAGE_RANGES[judgement.verdict]
    missing = judgement.verdict is Verdict.MISSING
    reason = words.sentence(judgement.reason)
    if judgement.standing is not Standing.SOUND:
        reason = say(_FALLEN[judgement.standing])
    return KeyPointResult(
        id=judgement.point.id,
        title=judgement.point.title,
        weight=judgement.point.weight,
        verdict=judgement.verdict,
        coverage=round(low + (high - low) * judgement.support, 3),
        evidence=None if missing else judgement.evidence,
        reason=reason,
    )


def _feedback(
    question: Question,
    results: Sequence[KeyPointResult],
    settled: Sequence[Settled],
    given: Feedback,
) -> Feedback:
    """The model's feedback where its verdicts stood; else the code's, which fits what is shown."""
    plain = similarity_feedback(question, results, question.language)
    stood = all(
        point.judgement.standing is Standing.SOUND and point.doubt is not Doubt.UNSETTLED
        for point in settled
    )
    if not stood:
        return plain
    earned = any(r.verdict in {Verdict.COVERED, Verdict.PARTIAL} for r in results)
    return Feedback(
        strengths=given.strengths if earned else (),
        improvements=given.improvements or plain.improvements,
        follow_up=given.follow_up or plain.follow_up,
    )


def _notices(
    sheet: Sheet, settled: Sequence[Settled], trouble: ChatModelError | None, say: Translate
) -> list[str]:
    notices: list[str] = []
    if sheet.orders:
        notices.append(say(_SPEAKS))
    elif any(p.judgement.standing is Standing.STRICT for p in settled):
        notices.append(say(_ABOUT_GRADES))
    fallen = [p.judgement.point.title for p in settled if p.judgement.standing in _UNQUOTED]
    if fallen:
        notices.append(
            say("No supporting words in the answer, judged by similarity: {titles}.").format(
                titles=_joined(fallen, say)
            )
        )
    open_ = [
        p.judgement.point.title
        for p in settled
        if p.doubt is Doubt.UNSETTLED and p.judgement.standing not in _UNQUOTED
    ]
    if open_ and trouble is None:
        notices.append(
            say("Judged twice and still in doubt, look for yourself: {titles}.").format(
                titles=_joined(open_, say)
            )
        )
    if trouble is not None:
        notices.append(
            say("Doubtful key points could not be judged a second time: {why}").format(
                why=_why(trouble, say, sheet.question.language)
            )
        )
    if sheet.view.guard is not None:
        notices.append(
            say("The answer as a whole limits the score to {cap}.").format(
                cap=f"{sheet.view.guard.cap:g}"
            )
        )
    return notices


def _joined(titles: Sequence[str], say: Translate) -> str:
    return say(", ").join(titles)


def _why(error: ChatModelError, say: Translate, language: str) -> str:
    """What went wrong in the language of the candidate, then the endpoint's own words."""
    match error:
        case AllowanceSpent():
            summary = ""
        case ChatModelUnreachable():
            summary = say("the language model did not reply in time.")
        case ChatModelRefused():
            summary = say("the language model's endpoint refused the request.")
        case ReplyUnusable():
            summary = say("the language model's reply could not be used, even when asked again.")
        case _:
            summary = say("the language model gave no reply.")
    # The error's own remedy names settings, and the notice is read on pages too.
    match error:
        case AllowanceSpent():
            remedy = said(error.remedy, language)
        case ReplyUnusable():
            remedy = say("Try again; another model may do better.")
        case _:
            remedy = say("A test of the model says more: under Settings, or with mockint doctor.")
    parts = (summary, said(error.message, language), remedy)
    gap = "" if language.startswith("zh") else " "
    return gap.join(part for part in parts if part)


_SPEAKS = (
    "Part of the answer speaks to the grader. It was not judged as content, and the rest earns "
    "only what similarity confirms."
)
_ABOUT_GRADES = (
    "The answer talks about its grade or hides characters, so it earns only what similarity "
    "confirms."
)

_UNQUOTED = frozenset(
    {
        Standing.ABSENT,
        Standing.ECHO,
        Standing.ORDER,
        Standing.ASKS,
        Standing.UNRELATED,
        Standing.SHARED,
    }
)

_FALLEN = {
    Standing.ABSENT: "The words that were to support this are not in the answer.",
    Standing.ECHO: "The words that were to support this only repeat the question.",
    Standing.ORDER: "The words that were to support this speak to the grader.",
    Standing.ASKS: "The words that were to support this ask and claim nothing.",
    Standing.THIN: "The words that were to support this say too little about it.",
    Standing.UNRELATED: "The words that were to support this have nothing to do with it.",
    Standing.SHARED: "The words that were to support this already support other key points.",
    Standing.TITLE: "The answer names this point and does not explain it.",
    Standing.LIST: "The answer lists names of key points and explains none of them.",
    Standing.STRICT: "Bounded by similarity, as the answer does more than answer the question.",
    Standing.DISTRUSTED: (
        "Other verdicts of this grading rested on words that support nothing, so this one would "
        "have to rest on plainer words."
    ),
}
