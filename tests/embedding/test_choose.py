"""From a name to an embedder."""

import pytest

from app.embedding.choose import choose_embedder
from app.errors import EmbedderError


@pytest.mark.parametrize("name", ["bundled", "st:some/model", "openai:text-embedding-3-small"])
def test_an_embedder_is_called_as_the_settings_spell_it(name: str) -> None:
    assert choose_embedder(name).name == name


@pytest.mark.parametrize("name", ["", "st:", "openai:", "bundled:x", "tfidf", "ST:x"])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str) -> None:
    with pytest.raises(EmbedderError, match="no embedder") as caught:
        choose_embedder(name)
    assert "bundled, st:NAME or openai:NAME" in caught.value.remedy
