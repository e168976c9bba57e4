"""Simulated candidates through whole interviews: plan, host, store and grader are the real ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.evals.attacks.suite import read_attack_suite
from app.evals.candidates import EXPECTED, all_candidates, answerable
from app.evals.cases import Case, read_cases
from app.evals.interviews import CandidateRow, Interviewed, interview, out_of_order, rows_of
from app.grading.similarity.grader import SimilarityGrader
from app.index.in_memory import InMemoryIndex
from app.resources import resource_dir
from app.store.opening import open_store
from app.wiring.evaluation import shipped_banks

BANKS = shipped_banks()
RECORDED = [
    case
    for case in read_cases([resource_dir("evals") / "cases" / "gold.jsonl"])
    if isinstance(case, Case)
]
QUESTIONS = answerable((one for bank in BANKS for one in bank.questions), RECORDED, "zh")
PEOPLE = all_candidates(RECORDED, read_attack_suite(BANKS).attacks, seed=1)


@pytest.fixture(scope="module")
def grader() -> SimilarityGrader:
    embedder = BundledEmbedder()
    index = InMemoryIndex(embedder)
    for bank in BANKS:
        index.sync(bank)
    return SimilarityGrader(index, embedder)


@pytest.fixture
async def interviews(tmp_path: Path, grader: SimilarityGrader) -> list[Interviewed]:
    """One interview with everybody."""
    held = []
    for candidate in PEOPLE:
        store = await open_store(tmp_path / f"{candidate.name}.db")
        try:
            held.append(await interview(store.of("local"), candidate, QUESTIONS, grader, "1"))
        finally:
            await store.close()
    return held


async def test_whole_interviews_put_the_candidates_in_order(interviews: list[Interviewed]) -> None:
    rows = rows_of(interviews)
    assert [row.name for row in rows] == [name for names in EXPECTED for name in names]
    assert out_of_order(rows) == []
    by_name = {one.candidate: one for one in interviews}
    assert by_name["silent"].score == by_name["repeating"].score == 0
    assert 3 in by_name["strong"].difficulties[:3]
    assert max(by_name["weak"].difficulties[:3]) < 3


async def test_nothing_is_left_open_or_unjudged(tmp_path: Path, grader: SimilarityGrader) -> None:
    store = await open_store(tmp_path / "mockint.db")
    try:
        mine = store.of("local")
        await interview(mine, PEOPLE[1], QUESTIONS, grader, "1")
        (row,) = await mine.sessions()
        session = await mine.load(row.id)
        assert (row.status.value, row.waiting, row.asked) == ("ended", 0, 5)
        assert session.waiting == ()
        assert all(planned.reason for planned in session.plan)
    finally:
        await store.close()


def test_a_candidate_says_nothing_of_the_question_that_was_not_recorded_or_made() -> None:
    question: Question = QUESTIONS[0]
    said: dict[str, str] = {one.name: one.answer(question) for one in PEOPLE}
    assert said["repeating"] == question.text
    assert said["silent"] == "不知道"
    assert {said["strong"], said["middling"], said["weak"]} <= {one.answer for one in RECORDED}
    assert len(said["gibberish"]) == 60


def test_those_who_say_nothing_need_not_be_in_order_among_themselves() -> None:
    def row(name: str, score: float, ability: float = 0.0) -> CandidateRow:
        return CandidateRow(name, 1, score, score, score, ability, 1.0)

    rows = [row("strong", 7, 2), row("weak", 3, 1), row("silent", 0, -1), row("gibberish", 1, -1)]
    assert out_of_order(rows) == []
    worse = [replace(rows[0], ability=0.5), *rows[1:]]
    assert out_of_order(worse) == [("strong", "weak")]
