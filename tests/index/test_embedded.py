"""Embedded Chroma among crashes, damage and other processes."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.errors import VectorIndexError
from app.index.base import SyncReport
from app.index.chroma import KEEP_DAYS, ChromaIndex
from app.index.connection import connect
from app.index.embedded import EmbeddedConnection
from tests.index.banks import MODEL, CountingEmbedder, ShortEmbedder, large_bank, small_bank

BANK = small_bank()
BACKUP = BANK.questions[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which another process synced the large bank of 360 questions."""
    folder = tmp_path_factory.mktemp("synced") / "index"
    finish(work("sync", folder, 360))
    return folder


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def open_here(folder: Path) -> Iterator[Callable[..., ChromaIndex]]:
    """Opens indexes in the folder, with any embedder and clock, and closes them at the end."""
    opened: list[ChromaIndex] = []

    def open_one(embedder: CountingEmbedder, **options: Callable[[], float]) -> ChromaIndex:
        opened.append(ChromaIndex(embedder, connect(folder), **options))
        return opened[-1]

    yield open_one
    for index in opened:
        index.close()


def work(*command: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.index.worker", *map(str, command)]
    return subprocess.Popen(words, text=True, stdout=subprocess.PIPE)


def files_in(folder: Path) -> Path:
    """Where Chroma's own files lie."""
    [files] = folder.glob("chroma-*")
    return files


def finish(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate()
    assert process.returncode == 0
    return out


def whole(index: ChromaIndex, folder: Path, questions: int, wording: str = "") -> bool:
    """Whether the index holds exactly this large bank, vectors and all, and searches it.

    What it holds is read row by row, since a search is approximate and may miss a row.
    """
    bank = large_bank(questions, wording=wording)
    sample = index.sample_key_points(99_999)
    statements = [point.statement for q in bank.questions for point in q.key_points]
    found = index.nearest_questions([q.text for q in bank.questions[::25]], 1)
    return (
        len(sample) == len(statements)
        and bool(np.allclose(sample, MODEL.embed(statements), atol=1e-6))
        and np.mean([hits[0].similarity > 0.9999 for hits in found]) >= 0.9
        and rows_in(folder) == [questions, len(statements)]
    )


def rows_in(folder: Path) -> list[int]:
    """The number of rows in each collection, fewest first."""
    with EmbeddedConnection(folder).use() as client:
        counts = sorted(collection.count() for collection in client.list_collections())
        client.close()
    return counts


def test_vectors_outlive_the_process(
    open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    open_here(CountingEmbedder()).sync(BANK)
    again = open_here(embedder)
    assert again.sync(BANK) == SyncReport(0, 0, 4)
    assert again.nearest_questions(["如何做数据备份？"], 1)[0][0].question_id == "backup"
    assert embedder.texts == ["如何做数据备份？"]


def test_a_closed_index_opens_again_when_it_is_needed(
    open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    index.sync(BANK)
    index.close()
    index.close()
    assert index.sample_key_points(99).shape == (7, 256)


def test_another_embedder_gets_vectors_of_its_own_and_the_first_keeps_its(
    open_here: Callable[..., ChromaIndex],
) -> None:
    first, second = CountingEmbedder(), CountingEmbedder(":other")
    open_here(first).sync(BANK)
    open_here(second).sync(BANK)
    assert len(second.texts) == len(first.texts) == 11
    assert open_here(first).sync(BANK) == SyncReport(0, 0, 4)


def test_vectors_that_change_length_under_one_name_are_made_anew(
    open_here: Callable[..., ChromaIndex],
) -> None:
    open_here(CountingEmbedder()).sync(BANK)
    short = open_here(ShortEmbedder())
    changed = large_bank(3, name=BANK.id)
    assert short.sync(changed) == SyncReport(3, 0, 0)
    assert short.sample_key_points(99).shape == (9, 32)


def test_what_nobody_wanted_for_a_month_is_removed(
    open_here: Callable[..., ChromaIndex], folder: Path
) -> None:
    day = 86_400.0
    names = (":old", ":kept")
    old, kept = (open_here(CountingEmbedder(name), clock=lambda: 20_000 * day) for name in names)
    old.sync(BANK)
    kept.sync(BANK)
    later = (20_000 + KEEP_DAYS) * day
    assert open_here(CountingEmbedder(":kept"), clock=lambda: later).sync(BANK).unchanged == 4
    final = open_here(CountingEmbedder(":new"), clock=lambda: later + day)
    final.sync(BANK)
    with EmbeddedConnection(folder).use() as client:
        stamps = [collection.metadata for collection in client.list_collections()]
        client.close()
    assert {stamp["embedder"] for stamp in stamps if stamp} == {"bundled:kept", "bundled:new"}


def test_collections_say_what_they_hold(
    open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder, folder: Path
) -> None:
    open_here(embedder).sync(BANK)
    with EmbeddedConnection(folder).use() as client:
        collections = client.list_collections()
        client.close()
    assert len(collections) == 2
    for collection in collections:
        stamp = collection.metadata or {}
        assert (stamp["bank"], stamp["embedder"], stamp["dimension"]) == ("small", "bundled", 256)
        assert (stamp["fingerprint"], stamp["digest"]) == (embedder.fingerprint, BANK.digest)


@pytest.mark.parametrize("task", ["die", "die_between"])
def test_a_sync_that_is_killed_is_finished_by_the_next(
    task: str, folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    killed = work(task, folder, 500, 2)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    index = open_here(embedder)
    report = index.sync(large_bank(500))
    assert report.embedded == (500 if task == "die" else 244)
    assert whole(index, folder, 500)
    assert index.sync(large_bank(500)) == SyncReport(0, 0, 500)


def test_processes_may_sync_different_wordings_and_read_at_once(
    folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    index.sync(large_bank(200))
    readers = [work("read", folder, 50) for _ in range(2)]
    writers = [work("sync", folder, 360, wording) for wording in ("", "甲")]
    for writer in writers:
        writer.communicate()
    (folder / "stop").touch()
    for reader in readers:
        reader.communicate()
    assert [process.returncode for process in (*writers, *readers)] == [0, 0, 0, 0]
    index.sync(large_bank(360, wording="丙"))
    assert whole(index, folder, 360, "丙")
    index.close()
    assert whole(index, folder, 360, "丙")


def test_an_open_index_sees_what_another_process_wrote(
    folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    index.sync(large_bank(10))
    index.nearest_questions(["备份"], 1)
    finish(work("sync", folder, 360))
    assert 330 < found_by(index) <= 360
    finish(work("sync", folder, 40, "甲"))
    assert found_by(index) == 40


def found_by(index: ChromaIndex) -> int:
    """How many questions a search for all of them finds."""
    return len(index.nearest_questions(["备份"], 9_999)[0])


def test_a_lost_collection_is_made_again_when_it_is_missed(
    folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    index.sync(BANK)
    other = EmbeddedConnection(folder)
    other.wipe()
    other.close()
    assert index.nearest_questions(["如何做数据备份？"], 1)[0][0].question_id == "backup"


def _garble(pattern: str) -> Callable[[Path], None]:
    def garble(files: Path) -> None:
        for file in files.glob(pattern):
            file.write_bytes(b"\xff" * file.stat().st_size)

    return garble


def _cut(pattern: str) -> Callable[[Path], None]:
    def cut(files: Path) -> None:
        for file in files.glob(pattern):
            file.write_bytes(file.read_bytes()[:9_000])

    return cut


def _remove(pattern: str) -> Callable[[Path], None]:
    def remove(files: Path) -> None:
        for path in files.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return remove


DAMAGES = [
    pytest.param(_garble("chroma.sqlite3"), id="database-is-garbage"),
    pytest.param(_cut("chroma.sqlite3"), id="database-is-cut"),
    pytest.param(_remove("chroma.sqlite3"), id="database-is-gone"),
    pytest.param(_remove("*/data_level0.bin"), id="vectors-are-gone"),
    pytest.param(_garble("*/data_level0.bin"), id="vectors-are-garbage"),
    pytest.param(_remove("*/header.bin"), id="header-is-gone"),
    pytest.param(_garble("*/header.bin"), id="header-is-garbage"),
    pytest.param(_remove("*/"), id="folders-are-gone"),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_made_anew_at_the_latest_when_a_process_has_died_of_them(
    damage: Callable[[Path], None],
    synced: Path,
    folder: Path,
    open_here: Callable[..., ChromaIndex],
    embedder: CountingEmbedder,
) -> None:
    shutil.copytree(synced, folder)
    damage(files_in(folder))
    first = work("sync", folder, 359)
    first.communicate()
    if first.returncode != 0:
        assert first.returncode in (-signal.SIGSEGV, -signal.SIGABRT)
        finish(work("sync", folder, 359))
    index = open_here(embedder)
    assert index.sync(large_bank(359)) == SyncReport(0, 0, 359)
    assert whole(index, folder, 359)


@pytest.mark.parametrize("damage", [DAMAGES[0], DAMAGES[3], DAMAGES[-1]])
def test_an_open_index_mends_what_a_search_finds_damaged(
    damage: Callable[[Path], None],
    folder: Path,
    open_here: Callable[..., ChromaIndex],
    embedder: CountingEmbedder,
) -> None:
    index = open_here(embedder)
    index.sync(large_bank(360))
    index.close()
    damage(files_in(folder))
    assert whole(index, folder, 360)


def test_after_many_rewrites_every_question_is_still_found(
    folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    for wording in ("", "甲", "乙", "丙", "丁"):
        index.sync(large_bank(50, wording=wording))
        index.sync(large_bank(360, wording=wording))
    index.close()
    assert whole(index, folder, 360, "丁")


def test_what_rewrites_have_worn_is_made_anew_from_the_vectors_it_holds(
    open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    old, new = large_bank(300), large_bank(100, wording="甲")
    index.sync(old)
    embedder.texts.clear()
    mixed = replace(old, questions=new.questions + old.questions[100:])
    assert index.sync(mixed) == SyncReport(embedded=100, removed=0, unchanged=200)
    assert len(embedder.texts) == 400
    assert index.sync(mixed) == SyncReport(0, 0, 300)
    sample = index.sample_key_points(9_999)
    statements = [point.statement for q in mixed.questions for point in q.key_points]
    np.testing.assert_allclose(sample, MODEL.embed(statements), atol=1e-6)


def test_a_rebuild_starts_from_nothing(
    open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    index = open_here(embedder)
    index.sync(BANK)
    index.rebuild(large_bank(5))
    assert len(embedder.texts) == 11 + 11 + 20
    assert len(index.nearest_questions(["备份"], 99)[0]) == 9


def test_a_full_disk_is_an_error_and_mended_once_there_is_room(
    folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    said = finish(work("fill_disk", folder, 360))
    assert "MOCKINT_HOME" in said
    index = open_here(embedder)
    index.sync(large_bank(360))
    assert whole(index, folder, 360)


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(
    tmp_path: Path, embedder: CountingEmbedder
) -> None:
    (tmp_path / "file").write_text("in the way")
    index = ChromaIndex(embedder, EmbeddedConnection(tmp_path / "file" / "index"))
    with pytest.raises(VectorIndexError, match="cannot be used") as caught:
        index.sync(BANK)
    assert "MOCKINT_HOME" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_an_error_with_a_remedy(
    folder: Path, open_here: Callable[..., ChromaIndex], embedder: CountingEmbedder
) -> None:
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(VectorIndexError, match="cannot be") as caught:
        open_here(embedder).sync(BANK)
    assert "MOCKINT_HOME" in caught.value.remedy


def test_an_index_that_another_process_holds_too_long_is_an_error(folder: Path) -> None:
    connection = EmbeddedConnection(folder)
    with connection.hold():
        pass
    with sqlite3.connect(folder / "lock", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(VectorIndexError, match="Another mockint"), connection.hold(0.05):
            pass
        other.execute("ROLLBACK")
    other.close()
    with connection.hold(0.05):
        pass
    connection.close()


def test_opening_reads_no_settings_file_of_the_working_directory(
    tmp_path: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\n")
    monkeypatch.chdir(tmp_path)
    index = ChromaIndex(embedder, EmbeddedConnection(tmp_path / "index"))
    assert index.sync(BANK).embedded == 4
    index.close()


def test_nothing_is_left_open_and_nothing_heavy_is_loaded_before_the_first_use(
    folder: Path,
) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from app.embedding.choose import choose_embedder\n"
        "from app.index.chroma import ChromaIndex\n"
        "from app.index.connection import connect\n"
        "from tests.index.banks import small_bank\n"
        "index = ChromaIndex(choose_embedder('bundled'), connect(Path(sys.argv[1])))\n"
        "assert 'chromadb' not in sys.modules\n"
        "index.sync(small_bank())\n"
        "assert not {'onnxruntime', 'torch', 'openai'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", script, str(folder)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
