import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from app.domain.assessment import Verdict
from app.domain.question import Bank, KeyPoint, Question
from app.embedding.bundled import BundledEmbedder
from app.errors import EvalError
from app.evals.calibration.calibrate import (
    calibrate,
    cross_validate,
    grade_held_out,
    held_out_figures,
    split_by_group,
    write_calibration,
)
from app.evals.calibration.fit import OWN_FEATURES, Recipe, fit_calibration, grade_rows
from app.evals.calibration.rows import NO_CAP, CalibrationInputs, Rows, measure_rows
from app.evals.metrics import CONTRADICTED, COVERED, MISSING
from app.grading.similarity.calibration import read_calibration
from app.grading.similarity.features import MATCH_FEATURES
from app.grading.similarity.polarity import POLARITY_FEATURES

RECIPE = Recipe("test", "test", OWN_FEATURES)
NO_DIRECTIONS = np.zeros((0, 4), dtype=np.float32)
THINGS = ("苹果", "镰刀", "台风", "钢琴", "火山", "护照")
THINGS += ("蜂蜜", "围棋", "灯塔", "骆驼", "冰箱", "地铁")


def made_rows(groups: int = 12, seed: int = 7, *, noise: float = 0.15) -> Rows:
    """Rows whose match follows the mark, and whose polarity follows contradictions."""
    rng = np.random.default_rng(seed)
    size = groups * 12
    group = np.repeat([f"bank:q{number}" for number in range(groups)], 12)
    mark = rng.choice([COVERED, MISSING, CONTRADICTED], size, p=[0.4, 0.4, 0.2])
    answer = np.arange(size) // 3
    near = np.where(mark == MISSING, 0.2, 0.7)
    match = near[:, None] + rng.normal(0, noise, (size, len(MATCH_FEATURES)))
    polarity = np.zeros((size, len(POLARITY_FEATURES)))
    polarity[:, 0] = np.where(mark == CONTRADICTED, rng.random(size), 0.0)
    credit = np.bincount(answer, mark == COVERED) / 3
    return Rows(
        source=np.where(group < "bank:q5", "gold", "hard"),
        group=group,
        answer=answer,
        mark=mark.astype(np.int64),
        weight=np.ones(size),
        score=10 * credit[answer],
        cap=np.full(size, NO_CAP),
        seen=np.ones(size, dtype=bool),
        elsewhere=np.zeros(size),
        tfidf=rng.random(size),
        cosine=rng.random(size),
        match=match,
        polarity=polarity,
        reference=np.tile(match.mean(axis=0), (size, 1)),
        listing=np.zeros(size),
    )


def test_no_question_is_on_both_sides_of_a_fold() -> None:
    rows = made_rows()
    tested = np.zeros(len(rows), dtype=int)
    for train, test in split_by_group(rows, seed=0):
        assert not set(rows.group[train]) & set(rows.group[test])
        tested += test
    assert (tested == 1).all()


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(EvalError, match="4 questions"):
        next(split_by_group(made_rows(groups=4), seed=0))


def test_reporting_on_a_question_that_was_fitted_on_is_refused() -> None:
    rows = made_rows()
    fitted = fit_calibration(rows, RECIPE, NO_DIRECTIONS)
    with pytest.raises(EvalError, match="fitted on 'bank:q"):
        grade_held_out(rows.where(rows.group == "bank:q3"), fitted, rows)


def test_what_tells_covered_from_missing_is_found_on_unseen_questions() -> None:
    rows = made_rows()
    figures = held_out_figures(rows, cross_validate(rows, RECIPE, NO_DIRECTIONS, seed=0))
    for name in ("gold", "hard"):
        auc, floor = figures[name]["auc"].value, figures[name]["tfidf_auc"].value
        assert auc is not None
        assert floor is not None
        assert auc > 0.95 > floor


def test_marks_that_follow_nothing_give_figures_at_chance() -> None:
    rows = made_rows(groups=40)
    shuffled = np.random.default_rng(1).permutation(len(rows))
    lost = Rows(
        **{
            name: getattr(rows, name)[shuffled] if name in {"match", "polarity"} else column
            for name, column in ((name, getattr(rows, name)) for name in Rows.__slots__)
        }
    )
    figures = held_out_figures(lost, cross_validate(lost, RECIPE, NO_DIRECTIONS, seed=0))
    assert figures["hard"]["auc"].value == pytest.approx(0.5, abs=0.1)


def test_coefficients_never_turn_a_match_against_the_answer() -> None:
    rows = made_rows()
    rows.match[:, MATCH_FEATURES.index("answer_vector")] *= -1
    fitted = fit_calibration(rows, RECIPE, NO_DIRECTIONS)
    weights = dict(zip(fitted.match.features, fitted.match.coefficients, strict=True))
    assert weights["answer_vector"] == 0.0
    assert weights["window_terms"] > 0.0


def test_a_guarded_answer_keeps_its_cap_and_gets_no_covered_verdict() -> None:
    rows = made_rows()
    fitted = fit_calibration(rows, RECIPE, NO_DIRECTIONS)
    rows.cap[:] = 1.0
    graded = grade_rows(rows, fitted)
    assert graded.score.max() <= 1.0
    assert COVERED not in graded.verdict


def test_the_same_rows_give_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        fitted = fit_calibration(made_rows(), RECIPE, NO_DIRECTIONS)
        write_calibration(fitted, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert read_calibration(tmp_path / "one").name == "test"


def small_inputs(tmp_path: Path, *, variants: Sequence[str] = ()) -> CalibrationInputs:
    """Twelve questions, each with a right, a wrong and an empty answer."""
    names = [*variants, *[""] * (len(THINGS) - len(variants))]
    questions = tuple(
        Question(
            f"q{number}",
            f"怎样识别{thing}？",
            variants=variant,
            key_points=(
                KeyPoint("kp1", f"{thing}的外形", f"先看{thing}的形状和颜色。"),
                KeyPoint("kp2", f"{thing}的用途", f"再看{thing}用在哪里。"),
            ),
        )
        for number, (thing, variant) in enumerate(zip(THINGS, names, strict=True))
    )
    lines = []
    for question, thing in zip(questions, THINGS, strict=True):
        answers = (
            (f"看{thing}的形状和颜色", [Verdict.COVERED, Verdict.MISSING], 5.0),
            (f"{thing}用在哪里不用看", [Verdict.MISSING, Verdict.CONTRADICTED], 0.0),
            ("今天下雨", [Verdict.MISSING, Verdict.MISSING], 0.0),
        )
        lines += [
            {
                "id": f"{question.id}-{place}",
                "question_id": question.id,
                "answer": answer,
                "verdicts": verdicts,
                "score": score,
            }
            for place, (answer, verdicts, score) in enumerate(answers)
        ]
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    contrast = tmp_path / "contrast.jsonl"
    item = {
        "id": "c1",
        "lang": "zh",
        "question": "缓存怎么过期？",
        "key_point": {"title": "过期加随机", "detail": "过期时间加随机值，失效时刻错开。"},
        "covered": ["过期时间上加个随机数"],
        "contradicted": ["过期时间不用加随机值"],
        "unrelated": ["内存不够就加机器"],
    }
    contrast.write_text(json.dumps(item), encoding="utf-8")
    return CalibrationInputs({"small": cases}, contrast, (Bank("b", questions=questions),))


def test_a_calibration_from_files_records_data_folds_and_held_out_figures(
    tmp_path: Path,
) -> None:
    embedder = BundledEmbedder()
    report = calibrate(small_inputs(tmp_path), embedder, embedder)
    fit = report.calibration.fit
    assert report.calibration.name == "bundled"
    assert set(fit["files"]) == {"small", "contrast"}
    assert fit["folds"] == {"number": 5, "seeds": [0, 1, 2], "groups": 13}
    assert (
        fit["figures"]["small"]["auc"]["value"] == report.figures["small"]["auc"].as_json()["value"]
    )
    auc = report.figures["small"]["auc"].value
    assert auc is not None
    assert auc > 0.9


def test_variants_of_a_question_count_as_one(tmp_path: Path) -> None:
    embedder = BundledEmbedder()
    inputs = small_inputs(tmp_path, variants=("same", "same", "same"))
    rows, _ = measure_rows(inputs, embedder, embedder, own_space=True)
    assert len(np.unique(rows.group)) == 11


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"verdicts": None}, "needs verdicts and a score", id="no verdicts"),
        pytest.param({"question_id": "none"}, "no bank has the question", id="no question"),
        pytest.param({"verdicts": ["covered"]}, "1 verdicts for 2 key points", id="too few"),
        pytest.param({"answer": 3}, "answer", id="not a case"),
    ],
)
def test_cases_that_cannot_be_used_are_named_with_file_and_line(
    change: dict[str, object], words: str, tmp_path: Path
) -> None:
    inputs = small_inputs(tmp_path)
    file = inputs.cases["small"]
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lines[4] |= change
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    embedder = BundledEmbedder()
    with pytest.raises(EvalError, match=words) as caught:
        measure_rows(inputs, embedder, embedder, own_space=True)
    assert "cases.jsonl:5" in caught.value.message
