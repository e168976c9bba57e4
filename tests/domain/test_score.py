"""The score is added up in code, within bounds, and never punishes saying more that is right."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Band, KeyPointResult, Verdict
from app.domain.score import ScoreWeights, band_of, score_verdicts

verdicts = st.sampled_from(list(Verdict))
weights = st.floats(min_value=0.1, max_value=5, allow_nan=False)
judged = st.lists(st.tuples(verdicts, weights), max_size=12)
counts = st.integers(min_value=0, max_value=20)


def results(items: Sequence[tuple[Verdict, float]]) -> list[KeyPointResult]:
    return [
        KeyPointResult(f"kp{number}", "title", weight, verdict, coverage=0.5)
        for number, (verdict, weight) in enumerate(items, start=1)
    ]


@given(judged, counts, counts)
def test_a_score_stays_within_0_and_10(items: list, beyond: int, errors: int) -> None:
    assert 0 <= score_verdicts(results(items), beyond=beyond, errors=errors) <= 10


@given(judged, weights, counts, counts)
def test_one_more_covered_key_point_never_lowers_the_score(
    items: list, weight: float, beyond: int, errors: int
) -> None:
    before = score_verdicts(results(items), beyond=beyond, errors=errors)
    longer = results([*items, (Verdict.COVERED, weight)])
    assert score_verdicts(longer, beyond=beyond, errors=errors) >= before


@given(judged, st.randoms(use_true_random=False))
def test_the_order_of_key_points_does_not_matter(items: list, random) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert score_verdicts(results(items)) == pytest.approx(
        score_verdicts(results(shuffled)), abs=0.11
    )


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([], 0.0, id="no key points"),
        pytest.param([(Verdict.COVERED, 1), (Verdict.COVERED, 2)], 10.0, id="all covered"),
        pytest.param([(Verdict.MISSING, 1)], 0.0, id="all missing"),
        pytest.param([(Verdict.COVERED, 3), (Verdict.MISSING, 1)], 7.5, id="weights count"),
        pytest.param([(Verdict.PARTIAL, 1)], 5.0, id="partial is half"),
        pytest.param(
            [(Verdict.COVERED, 1), (Verdict.CONTRADICTED, 1)], 3.8, id="a contradiction costs"
        ),
    ],
)
def test_verdicts_add_up_to(items: list, expected: float) -> None:
    flat = ScoreWeights(partial_credit=0.5, contradiction_penalty=0.25)
    assert score_verdicts(results(items), weights=flat) == expected


def test_content_beyond_the_list_cannot_lift_an_answer_that_covered_nothing() -> None:
    assert score_verdicts(results([(Verdict.MISSING, 1)]), beyond=5) == 0.0


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0.0, Band.POOR),
        (1.9, Band.POOR),
        (2.0, Band.WEAK),
        (4.0, Band.FAIR),
        (6.4, Band.GOOD),
        (8.0, Band.EXCELLENT),
        (10.0, Band.EXCELLENT),
    ],
)
def test_a_band_starts_at_its_floor(score: float, band: Band) -> None:
    assert band_of(score) is band
