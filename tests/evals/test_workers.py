"""Processes that grade do not get in each other's way."""

import os
from pathlib import Path

from app.domain.assessment import Assessment, GraderInfo, Mode, Status
from app.domain.question import Question
from app.evals.cases import Case
from app.evals.workers import Job, grade_in_processes
from app.grading.grader import OnVerdict


class ThreadTeller:
    """Tells in a notice how many threads its process leaves to models."""

    info = GraderInfo(Mode.SIMILARITY, "none", "none")

    async def assess(
        self, question: Question, answer: str, on_verdict: OnVerdict | None = None
    ) -> Assessment:
        told = os.environ.get("OMP_NUM_THREADS", "as many as there are")
        return Assessment(
            question.id, Status.UNGRADED, None, None, None, self.info, notices=(told,)
        )


def test_each_process_leaves_one_thread_to_models(tmp_path: Path) -> None:
    job = Job(0, Case("c0", "q1", "an answer", "cases.jsonl:1"), Question("q1", "Why?"))
    (outcome,) = grade_in_processes([job], ThreadTeller, 1)
    assert outcome.row.failure == os.environ.get("OMP_NUM_THREADS", "1")
