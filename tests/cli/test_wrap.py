import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from app.cli.screen.wrap import CLOSERS, flow, hang, line_spans, shorten

MIXED = st.text("ab 中文，。（）①e\u0301🙂「」%", max_size=60)


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in line_spans(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        pytest.param("定期备份数据", 8, ["定期备份", "数据"], id="between any two characters"),
        pytest.param("定期备份，数据", 8, ["定期备", "份，数据"], id="no comma in front"),
        pytest.param("备份（数据）", 6, ["备份", "（数", "据）"], id="no bracket at the end"),
        pytest.param("run a backup", 8, ["run a", "backup"], id="between words"),
        pytest.param("用Kubernetes编排", 12, ["用Kubernetes", "编排"], id="Latin inside Chinese"),
        pytest.param("incomprehensible", 6, ["incomp", "rehens", "ible"], id="a word too long"),
        pytest.param("用 Ceph 存储", 7, ["用 Ceph", "存储"], id="spaces at a break vanish"),
        pytest.param(" 。）", 4, ["。）"], id="space in front of what fills the line"),
        pytest.param("", 8, [""], id="nothing"),
        pytest.param("占 100%。", 6, ["占", "100%。"], id="a percentage stays whole"),
    ],
)
def test_lines_break_where_readers_expect(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


@given(MIXED, st.integers(4, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    broken = lines(text, width)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in broken)


@given(st.text("中文字，。", max_size=40).filter(lambda text: "，，" not in text))
def test_punctuation_never_starts_a_line(text: str) -> None:
    sparse = "中".join(text)
    assert not any(line[:1] in CLOSERS for line in lines(sparse, 10)[1:] if line)


def test_later_lines_stand_under_the_first() -> None:
    shown = hang(Text("定期备份，异地备份"), 12, "① ")
    assert [line.plain for line in shown] == ["① 定期备份，", "  异地备份"]


def test_styles_follow_their_words_over_a_break() -> None:
    text = Text("定期备份")
    text.stylize("red", 1, 3)
    first, second = hang(text, 4)
    assert [(span.start, span.end, span.style) for span in first.spans] == [(1, 2, "red")]
    assert [(span.start, span.end, span.style) for span in second.spans] == [(0, 1, "red")]


def test_empty_lines_of_the_text_stay() -> None:
    assert [line.plain for line in hang(Text("a\n\nb"), 10, "  ")] == ["  a", "", "  b"]


def test_items_in_a_row_are_never_broken() -> None:
    assert flow(["a: again", "q: quit now"], 12) == "a: again\nq: quit now"
    assert flow(["a: again", "q: quit"], 20) == "a: again  q: quit"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        pytest.param("数据中心", 8, "数据中心", id="fits"),
        pytest.param("数据中心", 7, "数据中…", id="cut between wide characters"),
        pytest.param("数据中心", 6, "数据…", id="a wide character does not fit in half"),
        pytest.param("a word", 3, "a…", id="no space before the ellipsis"),
    ],
)
def test_what_is_cut_says_so(text: str, width: int, expected: str) -> None:
    assert shorten(text, width) == expected
