"""What a speaker takes up only to deny it is found, and what stands beside it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.grading.similarity.disowned import disowned_spans


def denied(text: str) -> list[str]:
    return [span.of(text) for span in disowned_spans(text)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        pytest.param("先做备份。并不是备份放异地就安全。", ["备份放异地就安全"], id="zh: is not"),
        pytest.param(
            "这种说法是错的，并不是先写日志，再写数据页。后面正常提交。",
            ["先写日志，再写数据页"],
            id="zh: called wrong first, then all of it",
        ),
        pytest.param(
            "并不是加机器就行，要先找瓶颈。", ["加机器就行"], id="zh: until the speaker turns"
        ),
        pytest.param("并非备份越近越安全，而是要放到外地。", ["备份越近越安全"], id="zh: not, but"),
        pytest.param(
            "备份和生产放一起，这种做法是错的。", ["备份和生产放一起，"], id="zh: then wrong"
        ),
        pytest.param("备份放本地就够了。这个观点不对。", ["备份放本地就够了"], id="zh: one before"),
        pytest.param("我不认为缓存能代替索引。", ["缓存能代替索引"], id="zh: do not think"),
        pytest.param(
            "It is not true that a backup must be off site. Test restores.",
            [" a backup must be off site"],
            id="en: not true that",
        ),
        pytest.param(
            "It's a myth that retries need no limit, but back off.",
            [" retries need no limit, "],
            id="en: until but",
        ),
        pytest.param(
            "I don't think indexes speed up writes.",
            [" indexes speed up writes"],
            id="en: I do not",
        ),
        pytest.param(
            "Backups can stay in the same room. That is simply wrong.",
            ["Backups can stay in the same room"],
            id="en: the sentence before",
        ),
    ],
)
def test_a_denied_statement(text: str, spans: list[str]) -> None:
    assert denied(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("备份不能和生产放在一起，异地再放一份。", id="zh: a plain not"),
        pytest.param("不是一年备一次，而是每天都备。", id="zh: not this but that"),
        pytest.param("并不是所有数据都要备份。", id="zh: not all"),
        pytest.param("并非只有全量一种办法。", id="zh: not only"),
        pytest.param("错误的配置要能自动恢复。", id="zh: a wrong configuration"),
        pytest.param("没有恢复演练，备份就不算数。", id="zh: without"),
        pytest.param("Do not keep the only copy on the same disk.", id="en: a plain not"),
        pytest.param("If the checksum is wrong, the copy is not true to its source.", id="en"),
        pytest.param("Not only the data but also the keys are backed up.", id="en: not only"),
    ],
)
def test_what_only_holds_a_not_is_left_alone(text: str) -> None:
    assert denied(text) == []


pieces = st.sampled_from(
    [
        "并不是",
        "这种说法是错的",
        "，",
        "。",
        "\n",
        "备份",
        "it is not true that ",
        "but ",
        ". ",
        "a",
    ]
)


@given(st.lists(pieces, max_size=40).map("".join))
def test_spans_lie_in_order_inside_the_text(text: str) -> None:
    spans = disowned_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize(
    "unit", ["并不是", "这种说法是错的，", "it is not true that ", "。", "我不认为"]
)
def test_long_hostile_text_takes_no_time(unit: str) -> None:
    text = unit * (12_000 // len(unit))
    assert all(span.end <= len(text) for span in disowned_spans(text))
