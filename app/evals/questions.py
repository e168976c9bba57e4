"""From a case to the question that it answers."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.bank.prose import key_points_of_prose
from app.domain.question import Bank, KeyPoint, Question
from app.errors import EvalError, filled
from app.evals.cases import Case, CaseProblem, OwnQuestion, read_cases
from app.evals.workers import Job
from app.language.detect import detect_language

_KEPT = 512


class QuestionBook:
    """Finds the question of each case: in the banks, or in the case itself.

    Questions that cases bring along are kept for a while, so that the same question is the same
    object for the many answers that follow one another.
    """

    def __init__(self, banks: Iterable[Bank] = ()) -> None:
        self._by_id = {question.id: question for bank in banks for question in bank.questions}
        self._own: OrderedDict[tuple[str, OwnQuestion], Question] = OrderedDict()

    def question_of(self, case: Case) -> Question | CaseProblem:
        """The question, or why the case cannot be graded: none, or another number of verdicts."""
        question = self._find(case)
        if question is None:
            return CaseProblem(
                case.source,
                f"no bank has the question {case.question_id!r}, and the case brings none",
            )
        for marks in (case.marks, *case.raters):
            if marks.verdicts is not None and len(marks.verdicts) != len(question.key_points):
                return CaseProblem(
                    case.source,
                    f"{len(marks.verdicts)} verdicts for {len(question.key_points)} key points "
                    f"of {question.id!r}",
                )
        return question

    def _find(self, case: Case) -> Question | None:
        if case.own is None:
            return self._by_id.get(case.question_id)
        key = (case.question_id, case.own)
        if key in self._own:
            self._own.move_to_end(key)
            return self._own[key]
        question = own_question(case.question_id, case.own)
        self._own[key] = question
        if len(self._own) > _KEPT:
            self._own.popitem(last=False)
        return question


def jobs_of(book: QuestionBook, path: Path) -> Iterator[Job]:
    """The cases of a shipped file; raises EvalError where one cannot be used."""
    for number, entry in enumerate(read_cases([path])):
        question = entry if isinstance(entry, CaseProblem) else book.question_of(entry)
        if isinstance(question, CaseProblem):
            raise EvalError(
                filled("{source}: {what}.", source=question.source, what=question.what),
                "The case files have to fit the banks.",
            )
        assert isinstance(entry, Case)
        assert isinstance(question, Question)
        yield Job(number, entry, question)


def own_question(question_id: str, own: OwnQuestion) -> Question:
    """A question outside any bank.

    Without key points of its own, the sentences of the reference become the key points; the
    language is that of the reference.
    """
    points = tuple(
        KeyPoint(f"kp{number}", title or detail, detail if title else "", weight)
        for number, (title, detail, weight) in enumerate(own.key_points, 1)
    )
    name = question_id or f"q-{hashlib.sha256(own.text.encode()).hexdigest()[:12]}"
    return Question(
        id=name,
        text=own.text.strip(),
        language=detect_language(own.reference or own.text),
        reference=own.reference.strip(),
        key_points=points or key_points_of_prose(own.reference),
    )
