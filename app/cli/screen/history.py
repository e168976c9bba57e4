"""The history on a terminal."""

from collections.abc import Iterator
from datetime import date, datetime

from rich.cells import cell_len
from rich.text import Text

from app.cli.screen.card import INDENT, heading
from app.cli.screen.palette import QUIET, Look
from app.cli.screen.plain import one_line
from app.cli.screen.small_charts import padded, sparkline
from app.cli.screen.wrap import hang, shorten
from app.domain.events import SessionMode
from app.interview.review import DueQuestion
from app.report.history import History
from app.report.words import mode_word

BAR = 10
TOPIC_CHART = 10
WIDEST_TOPIC = 30
SESSIONS_SHOWN = 10
TOPICS_SHOWN = 12
DUE_SHOWN = 5


def history_lines(history: History, today: date, look: Look) -> Iterator[Text]:
    """Overall, scores over time, topics, and what is due."""
    say = look.say
    yield heading(say("History"))
    if not history.sessions:
        yield from hang(Text(say("Nothing yet. Start with: mockint ask")), look.width, INDENT)
        return
    yield from hang(Text(_overall(history, look)), look.width, INDENT)
    yield from hang(Text(_streak(history, look)), look.width, INDENT)
    yield Text()
    yield from _scores(history, look)
    if history.topics:
        yield Text()
        yield from _topics(history, look)
    yield Text()
    yield from _due(history, today, look)


def due_lines(due: tuple[DueQuestion, ...], look: Look, limit: int | None = None) -> Iterator[Text]:
    """Questions that are due, each with its key points below, those most forgotten first."""
    for one in due[:limit]:
        number = Text(f"{INDENT}{look.signs.bullet} ")
        yield from hang(Text(one_line(one.question.text)), look.width, number)
        titles = look.say(", ").join(one_line(point.title) for point in one.points)
        share = look.say("{share} forgotten: {points}").format(
            share=f"{round(one.forgotten * 100)}%", points=titles
        )
        yield from hang(Text(share, style=QUIET), look.width, INDENT * 2)


def _overall(history: History, look: Look) -> str:
    say = look.say
    parts = [
        say("sessions: {count}").format(count=len(history.sessions)),
        say("graded questions: {count}").format(count=history.counted),
    ]
    if history.mean is not None:
        parts.append(say("average {mean} / 10").format(mean=f"{history.mean:.1f}"))
    if history.ungraded:
        text = say("not graded, in no average: {count}")
        parts.append(text.format(count=history.ungraded))
    return say("; ").join(parts)


def _streak(history: History, look: Look) -> str:
    text = look.say("days in a row: {days} (longest: {longest})")
    return text.format(days=history.streak, longest=history.longest)


def _scores(history: History, look: Look) -> Iterator[Text]:
    say = look.say
    yield heading(say("Scores over time"))
    means = [mark.mean for mark in history.sessions if mark.mean is not None]
    if means:
        line = Text(INDENT + sparkline(means, look, room=min(40, look.width - 4)))
        yield line
    if history.recent is not None and history.before is not None:
        text = say("last sessions {recent}, those before {before}")
        text = text.format(recent=f"{history.recent:.1f}", before=f"{history.before:.1f}")
        yield from hang(Text(text, style=QUIET), look.width, INDENT)
    modes = max(cell_len(mode_word(mode, say)) for mode in SessionMode)
    for mark in history.sessions[-SESSIONS_SHOWN:][::-1]:
        line = Text(INDENT + mark.at.astimezone().strftime("%Y-%m-%d") + INDENT)
        line.append(padded(mode_word(mark.mode, say), modes) + INDENT)
        if mark.mean is None:
            line.append(say("not graded"), style=QUIET)
        else:
            line.append(look.bar(mark.mean / 10, BAR))
            line.append(f"{mark.mean:>5.1f}", style="bold")
        facts = Text(f"{_answers(mark.answers, look)}{INDENT}{mark.id}", style=QUIET)
        if line.cell_len + len(INDENT) + facts.cell_len <= look.width:
            yield line.append(INDENT).append_text(facts)
        else:
            yield line
            yield from hang(facts, look.width, INDENT * 2)


def _answers(count: int, look: Look) -> str:
    if count == 1:
        return look.say("1 answer")
    return look.say("{count} answers").format(count=count)


def _topics(history: History, look: Look) -> Iterator[Text]:
    say = look.say
    yield heading(say("By topic, weakest first"))
    shown = history.topics[:TOPICS_SHOWN]
    names = [one_line(mark.topic) or say("no topic") for mark in shown]
    chart = 0 if look.narrow else TOPIC_CHART
    room = max(look.width - BAR - 21 - chart, 8)
    column = min(max(map(cell_len, names)), WIDEST_TOPIC, room)
    for name, mark in zip(names, shown, strict=True):
        line = Text(INDENT + padded(shorten(name, column), column) + INDENT)
        line.append(look.bar(mark.mean / 10, BAR))
        line.append(f"{mark.mean:>5.1f}", style="bold")
        if chart:
            line.append(f"{INDENT}{padded(sparkline(mark.means, look, room=chart), chart)}")
        line.append(f"{INDENT}{_answers(mark.counted, look)}", style=QUIET)
        line.truncate(look.width)
        yield line


def _due(history: History, today: date, look: Look) -> Iterator[Text]:
    say = look.say
    yield heading(say("To review"))
    if history.due:
        points = sum(len(one.points) for one in history.due)
        text = say("due now: {questions} questions ({points} key points)")
        if len(history.due) == 1:
            text = say("due now: 1 question ({points} key points)")
        text = text.format(questions=len(history.due), points=points)
        yield from hang(Text(text), look.width, INDENT)
        yield from due_lines(history.due, look, DUE_SHOWN)
        yield from hang(Text(say("Start with: mockint review"), style=QUIET), look.width, INDENT)
    else:
        yield from hang(Text(say("nothing is due now")), look.width, INDENT)
    most = max((day.key_points for day in history.ahead), default=0)
    for day in history.ahead:
        line = Text(f"{INDENT}{padded(_day(day.day, today, look), 12)}")
        line.append(look.signs.full * max(1, round(20 * day.key_points / most)), style="cyan")
        line.append(f" {day.key_points}", style=QUIET)
        line.truncate(look.width)
        yield line


def _day(day: date, today: date, look: Look) -> str:
    ahead = (day - today).days
    if ahead == 0:
        return look.say("later today")
    return look.say("tomorrow") if ahead == 1 else day.isoformat()


def today_of(now: datetime) -> date:
    """The day it is on this machine."""
    return now.astimezone().date()
