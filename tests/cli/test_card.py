"""The card of an assessment, as lines of text and as styles."""

import dataclasses
import io
from collections.abc import Callable

import pytest
from rich.console import Console

from app.cli.screen.card import assessment_card
from app.cli.screen.closing import summary_lines
from app.cli.screen.highlight import Mark, highlighted, marks_of
from app.cli.screen.palette import Look, look_of
from app.cli.screen.stage import show
from app.domain.assessment import Evidence, Finding, KeyPointResult, Verdict
from app.interview.summary import AskedQuestion, GradedAnswer, summarise
from app.language.messages import translator
from tests.cli.material import QUESTIONS, grade

ANSWER = {
    "zh": "我们会做定期备份，每天一次增量；也有一点异地备份，FALSE 快照就等于备份。\n另外不演练。",
    "en": "We run scheduled backups every night and keep half off-site copies. "
    "FALSE snapshots are backups, and there are no rehearsals.",
}

Check = Callable[[str, str], None]


class _Stream(io.StringIO):
    """A text stream with an encoding of its own."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


def console(width: int = 80, *, terminal: bool = False, encoding: str = "utf-8") -> Console:
    return Console(
        file=_Stream(encoding),
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        markup=False,
        emoji=False,
        highlight=False,
    )


def look(language: str = "en", width: int = 80, *, terminal: bool = False) -> Look:
    return look_of(console(width, terminal=terminal), translator("cli", language))


def card(language: str, width: int, *, failed: bool = False) -> str:
    question = QUESTIONS[language][0]
    answer = ANSWER[language]
    target = console(width)
    drawn = look_of(target, translator("cli", language))
    show(target, assessment_card(answer, grade(question, answer, failed=failed), drawn))
    return target.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 50, 40])
def test_a_graded_card(language: str, width: int, check_screen: Check) -> None:
    check_screen(f"card-{language}-{width}", card(language, width))


def test_an_ungraded_card_names_the_reason_before_the_similarity(check_screen: Check) -> None:
    check_screen("card-en-ungraded", card("en", 80, failed=True))


def test_a_wide_terminal_keeps_lines_short_enough_to_read() -> None:
    assert max(map(len, card("en", 200).splitlines())) <= 92


def test_a_reason_that_key_points_share_is_said_once_for_all_of_them() -> None:
    question = QUESTIONS["en"][0]
    assessment = grade(question, ANSWER["en"])
    points = tuple(
        dataclasses.replace(point, reason="Nothing near." if place != 1 else "Too vague.")
        for place, point in enumerate(assessment.key_points)
    )
    assessment = dataclasses.replace(assessment, key_points=points)
    lines = [line.plain for line in assessment_card(ANSWER["en"], assessment, look())]
    assert lines.count("①③④ Nothing near.") == 1
    assert sum("Nothing near." in line for line in lines) == 1
    assert any(line.endswith("  Too vague.") for line in lines)


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    target = console(80, encoding="ascii")
    answer = ANSWER["en"]
    drawn = look_of(target, translator("cli", "en"))
    lines = assessment_card(answer, grade(QUESTIONS["en"][0], answer), drawn)
    signs = "".join(line.plain for line in lines)
    assert "[1] + covered      #########." in signs
    assert not set("①✓▰▱•✗") & set(signs)


def test_markup_in_an_answer_is_text() -> None:
    question = QUESTIONS["en"][0]
    answer = "[bold]scheduled backups[/bold] :smile: [link=http://x]y[/link]"
    lines = [line.plain for line in assessment_card(answer, grade(question, answer), look())]
    assert "  [bold]①[scheduled backups][/bold] :smile: [link=http://x]y[/link]" in lines


def test_escape_sequences_of_a_model_or_a_bank_are_shown_not_obeyed() -> None:
    evil = "\x1b[2J\x1b]0;owned\x07"
    question = QUESTIONS["en"][0]
    assessment = dataclasses.replace(
        grade(question, "scheduled backups"),
        key_points=(KeyPointResult("kp1", evil, 1.0, Verdict.MISSING, 0.0, None, evil),),
        errors=(Finding(evil, evil),),
        strengths=(evil,),
        improvements=(evil,),
        follow_up=evil,
        notices=(evil,),
    )
    target = console(terminal=True)
    drawn = look_of(target, translator("cli", "en"))
    show(target, assessment_card(evil, assessment, drawn))
    asked = [AskedQuestion(question, (GradedAnswer(evil, assessment),))]
    show(target, summary_lines(asked, summarise(asked), drawn))
    written = target.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[2J" not in written
    assert "\x1b]0" not in written
    assert "\x07" not in written
    assert "␛]0;owned␇" in written


def test_a_quote_is_underlined_in_the_colour_of_its_verdict() -> None:
    text = highlighted("do backups daily", [Mark(3, 10, "①", "green")], look(terminal=True))
    assert text.plain == "do ①backups daily"
    spans = {(text.plain[span.start : span.end], str(span.style)) for span in text.spans}
    assert ("①", "bold green") in spans
    assert ("backups", "underline green") in spans


def test_overlapping_quotes_each_show_where_they_start() -> None:
    marks = [Mark(0, 10, "①", "green"), Mark(3, 14, "②", "yellow"), Mark(3, 10, "✗", "red")]
    text = highlighted("do backups now", marks, look(terminal=True))
    assert text.plain == "①do ②✗backups now"
    styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert styles["backups"] == "underline red"
    assert styles[" now"] == "underline yellow"


def test_overlapping_quotes_without_underline_stand_in_brackets() -> None:
    marks = [Mark(0, 10, "①", "green"), Mark(3, 14, "②", "yellow")]
    text = highlighted("do backups now", marks, look())
    assert text.plain == "①[do ②[backups] now]"


def test_two_key_points_may_share_a_quote() -> None:
    marks = [Mark(0, 2, "①", "green"), Mark(0, 2, "②", "green")]
    assert highlighted("ab c", marks, look(terminal=True)).plain == "①②ab c"


def test_signs_at_one_place_stand_in_the_order_of_the_key_points() -> None:
    question = QUESTIONS["en"][0]
    answer = "scheduled backups"
    points = grade(question, answer).key_points
    spans = ((0, 9), (0, 17), (0, 4))
    assessment = dataclasses.replace(
        grade(question, answer),
        key_points=tuple(
            dataclasses.replace(point, evidence=Evidence(answer[start:end], start, end))
            for point, (start, end) in zip(points[:3], spans, strict=True)
        ),
    )
    marks = marks_of(answer, assessment, look(terminal=True))
    assert highlighted(answer, marks, look(terminal=True)).plain == "①②③scheduled backups"


def test_evidence_outside_the_answer_marks_nothing() -> None:
    question = QUESTIONS["en"][0]
    assessment = grade(question, "scheduled backups")
    far = dataclasses.replace(assessment.key_points[0], evidence=Evidence("x", 90, 95))
    assessment = dataclasses.replace(assessment, key_points=(far,))
    assert marks_of("scheduled backups", assessment, look()) == []


@pytest.mark.parametrize(
    ("share", "bar"),
    [
        pytest.param(0.0, "▱▱▱▱▱▱▱▱▱▱", id="nothing"),
        pytest.param(0.02, "▰▱▱▱▱▱▱▱▱▱", id="a trace is seen"),
        pytest.param(0.5, "▰▰▰▰▰▱▱▱▱▱", id="half"),
        pytest.param(0.99, "▰▰▰▰▰▰▰▰▰▱", id="almost is not all"),
        pytest.param(1.0, "▰▰▰▰▰▰▰▰▰▰", id="all"),
    ],
)
def test_a_bar_is_full_only_when_all_is_covered(share: float, bar: str) -> None:
    assert look().bar(share, 10) == bar


def test_key_points_beyond_twenty_still_have_numbers() -> None:
    assert [look().number(index) for index in (0, 19, 20)] == ["①", "⑳", "[21]"]
