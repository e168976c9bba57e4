import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Band
from app.domain.score import TRUTH_UNKNOWN_LIMIT, band_of, score_credits

shares = st.floats(0, 1)
weights = st.floats(0.1, 3)
points = st.lists(st.tuples(shares, weights), min_size=1, max_size=8)
bends = st.tuples(st.floats(0, 20), shares)


@pytest.mark.parametrize(
    ("credits", "weights", "bend", "score"),
    [
        pytest.param([], [], (0.0, 0.5), 0.0, id="no key points"),
        pytest.param([1.0, 1.0], [1.0, 2.0], (0.0, 0.5), 7.9, id="everything covered"),
        pytest.param([1.0, 1.0], [1.0, 2.0], (7.0, 0.4), 7.9, id="everything covered, bent"),
        pytest.param([0.0, 0.0], [1.0, 2.0], (7.0, 0.4), 0.0, id="nothing covered"),
        pytest.param([1.0, 0.0], [1.0, 1.0], (0.0, 0.5), 4.0, id="half, straight"),
        pytest.param([1.0, 0.0], [1.0, 1.0], (7.0, 0.5), 4.0, id="half, bent about the half"),
        pytest.param([1.0, 0.0], [1.0, 1.0], (7.0, 0.4), 5.2, id="half, past the middle"),
        pytest.param([1.0, 0.0], [3.0, 1.0], (0.0, 0.5), 5.9, id="weights count"),
    ],
)
def test_score_of(
    credits: list[float], weights: list[float], bend: tuple[float, float], score: float
) -> None:
    assert score_credits(credits, weights, steepness=bend[0], middle=bend[1]) == score


@given(points, bends)
def test_the_top_band_stays_closed(
    points: list[tuple[float, float]], bend: tuple[float, float]
) -> None:
    credits, weights = map(list, zip(*points, strict=True))
    score = score_credits(credits, weights, steepness=bend[0], middle=bend[1])
    assert 0.0 <= score <= TRUTH_UNKNOWN_LIMIT
    assert band_of(score) is not Band.EXCELLENT


@given(points, bends, st.integers(0, 7), shares)
def test_more_credit_never_lowers_the_score(
    points: list[tuple[float, float]], bend: tuple[float, float], which: int, more: float
) -> None:
    credits, weights = map(list, zip(*points, strict=True))
    before = score_credits(credits, weights, steepness=bend[0], middle=bend[1])
    place = which % len(credits)
    credits[place] = max(credits[place], more)
    assert score_credits(credits, weights, steepness=bend[0], middle=bend[1]) >= before
