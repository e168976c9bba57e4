import numpy as np
import pytest

from app.embedding.bundled import BundledEmbedder
from app.grading.clauses import split_clauses, windows
from app.grading.similarity.term_match import (
    NARROW_ENOUGH,
    Recall,
    place_terms,
    point_terms,
    recalls_of,
    remove_directions,
    telling_terms,
)

QUESTION = "怎样保证数据备份？"
POINTS = {
    "regular": ("定期备份", "定期备份：每天做增量，每周做全量。"),
    "remote": ("异地备份", "异地备份：在另一个城市保存副本。"),
}
NO_DIRECTIONS = np.zeros((0, 256), dtype=np.float32)


def recall(
    answer: str,
    point: str,
    embedder: BundledEmbedder,
    directions: np.ndarray = NO_DIRECTIONS,
    wordings: tuple[str, ...] = (),
) -> Recall:
    titles, texts = zip(*POINTS.values(), strict=True)
    worded = [
        (text, *wordings) if name == point else (text,)
        for name, text in zip(POINTS, texts, strict=True)
    ]
    prepared = point_terms(QUESTION, worded, titles, embedder, directions)
    bag = telling_terms(embedder.terms(answer), directions, once=False)
    clauses = split_clauses(answer)
    found = recalls_of(prepared, place_terms(bag, clauses), 3)
    return found[list(POINTS).index(point)]


def highest(found: Recall) -> float:
    return float(found.by_window.max())


def test_the_key_point_itself_is_recalled_whole(embedder: BundledEmbedder) -> None:
    assert highest(recall(POINTS["remote"][1], "remote", embedder)) > 0.99


def test_other_words_for_the_same_count_more_than_other_things(embedder: BundledEmbedder) -> None:
    paraphrase = recall("副本放在外省的机房", "remote", embedder)
    elsewhere = recall("服务器风扇噪声很大", "remote", embedder)
    assert highest(paraphrase) > highest(elsewhere) + 0.1


def test_the_questions_own_words_earn_next_to_nothing(embedder: BundledEmbedder) -> None:
    echo = recall("数据备份要保证好", "remote", embedder)
    said = recall("另一个城市", "remote", embedder)
    assert highest(echo) < highest(said)


def test_what_an_author_gave_as_another_wording_counts_in_either_of_them(
    embedder: BundledEmbedder,
) -> None:
    everyday, wordings = "这边烧了那边还留着", ("这边烧了那边还有", "换个地方再留一份")
    plain = recall(everyday, "remote", embedder)
    assert highest(recall(everyday, "remote", embedder, wordings=wordings)) > highest(plain) + 0.1
    every = "。".join((POINTS["remote"][1], *wordings))
    assert recall(every, "remote", embedder, wordings=wordings).in_answer > 0.89


def test_wordings_of_no_telling_word_change_nothing(embedder: BundledEmbedder) -> None:
    answer = "副本放在外省的机房"
    plain = recall(answer, "remote", embedder)
    odd = recall(answer, "remote", embedder, wordings=("，", ""))
    assert odd.by_window == pytest.approx(plain.by_window)


def test_words_that_key_points_share_do_not_tell_which_is_meant(
    embedder: BundledEmbedder,
) -> None:
    answer = "每天做增量，每周做全量"
    assert highest(recall(answer, "regular", embedder)) > 2 * highest(
        recall(answer, "remote", embedder)
    )


def test_the_best_window_is_the_narrowest_that_nearly_reaches_the_top(
    embedder: BundledEmbedder,
) -> None:
    answer = "先说一下背景情况，在另一个城市保存副本，最后讲讲费用问题"
    found = recall(answer, "remote", embedder)
    first, stop = windows(split_clauses(answer), 3)[found.best]
    assert (first, stop) == (1, 2)
    assert found.by_window[found.best] >= NARROW_ENOUGH * highest(found)


@pytest.mark.parametrize("answer", ["ＱＸＺ", "𝕏𝕐ℤ 文", "ᚠᚢᚦ ᚨᚱᚲ"])
def test_terms_that_nobody_knows_are_no_match(answer: str, embedder: BundledEmbedder) -> None:
    found = recall(answer, "remote", embedder)
    assert 0.0 <= highest(found) < 0.6
    assert 0.0 <= found.in_answer <= 1.0


def test_removing_directions_leaves_nothing_along_them() -> None:
    directions = np.eye(2, 4, dtype=np.float32)
    rest = remove_directions(np.ones((3, 4), dtype=np.float32), directions)
    assert np.allclose(rest @ directions.T, 0)
    assert np.allclose(rest[:, 2:], 1)
