"""The words of a report that pages and Markdown share; `say` translates the catalogue `report`."""

from collections.abc import Iterator

from app.domain.assessment import Band, Verdict
from app.domain.events import Judge, SessionMode
from app.interview.appeal import CHANGED, UNHEARD, UPHELD, Hearing
from app.interview.summary import Outcome
from app.language.messages import Translate
from app.report.session_report import AttemptReport, QuestionReport, SessionReport

CIRCLED_ONE = 0x2460
CIRCLED_COUNT = 20


def sign_of(number: str) -> str:
    """The sign of a key point's number (①, then (21)), or of a finding."""
    if not number.isdecimal():
        return {"error": "✗", "beyond": "✚"}[number]
    if int(number) <= CIRCLED_COUNT:
        return chr(CIRCLED_ONE + int(number) - 1)
    return f"({number})"


def verdict_word(verdict: Verdict, say: Translate) -> str:
    """The verdict in the reader's language."""
    return {
        Verdict.COVERED: say("covered"),
        Verdict.PARTIAL: say("partial"),
        Verdict.MISSING: say("missing"),
        Verdict.CONTRADICTED: say("contradicted"),
    }[verdict]


def band_word(band: Band, say: Translate) -> str:
    """The band in the reader's language."""
    return {
        Band.POOR: say("poor"),
        Band.WEAK: say("weak"),
        Band.FAIR: say("fair"),
        Band.GOOD: say("good"),
        Band.EXCELLENT: say("excellent"),
    }[band]


def mode_word(mode: SessionMode, say: Translate) -> str:
    """The mode in the reader's language."""
    return {
        SessionMode.PRACTICE: say("practice"),
        SessionMode.INTERVIEW: say("interview"),
        SessionMode.REVIEW: say("review"),
    }[mode]


def outcome_word(question: QuestionReport, say: Translate) -> str:
    """What became of a question without a score."""
    if question.outcome is Outcome.SKIPPED:
        return say("reference shown") if question.saw_reference else say("skipped")
    if question.outcome is Outcome.GRADED:
        return say("not counted: the reference had been read")
    return say("not graded")


def judge_word(judge: Judge, say: Translate) -> str:
    """Who judged, in the reader's language."""
    return {
        Judge.MODEL: say("judged by the language model"),
        Judge.SIMILARITY: say("judged by similarity, which sees content and not truth"),
        Judge.CANDIDATE: say("confirmed by the candidate"),
    }[judge]


def minutes_word(seconds: float | None, say: Translate) -> str:
    """A time in minutes and seconds; "" where it is unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return say("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return say("{seconds} s").format(seconds=rest)


def left_out(report: SessionReport, say: Translate) -> tuple[str, ...]:
    """Counts of the questions that stay out of the mean, only those there are."""
    counts = (
        (report.ungraded, say("not graded: {count}")),
        (report.waiting, say("waiting to be graded: {count}")),
        (report.skipped, say("skipped: {count}")),
        (report.after_reading, say("answered after reading the reference: {count}")),
    )
    return tuple(text.format(count=count) for count, text in counts if count)


def change_line(report: SessionReport, say: Translate) -> str:
    """How this session compares with the last one; "" without one."""
    if report.change is None or not report.earlier:
        return ""
    last = report.earlier[-1].mean
    if report.change == 0:
        return say("as in the session before ({last})").format(last=last)
    text = say("{change} above the session before ({last})")
    if report.change < 0:
        text = say("{change} below the session before ({last})")
    return text.format(change=f"{abs(report.change):.1f}", last=last)


def facts(question: QuestionReport, say: Translate) -> Iterator[str]:
    """What is worth knowing of a question besides its answer."""
    if question.topic:
        yield question.topic
    yield say("difficulty {level}").format(level=question.difficulty)
    if question.seconds is not None:
        yield minutes_word(question.seconds, say)
    if question.hints:
        yield say("hints used: {count}").format(count=question.hints)
    if len(question.attempts) > 1:
        yield say("attempts: {count}").format(count=len(question.attempts))
    if question.shown is not None and question.shown.appeals:
        yield say("verdicts disputed: {count}").format(count=len(question.shown.appeals))


def heard(hearing: Hearing, say: Translate) -> str:
    """What came of a disputed verdict."""
    text = {
        CHANGED: say("The verdict was changed: {before} → {after}."),
        UPHELD: say("Looked at again, the verdict stands: {after}."),
        UNHEARD: say("Nobody could look at it again; the verdict stayed: {after}."),
    }.get(hearing.note, say("Not looked at again yet; the verdict so far: {after}."))
    return text.format(
        before=verdict_word(hearing.before, say), after=verdict_word(hearing.after, say)
    )


def lifted(attempt: AttemptReport, say: Translate) -> str:
    """How the score moved after the first assessment; "" where it did not."""
    first, now = attempt.first, attempt.score
    if first is None or first.score is None or now is None or first.score == now:
        return ""
    return say("first {first}, now {now} after follow-ups, appeals or a new grading").format(
        first=f"{first.score:.1f}", now=f"{now:.1f}"
    )


def other_attempts(question: QuestionReport, say: Translate) -> Iterator[str]:
    """One line for each attempt that is not the one shown."""
    for attempt in question.attempts:
        if attempt is question.shown:
            continue
        score = say("not graded") if attempt.score is None else f"{attempt.score:.1f}"
        yield say("attempt {number}: {score}").format(number=attempt.number, score=score)
