"""Any sentence-transformers model, from the hub or from a folder."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.embedding.base import Vectors
from app.embedding.vectors import encodable, unit_rows
from app.errors import EmbedderError, filled

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 64
_UNEVEN = 1.5
"""How much longer the longest text of a batch may be than the shortest: a model computes each of
them at the longest one's length."""

_EDGE = 65_536  # bytes read at each end of a large file
_OWNER = "sentence-transformers"  # whose models the library finds under their bare names


class SentenceTransformerEmbedder:
    """Runs `model`, a folder or a name on the Hugging Face hub, loaded at its first use.

    A model that lies in the hub's cache is used without the network; one that does not is
    downloaded, since the user named it. `device` is cpu, cuda, mps and the like, or "" to take
    the best there is.

    Both sides of every comparison, answers and key points, are passages, so both get the same
    prompt: the model's default one where its configuration names it, else its `document` or
    `passage` prompt, else none. A model that wants a prefix but declares none (some of the E5
    family) gets none; save it with `prompts` in its configuration to have it used.
    """

    def __init__(self, model: str, *, device: str = "") -> None:
        self._name = model
        self._device = device or None
        self._using = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """`st:` and the model's name or folder."""
        return f"st:{self._name}"

    @cached_property
    def fingerprint(self) -> str:
        """The name and what tells its content: the hub's commit, or a digest of the folder.

        Downloads a hub model that is not in the cache.
        """
        folder = _local_folder(self._name)
        if folder is None:
            with self._using:
                self._model()
            folder = _local_folder(self._name)
        if folder is None:
            raise EmbedderError(
                filled(
                    "The model {name!r} was loaded, but is not in the hub's cache.", name=self._name
                ),
                "Name the model's folder: MOCKINT_EMBEDDER=st:/path/to/model.",
            )
        if folder.parent.name == "snapshots":
            return f"{self.name}@{folder.name[:16]}"
        return f"{self.name}@{_folder_digest(folder)}"

    @property
    def dimension(self) -> int:
        """Length of the model's vectors; loads it."""
        with self._using:
            found = self._model().get_embedding_dimension()
        return int(found) if found else int(self._encode(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, zero for blank texts; the model cuts texts beyond its longest input."""
        places = [place for place, text in enumerate(texts) if text.strip()]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if places:
            vectors[places] = self._encode([encodable(texts[place]) for place in places])
        return unit_rows(vectors)

    def _encode(self, texts: list[str]) -> Vectors:
        """Each text once, in batches of texts about as long as each other."""
        different = sorted(dict.fromkeys(texts), key=len)
        with self._using:  # the tokenizers behind it refuse to be used by two threads at once
            model = self._model()
            try:
                found = [self._encode_batch(model, batch) for batch in even_batches(different)]
            except (RuntimeError, ValueError) as error:
                raise EmbedderError(
                    filled("The model {name!r} failed: {error}.", name=self._name, error=error),
                    "Set MOCKINT_EMBEDDER_DEVICE=cpu where the device is the cause, or use "
                    "another model.",
                ) from error
        rows = {text: row for row, text in enumerate(different)}
        return np.concatenate(found)[[rows[text] for text in texts]]

    @staticmethod
    def _encode_batch(model: "SentenceTransformer", texts: list[str]) -> Vectors:
        found = model.encode(
            texts,
            prompt_name=_prompt_name(model),
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(found, dtype=np.float32)

    def _model(self) -> "SentenceTransformer":
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> "SentenceTransformer":
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - brings torch
            from transformers.utils import logging  # noqa: PLC0415 - the same
        except ImportError as error:
            raise EmbedderError(
                filled(
                    "{name!r} needs the package sentence-transformers ({error}).",
                    name=self.name,
                    error=error,
                ),
                'Install it with pip install "mockint[st]", or set MOCKINT_EMBEDDER=bundled.',
            ) from error
        folder = _local_folder(self._name)
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # its bar for loading would be drawn into ours
        try:
            return SentenceTransformer(
                str(folder or self._name), device=self._device, local_files_only=folder is not None
            )
        except Exception as error:  # torch, the hub and the library raise all kinds
            raise EmbedderError(
                filled(
                    "The model {name!r} cannot be loaded: {error}.",
                    name=self._name,
                    error=_first_line(error),
                ),
                "Check MOCKINT_EMBEDDER_DEVICE, the name and the connection to huggingface.co, or "
                "name a folder that holds the model: MOCKINT_EMBEDDER=st:/path/to/model.",
            ) from error


def even_batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts in order of length, cut into batches in which little has to be filled up."""
    batch: list[str] = []
    for text in texts:
        if batch and (len(batch) == _BATCH or len(text) > _UNEVEN * len(batch[0])):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def _local_folder(model: str) -> Path | None:
    """The folder that holds the model: as named, or inside the hub's cache."""
    if Path(model).expanduser().is_dir():
        return Path(model).expanduser()
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - only for hub models
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415 - the same

    for repository in (model, f"{_OWNER}/{model}"):
        try:
            found = try_to_load_from_cache(repository, "modules.json")
        except HFValidationError:
            continue
        if isinstance(found, str):
            return Path(found).parent
    return None


def _folder_digest(folder: Path) -> str:
    """A digest of names, sizes and contents, of large files only their first and last 64 KiB."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(_EDGE))
            stream.seek(max(size - _EDGE, 0))
            digest.update(stream.read(_EDGE))
    return digest.hexdigest()[:16]


def _prompt_name(model: Any) -> str | None:
    """The prompt for passages, as the model's own configuration has it."""
    if model.default_prompt_name:
        return str(model.default_prompt_name)
    prompts = model.prompts or {}
    return next((name for name in ("document", "passage") if prompts.get(name)), None)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return (text.splitlines()[0] if text else type(error).__name__)[:300].rstrip(".")
