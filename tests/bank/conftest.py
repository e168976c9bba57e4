"""The embedder that ships, loaded once."""

import pytest

from app.embedding.bundled import BundledEmbedder


@pytest.fixture(scope="session")
def embedder() -> BundledEmbedder:
    return BundledEmbedder()
