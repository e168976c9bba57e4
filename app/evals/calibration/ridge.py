"""What the measurements could reach with marks of the same kind to learn from.

Ridge regression of the human score on a few measurements of the match, each question graded by
a fit without it. It says how much the shipped numbers, fitted elsewhere, leave on the table.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.domain.question import Question
from app.errors import AnswerTooLong, EvalError, filled
from app.evals.cases import FULL_SCORE, Case, CaseProblem
from app.evals.figures import Figure, Floats, library
from app.evals.metrics import score_figures
from app.evals.questions import QuestionBook
from app.grading.similarity.features import MATCH_FEATURES
from app.grading.similarity.grader import SimilarityGrader

FOLDS = 5
SEED = 0
_ALPHA = 1.0
_USED = ("window_terms", "answer_terms", "answer_vector")


def ridge_by_question(
    cases: Iterable[Case], book: QuestionBook, grader: SimilarityGrader
) -> dict[str, Figure]:
    """Agreement of held-out predictions with the marks, by measure.

    Cases without score or question and answers over the limit are left out. Raises EvalError for
    fewer questions than folds.
    """
    rows, scores, groups = [], [], []
    for case in cases:
        question = book.question_of(case)
        if case.marks.score is None or isinstance(question, CaseProblem):
            continue
        try:
            rows.append(_row(question, case.answer, grader))
        except AnswerTooLong:
            continue
        scores.append(case.marks.score)
        groups.append(case.question_id)
    if len(set(groups)) < FOLDS:
        raise EvalError(
            filled(
                "There are marks on {groups} questions; {folds} are needed.",
                groups=len(set(groups)),
                folds=FOLDS,
            ),
            "Add cases on more questions.",
        )
    marks, labels = np.array(scores), np.array(groups)
    return score_figures(marks, _predict(np.array(rows), marks, labels), labels)


def _row(question: Question, answer: str, grader: SimilarityGrader) -> Floats:
    """Coverage, then each used measurement: mean over key points, and with the reference."""
    found = grader.measure(question, answer)
    if found is None:
        return np.zeros(1 + 2 * len(_USED))
    columns = [MATCH_FEATURES.index(name) for name in _USED]
    weights = np.array([point.weight for point in question.key_points])
    view = grader.view(question, answer)
    coverage = weights @ np.array([point.coverage for point in view.key_points])
    means = weights @ found.match[:, columns]
    row: Floats = np.array([coverage, *means]) / weights.sum()
    return np.concatenate([row, found.reference[columns]]).astype(np.float64)


def _predict(values: Floats, marks: Floats, labels: NDArray[np.str_]) -> Floats:
    folds = library("sklearn.model_selection").GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    scale, ridge = library("sklearn.preprocessing"), library("sklearn.linear_model")
    given = np.zeros(len(marks))
    for train, test in folds.split(values, groups=labels):
        standard = scale.StandardScaler().fit(values[train])
        model = ridge.Ridge(alpha=_ALPHA).fit(standard.transform(values[train]), marks[train])
        given[test] = np.clip(model.predict(standard.transform(values[test])), 0.0, FULL_SCORE)
    return given
