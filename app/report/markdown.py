"""A report as Markdown that other programs read as it was meant.

Whatever came from outside is escaped, so that an answer full of markup stays an answer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.domain.assessment import Finding
from app.language.messages import Translate, translator
from app.report import words
from app.report.highlighting import stretches
from app.report.page import DOMAIN
from app.report.session_report import AttemptReport, FollowUpReport, QuestionReport, SessionReport

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-!|~]|:(?=//)|(?<=www)\.)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def markdown_report(report: SessionReport, language: str = "", summary: Sequence[str] = ()) -> str:
    """The report in `zh` or `en` (default: the session's language)."""
    say = translator(DOMAIN, language or report.language)
    parts = [_head(report, say)]
    if summary:
        glue = "" if (language or report.language).startswith("zh") else " "
        parts.append([f"## {say('In short')}", "", plain(glue.join(summary))])
    if report.steps:
        steps = (f"{n}. {plain(step.words(say))}" for n, step in enumerate(report.steps, start=1))
        parts.append([f"## {say('Next steps')}", "", *steps])
    if report.topics:
        parts.append(_topics(report, say))
    parts.append([f"## {say('Questions')}"])
    parts.extend(list(_question(question, say)) for question in report.questions)
    if report.unmet:
        title = say("Requirements that no question of the banks serves")
        parts.append([f"## {title}", "", *(f"- {plain(one)}" for one in report.unmet)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def plain(text: str) -> str:
    """Text of one line as Markdown that shows it as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split())).translate(_ENTITIES)


def _head(report: SessionReport, say: Translate) -> list[str]:
    started = report.started.astimezone().strftime("%Y-%m-%d %H:%M")
    lines = [
        f"# {say('Interview report')} {started}",
        "",
        f"`{report.id}` · {words.mode_word(report.mode, say)}",
        "",
    ]
    if report.mean is None:
        lines.append(f"**{say('No average: nothing was graded.')}**")
    else:
        band = words.band_word(report.band, say) if report.band else ""
        text = say("1 graded question")
        if report.counted != 1:
            text = say("average over {count} graded questions").format(count=report.counted)
        lines.append(f"**{report.mean:.1f} / 10** ({band}; {text})")
    for line in (words.change_line(report, say), _left_out(report, say)):
        if line:
            lines += ["", line]
    return lines


def _left_out(report: SessionReport, say: Translate) -> str:
    parts = words.left_out(report, say)
    return say("Not in the average: {parts}").format(parts=say(", ").join(parts)) if parts else ""


def _topics(report: SessionReport, say: Translate) -> list[str]:
    lines = [
        f"## {say('Scores')}",
        "",
        f"| {say('topic')} | {say('average')} | {say('before')} | {say('graded')} |",
        "|---|--:|--:|--:|",
    ]
    for one in report.topics:
        now, before = ("–" if mean is None else f"{mean:.1f}" for mean in (one.mean, one.before))
        topic = plain(one.topic or say("no topic"))
        lines.append(f"| {topic} | {now} | {before} | {one.counted}/{one.asked} |")
    return lines


def _question(question: QuestionReport, say: Translate) -> Iterator[str]:
    score = words.outcome_word(question, say)
    if question.score is not None:
        score = f"{question.score:.1f}"
        if question.band is not None:
            score += f" {words.band_word(question.band, say)}"
    yield f"### {question.number}. {plain(question.text)}"
    yield ""
    yield f"**{score}** · " + " · ".join(plain(fact) for fact in words.facts(question, say))
    if question.requirement:
        yield ""
        yield plain(say("Requirement: {requirement}").format(requirement=question.requirement))
    if question.shown is not None:
        yield from _attempt(question.shown, say)
    for line in words.other_attempts(question, say):
        yield ""
        yield plain(line)


def _attempt(attempt: AttemptReport, say: Translate) -> Iterator[str]:
    yield ""
    yield from _quoted(_marked(attempt))
    assessment = attempt.assessment
    if assessment is not None:
        if attempt.score is None:
            yield ""
            yield say("Not graded; what follows is similarity to the key points and no grade.")
        yield ""
        for number, point in enumerate(assessment.key_points, start=1):
            verdict = words.verdict_word(point.verdict, say)
            reason = f" {plain(point.reason)}" if point.reason else ""
            sign = words.sign_of(str(number))
            yield f"- {sign} **{verdict}** {plain(point.title)}.{reason}"
        yield from _findings(say("What was wrong"), assessment.errors, "✗", say)
        title = say("Right, and beyond the key points")
        yield from _findings(title, assessment.beyond, "✚", say)
    if attempt.judged_by is not None:
        yield ""
        yield f"*{words.judge_word(attempt.judged_by, say)}*"
    if words.lifted(attempt, say):
        yield ""
        yield words.lifted(attempt, say)
    for hearing in attempt.appeals:
        yield ""
        yield f"**{say('You disputed: {title}').format(title=plain(hearing.title))}**"
        yield ""
        yield from _quoted(_escaped(hearing.argument))
        yield ""
        yield words.heard(hearing, say)
    for follow_up in attempt.follow_ups:
        yield from _follow_up(follow_up, say)


def _follow_up(follow_up: FollowUpReport, say: Translate) -> Iterator[str]:
    yield ""
    yield f"**{say('Follow-up')}**{say(': ')}{plain(follow_up.text)}"
    yield ""
    if follow_up.answer:
        yield from _quoted(_escaped(follow_up.answer))
    else:
        yield say("not answered")
    if follow_up.result is not None:
        yield ""
        verdict = words.verdict_word(follow_up.result.verdict, say)
        yield f"**{verdict}** {plain(follow_up.aimed_at)}"


def _findings(title: str, findings: Iterable[Finding], sign: str, say: Translate) -> Iterator[str]:
    for place, finding in enumerate(findings):
        if place == 0:
            yield ""
            yield f"**{title}**"
            yield ""
        quote = say("“{quote}”").format(quote=plain(finding.quote))
        yield f"- {sign} {quote} {plain(finding.why)}".rstrip()


def _marked(attempt: AttemptReport) -> str:
    """The answer, what was judged in bold with the sign of its key point before it."""
    text = ""
    for piece in stretches(attempt.answer, attempt.assessment):
        signs = "".join(words.sign_of(sign) for sign in piece.starts)
        body = _escaped(piece.text)
        if piece.kind and body.strip():
            before = body[: len(body) - len(body.lstrip())]
            after = body[len(body.rstrip()) :]
            lines = body.strip().split("\n")
            body = before + "\n".join(f"**{line}**" if line else "" for line in lines) + after
        text += signs + body
    return text


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text).translate(_ENTITIES)


def _quoted(text: str) -> Iterator[str]:
    for line in text.splitlines() or [""]:
        yield f"> {line.strip()}  ".rstrip() if not line.strip() else f"> {line.strip()}  "
