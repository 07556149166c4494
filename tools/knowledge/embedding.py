"""What the knowledge needs of an embedding model; it is handed one and never imports one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

Kind = Literal["query", "passage"]
"""What a text is: e5 models are told, since a question and its answer look different."""


class Embed(Protocol):
    """Texts to vectors of length 1, so that the product of two is their cosine."""

    @property
    def name(self) -> str:
        """Vectors made under another name are made anew."""
        ...

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        ...

    def __call__(self, texts: Sequence[str], kind: Kind) -> "NDArray[float32]":
        """An array of shape (texts, dimensions). Any thread may ask.

        Raises:
            AntiphonError: the model cannot be used.
        """
        ...
