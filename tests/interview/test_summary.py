from app.domain.assessment import Assessment, GraderInfo, KeyPointResult, Mode, Status, Verdict
from app.domain.question import Question
from app.domain.score import band_of
from app.interview.summary import AskedQuestion, GradedAnswer, Outcome, summarise

INFO = GraderInfo(Mode.SIMILARITY, "bundled", "default")


def graded(
    score: float | None, *points: KeyPointResult, read_reference: bool = False
) -> GradedAnswer:
    status = Status.UNGRADED if score is None else Status.GRADED
    band = None if score is None else band_of(score)
    assessment = Assessment("q", status, score, band, 0.5, INFO, key_points=points)
    return GradedAnswer("answer", assessment, read_reference)


def asked(*attempts: GradedAnswer) -> AskedQuestion:
    return AskedQuestion(Question("q", "?"), attempts)


def point(title: str, verdict: Verdict, coverage: float, weight: float = 1.0) -> KeyPointResult:
    return KeyPointResult(title, title, weight, verdict, coverage)


def test_the_mean_counts_graded_answers_only() -> None:
    summary = summarise([asked(graded(4.0)), asked(graded(7.0)), asked(graded(None)), asked()])
    assert (summary.mean, summary.counted) == (5.5, 2)
    assert (summary.ungraded, summary.skipped) == (1, 1)


def test_without_a_graded_answer_there_is_no_mean() -> None:
    assert summarise([asked(graded(None)), asked()]).mean is None
    assert summarise([]).mean is None


def test_a_score_of_zero_counts() -> None:
    assert summarise([asked(graded(0.0)), asked(graded(5.0))]).mean == 2.5


def test_an_answer_after_reading_the_reference_is_kept_out() -> None:
    summary = summarise([asked(graded(9.5, read_reference=True)), asked(graded(5.0))])
    assert (summary.mean, summary.counted, summary.after_reading) == (5.0, 1, 1)


def test_the_newest_attempt_without_the_reference_counts() -> None:
    one = asked(graded(3.0), graded(6.0), graded(9.0, read_reference=True))
    assert one.counting is one.attempts[1]
    assert one.latest is one.attempts[2]
    assert summarise([one]).mean == 6.0


def test_grading_that_failed_takes_no_earlier_grade_away() -> None:
    one = asked(graded(3.0), graded(None))
    assert one.outcome is Outcome.GRADED
    assert summarise([one]).mean == 3.0


def test_weak_points_are_ordered_by_what_they_cost() -> None:
    summary = summarise(
        [
            asked(
                graded(
                    5.0,
                    point("half", Verdict.PARTIAL, 0.5),
                    point("fine", Verdict.COVERED, 0.9),
                    point("light", Verdict.MISSING, 0.0, weight=0.4),
                )
            ),
            asked(),
            asked(
                graded(
                    2.0,
                    point("heavy", Verdict.MISSING, 0.1, weight=2.0),
                    point("wrong", Verdict.CONTRADICTED, 0.6, weight=0.5),
                )
            ),
        ]
    )
    assert [(weak.number, weak.result.title) for weak in summary.weak] == [
        (3, "wrong"),
        (3, "heavy"),
        (1, "half"),
        (1, "light"),
    ]


def test_what_was_not_graded_has_no_weak_points() -> None:
    assert summarise([asked(graded(None, point("a", Verdict.MISSING, 0.0)))]).weak == ()
