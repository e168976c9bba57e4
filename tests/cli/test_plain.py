import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.screen.plain import one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred", "␛[31mred", id="escape sequence"),
        pytest.param("\x1b]0;title\x07", "␛]0;title␇", id="window title"),
        pytest.param("a\rb", "a␍b", id="carriage return"),
        pytest.param("a\x7fb", "a␡b", id="delete"),
        pytest.param("\x9b31m", "�31m", id="eight-bit control sequence"),
        pytest.param("a\u202eb", "a�b", id="right-to-left override"),
        pytest.param("a\tb", "a b", id="tabulator"),
        pytest.param("\ud800", "�", id="lone surrogate"),
        pytest.param("第一行\n第二行", "第一行\n第二行", id="line feeds stay"),
        pytest.param("全角　空格", "全角　空格", id="ideographic space stays"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="joined emoji stay"),
    ],
)
def test_nothing_that_a_terminal_would_obey_is_printed(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_offsets_into_the_text_stay_true(text: str) -> None:
    assert len(visible(text)) == len(text)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
