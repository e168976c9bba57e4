import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.messages import translator
from app.report.charts import Axis, shortened, topic_chart, trend_chart
from app.report.gathering import gather_report
from app.report.highlighting import stretches
from app.report.markdown import markdown_report, plain
from app.report.page import PAGE, html_report
from app.store.repository import SqlRepository
from tests.report.made import COVERED, HOSTILE, MISSING, QUESTIONS, WRONG, full_session, judged

VOID = {"meta", "br", "link", "img", "input"}


class Page(HTMLParser):
    """Tags that a browser would make of the page, its text, and whether all were closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_is_whole_and_needs_nothing_else(mine: SqlRepository, language: str) -> None:
    page = Page(html_report(await gather_report(mine, await full_session(mine)), language))
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "href")}
    expected = "面试报告" if language == "zh" else "Interview report"
    assert expected in page.text


async def test_markup_in_an_answer_is_shown_and_not_obeyed(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    html = html_report(report)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in Page(html).text
    markdown = markdown_report(report)
    assert "<script" not in markdown
    assert "](http" not in markdown
    assert "**bold**" not in markdown


async def test_a_title_full_of_markup_stays_a_title(mine: SqlRepository) -> None:
    summary = (HOSTILE,)
    report = await gather_report(mine, await full_session(mine))
    assert "<script" not in html_report(report, summary=summary)
    assert "<script" not in markdown_report(report, summary=summary)


async def test_the_page_speaks_one_language_throughout(mine: SqlRepository) -> None:
    say = translator("report", "zh")
    template = (PAGE / "report.html.j2").read_text("utf-8")
    texts = re.findall(r'say\("(.+?)"\)', template)
    assert len(texts) > 15
    for text in texts:
        if re.search("[A-Za-z]", re.sub(r"{\w+}", "", text)):
            assert say(text) != text


async def test_markdown_tells_the_same_as_the_page(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    text = markdown_report(report, "en")
    assert "**4.3 / 10** (fair; average over 2 graded questions)" in text
    assert "> 断电以后②**从最近的检查点继续**，" in text
    assert "first 5.4, now 7.2" in text
    assert "Not in the average: not graded: 1, skipped: 1" in text


@given(st.text(max_size=80))
def test_text_in_markdown_is_one_harmless_line(text: str) -> None:
    line = plain(text)
    assert "\n" not in line
    assert "<" not in line
    assert not re.search(r"(?<!\\)[\[\]`*_]", line.replace("\\\\", ""))


@given(st.text(max_size=60), st.data())
def test_the_pieces_of_an_answer_are_the_answer(answer: str, data: st.DataObject) -> None:
    quotes = [
        answer[slice(*sorted((data.draw(st.integers(0, 60)), data.draw(st.integers(0, 60)))))]
        for _ in range(3)
    ]
    verdicts = zip((COVERED, WRONG, MISSING), quotes, strict=True)
    assessment = judged(QUESTIONS[0], answer, 5.0, *verdicts)
    assert "".join(piece.text for piece in stretches(answer, assessment)) == answer


def test_each_quote_is_marked_with_its_key_point() -> None:
    answer = "先备份，再演练。"
    assessment = judged(
        QUESTIONS[0], answer, 5.0, (COVERED, "备份"), (WRONG, "演练"), (MISSING, "")
    )
    assert [(p.text, p.kind, p.starts) for p in stretches(answer, assessment) if p.kind] == [
        ("备份", "covered", ("1",)),
        ("演练", "contradicted", ("2",)),
    ]


@pytest.mark.parametrize(
    ("count", "shape"),
    [
        pytest.param(1, "rect", id="bars for one topic"),
        pytest.param(2, "rect", id="bars for two"),
        pytest.param(3, "polygon", id="radar for three"),
        pytest.param(12, "polygon", id="radar for the first eight of many"),
    ],
)
def test_topics_become_a_radar_where_there_are_enough(count: int, shape: str) -> None:
    axes = [Axis(f"<topic {n}>", n % 11, 5.0) for n in range(count)]
    chart = str(topic_chart([*axes, Axis("ungraded", None)], "By topic"))
    assert shape in chart
    assert "<topic" not in chart
    assert "ungraded" not in chart
    assert ">By topic</title>" in chart
    assert "&lt;topic 0&gt; 0.0" in chart
    assert "style=" not in chart
    assert chart.count("<tspan") == (min(count, 8) if shape == "polygon" else 0)


@given(st.lists(st.floats(-5, 20), min_size=1, max_size=30))
def test_every_point_of_the_trend_lies_on_the_chart(values: list[float]) -> None:
    chart = str(trend_chart([(f"d{n}", value) for n, value in enumerate(values)], "Trend"))
    for x, y in re.findall(r'cx="([\d.-]+)" cy="([\d.-]+)"', chart):
        assert 0 <= float(x) <= 460
        assert 0 <= float(y) <= 200


@pytest.mark.parametrize(
    ("label", "cells", "expected"),
    [
        pytest.param("网络与存储", 10, "网络与存储", id="fits"),
        pytest.param("网络与存储", 8, "网络与…", id="Chinese takes two cells"),
        pytest.param("network", 5, "netw…", id="Latin takes one"),
    ],
)
def test_labels_are_cut_by_their_width(label: str, cells: int, expected: str) -> None:
    assert shortened(label, cells) == expected
