"""Long answers, cut on the card to the passages that count."""

import re

import pytest
from rich.cells import cell_len

from app.cli.screen.highlight import Mark
from app.cli.screen.passages import WHOLE, answer_lines, passages_of
from tests.cli.test_card import look

FILLER = "其实这个问题要看具体的业务，我觉得沟通也很重要。"
QUOTE = "备份每天做一次"
LEFT_OUT = re.compile(r"略去 (\d+) 字")


def long_answer(*places: int, length: int = 3000) -> tuple[str, list[Mark]]:
    """An answer of some 3,000 characters with the quote behind so many pieces of filler."""
    pieces = [FILLER] * (length // len(FILLER))
    for place in places:
        pieces[place] = f"{QUOTE}，"
    answer = "".join(pieces)
    found = [match.start() for match in re.finditer(QUOTE, answer)]
    return answer, [Mark(at, at + len(QUOTE), "①", "green") for at in found]


def drawn(answer: str, marks: list[Mark], width: int = 80) -> list[str]:
    return [line.plain for line in answer_lines(answer, marks, look("zh", width), "  ")]


def test_a_short_answer_is_shown_whole() -> None:
    answer, marks = long_answer(3, length=WHOLE)
    text = "".join(line.strip() for line in drawn(answer, marks))
    assert text == answer.replace(QUOTE, f"①[{QUOTE}]")


@pytest.mark.parametrize("width", [40, 80])
def test_of_a_long_answer_the_quotes_stay_and_all_else_is_counted(width: int) -> None:
    answer, marks = long_answer(30, 90)
    lines = drawn(answer, marks, width)
    text = "".join(line.strip() for line in lines)
    assert text.count(f"①[{QUOTE}]") == 2
    left_out = sum(int(count) for count in LEFT_OUT.findall(text))
    shown = re.sub(r"……略去 \d+ 字……|①\[|\]", "", text)
    assert len(shown) + left_out == len(answer)
    assert len(shown) < WHOLE
    assert max(map(cell_len, lines)) <= width


def test_passages_begin_and_end_between_clauses() -> None:
    answer, marks = long_answer(30)
    (passage,) = passages_of(answer, marks)
    shown = answer[passage.start : passage.end]
    assert answer[passage.start - 1] in "，。"
    assert shown[-1] in "，。"


def test_quotes_close_to_each_other_stay_in_one_passage() -> None:
    answer, marks = long_answer(30, 33)
    assert len(passages_of(answer, marks)) == 1


def test_an_answer_without_a_quote_shows_how_it_begins() -> None:
    answer, _ = long_answer()
    (passage,) = passages_of(answer, [])
    assert passage.start == 0
    assert 0 < passage.end < WHOLE


def test_a_quote_as_long_as_the_answer_is_shown_at_both_ends() -> None:
    answer, _ = long_answer()
    first, last = passages_of(answer, [Mark(0, len(answer), "①", "green")])
    assert first.start == 0
    assert last.end == len(answer)
    lines = drawn(answer, [Mark(0, len(answer), "①", "green")])
    assert sum("略去" in line for line in lines) == 1
