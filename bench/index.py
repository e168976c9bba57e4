"""Building, syncing and searching the index at three sizes, each in a process of its own.

Run: python -m bench.index [questions …, 50 5000 50000 if none are given]
"""

import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path

from app.domain.question import Bank, KeyPoint, Question
from app.embedding.bundled import BundledEmbedder
from app.index.chroma import ChromaIndex
from app.index.connection import EmbeddedConnection
from app.index.in_memory import InMemoryIndex
from bench.table import against, peak_megabytes, row, seconds

SIZES = (50, 5_000, 50_000)
AIM_SECONDS = 2
SUBJECTS = [
    "备份",
    "网络",
    "存储",
    "散热",
    "供电",
    "调度",
    "监控",
    "安全",
    "训练",
    "推理",
    "数据库",
    "缓存",
    "负载均衡",
    "容器",
]
ACTIONS = ["设计", "部署", "测试", "扩容", "迁移", "优化", "排查", "评估", "采购", "演练"]
KILOBYTE = 1024


def make_bank(questions: int) -> Bank:
    """Questions with three key points each, no two alike."""

    def make(number: int) -> Question:
        subject, action = SUBJECTS[number % 14], ACTIONS[number // 14 % 10]
        points = tuple(
            KeyPoint(
                f"kp{k}",
                f"{ACTIONS[(number + k) % 10]}{SUBJECTS[(number * k) % 14]}",
                f"第 {number} 组机器先{action}{SUBJECTS[(number + k) % 14]}，再核对第 {k} 项指标。",
            )
            for k in range(1, 4)
        )
        text = f"第 {number} 号机房如何{action}{subject}？"
        return Question(f"q{number}", text, key_points=points)

    return Bank("bench", questions=tuple(make(number) for number in range(questions)))


def measure(questions: int, folder: Path) -> None:
    """Print one row a figure for a bank of this size."""
    bank = make_bank(questions)
    name = f"{questions:,} questions:"
    embedder = BundledEmbedder()
    index = ChromaIndex(embedder, EmbeddedConnection(folder))
    row(f"{name} open and build", seconds(lambda: index.sync(bank)), "s")
    unchanged = seconds(lambda: index.sync(bank), 3)
    note = against(unchanged, AIM_SECONDS) if questions == SIZES[-1] else ""
    row(f"{name} sync without changes, warm", unchanged, "s", note)
    index.close()

    def reopen() -> None:
        index.close()
        index.sync(bank)

    reopened = seconds(reopen, 3)
    note = against(reopened, AIM_SECONDS) if questions == SIZES[-1] else ""
    row(f"{name} open and sync without changes", reopened, "s", note)
    changed = replace(bank.questions[0], text="换一个问法")
    other = replace(bank, questions=(changed, *bank.questions[1:]))
    row(f"{name} sync with one change", 1000 * seconds(lambda: index.sync(other)), "ms")
    row(f"{name} peak memory of the process", peak_megabytes(), "MB", "model and Chroma included")
    search(name, index, bank, embedder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    row(f"{name} on disk", size / KILOBYTE**2, "MB")
    index.close()


def search(name: str, index: ChromaIndex, bank: Bank, embedder: BundledEmbedder) -> None:
    """What grading one answer asks of the index."""
    vectors = embedder.embed([f"第 {number} 步是备份和演练" for number in range(12)])
    places = count(1)

    def look_up() -> None:
        index.key_point_vectors(bank.questions[next(places)])

    row(f"{name} a question's key points, first time", 1000 * seconds(look_up, 20), "ms")
    asked = bank.questions[1]
    again = seconds(lambda: index.key_point_vectors(asked), 20)
    row(f"{name} a question's key points, again", 1000 * again, "ms")
    nearest = seconds(lambda: index.nearest_key_points(vectors, 5), 20)
    exact = InMemoryIndex(embedder)
    exact.sync(bank)
    exact.nearest_key_points(vectors, 5)
    plain = seconds(lambda: exact.nearest_key_points(vectors, 5), 5)
    note = f"{plain / nearest:.1f} times as fast as all products in numpy"
    row(f"{name} nearest key points of 12 vectors", 1000 * nearest, "ms", note)


def main() -> None:
    """Measure each size in a fresh process, or one size in this one."""
    if sys.argv[1:2] == ["--here"]:
        with tempfile.TemporaryDirectory() as folder:
            measure(int(sys.argv[2]), Path(folder))
        return
    for size in sys.argv[1:] or map(str, SIZES):
        subprocess.run([sys.executable, "-m", "bench.index", "--here", size], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
