"""Fixtures of the embedders' tests."""

from collections.abc import Iterator

import pytest

from tests.embedding.endpoint import Endpoint, serve_endpoint


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A real server on this machine."""
    with serve_endpoint() as served:
        yield served
