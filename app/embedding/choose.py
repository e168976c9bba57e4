"""From the name in the settings to an embedder."""

from app.embedding.base import Embedder
from app.embedding.bundled import BundledEmbedder
from app.embedding.openai_compatible import OpenAICompatibleEmbedder
from app.embedding.sentence_transformer import SentenceTransformerEmbedder
from app.errors import EmbedderError, filled


def choose_embedder(
    name: str, *, device: str = "", base_url: str = "", api_key: str = ""
) -> Embedder:
    """The embedder behind `bundled`, `st:NAME` or `openai:NAME`; loads and asks nothing yet.

    `device` is for `st:`, `base_url` and `api_key` are for `openai:`.
    """
    kind, _, model = name.partition(":")
    if name == "bundled":
        return BundledEmbedder()
    if kind == "st" and model:
        return SentenceTransformerEmbedder(model, device=device)
    if kind == "openai" and model:
        return OpenAICompatibleEmbedder(model, base_url=base_url, api_key=api_key)
    raise EmbedderError(
        filled("There is no embedder {name!r}.", name=name),
        "Set MOCKINT_EMBEDDER to bundled, st:NAME or openai:NAME.",
    )
