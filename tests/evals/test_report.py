"""The page of a run: complete without a network, safe with any text, in either language."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from app.errors import EvalError
from app.evals.report.page import render_report, write_report
from app.evals.report.worst import Stretch, stretches, worst_cases
from app.evals.run import RunPlan, run_cases
from app.evals.runfile import RunFile

Write = Callable[..., Path]
Plan = Callable[..., RunPlan]

CASES = [
    {"id": "good", "question_id": "q1", "answer": "An apple and a pear.", "score": 10,
     "verdicts": ["covered", "covered"], "style": "expert"},
    {"id": "bad", "question_id": "q2", "answer": "An apple is no <b>pear</b> & no apple",
     "score": 1, "verdicts": ["contradicted", "missing"], "style": "wrong",
     "raters": [{"score": 1}, {"score": 2}]},
    {"id": "so-so", "question_id": "q3", "answer": "梨 apple", "score": 4,
     "verdicts": ["covered", "covered"], "style": "expert"},
    {"id": "failed", "question_id": "q4", "answer": "no model", "score": 4},
]  # fmt: skip


class Page(HTMLParser):
    """Tags with their attributes, and the text, of a page that must nest correctly."""

    VOID = frozenset({"meta", "br", "line", "circle", "polyline"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.text += data


@pytest.fixture
def run(case_file: Write, plan_for: Plan) -> RunFile:
    plan = plan_for(case_file(*CASES))
    run_cases(plan)
    return RunFile(plan.out)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_needs_nothing_but_itself(run: RunFile, language: str) -> None:
    html = render_report(run, language)
    page = Page(html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe"})
    assert not re.search(r"https?://|url\(|@import|src=", html)
    assert ("html", {"lang": language}) in page.tags


def test_every_chart_says_what_it_shows_to_those_who_cannot_see_it(run: RunFile) -> None:
    charts = [attrs for tag, attrs in Page(render_report(run, "en")).tags if tag == "svg"]
    assert len(charts) > 5
    assert all(attrs.get("aria-label") or attrs.get("aria-hidden") for attrs in charts)


def test_what_candidates_wrote_is_shown_and_never_obeyed(run: RunFile) -> None:
    html = render_report(run, "en")
    assert "&lt;b&gt;" in html
    assert "<b>pear" not in html


def test_the_page_shows_figures_slices_raters_and_what_was_not_graded(run: RunFile) -> None:
    text = Page(render_report(run, "en")).text
    assert "3 of 4 answers graded" in text
    assert "1 ungraded, in no average" in text
    assert "rater 1 and rater 2" in text
    assert "the model did not answer" in text
    assert "expert" in text


def test_the_chinese_page_speaks_chinese_only(run: RunFile) -> None:
    text = Page(render_report(run, "zh")).text
    assert "与标注相差最远的回答" in text
    for english in ("Where", "graded", "Charts", "mean distance", "covered", "Style"):
        assert english not in text


def test_the_worst_cases_come_first_with_their_evidence_marked(run: RunFile) -> None:
    cases = worst_cases(run)
    assert [case.id for case in cases] == ["bad", "so-so"]
    assert cases[0].off == 9.0
    assert cases[0].raters == ("1", "2")
    assert [(piece.text, piece.verdict) for piece in cases[0].stretches][:3] == [
        ("An ", ""),
        ("apple", "covered"),
        (" is no <b>", ""),
    ]


def test_each_verdict_says_whose_it_is_where_a_phone_shows_no_head_of_the_table(
    run: RunFile,
) -> None:
    cells = [attrs for tag, attrs in Page(render_report(run, "zh")).tags if tag == "td"]
    named = [attrs["data-name"] for attrs in cells if "data-name" in attrs]
    assert named[:3] == ["标注", "mockint", "覆盖度"]
    assert len(named) % 3 == 0


def test_only_so_many_cases_are_shown(run: RunFile) -> None:
    assert [case.id for case in worst_cases(run, limit=1)] == ["bad"]


def evidence(start: int, end: int, verdict: str = "covered") -> dict[str, Any]:
    return {"verdict": verdict, "evidence": {"quote": "", "start": start, "end": end}}


@pytest.mark.parametrize(
    ("points", "pieces"),
    [
        pytest.param([], [Stretch("abcdef")], id="no evidence"),
        pytest.param([evidence(0, 6)], [Stretch("abcdef", "covered", (1,))], id="the whole answer"),
        pytest.param(
            [evidence(0, 4), {"verdict": "missing", "evidence": None}, evidence(2, 6, "partial")],
            [
                Stretch("ab", "covered", (1,)),
                Stretch("cd", "covered", (1, 3)),
                Stretch("ef", "partial", (3,)),
            ],
            id="overlapping",
        ),
        pytest.param(
            [evidence(4, 99)], [Stretch("abcd"), Stretch("ef", "covered", (1,))], id="cut text"
        ),
    ],
)
def test_an_answer_is_cut_where_evidence_begins_and_ends(
    points: list[dict[str, Any]], pieces: list[Stretch]
) -> None:
    assert list(stretches("abcdef", points)) == pieces


def test_a_run_without_marks_has_a_page_too(case_file: Write, plan_for: Plan) -> None:
    plan = plan_for(case_file({"id": "a", "question_id": "q1", "answer": "apple"}))
    run_cases(plan)
    assert "no answer with a mark" in Page(render_report(RunFile(plan.out), "en")).text


def test_a_file_without_figures_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "bare.json"
    path.write_text('{"cases": []}')
    with pytest.raises(EvalError, match="holds no figures"):
        write_report(RunFile(path), tmp_path / "page.html", "en")
