"""Measures agree with the libraries in every resample and never invent a number."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from app.errors import EvalError
from app.evals import metrics
from app.evals.figures import FEWEST_QUESTIONS, library
from app.evals.metrics import auc, codes_of, score_figures, verdict_figures
from app.evals.ranks import auc_draws, spearman_draws
from app.evals.resample import Resamples

RNG = np.random.default_rng(7)
QUESTIONS = np.repeat([f"q{i}" for i in range(12)], 5)
HUMAN = RNG.integers(0, 21, 60) / 2
GIVEN = np.clip(np.round(HUMAN + RNG.normal(0, 2, 60), 1), 0, 10)
MARKS = RNG.integers(0, 4, 60)
SEEN = np.where(RNG.random(60) < 0.7, MARKS, RNG.integers(0, 4, 60))
COVERAGE = np.round(np.clip(0.6 - 0.15 * MARKS + RNG.normal(0, 0.2, 60), 0, 1), 1)


def drawn_rows(sample: Resamples) -> list[np.ndarray]:
    """Row numbers of each draw, a row as often as its question was drawn."""
    return [
        np.repeat(np.arange(sample.rows), row.astype(int))
        for block in sample.weights()
        for row in block
    ]


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        pytest.param("pearson", lambda x, y: stats.pearsonr(x, y).statistic, id="pearson"),
        pytest.param("spearman", lambda x, y: stats.spearmanr(x, y).statistic, id="spearman"),
        pytest.param(
            "qwk",
            lambda x, y: sk.cohen_kappa_score(
                np.rint(x), np.rint(y), weights="quadratic", labels=range(11)
            ),
            id="quadratic weighted kappa",
        ),
        pytest.param("mae", sk.mean_absolute_error, id="mean absolute error"),
        pytest.param("rmse", sk.root_mean_squared_error, id="root mean squared error"),
        pytest.param("bias", lambda x, y: float(np.mean(y - x)), id="mean signed error"),
    ],
)
def test_interval_bounds_are_the_percentiles_of_the_library_s_values_over_the_same_draws(
    name: str, reference: Callable[[np.ndarray, np.ndarray], float]
) -> None:
    figure = score_figures(HUMAN, GIVEN, QUESTIONS, draws=40, seed=3)[name]
    rows = drawn_rows(Resamples(QUESTIONS, 40, 3))
    expected = np.percentile([reference(HUMAN[r], GIVEN[r]) for r in rows], (2.5, 97.5))
    assert figure.value == pytest.approx(reference(HUMAN, GIVEN))
    assert (figure.low, figure.high) == pytest.approx(tuple(expected))


def test_verdict_measures_are_those_of_scikit_learn() -> None:
    figures = verdict_figures(MARKS, SEEN, QUESTIONS, draws=40, seed=3)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(MARKS, SEEN, zero_division=0)
    assert figures["macro_f1"].value == pytest.approx(f1.mean())
    assert figures["kappa"].value == pytest.approx(sk.cohen_kappa_score(MARKS, SEEN))
    for code, name in enumerate(("covered", "partial", "missing", "contradicted")):
        assert figures[f"{name}_precision"].value == pytest.approx(precision[code])
        assert figures[f"{name}_recall"].value == pytest.approx(recall[code])
        assert figures[f"{name}_f1"].value == pytest.approx(f1[code])
    kappas = [
        sk.cohen_kappa_score(MARKS[r], SEEN[r]) for r in drawn_rows(Resamples(QUESTIONS, 40, 3))
    ]
    assert figures["kappa"].low == pytest.approx(np.percentile(kappas, 2.5))


ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 9)), min_size=8, max_size=30
)


@settings(max_examples=40, deadline=None)
@given(ROWS.filter(lambda rows: len({row[2] for row in rows}) >= FEWEST_QUESTIONS))
def test_weighted_rank_measures_equal_the_library_s_on_repeated_rows(
    rows: list[tuple[bool, int, int]],
) -> None:
    positive = np.array([row[0] for row in rows])
    scores = np.array([row[1] for row in rows], dtype=float)
    sample = Resamples([row[2] for row in rows], 10, 5)
    other = scores * 0.5 + positive
    drawn = drawn_rows(sample)
    assert len(drawn) == 10
    for value, rho, take in zip(
        auc_draws(positive, scores, sample),
        spearman_draws(scores, other, sample),
        drawn,
        strict=True,
    ):
        if positive[take].all() or not positive[take].any():
            assert np.isnan(value)
        else:
            assert value == pytest.approx(sk.roc_auc_score(positive[take], scores[take]))
        if np.ptp(scores[take]) and np.ptp(other[take]):
            assert rho == pytest.approx(stats.spearmanr(scores[take], other[take]).statistic)


def test_the_same_seed_gives_the_same_interval_and_another_seed_a_near_one() -> None:
    first, again = (score_figures(HUMAN, GIVEN, QUESTIONS, seed=1)["pearson"] for _ in "ab")
    other = score_figures(HUMAN, GIVEN, QUESTIONS, seed=2)["pearson"]
    assert first == again
    assert first.low != other.low
    assert first.low == pytest.approx(other.low, abs=0.05)


def test_answers_to_one_question_widen_the_interval_as_clusters_do() -> None:
    shift = np.repeat(RNG.normal(0, 3, 12), 5)
    given_scores = np.clip(HUMAN + shift, 0, 10)
    by_question = score_figures(HUMAN, given_scores, QUESTIONS)["bias"]
    by_answer = score_figures(HUMAN, given_scores, np.arange(60))["bias"]
    assert by_question.high - by_question.low > 1.3 * (by_answer.high - by_answer.low)


@pytest.mark.parametrize(
    ("human", "scores", "questions", "name"),
    [
        pytest.param([], [], [], "mae", id="no rows"),
        pytest.param([5, 5, 5], [1, 2, 3], ["a", "b", "c"], "pearson", id="equal marks"),
        pytest.param([1, 2, 3], [4, 4, 4], ["a", "b", "c"], "spearman", id="equal grades"),
        pytest.param([4], [4], ["a"], "qwk", id="one row, one value"),
        pytest.param([9, 9], [9, 9], ["a", "b"], "false_praise", id="no weak answer"),
        pytest.param([np.nan, np.nan], [1, 2], ["a", "b"], "rmse", id="marks that are not numbers"),
    ],
)
def test_a_measure_that_data_cannot_give_is_null_with_a_reason(
    human: list[float], scores: list[float], questions: list[str], name: str
) -> None:
    figure = score_figures(human, scores, questions)[name]
    assert figure.value is None
    assert figure.why
    assert figure.as_json()["why"] == figure.why


@pytest.mark.parametrize("questions", [["q"] * 3, list("abc")])
def test_a_few_questions_give_a_value_but_no_interval(questions: list[str]) -> None:
    figure = score_figures([1, 5, 9], [2, 5, 7], questions)["mae"]
    assert figure.value == pytest.approx(1.0)
    assert (figure.low, figure.high) == (None, None)


def test_rows_with_nan_are_left_out_of_every_average() -> None:
    figure = score_figures([1, 5, np.nan], [2, np.nan, 7], ["a", "b", "c"])["mae"]
    assert (figure.value, figure.n) == (1.0, 1)


def test_false_praise_counts_weak_answers_that_got_good_scores() -> None:
    figures = score_figures([0, 3, 3, 3.5, 9, 7], [6, 5.9, 8, 9, 4, 3], list("abcdef"))
    assert figures["false_praise"].value == pytest.approx(2 / 3)
    assert figures["false_praise"].n == 3
    assert figures["false_blame"].value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("score", "low", "high"),
    [pytest.param(2.0, 0.0, 0.3, id="never"), pytest.param(9.0, 0.7, 1.0, id="always")],
)
def test_what_never_or_always_happened_is_not_taken_for_certain(
    score: float, low: float, high: float
) -> None:
    figure = score_figures([1.0] * 10, [score] * 10, list("abcdefghij"))["false_praise"]
    assert (figure.low, figure.high) == (pytest.approx(low), pytest.approx(high))


def test_auc_needs_both_verdicts() -> None:
    marks = codes_of(["covered", "partial", "contradicted"])
    figure = auc(marks, np.array([0.9, 0.5, 0.1]), np.array(["a", "b", "c"]))
    assert (figure.value, figure.why) == (None, "one verdict only")


def test_auc_of_coverage_ranks_covered_over_missing_only() -> None:
    figures = metrics.coverage_figures(MARKS, COVERAGE, QUESTIONS)
    keep = (MARKS == metrics.COVERED) | (MARKS == metrics.MISSING)
    expected = sk.roc_auc_score(MARKS[keep] == metrics.COVERED, COVERAGE[keep])
    assert figures["auc"].value == pytest.approx(expected)
    assert figures["auc"].low < figures["auc"].value < figures["auc"].high


@pytest.mark.parametrize(
    ("stated", "right", "expected"),
    [
        pytest.param([0.95] * 4, [1, 1, 1, 0], 0.2, id="says 95, is right 75 in 100"),
        pytest.param([1.0, 0.0], [1, 0], 0.0, id="certain and right; 1 falls into the last bin"),
        pytest.param([0.1, 0.9], [1, 0], 0.9, id="certain and wrong"),
    ],
)
def test_calibration_error_is_the_gap_between_stated_and_right(
    stated: list[float], right: list[float], expected: float
) -> None:
    figure = metrics.calibration_error(stated, right, list(range(len(stated))))
    assert figure.value == pytest.approx(expected)


def test_length_bias_sees_longer_answers_win_at_equal_marks_and_nothing_else() -> None:
    lengths = RNG.integers(20, 400, 60)
    marks = np.rint(HUMAN)
    fair = metrics.length_bias(marks, marks, lengths, QUESTIONS)
    greedy = metrics.length_bias(marks, marks + np.log1p(lengths), lengths, QUESTIONS)
    assert fair.why == "all grades are equal"
    assert greedy.value == pytest.approx(1.0)


def test_alpha_is_one_for_raters_who_agree_and_none_for_one_rater() -> None:
    agreed = [[1.0, 2.0, 3.0, np.nan], [1.0, 2.0, 3.0, 4.0]]
    assert metrics.krippendorff_alpha(agreed, "interval") == pytest.approx(1.0)
    assert metrics.krippendorff_alpha([[1.0, 2.0]], "interval") is None
    assert metrics.krippendorff_alpha([[2.0, 2.0], [2.0, 2.0]], "interval") is None


def test_many_questions_are_drawn_in_groups_and_still_cover_the_truth() -> None:
    n = 30_000
    off = RNG.normal(0.5, 1, n)
    figure = score_figures(np.full(n, 4.0), 4 + off, np.arange(n), draws=50)["bias"]
    assert figure.questions == n
    assert figure.low < 0.5 < figure.high
    assert figure.high - figure.low == pytest.approx(4 / np.sqrt(n), rel=0.5)


def test_a_missing_library_is_an_error_that_says_what_to_install() -> None:
    with pytest.raises(EvalError, match="'sklearnish', which is not installed") as caught:
        library("sklearnish.metrics")
    assert "mockint[evals]" in caught.value.remedy
