"""A report on a terminal."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from app.cli.screen.card import INDENT, assessment_card, heading
from app.cli.screen.palette import BAND_STYLES, QUIET, VERDICT_STYLES, Look
from app.cli.screen.plain import one_line, visible
from app.cli.screen.small_charts import padded, sparkline
from app.cli.screen.wrap import hang, shorten
from app.interview.appeal import Hearing
from app.report import words
from app.report.session_report import FollowUpReport, QuestionReport, SessionReport

BAR = 10
WIDEST_TOPIC = 30


def report_lines(report: SessionReport, look: Look, summary: Sequence[str] = ()) -> Iterator[Text]:
    """The whole report: overall, next steps, topics, then question by question."""
    say = look.say
    started = report.started.astimezone().strftime("%Y-%m-%d %H:%M")
    yield heading(f"{say('Interview report')}  {started}")
    yield Text(f"{words.mode_word(report.mode, say)}  {report.id}", style=QUIET)
    yield Text()
    yield from _overall(report, look)
    if summary:
        yield Text()
        yield heading(say("In short"))
        glue = "" if report.language.startswith("zh") else " "
        yield from hang(Text(visible(glue.join(summary))), look.width, INDENT)
    if report.steps:
        yield Text()
        yield heading(say("Next steps"))
        for number, step in enumerate(report.steps, start=1):
            yield from hang(Text(one_line(step.words(say))), look.width, f"{number:>3}. ")
    if report.topics:
        yield Text()
        yield from _topics(report, look)
    for question in report.questions:
        yield Text()
        yield from _question(question, look)
    if report.unmet:
        yield Text()
        yield heading(say("Requirements that no question of the banks serves"))
        for one in report.unmet:
            yield from hang(Text(one_line(one)), look.width, f"{INDENT}{look.signs.bullet} ")


def _overall(report: SessionReport, look: Look) -> Iterator[Text]:
    say = look.say
    if report.mean is None:
        yield Text(say("No average: nothing was graded."), style="bold")
    else:
        line = Text(f"{report.mean:.1f}", style="bold")
        line.append(" / 10", style=QUIET)
        if report.band is not None:
            line.append(INDENT)
            line.append(words.band_word(report.band, say), style=BAND_STYLES[report.band])
        text = say("average over {count} graded questions").format(count=report.counted)
        if report.counted == 1:
            text = say("1 graded question")
        line.append(INDENT + text)
        yield from hang(line, look.width)
    change = words.change_line(report, say)
    means = [mark.mean for mark in report.earlier if mark.mean is not None]
    if change and report.mean is not None:
        chart = sparkline([*means, report.mean], look)
        yield from hang(Text(f"{chart}  {change}"), look.width)
    left_out = words.left_out(report, say)
    if left_out:
        text = say("Not in the average: {parts}").format(parts=say(", ").join(left_out))
        yield from hang(Text(text, style=QUIET), look.width)


def _topics(report: SessionReport, look: Look) -> Iterator[Text]:
    say = look.say
    yield heading(say("Scores"))
    names = [one_line(one.topic) or say("no topic") for one in report.topics]
    column = min(max(map(cell_len, names)), WIDEST_TOPIC, max(look.width - BAR - 24, 8))
    for name, one in zip(names, report.topics, strict=True):
        line = Text(INDENT + padded(shorten(name, column), column) + INDENT)
        if one.mean is None:
            line.append(say("not graded"), style=QUIET)
        else:
            line.append(look.bar(one.mean / 10, BAR))
            line.append(f"{one.mean:>5.1f}", style="bold")
        if one.before is not None:
            before = say("before {mean}").format(mean=f"{one.before:.1f}")
            line.append(INDENT + before, style=QUIET)
        line.truncate(look.width)
        yield line


def _question(question: QuestionReport, look: Look) -> Iterator[Text]:
    say = look.say
    yield from hang(Text(one_line(question.text), style="bold"), look.width, f"{question.number}. ")
    facts = say("; ").join(one_line(fact) for fact in words.facts(question, say))
    yield from hang(Text(facts, style=QUIET), look.width, INDENT)
    if question.requirement:
        text = say("Requirement: {requirement}")
        text = text.format(requirement=one_line(question.requirement))
        yield from hang(Text(text, style=QUIET), look.width, INDENT)
    if question.score is None:
        yield from hang(Text(words.outcome_word(question, say)), look.width, INDENT)
    attempt = question.shown
    if attempt is None:
        return
    if attempt.assessment is not None:
        yield from assessment_card(attempt.answer, attempt.assessment, look)
    else:
        yield from hang(Text(visible(attempt.answer)), look.width, INDENT)
    lifted = words.lifted(attempt, say)
    if lifted:
        yield from hang(Text(lifted, style=QUIET), look.width, INDENT)
    for hearing in attempt.appeals:
        yield from _hearing(hearing, look)
    for follow_up in attempt.follow_ups:
        yield from _follow_up(follow_up, look)
    for line in words.other_attempts(question, say):
        yield from hang(Text(line, style=QUIET), look.width, INDENT)


def _hearing(hearing: Hearing, look: Look) -> Iterator[Text]:
    yield Text()
    yield heading(look.say("You disputed: {title}").format(title=one_line(hearing.title)))
    yield from hang(Text(visible(hearing.argument)), look.width, INDENT * 2)
    style = VERDICT_STYLES[hearing.after]
    sign = Text(f"{INDENT}{look.signs.verdicts[hearing.after]} ", style=style)
    yield from hang(Text(words.heard(hearing, look.say)), look.width, sign)


def _follow_up(follow_up: FollowUpReport, look: Look) -> Iterator[Text]:
    say = look.say
    yield Text()
    yield heading(say("Follow-up"))
    yield from hang(Text(visible(follow_up.text)), look.width, INDENT)
    answer = visible(follow_up.answer) or say("not answered")
    yield from hang(Text(answer, style="" if follow_up.answer else QUIET), look.width, INDENT * 2)
    if follow_up.result is not None:
        verdict = follow_up.result.verdict
        sign = f"{INDENT}{look.signs.verdicts[verdict]} {words.verdict_word(verdict, say)} "
        title = Text(one_line(follow_up.aimed_at))
        yield from hang(title, look.width, Text(sign, style=VERDICT_STYLES[verdict]))
