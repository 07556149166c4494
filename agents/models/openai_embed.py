"""Embeddings from any server that has /v1/embeddings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...tools.base.errors import EndpointBrokeOff, EndpointRefused
from ...tools.knowledge.embedding import Kind
from ..roles.types import HttpEmbed, OpenAIChat
from .failures import failure
from .openai_chat import key_of

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class OpenAIEmbed:
    """A model on a server. Texts get the role's prefixes, which e5 and its kin need."""

    def __init__(self, role: HttpEmbed) -> None:
        # The same model may be asked for shorter vectors; those of another length are others.
        self.name = role.model if role.dimensions == 384 else f"{role.model} {role.dimensions}"
        self.dimensions = role.dimensions
        # The client's keys, limits and words for what goes wrong are those of the chat models.
        self._server = OpenAIChat(
            base_url=role.base_url, model=role.model, api_key_env=role.api_key_env, timeout_s=role.timeout_s
        )
        self._role, self._key = role, key_of(self._server)

    def __call__(self, texts: Sequence[str], kind: Kind) -> "NDArray[float32]":
        """Vectors of length 1, of shape (texts, dimensions).

        Raises:
            EndpointError: the server cannot be reached, refuses, or sends something else.
        """
        import httpx2

        prefix = self._role.query_prefix if kind == "query" else self._role.passage_prefix
        url = f"{self._role.base_url.rstrip('/')}/embeddings"
        body = {"model": self._role.model, "input": [prefix + text for text in texts]}
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            reply = httpx2.post(url, json=body, headers=headers, timeout=self._role.timeout_s)
        except httpx2.HTTPError as error:
            raise failure(error, self._server, began=False) from error
        if reply.status_code != 200:
            raise EndpointRefused(f"the server answered {reply.text[:200]!r}", at=url, status=reply.status_code)
        return self._vectors(reply, len(texts), url)

    def _vectors(self, reply: Any, wanted: int, url: str) -> "NDArray[float32]":
        import numpy as np

        try:
            rows = sorted(reply.json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise EndpointBrokeOff("the server sent no vectors", at=url) from error
        if vectors.shape != (wanted, self.dimensions):
            hint = "Set `dimensions` of the role embed to what the model gives"
            said = f"vectors of shape {vectors.shape} where {(wanted, self.dimensions)} was expected"
            raise EndpointBrokeOff(said, at=url, hint=hint)
        if not np.isfinite(vectors).all():
            raise EndpointBrokeOff("the server sent vectors that hold no numbers", at=url)
        length: NDArray[float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[float32] = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
        return unit
