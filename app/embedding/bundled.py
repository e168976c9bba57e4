"""The model that ships with mockint: one vector a token, summed; needs no torch and no network."""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.embedding.base import Vectors
from app.embedding.terms import Terms
from app.embedding.vectors import encodable, unit_rows
from app.errors import EmbedderError, filled

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_DIR = Path(__file__).with_name("bundled_model")
CHECKSUMS = "SHA256SUMS"

_TEXTS_A_STEP = 512  # bounds the tokenizer's own records of a long list of texts
_TOKENS_A_STEP = 256  # rows summed at once: 256 kB, which stay in the CPU's cache


class _TokenVectors:
    """Token vectors in float32, each converted from the mapped fp16 file when it is first needed.

    Converting costs ten times what adding does, and texts use a small part of the vocabulary.
    Threads may convert the same row at once: they write the same numbers.
    """

    def __init__(self, stored: NDArray[np.float16]) -> None:
        self._stored = stored
        self._converted: Vectors = np.empty(stored.shape, dtype=np.float32)
        self._known = np.zeros(len(stored), dtype=np.bool_)

    @property
    def dimension(self) -> int:
        return int(self._stored.shape[1])

    def of(self, ids: NDArray[np.intp]) -> Vectors:
        """Shape (len(ids), dimension)."""
        new = np.unique(ids[~self._known[ids]])
        if len(new):
            self._converted[new] = self._stored[new]
            self._known[new] = True
        return self._converted[ids]


@dataclass(frozen=True, slots=True)
class _Model:
    tokenizer: "Tokenizer"
    vectors: _TokenVectors


class BundledEmbedder:
    """Runs the static model in `folder`, loaded at its first use.

    The vectors are those of sentence-transformers' StaticEmbedding and Normalize in float32:
    the sum of the token vectors, at unit length. There are no special tokens, no truncation and
    no padding, and unknown tokens have the zero vector.
    """

    name = "bundled"

    def __init__(self, folder: Path = MODEL_DIR) -> None:
        self._folder = folder
        self._loading = threading.Lock()
        self._loaded: _Model | None = None

    @cached_property
    def fingerprint(self) -> str:
        """`bundled:` and a digest of the checksums recorded beside the model.

        The recorded ones are used because hashing 21 MB would delay every start; a test compares
        them with the files.
        """
        try:
            recorded = (self._folder / CHECKSUMS).read_bytes()
        except OSError as error:
            raise self._broken(error) from error
        return f"bundled:{hashlib.sha256(recorded).hexdigest()[:16]}"

    @property
    def dimension(self) -> int:
        """256 for the shipped model; loads it."""
        return self._model().vectors.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, or the zero vector for a text without a known token."""
        model = self._model()
        sums = np.zeros((len(texts), model.vectors.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_A_STEP):
            stop = start + _TEXTS_A_STEP
            _sum_tokens(model, texts[start:stop], sums[start:stop])
        return unit_rows(sums)

    def terms(self, text: str) -> Terms:
        """The text's terms with their vectors, whose sum has the direction of `embed`'s vector."""
        model = self._model()
        encoding = model.tokenizer.encode(encodable(text), add_special_tokens=False)
        ids = np.array(encoding.ids, dtype=np.intp)
        offsets = np.array(encoding.offsets, dtype=np.intp).reshape(-1, 2)
        vectors = model.vectors.of(ids)
        return Terms(ids, offsets[:, 0], offsets[:, 1], vectors)

    def _model(self) -> _Model:
        if self._loaded is None:
            with self._loading:
                if self._loaded is None:
                    self._loaded = self._load()
        return self._loaded

    def _load(self) -> _Model:
        from tokenizers import Tokenizer  # noqa: PLC0415 - native code, not needed to start

        try:
            text = (self._folder / "tokenizer.json").read_text(encoding="utf-8")
            weights = _map_weights(self._folder / "model.safetensors")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._broken(error) from error
        try:
            tokenizer = Tokenizer.from_str(text)
        except Exception as error:  # tokenizers raises nothing narrower
            raise self._broken(error) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return _Model(tokenizer, _TokenVectors(weights))

    def _broken(self, error: Exception) -> EmbedderError:
        return EmbedderError(
            filled(
                "The bundled model in {folder!r} cannot be read: {error}.",
                folder=str(self._folder),
                error=error,
            ),
            "Install mockint again: pip install --force-reinstall mockint.",
        )


def _map_weights(file: Path) -> NDArray[np.float16]:
    """The one tensor of a safetensors file, mapped read-only.

    The format is 8 bytes of header length, a JSON header, then the numbers. Raises ValueError
    where the file is cut or holds another kind of tensor.
    """
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > file.stat().st_size:
            raise ValueError(f"{file.name} is cut off or damaged")
        header = json.loads(stream.read(length))
    tensor = header["embedding.weight"]
    if tensor["dtype"] != "F16":
        raise ValueError(f"{file.name} holds {tensor['dtype']}, not F16")
    rows, columns = tensor["shape"]
    start = 8 + length + tensor["data_offsets"][0]
    return np.memmap(file, dtype="<f2", mode="r", offset=start, shape=(rows, columns))


def _sum_tokens(model: _Model, texts: Sequence[str], sums: Vectors) -> None:
    """Add each text's token vectors to its row of `sums`."""
    encodings = model.tokenizer.encode_batch_fast(
        [encodable(text) for text in texts], add_special_tokens=False
    )
    found = [encoding.ids for encoding in encodings]
    lengths = [len(ids) for ids in found]
    ids = np.fromiter(chain.from_iterable(found), dtype=np.intp, count=sum(lengths))
    owners = np.repeat(np.arange(len(texts)), lengths)
    for start in range(0, len(ids), _TOKENS_A_STEP):
        step = slice(start, start + _TOKENS_A_STEP)
        first, last = owners[step][[0, -1]]
        # A product with ones and zeros adds rows faster than any summing function of numpy.
        owned = np.arange(first, last + 1)[:, np.newaxis] == owners[step]
        sums[first : last + 1] += owned.astype(np.float32) @ model.vectors.of(ids[step])
