"""The real similarity grader over the shipped banks."""

import pytest

from app.bank.reading import read_bank
from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.grading.similarity.grader import SimilarityGrader
from app.index.in_memory import InMemoryIndex
from app.resources import resource_dir


@pytest.fixture(scope="session")
def embedder() -> BundledEmbedder:
    return BundledEmbedder()


@pytest.fixture(scope="session")
def shipped_index(embedder: BundledEmbedder) -> InMemoryIndex:
    index = InMemoryIndex(embedder)
    for language in ("zh", "en"):
        index.sync(read_bank(resource_dir("corpus") / f"ai-datacenter.{language}.md"))
    return index


@pytest.fixture(scope="session")
def similarity(shipped_index: InMemoryIndex, embedder: BundledEmbedder) -> SimilarityGrader:
    return SimilarityGrader(shipped_index, embedder)


@pytest.fixture(scope="session")
def questions() -> dict[str, Question]:
    """The shipped questions by id."""
    return {
        question.id: question
        for language in ("zh", "en")
        for question in read_bank(resource_dir("corpus") / f"ai-datacenter.{language}.md").questions
    }
