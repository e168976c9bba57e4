"""What `mockint bank` shows: tables of banks and questions, findings, one question in full."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.bank.exporting import question_record
from app.bank.findings import Finding, Severity
from app.cli.screen.card import INDENT
from app.cli.screen.palette import ACCENT, FAILURE, NARROW, QUIET, WARNING, WIDEST
from app.cli.screen.plain import one_line, visible
from app.cli.screen.stage import show
from app.cli.screen.wrap import hang
from app.domain.question import Bank, KeyPoint, Question
from app.language.messages import Translate

if TYPE_CHECKING:
    from app.index.searching import Hit  # numpy comes with it

UNWRAPPED = 100_000
ROOMY = 110
PIPED_WIDTH = 200
"""Columns where no terminal says how many it has: wide, so that scripts get whole lines."""

_STYLES = {Severity.ERROR: FAILURE, Severity.WARNING: WARNING, Severity.NOTE: QUIET}


def open_console(*, errors: bool = False) -> Console:
    """A console that takes text as it is."""
    console = Console(stderr=errors, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console = Console(
            stderr=errors, markup=False, emoji=False, highlight=False, width=PIPED_WIDTH
        )
    return console


def severity_word(severity: Severity, say: Translate) -> str:
    """The severity in the person's language."""
    return {
        Severity.ERROR: say("error"),
        Severity.WARNING: say("warning"),
        Severity.NOTE: say("note"),
    }[severity]


def _table(*headers: str, whole: Sequence[str] = (), right: Sequence[str] = ()) -> Table:
    """A table whose columns fold, but for those in `whole` and the numbers in `right`."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style=QUIET)
    for header in headers:
        table.add_column(
            header,
            justify="right" if header in right else "left",
            overflow="fold",
            no_wrap=header in right or header in whole,
        )
    return table


def _show_rows(console: Console, table: Table, rows: Iterable[Sequence[Text]]) -> None:
    """The rows in the table, or below each other where its columns have no room."""
    if console.width < NARROW:
        for name, *others in rows:
            show(console, hang(name, console.width))
            for other in others:
                show(console, hang(other, console.width, INDENT) if other.plain else [])
        return
    for row in rows:
        table.add_row(*row)
    console.print(table)


def show_banks(console: Console, banks: Sequence[Bank], say: Translate) -> None:
    """One line a bank; the files only where there is room."""
    bank_id, numbers = say("bank"), (say("questions"), say("key points"))
    headers = [bank_id, say("title"), say("language"), *numbers]
    has_room = console.width >= ROOMY
    if has_room:
        headers.append(say("file"))
    table = _table(*headers, whole=(bank_id,), right=numbers)
    rows = []
    for bank in banks:
        cells = [
            Text(bank.id, style=ACCENT),
            Text(one_line(bank.title)),
            Text(bank.language),
            Text(_named(len(bank.questions), numbers[0], console)),
            Text(_named(key_point_count(bank), numbers[1], console)),
        ]
        if has_room:
            cells.append(Text(visible(bank.source), style=QUIET))
        rows.append(cells)
    _show_rows(console, table, rows)


def _named(count: int, name: str, console: Console) -> str:
    """A number under its heading, or beside it where there is no room for headings."""
    return f"{name} {count}" if console.width < NARROW else str(count)


def show_questions(console: Console, questions: Iterable[Question], say: Translate) -> None:
    """One line a question."""
    question_id = say("question")
    table = _table(question_id, say("difficulty"), say("text"), say("topic"), whole=(question_id,))
    rows = [
        (
            Text(question.id, style=ACCENT),
            Text(_named(question.difficulty, say("difficulty"), console)),
            Text(one_line(question.text)),
            Text(one_line(question.topic), style=QUIET),
        )
        for question in questions
    ]
    _show_rows(console, table, rows)


def show_hits(console: Console, hits: Sequence["Hit"], say: Translate) -> None:
    """Found questions with their similarity and the key point that was found, best first."""
    if not hits:
        console.print(say("Nothing found."))
        return
    similarity, question_id = say("similarity"), say("question")
    table = _table(
        *(similarity, question_id, say("text"), say("key point")),
        whole=(question_id,),
        right=(similarity,),
    )
    rows = [
        (
            Text(f"{hit.similarity:.2f}"),
            Text(hit.question.id, style=ACCENT),
            Text(one_line(hit.question.text)),
            Text(one_line(hit.key_point), style=QUIET),
        )
        for hit in hits
    ]
    _show_rows(console, table, rows)


def show_question(console: Console, question: Question, say: Translate) -> None:
    """A question with its reference answer and key points; whole paragraphs where it is piped."""
    width = min(console.width, WIDEST) if console.is_terminal else UNWRAPPED
    show(console, _question_lines(question, width, say))


def _question_lines(question: Question, width: int, say: Translate) -> Iterator[Text]:
    facts = [
        question.id,
        one_line(question.topic),
        say("difficulty {level}").format(level=question.difficulty),
        question.language,
        *map(one_line, question.tags),
    ]
    if question.variants:
        facts.append(say("variants {name}").format(name=one_line(question.variants)))
    yield from hang(Text(visible(question.text), style="bold"), width)
    yield from hang(Text(" · ".join(fact for fact in facts if fact), style=QUIET), width)
    if question.reference:
        yield Text()
        yield from hang(Text(visible(question.reference)), width)
    for number, point in enumerate(question.key_points, 1):
        yield Text()
        yield from _key_point_lines(number, point, width, say)


def _key_point_lines(number: int, point: KeyPoint, width: int, say: Translate) -> Iterator[Text]:
    lead = Text(f"{number}. ", style=ACCENT)
    margin = " " * lead.cell_len
    head = Text(visible(point.title), style="bold")
    if point.weight != 1:
        head.append("  " + say("weight {weight:g}").format(weight=point.weight), style=QUIET)
    yield from hang(head, width, lead)
    if point.detail:
        yield from hang(Text(visible(point.detail)), width, margin)
    if point.follow_up:
        text = say("Follow-up: {text}").format(text=visible(point.follow_up))
        yield from hang(Text(text, style=QUIET), width, margin)
    for wording in point.wordings:
        text = say("Also said: {text}").format(text=visible(wording))
        yield from hang(Text(text, style=QUIET), width, margin)


def show_findings(console: Console, file: str, findings: Sequence[Finding], say: Translate) -> None:
    """One paragraph a finding, with file and line in front."""
    for finding in findings:
        where = visible(file) + (f":{finding.line}" if finding.line else "")
        word = severity_word(finding.severity, say)
        line = Text(f"{where}: ", style=QUIET)
        line.append(word, style=_STYLES[finding.severity])
        line.append(f" {finding.rule.value}: {visible(finding.message)}")
        if finding.remedy:
            gap = "" if finding.message.endswith("。") else " "
            line.append(gap + visible(finding.remedy), style=QUIET)
        console.print(line, soft_wrap=True)


def counted(findings: Sequence[Finding], say: Translate) -> str:
    """How many findings there are of each severity, in words."""
    found = Counter(finding.severity for finding in findings)
    if not found:
        return say("Nothing to report.")
    return say("errors: {errors}, warnings: {warnings}, notes: {notes}").format(
        errors=found[Severity.ERROR],
        warnings=found[Severity.WARNING],
        notes=found[Severity.NOTE],
    )


def key_point_count(bank: Bank) -> int:
    """Key points of all questions."""
    return sum(len(question.key_points) for question in bank.questions)


def topics_of(bank: Bank) -> dict[str, int]:
    """Topics in order, each with the number of its questions."""
    return dict(Counter(question.topic for question in bank.questions))


def bank_data(bank: Bank) -> dict[str, Any]:
    """A bank for scripts, without its questions."""
    return {
        "id": bank.id,
        "title": bank.title,
        "language": bank.language,
        "license": bank.licence,
        "questions": len(bank.questions),
        "key_points": key_point_count(bank),
        "topics": topics_of(bank),
        "file": bank.source,
    }


def hit_data(hit: "Hit") -> dict[str, Any]:
    """A found question for scripts."""
    return question_record(hit.question) | {
        "similarity": round(hit.similarity, 4),
        "found_by": hit.key_point,
    }


def finding_data(finding: Finding, file: str) -> dict[str, Any]:
    """A finding for scripts."""
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "file": file,
        "line": finding.line or None,
        "questions": list(finding.question_ids),
        "similarity": finding.similarity,
        "message": finding.message,
        "remedy": finding.remedy,
    }
