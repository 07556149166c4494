"""Finding and checking models: cheap when nothing has changed, and never a damaged file in use."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.models.catalogue import store
from antiphon.agents.models.catalogue.checking import demand, examine
from antiphon.agents.models.catalogue.entries import Entry
from antiphon.tools.base.errors import ModelFileError


@pytest.fixture
def tiny(data: bytes, pinned: Callable[..., Any], make_entry: Callable[..., Any], tmp_path: Path) -> Entry:
    """A model of one file, in tmp_path."""
    (tmp_path / "m.gguf").write_bytes(data)
    return make_entry(pinned("m.gguf", data))  # type: ignore[no-any-return]


def test_a_model_with_the_pinned_bytes_is_good(tiny: Entry, tmp_path: Path) -> None:
    assert [finding.wrong for finding in examine(tiny, tmp_path)] == [""]


def test_what_was_hashed_is_not_hashed_again(tiny: Entry, tmp_path: Path, notes: Any) -> None:
    examine(tiny, tmp_path)
    examine(tiny, tmp_path, progress=notes)
    assert notes.steps == []


def test_a_truncated_file_is_caught_at_every_use(tiny: Entry, tmp_path: Path, data: bytes) -> None:
    demand(tiny, tmp_path)
    (tmp_path / "m.gguf").write_bytes(data[:1000])
    with pytest.raises(ModelFileError) as caught:
        demand(tiny, tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'm.gguf'}: the model 'tiny' cannot be used: m.gguf has 1,000 bytes instead of 600,000. "
        "Fetch it with: antiphon models pull --again tiny."
    )


def test_a_changed_byte_is_caught_when_the_file_has_changed(tiny: Entry, tmp_path: Path, data: bytes) -> None:
    demand(tiny, tmp_path)
    (tmp_path / "m.gguf").write_bytes(b"x" + data[1:])
    os.utime(tmp_path / "m.gguf", ns=(1, 1))
    with pytest.raises(ModelFileError, match=r"m.gguf has the SHA-256 \w{64} instead of"):
        demand(tiny, tmp_path)


def test_a_thorough_look_catches_a_changed_byte_behind_an_unchanged_time(
    tiny: Entry, tmp_path: Path, data: bytes
) -> None:
    demand(tiny, tmp_path)
    path = tmp_path / "m.gguf"
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(b"x" + data[1:])
    os.utime(path, ns=times)
    assert "SHA-256" in examine(tiny, tmp_path, thorough=True)[0].wrong


def test_a_broken_stamp_is_no_stamp(tiny: Entry, tmp_path: Path) -> None:
    (tmp_path / ".verified.json").write_text("{half")
    demand(tiny, tmp_path)


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_model_that_is_not_here_says_how_to_fetch_it(empty_home: Path) -> None:
    with pytest.raises(ModelFileError) as caught:
        store.require("qwen2.5-coder-1.5b")
    assert str(caught.value) == (
        "the model 'qwen2.5-coder-1.5b' is not here yet (1.1 GB). "
        "Fetch it with: antiphon models pull qwen2.5-coder-1.5b."
    )


def test_looking_for_a_model_makes_nothing(empty_home: Path) -> None:
    assert (store.find("whisper-base"), empty_home.exists()) == (None, False)


def test_an_unknown_name_is_told_the_nearest(empty_home: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no model 'wisper-base' .*\. Did you mean 'whisper-base'"):
        store.require("wisper-base")


def test_a_path_that_is_not_there_is_said(empty_home: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no/model\.gguf: there is no such file or folder"):
        store.require("no/model.gguf")


def test_ones_own_file_is_taken_as_it_is(tmp_path: Path, empty_home: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and so on")
    assert (store.require(str(own)), store.model_file(str(own))) == (own, own)


def test_ones_own_folder_with_one_gguf_is_a_chat_model(tmp_path: Path, empty_home: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.gguf").write_bytes(b"GGUF and so on")
    assert store.model_file(str(tmp_path / "own")) == tmp_path / "own" / "a.gguf"


def test_a_text_instead_of_a_model_is_refused(tmp_path: Path, empty_home: Path) -> None:
    (tmp_path / "own.gguf").write_text("Dear diary")
    with pytest.raises(ModelFileError, match="this is not a GGUF file"):
        store.model_file(str(tmp_path / "own.gguf"))


@pytest.mark.model("qwen2.5-coder-0.5b")
def test_the_small_chat_model_is_one_file() -> None:
    assert store.model_file("qwen2.5-coder-0.5b").name == "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.model(name)) for name in ("qwen2.5-coder-0.5b", "whisper-base")],
)
def test_the_verified_files_have_the_listed_sizes(name: str) -> None:
    folder = store.folder_of(name)
    sizes = {file.name: (folder / file.name).stat().st_size for file in store.entry(name).files}
    assert sizes == {file.name: file.bytes for file in store.entry(name).files}
