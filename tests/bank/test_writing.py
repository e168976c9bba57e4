"""Writing a bank as Markdown, and reading it back exactly."""

import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bank.findings import check_values
from app.bank.markdown import parse_markdown
from app.bank.normal import normal_bank, one_line
from app.bank.writing import write_bank
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankError

MARKS = [
    *("#", "## ", "### 1. ", "**", "*", "<!--", "-->", "<!---->", "<|user|>", "<|im_end|>"),
    *("- ", "* ", "1. ", "3、", "（1）", "①", "---", "***", "```", "~~~", "`", "\\", "> ", "| a |"),
    *("答案：", "**答案：**", "Answer:", "A: ", "答：", "Q: ", "问：", "Q1 ", "第3题", "解析"),
    *("也可以说：", "- 也可以说：", "Also said: ", "**Also said:**", ";", "；", "; "),
    *("追问：", "- 追问：", "Follow-up: ", "**追问：**", "weight: 2", "id: x", "{", "}", "[", "]"),
    *("：", ":", "，", "。", "?", "？", "\n", "\n\n", "\r\n", "\r", "\t", " ", "    ", "\u3000"),
    *('"', "'", "&a", "*a", "!", "%", "@", "yes", "null", "7", "数据", "foo", "-"),
    *("\x00", "\x07", "\x0b", "\x85", "\u2028", "\ufeff", "\ud800", "\U0001f600"),
]
TEXT = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=3)), max_size=9).map("".join)
WORDS = TEXT.filter(lambda text: one_line(text) != "")
ALNUM = string.ascii_letters + string.digits
IDS = st.from_regex(r"\A[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?\Z")


def key_points(place: int) -> st.SearchStrategy[KeyPoint]:
    return st.builds(
        KeyPoint,
        id=st.one_of(st.just(f"kp{place + 1}"), IDS.map(lambda text: f"{text}-{place}")),
        title=WORDS,
        detail=TEXT,
        weight=st.one_of(st.just(1.0), st.floats(1e-9, 1e9)),
        follow_up=TEXT,
        wordings=st.lists(TEXT, max_size=3).map(tuple),
    )


def questions(place: int) -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        id=IDS.map(lambda text: f"{text}-{place}"),
        text=WORDS,
        topic=TEXT,
        difficulty=st.integers(1, 3),
        language=st.sampled_from(["zh", "en", "de"]),
        reference=TEXT,
        key_points=st.integers(0, 3).flatmap(lambda n: st.tuples(*map(key_points, range(n)))),
        tags=st.lists(TEXT, max_size=3).map(tuple),
        variants=TEXT,
    )


BANKS = st.builds(
    Bank,
    id=IDS,
    title=TEXT,
    language=st.sampled_from(["zh", "en"]),
    licence=TEXT,
    questions=st.integers(1, 3).flatmap(lambda n: st.tuples(*map(questions, range(n)))),
)

thoroughly: Any = settings(
    max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@thoroughly
@given(BANKS)
def test_what_is_written_is_read_back_up_to_the_normal_form(bank: Bank) -> None:
    expected = normal_bank(bank)
    text = write_bank(bank)
    assert normal_bank(expected) == expected
    assert parse_markdown(text, name="other") == expected
    assert write_bank(expected) == text


@thoroughly
@given(
    st.lists(
        st.one_of(
            st.sampled_from(MARKS),
            st.sampled_from(["### 1. a\n", "\n- **t：** d\n", "\n**答案：**\n", "\n  - 追问：x\n"]),
            st.sampled_from(["\n  - 也可以说：x；y\n", "\n    deeper\n"]),
            st.text(max_size=3),
        ),
        max_size=24,
    ).map("".join)
)
def test_whatever_text_is_read_stays_the_same_when_written_and_read_again(text: str) -> None:
    try:
        bank = parse_markdown("### 1. first\n" + text, name="x")
    except BankError:
        return
    assert normal_bank(bank) == bank
    if not list(check_values(bank)):
        assert parse_markdown(write_bank(bank), name="x") == bank


def test_a_written_bank_looks_as_a_person_would_write_it() -> None:
    bank = Bank(
        "demo",
        "Demo: a bank",
        "en",
        (
            Question(
                "demo-01",
                "Why?\n\nLook at this:\n```sh\n# 1. run\n- x\n```",
                "Basics",
                1,
                "en",
                "# not a heading\n- not a key point",
                (
                    KeyPoint(
                        *("kp1", "First", "One.\nTwo.\n- three", 1.5, "And then?"),
                        wordings=("It comes before all else", "Nothing precedes it"),
                    ),
                ),
                ("a", "b, c"),
                "why",
            ),
        ),
        "MIT",
    )
    assert (
        write_bank(bank)
        == """\
---
bank: demo
title: "Demo: a bank"
language: en
license: MIT
---

# Demo: a bank

## Basics

### 1. Why?

<!--
id: demo-01
difficulty: 1
tags: [a, "b, c"]
variants: why
-->

Look at this:
```sh
# 1. run
- x
```

**Answer:**

\\# not a heading
\\- not a key point

- **First:** One. <!-- weight: 1.5 -->
  Two.
  - three
  - Follow-up: And then?
  - Also said: It comes before all else; Nothing precedes it
"""
    )


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        pytest.param("  two \t words \n here ", "two words\n\nhere", id="a question of two lines"),
        pytest.param("bell\x07 and\x0btab", "bell and tab", id="control characters"),
        pytest.param("half \ud800 pair", "half \ufffd pair", id="half a surrogate pair"),
        pytest.param("a\n\n\n\n\nb   \nc", "a\n\nb\nc", id="blank lines and line ends"),
    ],
)
def test_the_normal_form_of_a_question(given_text: str, kept: str) -> None:
    bank = Bank("b", questions=(Question("b-1", given_text, reference="x"),))
    assert normal_bank(bank).questions[0].text == kept


def test_a_question_with_a_reference_and_no_key_points_gets_them() -> None:
    bank = Bank(
        "b", questions=(Question("b-1", "x", reference="One thing here. Two things there."),)
    )
    (question,) = normal_bank(bank).questions
    assert [point.title for point in question.key_points] == ["One thing here", "Two things there"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("  - 也可以说：换个城市再存一份；别的城市也有一份", id="between semicolons"),
        pytest.param("  - 也可以说：换个城市再存一份;别的城市也有一份；；", id="any semicolons"),
        pytest.param(
            "  - 也可以说：换个城市再存一份\n  - 还可以说：别的城市也有一份", id="a line each"
        ),
        pytest.param(
            "  - **也可以说：** 换个城市再存一份；\n    别的城市也有一份", id="over two lines"
        ),
    ],
)
def test_other_wordings_stand_between_semicolons_or_a_line_each(lines: str) -> None:
    text = (
        f"### 1. 怎样备份？\n\n**答案：**\n\n- **异地备份：** 说明。\n{lines}\n  - 追问：然后呢？\n"
    )
    (point,) = parse_markdown(text, name="x").questions[0].key_points
    assert point.wordings == ("换个城市再存一份", "别的城市也有一份")
    assert (point.detail, point.follow_up) == ("说明。", "然后呢？")


def test_only_wordings_that_are_there_change_the_digest_of_a_question() -> None:
    point = KeyPoint("kp1", "异地备份", "在另一个城市保存一份。")
    plain = Question("b-1", "怎样备份？", key_points=(point,))
    assert plain.digest == "54faa577b14c832f12a26bf6759144050100fb76c47c882e0820c8025f8ea645"
    one, two = (
        replace(plain, key_points=(replace(point, wordings=wordings),)).digest
        for wordings in (("别的城市也有一份",), ("别的城市也有一份", "另存一份"))
    )
    assert len({plain.digest, one, two}) == 3
