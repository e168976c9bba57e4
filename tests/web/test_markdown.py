"""Text of banks becomes markup that does nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.markdown import to_html
from tests.report.test_pages import Page

KNOWN = {
    *("p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote", "hr"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("**a** `b`", "<p><strong>a</strong> <code>b</code></p>", id="marks"),
        pytest.param("a\nb", "<p>a<br />\nb</p>", id="lines stay lines"),
        pytest.param("# a", "<h3>a</h3>", id="headings stand below the page's own"),
        pytest.param("###### a", "<h6>a</h6>", id="the lowest heading"),
        pytest.param(
            "|a|\n|:-:|",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n</table>",
            id="a table without styles",
        ),
        pytest.param("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>", id="HTML is text"),
        pytest.param("[a](javascript:b)", "<p>[a](javascript:b)</p>", id="foreign scheme"),
        pytest.param(
            "[a](https://b.example)",
            '<p><a href="https://b.example" rel="noopener noreferrer nofollow">a</a></p>',
            id="link",
        ),
    ],
)
def test_markdown_becomes_safe_markup(text: str, html: str) -> None:
    assert to_html(text).strip() == html


@given(st.text(alphabet="<>\"'&()[]!*_`#-|:/\\= \nascriptonjv", max_size=80))
def test_no_text_makes_other_elements_or_addresses(text: str) -> None:
    page = Page(str(to_html(text)))
    assert set(page.tags) <= KNOWN
    for name, value in page.attributes:
        assert name in {"href", "rel", "title", "class", "start"}
        if name == "href":
            assert not re.match(r"\s*(javascript|data|vbscript|file):", value or "", re.IGNORECASE)
