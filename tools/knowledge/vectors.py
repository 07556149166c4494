"""Vectors as bytes: one for each sentence of a passage, a byte for each dimension.

A vector's length carries no meaning, so each is scaled until its largest entry is 127 and brought back to length 1
when it is read; the cosine of two changes by about 0.002.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.errors import FileError, Problem

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

SHIPPED = "vectors.npz"
"""Beside the articles of a ready-made workflow, so that its first run need not wait for the model to read them."""


def packed(vectors: "NDArray[float32]") -> bytes:
    """Vectors of shape (sentences, dimensions) as bytes."""
    import numpy as np

    scale = 127 / np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    data: bytes = np.rint(vectors * scale).astype(np.int8).tobytes()
    return data


def unpacked(data: Iterable[bytes], dimensions: int) -> "NDArray[float32]":
    """All vectors as one array of shape (sentences, dimensions), each of length 1."""
    import numpy as np

    vectors = np.frombuffer(b"".join(data), dtype=np.int8).reshape(-1, dimensions).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors


def key(model: str, texts: Sequence[str]) -> str:
    """What the vectors of these sentences are found by."""
    return hashlib.sha256("\n".join((model, *texts)).encode()).hexdigest()[:24]


def write_shipped(folder: Path, vectors: Mapping[str, bytes], dimensions: int) -> Path:
    """Write the vectors of a folder's passages beside them, in the order of their keys."""
    import io

    import numpy as np

    from ..base.writing import whole_file

    file, names = io.BytesIO(), sorted(vectors)
    every = np.frombuffer(b"".join(vectors[name] for name in names), dtype=np.int8).reshape(-1, dimensions)
    counts = [len(vectors[name]) // dimensions for name in names]
    np.savez(file, allow_pickle=False, keys=np.array(names), counts=np.array(counts), vectors=every)
    with whole_file(folder / SHIPPED) as target:
        target.write_bytes(file.getvalue())
    return folder / SHIPPED


def read_shipped(folder: Path) -> dict[str, bytes]:
    """The vectors that came with a folder, by `key`; none when it has none.

    Raises:
        FileError: the file is damaged.
    """
    path = folder / SHIPPED
    if not path.is_file():
        return {}
    import zipfile

    import numpy as np

    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            ends = np.cumsum(file["counts"])
            vectors = file["vectors"]
            if vectors.dtype != np.int8 or vectors.ndim != 2 or ends[-1] != len(vectors):
                raise ValueError("other vectors than ours")
            parts = np.split(vectors, ends[:-1])
            return {str(name): part.tobytes() for name, part in zip(file["keys"], parts, strict=True)}
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise FileError([Problem(str(path), "this file of vectors is damaged", "Take it away")]) from error
