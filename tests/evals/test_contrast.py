"""The contrast probe tells sayings that cover from those that only sound like it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.assessment import (
    Assessment,
    Band,
    GraderInfo,
    KeyPointResult,
    Mode,
    Status,
    Verdict,
)
from app.domain.question import Question
from app.errors import EvalError
from app.evals.contrast import NEGATION, contrast_figures, grade_contrast, read_contrast
from app.grading.grader import OnVerdict

SAYINGS = {
    "covers": ["fans lower the heat", "less heat with fans"],
    "denies": "fans do not lower the heat",
    "reverses": "fans raise the heat",
    "wanders": "the door is blue",
}


def item(number: int, lang: str = "en") -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "lang": lang,
        "question": "Why fans?",
        "key_point": {"title": "fans lower the heat", "detail": ""},
        "covered": [f"{text} {number}" for text in SAYINGS["covers"]],
        "partial": [f"fans {number}"],
        "contradicted": [f"{SAYINGS['denies']} {number}", f"{SAYINGS['reverses']} {number}"],
        "unrelated": [f"{SAYINGS['wanders']} {number}"],
    }


@pytest.fixture
def contrast_file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: dict[str, Any] | str) -> Path:
        path = tmp_path / "contrast.jsonl"
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("\n".join(texts), encoding="utf-8")
        return path

    return write


class Scales:
    """Coverage by words: heat counts, `not` is seen, a reversal is not."""

    info = GraderInfo(Mode.SIMILARITY, "scales", "none")

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        if "not" in answer:
            verdict, coverage = Verdict.CONTRADICTED, 0.2
        elif "heat" in answer:
            verdict, coverage = Verdict.COVERED, 0.9
        else:
            verdict, coverage = Verdict.MISSING, 0.3 if "fans" in answer else 0.0
        result = KeyPointResult("kp1", question.key_points[0].title, 1.0, verdict, coverage)
        return Assessment(
            question.id, Status.GRADED, 5.0, Band.FAIR, 0.5, self.info, key_points=(result,)
        )


async def test_negation_and_reversal_are_told_apart(contrast_file: Callable[..., Path]) -> None:
    items = read_contrast(contrast_file(*[item(number) for number in range(6)]))
    figures = contrast_figures(await grade_contrast(items, Scales()), draws=50)["en"]
    assert figures["unrelated"].value == 1.0
    assert figures["partial"].value == 1.0
    assert figures["negation"].value == 1.0
    assert figures["reversal"].value == 0.5
    assert figures["contradicted"].value == 0.75
    assert figures["own_point"].value == 0.75
    assert figures["credit"].value == 0.5
    assert figures["seen"].value == 0.5
    assert figures["covered_recall"].value == 1.0


async def test_languages_are_measured_apart(contrast_file: Callable[..., Path]) -> None:
    items = read_contrast(contrast_file(item(1), item(2, "zh")))
    figures = contrast_figures(await grade_contrast(items, Scales()), draws=20)
    assert figures.keys() == {"en", "zh"}
    assert figures["zh"]["unrelated"].questions == 1


async def test_an_item_without_contradictions_says_nothing_about_them(
    contrast_file: Callable[..., Path],
) -> None:
    items = read_contrast(contrast_file(item(1) | {"contradicted": []}))
    figures = contrast_figures(await grade_contrast(items, Scales()), draws=20)["en"]
    assert figures["contradicted"].value is None
    assert figures["credit"].value is None


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("不必备份", True),
        ("没有必要", True),
        ("备份放在同一间机房", False),
        ("It does not help", True),
        ("It doesn't help", True),
        ("another notion", False),
    ],
)
def test_words_that_deny_are_known(text: str, denies: bool) -> None:
    assert bool(NEGATION.search(text)) is denies


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{broken", id="no JSON"),
        pytest.param(item(1) | {"lang": "fr"}, id="language"),
        pytest.param({"id": "c1"}, id="fields missing"),
        pytest.param(item(1) | {"extra": 1}, id="unknown field"),
    ],
)
def test_a_broken_line_is_an_error_with_its_place(
    contrast_file: Callable[..., Path], line: Any
) -> None:
    with pytest.raises(EvalError, match=r"contrast\.jsonl:2"):
        read_contrast(contrast_file(item(1), line))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be read"):
        read_contrast(tmp_path / "none.jsonl")
