"""Embedding models behind any endpoint that speaks OpenAI's embeddings protocol."""

import hashlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from app.embedding.base import Vectors
from app.embedding.vectors import encodable, unit_rows
from app.errors import EmbedderError, filled

if TYPE_CHECKING:
    import openai

_OPENAI_URL = "https://api.openai.com/v1"
_NO_KEY = "none"  # the library insists on a key; servers that need none ignore it
_FIRST_BATCH = 64
_TOO_MUCH = (400, 413, 422)  # what servers answer to more texts at once than they take


class OpenAICompatibleEmbedder:
    """A model behind a URL, hosted or local; texts of an embedding call leave this machine.

    Servers differ in how many texts they take at once: one that refuses a batch is asked again
    with halves, and gets no larger ones afterwards. Blank texts are not sent, as some servers
    refuse them; their vector is zero. Failures that may pass are tried again by the client
    library, with growing pauses, and as a server's `Retry-After` asks.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str = "",
        api_key: str = "",
        timeout: float = 30.0,
        retries: int = 3,
    ) -> None:
        self._model = model
        self._base_url = base_url or _OPENAI_URL
        self._api_key = api_key
        self._timeout = timeout
        self._retries = retries
        self._batch = _FIRST_BATCH
        self._dimension: int | None = None
        self._opening = threading.Lock()
        self._client: openai.OpenAI | None = None

    @property
    def name(self) -> str:
        """`openai:` and the model's name."""
        return f"openai:{self._model}"

    @property
    def fingerprint(self) -> str:
        """Model name and a digest of the endpoint's address.

        An endpoint that serves another model under the same name is not noticed, unless its
        vectors have another length.
        """
        return f"{self.name}@{hashlib.sha256(self._base_url.encode()).hexdigest()[:12]}"

    @property
    def dimension(self) -> int:
        """What the endpoint's first vector has; asks it once."""
        if self._dimension is None:
            self._request(["dimension"])
        assert self._dimension is not None
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors as the endpoint gives them, brought to unit length."""
        places = [place for place, text in enumerate(texts) if text.strip()]
        rows: list[Vectors] = []
        while len(rows) < len(places):
            batch = places[len(rows) : len(rows) + self._batch]
            rows += self._request_or_halve([encodable(texts[place]) for place in batch])
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for place, row in zip(places, rows, strict=True):
            vectors[place] = row
        return unit_rows(vectors)

    def _request_or_halve(self, texts: list[str]) -> list[Vectors]:
        """Vectors of at least the first of the texts."""
        import openai  # noqa: PLC0415 - takes most of a second, and only this embedder needs it

        while True:
            try:
                return self._request(texts)
            except EmbedderError as error:
                cause = error.__cause__
                refused = isinstance(cause, openai.APIStatusError) and (
                    cause.status_code in _TOO_MUCH
                )
                if not refused or len(texts) == 1:
                    raise
                texts = texts[: len(texts) // 2]
                self._batch = min(self._batch, len(texts))

    def _request(self, texts: list[str]) -> list[Vectors]:
        import openai  # noqa: PLC0415 - takes most of a second, and only this embedder needs it

        try:
            reply = self._open().embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
            data = sorted(reply.data, key=lambda item: item.index)
            rows = [np.asarray(item.embedding, dtype=np.float32) for item in data]
        except openai.OpenAIError as error:
            raise self._failure(error) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise self._nonsense(str(error)) from error
        self._check(texts, rows)
        return rows

    def _check(self, texts: list[str], rows: list[Vectors]) -> None:
        if len(rows) != len(texts):
            raise self._nonsense(f"{len(rows)} vectors for {len(texts)} texts")
        if not all(row.ndim == 1 and np.isfinite(row).all() for row in rows):
            raise self._nonsense("what it calls vectors are not lists of finite numbers")
        lengths = {len(row) for row in rows}
        if self._dimension is None and len(lengths) == 1:
            self._dimension = next(iter(lengths)) or None
        if lengths != {self._dimension}:
            raise self._nonsense(f"vectors of {sorted(lengths)} numbers, not {self._dimension}")

    def _open(self) -> "openai.OpenAI":
        with self._opening:
            if self._client is None:
                import openai  # noqa: PLC0415 - takes most of a second

                self._client = openai.OpenAI(
                    api_key=self._api_key or _NO_KEY,
                    base_url=self._base_url,
                    timeout=self._timeout,
                    max_retries=self._retries,
                )
            return self._client

    @property
    def _where(self) -> str:
        parts = urlsplit(self._base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def _failure(self, error: Exception) -> EmbedderError:
        status = getattr(error, "status_code", None)
        said = f"{status}: {error}" if status else str(error)
        remedies = {
            401: "Set OPENAI_API_KEY to a key of this endpoint.",
            403: "Use a key that may call this model, or another model.",
            404: filled(
                "Check that the endpoint has a model {model!r} and that OPENAI_BASE_URL "
                "ends where its paths begin, often in /v1.",
                model=self._model,
            ),
            429: "Wait, or raise the limits of your account there.",
        }
        return EmbedderError(
            filled(
                "The embeddings endpoint at {endpoint} gave no vectors from {model!r} ({reason}).",
                endpoint=self._where,
                model=self._model,
                reason=said[:300],
            ),
            remedies.get(
                status or 0,
                "Check OPENAI_BASE_URL and that the server runs, or set MOCKINT_EMBEDDER=bundled.",
            ),
        )

    def _nonsense(self, what: str) -> EmbedderError:
        return EmbedderError(
            filled(
                "The embeddings endpoint at {endpoint} answered {model!r} with something else than "
                "vectors: {reason}.",
                endpoint=self._where,
                model=self._model,
                reason=what[:300],
            ),
            "Check that the model is an embedding model, or set MOCKINT_EMBEDDER=bundled.",
        )
