"""The shipped model: the vectors of sentence-transformers, without it."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.embedding.bundled import MODEL_DIR, BundledEmbedder
from app.errors import EmbedderError

EMBEDDER = BundledEmbedder()

TEXTS = [
    "数据中心需要定期备份。",
    "Back up the data centre every night, and rehearse the restore.",
    "用 Prometheus 监控 GPU 利用率 (utilisation > 90%)",
    "ＧＰＵ　ⅷ ①②③ ﬁne",
    "備份資料中心",
    "😀 备份 🚀",
    "한국어 и русский текст",
    "if (x == 0) { return null; } // 注释",
    "\tline one\nline two\r\n",
    "a\0b",
    "e\u0301galite\u0301",
    "备份" * 5_000,
    "word " * 2_000,
]


def test_vectors_equal_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - brings torch

    reference = SentenceTransformer(str(MODEL_DIR), device="cpu").float()
    expected = reference.encode(TEXTS, convert_to_numpy=True)
    np.testing.assert_allclose(EMBEDDER.embed(TEXTS), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n\t ", id="blank"),
        pytest.param("😀🚀", id="only-emoji"),
        pytest.param("。，！？", id="only-punctuation"),
        pytest.param("한국어", id="unknown-script"),
    ],
)
def test_a_text_without_known_tokens_is_the_zero_vector(text: str) -> None:
    assert not EMBEDDER.embed([text]).any()


def test_a_lone_surrogate_does_not_hide_the_words_beside_it() -> None:
    broken, whole = EMBEDDER.embed(["备份\ud800", "备份"])
    assert broken @ whole == pytest.approx(1.0, abs=1e-6)


def test_no_texts_give_no_rows() -> None:
    assert EMBEDDER.embed([]).shape == (0, EMBEDDER.dimension) == (0, 256)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_every_vector_is_of_unit_length_or_zero_and_owes_nothing_to_its_neighbours(
    texts: list[str],
) -> None:
    together = EMBEDDER.embed(texts)
    lengths = np.linalg.norm(together, axis=1)
    assert together.dtype == np.float32
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_allclose(EMBEDDER.embed([text])[0], vector, atol=1e-6)


def test_a_long_list_and_long_texts_are_embedded_like_short_ones() -> None:
    texts = [f"第 {number} 台服务器的备份" * (1 + number % 90) for number in range(1_300)]
    vectors = EMBEDDER.embed(texts)
    for place in (0, 511, 512, 1_299):
        np.testing.assert_allclose(EMBEDDER.embed([texts[place]])[0], vectors[place], atol=1e-6)


def test_a_translation_is_nearer_than_another_topic() -> None:
    chinese, english, other = EMBEDDER.embed(
        ["数据备份与恢复", "data backup and recovery", "招聘流程和薪资"]
    )
    assert chinese @ english > chinese @ other + 0.2


def test_threads_that_start_together_get_the_same_vectors() -> None:
    fresh = BundledEmbedder()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(fresh.embed, [TEXTS] * 16))
    for vectors in results:
        np.testing.assert_array_equal(vectors, results[0])


def test_recorded_checksums_are_those_of_the_files() -> None:
    lines = (MODEL_DIR / "SHA256SUMS").read_text().splitlines()
    recorded = dict(reversed(line.split("  ")) for line in lines)
    assert recorded == {
        name: hashlib.sha256((MODEL_DIR / name).read_bytes()).hexdigest()
        for name in ("model.safetensors", "tokenizer.json")
    }


def test_the_fingerprint_follows_the_recorded_checksums(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_text("another model")
    assert BundledEmbedder(tmp_path).fingerprint != EMBEDDER.fingerprint
    assert BundledEmbedder().fingerprint == EMBEDDER.fingerprint


def _cut(name: str, length: int) -> Callable[[Path], object]:
    def cut(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:length])

    return cut


def _write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


_FLOATS = b'{"embedding.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}'


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / "model.safetensors").unlink(), id="no-weights"),
        pytest.param(lambda folder: (folder / "tokenizer.json").unlink(), id="no-tokenizer"),
        pytest.param(_cut("model.safetensors", 0), id="empty-weights"),
        pytest.param(_cut("model.safetensors", 1_000), id="cut-weights"),
        pytest.param(_cut("tokenizer.json", 1_000), id="cut-tokenizer"),
        pytest.param(_write("model.safetensors", b"\xff" * 999), id="garbage"),
        pytest.param(
            _write("model.safetensors", len(_FLOATS).to_bytes(8, "little") + _FLOATS + b"1234"),
            id="another-number-format",
        ),
        pytest.param(_write("tokenizer.json", b"\xff\xfe"), id="tokenizer-not-text"),
    ],
)
def test_a_damaged_model_is_an_error_that_says_how_to_mend_it(
    damage: Callable[[Path], object], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL_DIR, folder)
    damage(folder)
    with pytest.raises(EmbedderError, match="cannot be read") as caught:
        BundledEmbedder(folder).embed(["备份"])
    assert "Install mockint again" in caught.value.remedy


def test_neither_torch_nor_transformers_are_loaded() -> None:
    script = (
        "import sys; from app.embedding.choose import choose_embedder\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'openai', 'tokenizers'}\n"
        "embedder = choose_embedder('bundled'); embedder.fingerprint\n"
        "assert not heavy & set(sys.modules), 'before the first use'\n"
        "embedder.embed(['x']); assert not (heavy - {'tokenizers'}) & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
