"""What every index does, embedded, on a server and in memory."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from app.domain.question import Bank, KeyPoint, Question
from app.embedding.base import Embedder
from app.errors import VectorIndexError
from app.index.base import BankIndex, SyncReport
from tests.index.banks import (
    MODEL,
    CountingEmbedder,
    large_bank,
    question,
    small_bank,
    with_question,
)

OpenIndex = Callable[[Embedder], BankIndex]

BANK = small_bank()
BACKUP = BANK.questions[0]
HIRING = BANK.questions[2]


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def index(open_index: OpenIndex, embedder: CountingEmbedder) -> BankIndex:
    """Holds the small bank; what syncing embedded is forgotten."""
    opened = open_index(embedder)
    opened.sync(BANK)
    embedder.texts.clear()
    return opened


def test_a_first_sync_embeds_every_question_and_statement_once(
    open_index: OpenIndex, embedder: CountingEmbedder
) -> None:
    assert open_index(embedder).sync(BANK) == SyncReport(embedded=4, removed=0, unchanged=0)
    texts = [
        text for q in BANK.questions for text in (q.text, *(p.statement for p in q.key_points))
    ]
    assert sorted(embedder.texts) == sorted(texts)


def test_a_sync_without_changes_embeds_nothing(
    index: BankIndex, embedder: CountingEmbedder
) -> None:
    assert index.sync(BANK) == SyncReport(embedded=0, removed=0, unchanged=4)
    assert embedder.texts == []


@pytest.mark.parametrize(
    ("changed", "embedded"),
    [
        pytest.param(replace(BACKUP, text="怎样备份？"), True, id="question"),
        pytest.param(
            replace(BACKUP, key_points=(replace(BACKUP.key_points[0], detail="每周。"),)),
            True,
            id="key-point-and-one-fewer",
        ),
        pytest.param(
            replace(BACKUP, key_points=(*BACKUP.key_points, KeyPoint("kp3", "演练"))),
            True,
            id="one-key-point-more",
        ),
        pytest.param(replace(BACKUP, key_points=()), True, id="no-key-points-left"),
        pytest.param(replace(BACKUP, difficulty=3, tags=("x",)), False, id="only-tags"),
    ],
)
def test_only_a_question_whose_wording_changed_is_embedded_again(
    changed: Question, embedded: bool, index: BankIndex, embedder: CountingEmbedder
) -> None:
    report = index.sync(with_question(BANK, 0, changed))
    assert report == SyncReport(int(embedded), 0, 4 - int(embedded))
    texts = [changed.text, *(point.statement for point in changed.key_points)]
    assert embedder.texts == (texts if embedded else [])
    assert index.sample_key_points(99).shape == (len(changed.key_points) + 5, 256)
    embedder.texts.clear()
    assert index.key_point_vectors(changed).shape == (len(changed.key_points), 256)
    assert embedder.texts == []


def test_a_question_that_is_gone_is_found_no_more(index: BankIndex) -> None:
    report = index.sync(with_question(BANK, 0, None))
    assert report == SyncReport(embedded=0, removed=1, unchanged=3)
    hits = index.nearest_questions(["如何做数据备份？"], 9)[0]
    assert {hit.question_id for hit in hits} == {"cooling", "hiring", "network"}
    vectors = index.key_point_vectors(BACKUP)
    points = index.nearest_key_points(vectors, 99)[0]
    assert len(points) == 5
    assert all(hit.question_id != "backup" for hit in points)


def test_a_question_that_is_added_is_the_only_one_embedded(
    index: BankIndex, embedder: CountingEmbedder
) -> None:
    new = question("new", "什么是容灾？", [("双活", "两地同时服务。")])
    grown = replace(BANK, questions=(*BANK.questions, new))
    assert index.sync(grown) == SyncReport(embedded=1, removed=0, unchanged=4)
    assert embedder.texts == ["什么是容灾？", "双活：两地同时服务。"]
    assert index.nearest_questions(["什么是容灾？"], 1)[0][0].question_id == "new"


def test_a_bank_may_become_empty_and_full_again(index: BankIndex) -> None:
    assert index.sync(replace(BANK, questions=())) == SyncReport(0, 4, 0)
    assert index.nearest_questions(["备份"], 3) == [()]
    assert index.sample_key_points(5).shape == (0, 256)
    assert index.sync(BANK) == SyncReport(4, 0, 0)


def test_vectors_are_those_of_the_embedder_in_key_point_order(
    index: BankIndex, embedder: CountingEmbedder
) -> None:
    for asked in BANK.questions:
        points, own = index.key_point_vectors(asked), index.question_vector(asked)
        expected = MODEL.embed([point.statement for point in asked.key_points])
        np.testing.assert_allclose(points, expected, atol=1e-6)
        np.testing.assert_allclose(own, MODEL.embed([asked.text])[0], atol=1e-6)
        assert points.dtype == own.dtype == np.float32
    assert embedder.texts == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(question("ad-hoc", "什么是容灾？", [("双活", "")]), id="not-in-a-bank"),
        pytest.param(replace(BACKUP, text="完全不同的问题"), id="other-wording-same-id"),
        pytest.param(Question("bare", "没有要点"), id="without-key-points"),
        pytest.param(
            Question("bad\ud800", "坏\ud800字", key_points=(KeyPoint("k", "要点\ud800"),)),
            id="surrogates",
        ),
    ],
)
def test_a_question_that_is_not_there_is_embedded_on_the_spot(
    asked: Question, index: BankIndex
) -> None:
    statements = [point.statement for point in asked.key_points]
    expected = MODEL.embed(statements)
    np.testing.assert_allclose(index.key_point_vectors(asked), expected, atol=1e-6)
    own = MODEL.embed([asked.text])[0]
    np.testing.assert_allclose(index.question_vector(asked), own, atol=1e-6)


def test_the_same_question_is_looked_up_once(index: BankIndex, embedder: CountingEmbedder) -> None:
    asked = question("ad-hoc", "什么是容灾？", [("双活", "")])
    index.key_point_vectors(asked)
    index.key_point_vectors(asked)
    assert embedder.texts == ["什么是容灾？", "双活"]


def test_vectors_at_hand_cannot_be_changed_by_a_caller(index: BankIndex) -> None:
    for vectors in (index.key_point_vectors(BACKUP), index.question_vector(BACKUP)):
        with pytest.raises(ValueError, match="read-only"):
            vectors += 1


def test_each_vector_gets_its_nearest_key_points_best_first(
    index: BankIndex, embedder: CountingEmbedder
) -> None:
    texts = ["每晚备份数据库", "cold plates carry the heat"]
    backup, cooling = index.nearest_key_points(embedder.embed(texts), 3)
    assert (backup[0].question_id, backup[0].key_point_id) == ("backup", "kp1")
    assert (cooling[0].question_id, cooling[0].key_point_id) == ("cooling", "kp1")
    for hits in (backup, cooling):
        similarities = [hit.similarity for hit in hits]
        assert len(hits) == 3
        assert similarities == sorted(similarities, reverse=True)


def test_similarity_is_the_cosine(index: BankIndex, embedder: CountingEmbedder) -> None:
    [vector] = embedder.embed(["数据库每天备份一次"])
    for hit in index.nearest_key_points(vector[np.newaxis], 99)[0]:
        asked = next(q for q in BANK.questions if q.id == hit.question_id)
        place = [point.id for point in asked.key_points].index(hit.key_point_id)
        expected = vector @ index.key_point_vectors(asked)[place]
        assert hit.similarity == pytest.approx(float(expected), abs=1e-5)


def test_text_without_known_words_is_near_to_nothing(index: BankIndex) -> None:
    for hit in index.nearest_questions(["😀"], 4)[0]:
        assert hit.similarity == pytest.approx(0.0, abs=1e-6)


def test_a_question_without_known_words_can_be_kept(index: BankIndex) -> None:
    odd = question("odd", "😀", [("🚀", "")])
    index.sync(Bank("odd", questions=(odd,)))
    assert not index.key_point_vectors(odd).any()
    assert index.nearest_questions(["如何做数据备份？"], 1)[0][0].question_id == "backup"


def test_a_free_text_finds_questions_across_languages(index: BankIndex) -> None:
    found = index.nearest_questions(["服务器机柜的 GPU 散热", "interview an engineer"], 1)
    assert [hits[0].question_id for hits in found] == ["cooling", "hiring"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_finds_nothing(limit: int, index: BankIndex) -> None:
    assert index.nearest_questions(["备份"], limit) == [()]
    assert index.sample_key_points(limit).shape == (0, 256)


def test_asking_for_nothing_finds_nothing(index: BankIndex) -> None:
    assert index.nearest_questions([], 3) == []
    assert index.nearest_key_points(np.zeros((0, 256), dtype=np.float32), 3) == []


def test_before_any_sync_nothing_is_found(
    open_index: OpenIndex, embedder: CountingEmbedder
) -> None:
    fresh = open_index(embedder)
    assert fresh.nearest_questions(["备份"], 3) == [()]
    assert fresh.sample_key_points(3).shape == (0, 256)
    assert fresh.key_point_vectors(BACKUP).shape == (2, 256)


def test_searches_go_over_all_synced_banks(index: BankIndex) -> None:
    other = Bank("other", questions=(question("disk", "磁盘坏了怎么办？", [("换盘", "热插拔。")]),))
    index.sync(other)
    hits = index.nearest_questions(["磁盘坏了", "数据备份"], 2)
    assert [found[0].question_id for found in hits] == ["disk", "backup"]
    assert index.sample_key_points(99).shape == (8, 256)
    assert index.key_point_vectors(other.questions[0]).shape == (1, 256)


def test_two_banks_may_use_the_same_ids(index: BankIndex, embedder: CountingEmbedder) -> None:
    twin = Bank("twin", questions=(question("backup", "备份的成本？", [("磁带", "便宜。")]),))
    index.sync(twin)
    embedder.texts.clear()
    assert index.key_point_vectors(twin.questions[0]).shape == (1, 256)
    assert index.key_point_vectors(BACKUP).shape == (2, 256)
    assert embedder.texts == []


def test_a_sample_is_the_same_each_time_and_spread_over_the_bank(
    open_index: OpenIndex, embedder: CountingEmbedder
) -> None:
    index = open_index(embedder)
    bank = large_bank(40)
    index.sync(bank)
    sample = index.sample_key_points(5)
    np.testing.assert_array_equal(sample, index.sample_key_points(5))
    ends = [bank.questions[0].key_points[0], bank.questions[-1].key_points[-1]]
    expected = embedder.embed([point.statement for point in ends])
    np.testing.assert_allclose(sample[[0, -1]], expected, atol=1e-6)


@pytest.mark.parametrize(
    "names", [pytest.param(["a", "b", "a"], id="twice"), pytest.param([""], id="empty")]
)
def test_ids_that_tell_nothing_apart_are_refused_by_name(
    names: list[str], open_index: OpenIndex, embedder: CountingEmbedder
) -> None:
    bank = Bank("bad", questions=tuple(question(name, name, []) for name in names))
    with pytest.raises(VectorIndexError, match="question id") as caught:
        open_index(embedder).sync(bank)
    assert "bank lint" in caught.value.remedy


def test_odd_ids_are_kept_apart(open_index: OpenIndex, embedder: CountingEmbedder) -> None:
    names = ["a/1", "a", "a/1/0", "中文 id", "a\0b", "x" * 5_000, "bad\ud800"]
    bank = Bank("odd/ids", questions=tuple(question(n, f"{n} 备份", [("备份", n)]) for n in names))
    index = open_index(embedder)
    index.sync(bank)
    embedder.texts.clear()
    for asked in bank.questions:
        expected = MODEL.embed([asked.key_points[0].statement])
        np.testing.assert_allclose(index.key_point_vectors(asked), expected, atol=1e-6)
    assert embedder.texts == []


def test_progress_is_told_up_to_the_end(open_index: OpenIndex, embedder: CountingEmbedder) -> None:
    told: list[tuple[int, int]] = []
    open_index(embedder).sync(large_bank(300), lambda done, total: told.append((done, total)))
    assert told == [(128, 300), (256, 300), (300, 300)]


def test_threads_may_read_while_another_syncs(
    open_index: OpenIndex, embedder: CountingEmbedder
) -> None:
    index = open_index(embedder)
    index.sync(BANK)

    def read(place: int) -> float:
        asked = BANK.questions[place % 4]
        vectors = index.key_point_vectors(replace(asked, difficulty=1 + place % 3))
        return index.nearest_key_points(vectors, 1)[0][0].similarity

    with ThreadPoolExecutor(4) as pool:
        syncing = pool.submit(index.sync, large_bank(400))
        similarities = list(pool.map(read, range(60)))
    assert syncing.result() == SyncReport(400, 0, 0)
    assert similarities == pytest.approx([1.0] * 60, abs=1e-5)


def test_a_large_bank_is_found_again_whole(
    open_index: OpenIndex, embedder: CountingEmbedder
) -> None:
    bank = large_bank(1_500)
    index = open_index(embedder)
    index.sync(bank)
    wanted = bank.questions[::50]
    found = index.nearest_questions([q.text for q in wanted], 1)
    assert np.mean([hits[0].similarity > 0.9999 for hits in found]) >= 0.9
    assert index.sync(bank) == SyncReport(0, 0, 1_500)
    assert index.sync(replace(bank, questions=bank.questions[1_400:])) == SyncReport(0, 1_400, 100)
    assert index.sample_key_points(9_999).shape == (300, 256)
