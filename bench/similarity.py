"""Where the time of one similarity assessment goes, on a shipped question and a usual answer.

Run: python -m bench.similarity
"""

import asyncio
import tempfile
from pathlib import Path

from app.bank.reading import read_bank
from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.grading.clauses import split_clauses
from app.grading.guard import guard_answer
from app.grading.similarity.grader import SimilarityGrader
from app.index.base import BankIndex
from app.index.chroma import ChromaIndex
from app.index.connection import EmbeddedConnection
from app.index.in_memory import InMemoryIndex
from app.resources import resource_dir
from bench.table import against, peak_megabytes, row, seconds

QUESTION = "ai-datacenter-31"
ROUNDS = 200
LENGTH = 300
LONGEST = 12_000
AIM_MILLISECONDS = 10
AIM_MEGABYTES = 300


def answer_to(question: Question, length: int) -> str:
    """The reference answer, again and again, cut at so many characters."""
    reference = question.full_reference
    return (reference * (length // len(reference) + 1))[:length]


def measure(index: BankIndex, name: str, question: Question, embedder: BundledEmbedder) -> None:
    """Rows for one kind of index: each part alone, then an assessment as a whole."""
    grader = SimilarityGrader(index, embedder, answer_limit=LONGEST)
    answer = answer_to(question, LENGTH)
    vector = embedder.embed([answer])
    asyncio.run(grader.assess(question, answer))

    def milliseconds(work: object, rounds: int = ROUNDS) -> float:
        assert callable(work)
        return 1000 * seconds(work, rounds)

    parts = {
        "guard": milliseconds(lambda: guard_answer(answer, question, embedder)),
        "clauses": milliseconds(lambda: split_clauses(answer)),
        "embedding": milliseconds(lambda: embedder.terms(answer)),
        "index": milliseconds(lambda: index.nearest_key_points(vector, 6)),
    }
    whole = milliseconds(lambda: asyncio.run(grader.assess(question, answer)))
    for part, time in parts.items():
        row(f"{name}: {part}", time, "ms", f"{100 * time / whole:.0f} % of an assessment")
    rest = whole - sum(parts.values())
    row(f"{name}: features, score, texts", rest, "ms", f"{100 * rest / whole:.0f} %")
    points = len(question.key_points)
    size = f"{points} key points, {LENGTH} characters"
    row(f"{name}: one assessment", whole, "ms", f"{size}; {against(whole, AIM_MILLISECONDS)}")
    long = answer_to(question, LONGEST)
    time = milliseconds(lambda: asyncio.run(grader.assess(question, long)), 10)
    row(f"{name}: one assessment", time, "ms", f"{points} key points, {LONGEST:,} characters")


def main() -> None:
    """Print one row a figure."""
    embedder = BundledEmbedder()
    bank = read_bank(resource_dir("corpus") / "ai-datacenter.zh.md")
    question = next(question for question in bank.questions if question.id == QUESTION)
    with tempfile.TemporaryDirectory() as folder:
        indexes: dict[str, BankIndex] = {
            "in memory": InMemoryIndex(embedder),
            "Chroma": ChromaIndex(embedder, EmbeddedConnection(Path(folder))),
        }
        for name, index in indexes.items():
            index.sync(bank)
            measure(index, name, question, embedder)
    note = f"model, calibration and Chroma included; {against(peak_megabytes(), AIM_MEGABYTES)}"
    row("peak memory of the process", peak_megabytes(), "MB", note)


if __name__ == "__main__":
    main()
