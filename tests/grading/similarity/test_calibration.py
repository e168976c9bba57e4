import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.embedding.bundled import BundledEmbedder
from app.errors import CalibrationBroken
from app.grading.similarity.calibration import (
    Calibration,
    Judged,
    calibration_for,
    calibration_name,
    read_calibration,
)
from app.grading.similarity.features import MATCH_FEATURES
from app.grading.similarity.polarity import POLARITY_FEATURES
from app.resources import resource_dir

SHIPPED = resource_dir("evals") / "calibration"
NAMES = ("bundled", "default")


class Stranger:
    """An embedder that nobody calibrated."""

    name = "st:somebody/some model"
    fingerprint = "st:whatever"


def shipped(name: str = "bundled") -> Calibration:
    return read_calibration(SHIPPED / f"{name}.json")


def broken(tmp_path: Path, **changes: Any) -> Path:
    data = json.loads((SHIPPED / "bundled.json").read_bytes())
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = data
        for parent in parents:
            place = place[parent]
        place[last] = value
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", NAMES)
def test_more_agreement_never_means_less_coverage(name: str) -> None:
    calibration = shipped(name)
    assert min(calibration.match.coefficients) >= 0
    assert min(calibration.polarity.coefficients) >= 0


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_small_and_says_what_it_was_fitted_on(name: str) -> None:
    assert (SHIPPED / f"{name}.json").stat().st_size < 200_000
    fit = shipped(name).fit
    assert set(fit["files"]) == {"gold", "hard", "contrast"}
    assert all(digest.startswith("sha256:") for digest in fit["files"].values())
    assert fit["folds"]["number"] == 5
    assert fit["figures"]["gold"]["auc"]["value"] > fit["figures"]["gold"]["tfidf_auc"]["value"]


def test_held_out_figures_stay_above_what_the_project_promises() -> None:
    figures = shipped().fit["figures"]
    assert figures["gold"]["auc"]["value"] >= 0.88
    assert figures["hard"]["auc"]["value"] >= 0.70
    assert figures["contrast-zh"]["contradicted"]["low"] > 0.5


def test_an_embedder_gets_its_own_file(embedder: BundledEmbedder) -> None:
    loaded = calibration_for(embedder, SHIPPED)
    assert loaded.own
    assert loaded.label.startswith("bundled@")


def test_an_embedder_without_a_file_gets_the_default_one() -> None:
    loaded = calibration_for(Stranger(), SHIPPED)  # type: ignore[arg-type]
    assert not loaded.own
    assert loaded.label.startswith("default@")


def test_the_label_changes_with_the_file(tmp_path: Path, embedder: BundledEmbedder) -> None:
    before = calibration_for(embedder, SHIPPED).label
    changed = broken(tmp_path, match__intercept=-3.0)
    changed.rename(tmp_path / "bundled.json")
    assert calibration_for(embedder, tmp_path).label != before


def test_a_name_with_slashes_and_colons_becomes_a_file_name() -> None:
    assert calibration_name(Stranger()) == "st-somebody-some-model"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"format": 1}, "format", id="another version"),
        pytest.param({"match__features": ["length", "b", "c"]}, "length", id="unknown feature"),
        pytest.param({"match__coefficients": [1.0]}, "features", id="a coefficient missing"),
        pytest.param({"match__intercept": "much"}, "intercept", id="no number"),
        pytest.param({"thresholds__partial": 0.99}, "partial", id="limits crossed"),
        pytest.param({"directions": [[1.0, 2.0], [1.0]]}, "directions", id="ragged directions"),
        pytest.param({"surprise": 1}, "surprise", id="unknown field"),
    ],
)
def test_a_damaged_file_is_named_with_its_fault(
    changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(CalibrationBroken, match=words) as caught:
        read_calibration(broken(tmp_path, **changes))
    assert "changed.json" in caught.value.message
    assert "mockint eval calibrate" in caught.value.remedy


def test_a_missing_file_and_one_that_is_no_json(tmp_path: Path) -> None:
    with pytest.raises(CalibrationBroken, match="cannot be read"):
        read_calibration(tmp_path / "none.json")
    (tmp_path / "cut.json").write_text('{"format": 1', encoding="utf-8")
    with pytest.raises(CalibrationBroken, match=r"cut\.json"):
        read_calibration(tmp_path / "cut.json")


shares = st.floats(0, 1, width=32)


@given(shares, shares, shares)
def test_signs_of_a_reversal_only_ever_lower_coverage(one: float, two: float, sign: float) -> None:
    match = np.full((1, len(MATCH_FEATURES)), one, dtype=np.float32)
    match[0, 0] = two
    none = np.zeros((1, len(POLARITY_FEATURES)), dtype=np.float32)
    some = np.full((1, len(POLARITY_FEATURES)), sign, dtype=np.float32)
    plain, reversed_ = shipped().judge(match, none), shipped().judge(match, some)
    assert plain.coverage[0] == plain.relevance[0]
    assert reversed_.coverage[0] <= plain.coverage[0]
    assert 0.0 <= reversed_.coverage[0] <= 1.0


@given(
    st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=6), st.integers(0, 5), shares
)
def test_covering_a_key_point_better_never_lowers_the_score(
    points: list[tuple[float, float, float]], which: int, listing: float
) -> None:
    def score(values: list[tuple[float, float, float]]) -> float:
        coverage = np.array([c * r for c, r, _ in values], dtype=np.float32)
        relevance = np.array([r for _, r, _ in values], dtype=np.float32)
        match = np.zeros((len(values), len(MATCH_FEATURES)), dtype=np.float32)
        match[:, MATCH_FEATURES.index("answer_terms")] = [recall for _, _, recall in values]
        judged = Judged(coverage, relevance, np.zeros_like(coverage))
        reference = np.zeros(len(MATCH_FEATURES), dtype=np.float32)
        return shipped().score_of(judged, match, reference, listing, [1.0] * len(values))

    better = list(points)
    _, relevance, recall = points[which % len(points)]
    better[which % len(points)] = (1.0, max(relevance, 0.9), max(recall, 0.9))
    assert 0.0 <= score(points) <= score(better) <= 7.9
