"""Vectors as bytes, and those that are shipped."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import FileError
from antiphon.tools.knowledge.folder import read_folder
from antiphon.tools.knowledge.passages import in_context, split
from antiphon.tools.knowledge.vectors import SHIPPED, key, packed, read_shipped, unpacked, write_shipped

TUTOR = Path(__file__).parents[3] / "workflows" / "library" / "child_tutor" / "knowledge"


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_a_vector_comes_back_nearly_as_it_was(seed: int, rows: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert (np.sum(vectors * unpacked([packed(vectors)], 384), axis=1) > 0.999).all()


def test_a_vector_of_zeros_is_no_error() -> None:
    assert not unpacked([packed(np.zeros((1, 8), np.float32))], 8).any()


def test_what_is_shipped_is_read_again(tmp_path: Path) -> None:
    vectors = {"b": bytes(range(8)), "a": bytes(range(16))}
    write_shipped(tmp_path, vectors, 8)
    assert read_shipped(tmp_path) == vectors


def test_a_folder_without_vectors_ships_none(tmp_path: Path) -> None:
    assert read_shipped(tmp_path) == {}


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_a_damaged_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_shipped(tmp_path, {"a": bytes(384 * 20)}, 384)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FileError, match="damaged"):
        read_shipped(tmp_path)


def test_a_file_of_other_numbers_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / SHIPPED, keys=np.array(["a"]), counts=np.array([1]), vectors=np.zeros((1, 8)))
    with pytest.raises(FileError, match="damaged"):
        read_shipped(tmp_path)


def test_the_tutor_ships_the_vectors_of_every_passage() -> None:
    """When it does not: make vectors."""
    passages = [passage for article in read_folder(TUTOR) for passage in split(article)]
    wanted = {key("multilingual-e5-small", in_context(one.title, one.heading, one.text)) for one in passages}
    assert read_shipped(TUTOR).keys() == wanted
