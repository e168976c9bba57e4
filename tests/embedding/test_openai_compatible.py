"""Embeddings over HTTP, from a real server in this process."""

import socket
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from app.embedding.openai_compatible import OpenAICompatibleEmbedder
from app.errors import EmbedderError
from tests.embedding.endpoint import MOST_AT_ONCE, Endpoint, Reply

TEXTS = [f"第 {number} 台服务器的备份" for number in range(37)]


def embedder_at(endpoint: Endpoint, *, retries: int = 3) -> OpenAICompatibleEmbedder:
    return OpenAICompatibleEmbedder(
        "small", base_url=endpoint.url, api_key="key-1", timeout=5.0, retries=retries
    )


def test_vectors_come_in_the_order_of_the_texts_at_unit_length(endpoint: Endpoint) -> None:
    found = embedder_at(endpoint).embed(TEXTS)
    np.testing.assert_allclose(found, endpoint.embedder.embed(TEXTS), atol=1e-6)
    assert found.dtype == np.float32


def test_model_and_key_are_sent_and_numbers_are_asked_for(endpoint: Endpoint) -> None:
    embedder_at(endpoint).embed(["备份"])
    assert endpoint.seen == [{"model": "small", "input": ["备份"], "encoding_format": "float"}]
    assert endpoint.keys == ["Bearer key-1"]


def test_a_server_without_keys_needs_none(endpoint: Endpoint) -> None:
    assert OpenAICompatibleEmbedder("small", base_url=endpoint.url).embed(["备份"]).any()


def test_a_batch_that_is_refused_is_halved_and_the_smaller_size_is_remembered(
    endpoint: Endpoint,
) -> None:
    embedder = embedder_at(endpoint)
    embedder.embed(TEXTS)
    refused = [asked for asked in endpoint.seen if len(asked["input"]) > MOST_AT_ONCE]
    endpoint.seen.clear()
    embedder.embed(TEXTS)
    assert refused
    assert max(len(asked["input"]) for asked in endpoint.seen) <= MOST_AT_ONCE


def test_blank_texts_are_not_sent_and_have_the_zero_vector(endpoint: Endpoint) -> None:
    found = embedder_at(endpoint).embed(["", "备份", " \n"])
    assert [bool(row.any()) for row in found] == [False, True, False]
    assert [asked["input"] for asked in endpoint.seen] == [["备份"]]


def test_only_blank_texts_still_give_rows_of_the_right_length(endpoint: Endpoint) -> None:
    assert embedder_at(endpoint).embed(["", " "]).shape == (2, 256)


def test_the_dimension_is_asked_for_once(endpoint: Endpoint) -> None:
    embedder = embedder_at(endpoint)
    assert (embedder.dimension, embedder.dimension) == (256, 256)
    assert len(endpoint.seen) == 1


def test_naming_the_embedder_asks_nothing(endpoint: Endpoint) -> None:
    embedder = embedder_at(endpoint)
    assert embedder.name == "openai:small"
    assert embedder.fingerprint.startswith("openai:small@")
    assert endpoint.seen == []


def test_another_endpoint_has_another_fingerprint(endpoint: Endpoint) -> None:
    other = OpenAICompatibleEmbedder("small", base_url="http://localhost:1/v1")
    assert other.fingerprint != embedder_at(endpoint).fingerprint


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(429, id="rate-limit"),
        pytest.param(500, id="error"),
        pytest.param(503, id="busy"),
    ],
)
def test_a_failure_that_passes_is_tried_again(status: int, endpoint: Endpoint) -> None:
    endpoint.script = [Reply(status, {"error": {"message": "later"}}, {"Retry-After": "0.01"})] * 2
    assert embedder_at(endpoint).embed(["备份"]).any()
    assert len(endpoint.seen) == 3


@pytest.mark.parametrize(
    ("reply", "message", "remedy"),
    [
        pytest.param(Reply(401, {"error": {"message": "no"}}), "401", "OPENAI_API_KEY", id="key"),
        pytest.param(Reply(403, {"error": {"message": "no"}}), "403", "may call", id="forbidden"),
        pytest.param(Reply(404, {"error": {"message": "no"}}), "404", "'small'", id="no-model"),
        pytest.param(Reply(400, {"error": {"message": "too long"}}), "too long", "", id="refused"),
        pytest.param(Reply(429, {"error": {"message": "quota"}}), "429", "Wait", id="rate-limit"),
        pytest.param(Reply(500, "broken"), "500", "server runs", id="server-error"),
        pytest.param(Reply(200, "<html>"), "else than vectors", "embedding model", id="html"),
        pytest.param(Reply(200, {"data": []}), "else than vectors", "", id="no-data"),
        pytest.param(Reply(200, {}), "else than vectors", "", id="nothing"),
        pytest.param(Reply(200, []), "else than vectors", "", id="a-list"),
        pytest.param(
            Reply(200, {"data": [{"index": 0, "embedding": [1.0]}] * 2}), "2 vectors", "", id="two"
        ),
        pytest.param(
            Reply(200, {"data": [{"index": 0, "embedding": []}]}), "vectors of", "", id="no-numbers"
        ),
        pytest.param(
            Reply(200, {"data": [{"index": 0, "embedding": "x"}]}), "vectors", "", id="no-vector"
        ),
        pytest.param(
            Reply(200, {"data": [{"index": 0, "embedding": ["x"]}]}), "vectors", "", id="words"
        ),
        pytest.param(
            Reply(200, {"data": [{"index": 0, "embedding": [1.0, None]}]}), "finite", "", id="null"
        ),
    ],
)
def test_what_is_no_vector_is_an_error_with_a_remedy(
    reply: Reply, message: str, remedy: str, endpoint: Endpoint
) -> None:
    endpoint.script = [reply]
    with pytest.raises(EmbedderError, match=message) as caught:
        embedder_at(endpoint, retries=0).embed(["备份"])
    assert remedy in caught.value.remedy
    assert caught.value.remedy


def test_vectors_whose_length_changes_are_refused(endpoint: Endpoint) -> None:
    embedder = embedder_at(endpoint)
    embedder.embed(["备份"])
    endpoint.script = [Reply(200, {"data": [{"index": 0, "embedding": [1.0, 2.0]}]})]
    with pytest.raises(EmbedderError, match="not 256"):
        embedder.embed(["备份"])


def test_a_server_that_is_not_there_is_an_error_without_the_key() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://me:hidden@127.0.0.1:{port}/v1"
    embedder = OpenAICompatibleEmbedder("small", base_url=url, api_key="hidden", retries=0)
    with pytest.raises(EmbedderError, match=f"http://127.0.0.1:{port}/v1") as caught:
        embedder.embed(["备份"])
    assert "hidden" not in str(caught.value)


def test_threads_share_one_embedder(endpoint: Endpoint) -> None:
    embedder = embedder_at(endpoint)
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(embedder.embed, [TEXTS[:5]] * 12))
    for found in results:
        np.testing.assert_array_equal(found, results[0])
