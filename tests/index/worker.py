"""What the tests run in processes of their own: `python -m tests.index.worker TASK FOLDER …`."""

import os
import resource
import signal
import sys
from pathlib import Path

from app.errors import VectorIndexError
from app.index.chroma import ChromaIndex
from app.index.embedded import EmbeddedConnection
from tests.index.banks import MODEL, CountingEmbedder, large_bank


def sync(folder: Path, questions: str, wording: str = "") -> None:
    """Sync the large bank and look at every tenth question again."""
    index = ChromaIndex(CountingEmbedder(), EmbeddedConnection(folder))
    bank = large_bank(int(questions), wording=wording)
    index.sync(bank)
    for asked in bank.questions[::10]:
        index.key_point_vectors(asked)
    index.close()


def read(folder: Path, questions: str) -> None:
    """Search until the file `stop` appears; each search opens the index anew."""
    bank = large_bank(int(questions))
    vectors = MODEL.embed([q.text for q in bank.questions[:5]])
    while not (folder / "stop").exists():
        index = ChromaIndex(CountingEmbedder(), EmbeddedConnection(folder))
        index.sync(bank)
        assert all(index.nearest_key_points(vectors, 3))
        index.close()


def die(folder: Path, questions: str, batches: str) -> None:
    """Be killed inside Chroma, right after the n-th batch."""
    connection = EmbeddedConnection(folder)
    index = ChromaIndex(CountingEmbedder(), connection)

    def kill(done: int, total: int) -> None:
        if done >= int(batches) * 128:
            with connection.write():
                os.kill(os.getpid(), signal.SIGKILL)

    index.sync(large_bank(int(questions)), kill)


def die_between(folder: Path, questions: str, batches: str) -> None:
    """Be killed after the n-th batch, when nothing is being written."""

    def kill(done: int, total: int) -> None:
        if done >= int(batches) * 128:
            os.kill(os.getpid(), signal.SIGKILL)

    index = ChromaIndex(CountingEmbedder(), EmbeddedConnection(folder))
    index.sync(large_bank(int(questions)), kill)


def fill_disk(folder: Path, questions: str) -> None:
    """Sync where no file may grow beyond 200 kB, and print the error."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    index = ChromaIndex(CountingEmbedder(), EmbeddedConnection(folder))
    bank = large_bank(int(questions))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        index.sync(bank)
    except VectorIndexError as error:
        print(error)


if __name__ == "__main__":
    task, where, *rest = sys.argv[1:]
    tasks = {f.__name__: f for f in (sync, read, die, die_between, fill_disk)}
    tasks[task](Path(where), *rest)
