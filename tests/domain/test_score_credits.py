import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Band
from app.domain.score import TRUTH_UNKNOWN_LIMIT, band_of, score_credits

shares = st.floats(0, 1)
weights = st.floats(0.1, 3)
points = st.lists(st.tuples(shares, weights), min_size=1, max_size=8)
curves = st.floats(0, 5)


@pytest.mark.parametrize(
    ("credits", "weights", "curve", "score"),
    [
        pytest.param([], [], 0.0, 0.0, id="no key points"),
        pytest.param([1.0, 1.0], [1.0, 2.0], 0.0, 7.9, id="everything covered"),
        pytest.param([0.0, 0.0], [1.0, 2.0], 1.0, 0.0, id="nothing covered"),
        pytest.param([1.0, 0.0], [1.0, 1.0], 0.0, 4.0, id="half, straight"),
        pytest.param([1.0, 0.0], [1.0, 1.0], 1.0, 4.9, id="half, bent"),
        pytest.param([1.0, 0.0], [3.0, 1.0], 0.0, 5.9, id="weights count"),
    ],
)
def test_score_of(credits: list[float], weights: list[float], curve: float, score: float) -> None:
    assert score_credits(credits, weights, curve=curve) == score


@given(points, curves)
def test_the_top_band_stays_closed(points: list[tuple[float, float]], curve: float) -> None:
    score = score_credits(*map(list, zip(*points, strict=True)), curve=curve)
    assert 0.0 <= score <= TRUTH_UNKNOWN_LIMIT
    assert band_of(score) is not Band.EXCELLENT


@given(points, curves, st.integers(0, 7), shares)
def test_more_credit_never_lowers_the_score(
    points: list[tuple[float, float]], curve: float, which: int, more: float
) -> None:
    credits, weights = map(list, zip(*points, strict=True))
    before = score_credits(credits, weights, curve=curve)
    place = which % len(credits)
    credits[place] = max(credits[place], more)
    assert score_credits(credits, weights, curve=curve) >= before
