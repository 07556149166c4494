"""A part is always a beginning of the file, and only the pinned bytes become the file."""

import hashlib
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.agents.models.catalogue.entries import PinnedFile
from antiphon.agents.models.catalogue.partial import From, WrongBytes, complete


def file_of(data: bytes) -> PinnedFile:
    return PinnedFile(name="model.gguf", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def in_chunks(data: bytes, size: int = 7) -> From:
    def source(file: PinnedFile, offset: int) -> Generator[bytes]:
        for start in range(offset, len(data), size):
            yield data[start : start + size]

    return source


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.integers(0, 200), st.integers(1, 50))
def test_from_wherever_it_stopped_the_whole_file_comes(data: bytes, cut: int, chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model.gguf.part").write_bytes(data[:cut])
        complete(file_of(data), Path(folder), in_chunks(data, chunk))
        assert {path.name: path.read_bytes() for path in Path(folder).iterdir()} == {"model.gguf": data}


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_wrong_byte_anywhere_is_refused_and_nothing_stays(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    wrong = data[:at] + bytes([data[at] ^ draw.draw(st.integers(1, 255))]) + data[at + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        with pytest.raises(WrongBytes):
            complete(file_of(data), Path(folder), in_chunks(wrong))
        assert list(Path(folder).iterdir()) == []


def test_a_bad_part_kept_from_before_starts_anew(tmp_path: Path) -> None:
    data = b"0123456789"
    (tmp_path / "model.gguf.part").write_bytes(b"01X")
    complete(file_of(data), tmp_path, in_chunks(data))
    assert (tmp_path / "model.gguf").read_bytes() == data


def test_a_part_longer_than_the_file_is_thrown_away(tmp_path: Path) -> None:
    data = b"0123456789"
    (tmp_path / "model.gguf.part").write_bytes(b"x" * 11)
    complete(file_of(data), tmp_path, in_chunks(data))
    assert (tmp_path / "model.gguf").read_bytes() == data


FULL = """
import hashlib, pathlib, sys
from antiphon.agents.models.catalogue.entries import PinnedFile
from antiphon.agents.models.catalogue.partial import complete
from antiphon.tools.base.errors import StorageError
data = bytes(200_000)
file = PinnedFile(name="model.gguf", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
def source(file, offset):
    for start in range(offset, len(data), 50_000):
        yield data[start:start + 50_000]
try:
    complete(file, pathlib.Path(sys.argv[1]), source)
except StorageError as error:
    print(error)
"""


def small_disk() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then the system says EFBIG, as a full disk says ENOSPC
    resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))


def test_a_full_disk_is_one_sentence_and_nothing_half_written_stays(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], preexec_fn=small_disk, capture_output=True, text=True
    )
    assert (ran.stderr, list(tmp_path.iterdir())) == ("", [])
    assert "model.gguf.part: cannot write: file too large. Free some space" in ran.stdout
