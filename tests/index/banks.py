"""Banks and embedders for the tests of the index."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.question import Bank, KeyPoint, Question
from app.embedding.base import Vectors
from app.embedding.bundled import BundledEmbedder

TOPICS = [
    (
        "backup",
        "如何做数据备份？",
        [("定期备份", "每晚备份数据库。"), ("异地保存", "另一城市有副本。")],
    ),
    ("cooling", "How do you cool a GPU rack?", [("Liquid cooling", "Cold plates carry the heat.")]),
    (
        "hiring",
        "如何面试一名工程师？",
        [("结构化面试", ""), ("代码题", "写一段代码。"), ("追问", "")],
    ),
    ("network", "What is RDMA good for?", [("Low latency", "It bypasses the kernel.")]),
]


MODEL = BundledEmbedder()


class CountingEmbedder:
    """The bundled model, remembering every text that it embeds; `variant` renames it."""

    def __init__(self, variant: str = "") -> None:
        self._variant = variant
        self.texts: list[str] = []

    @property
    def name(self) -> str:
        return f"bundled{self._variant}"

    @property
    def fingerprint(self) -> str:
        return f"{MODEL.fingerprint}{self._variant}"

    @property
    def dimension(self) -> int:
        return MODEL.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        return MODEL.embed(texts)


class ShortEmbedder(CountingEmbedder):
    """The first 32 numbers of each vector, under the same fingerprint."""

    @property
    def dimension(self) -> int:
        return 32

    def embed(self, texts: Sequence[str]) -> Vectors:
        return super().embed(texts)[:, :32]


def question(name: str, text: str, points: Sequence[tuple[str, str]]) -> Question:
    """A question with key points kp1, kp2, …"""
    numbered = enumerate(points, start=1)
    key_points = tuple(KeyPoint(f"kp{n}", title, detail) for n, (title, detail) in numbered)
    return Question(name, text, key_points=key_points)


def small_bank(name: str = "small") -> Bank:
    """Four questions with seven key points, Chinese and English."""
    return Bank(name, questions=tuple(question(*topic) for topic in TOPICS))


def large_bank(questions: int, name: str = "large", wording: str = "") -> Bank:
    """Questions with three key points each, all different; `wording` changes every text."""
    return Bank(
        name,
        questions=tuple(
            question(
                f"q{n}",
                f"第 {n} 台服务器如何备份？{wording}",
                [(f"步骤 {n}-{k}", f"先检查第 {n * k} 块磁盘{wording}") for k in range(3)],
            )
            for n in range(questions)
        ),
    )


def with_question(bank: Bank, place: int, changed: Question | None) -> Bank:
    """The bank with one question replaced, or removed where `changed` is None."""
    questions = list(bank.questions)
    questions[place : place + 1] = [changed] if changed else []
    return replace(bank, questions=tuple(questions))
