"""The folder that code leaves behind: whatever lies in it, nothing is followed, waited for or overrun."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.tools.python.exchange import LOOKED_AT, TOO_DEEP, Exchange, removed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no files are exchanged there")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    (tmp_path / "box").mkdir()
    return tmp_path / "box"


@pytest.fixture
def exchange(box: Path) -> Iterator[Exchange]:
    one = Exchange(os.open(box, os.O_RDONLY | os.O_DIRECTORY), 1000)
    yield one
    one.close()


def test_pipes_devices_links_and_sockets_are_left_out(box: Path, exchange: Exchange, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("topsecret", encoding="utf-8")
    os.mkfifo(box / "pipe")
    (box / "link").symlink_to(secret)
    (box / "folder").symlink_to(tmp_path, target_is_directory=True)
    (box / "twin").hardlink_to(secret)
    (box / "good").write_bytes(b"good")
    if os.geteuid() == 0:
        os.mknod(box / "disk", 0o60600, os.makedev(7, 0))
    files, out = exchange.taken()
    assert [(file.name, file.data) for file in files] == [("good", b"good")]
    assert set(out) - {"disk"} == {"pipe", "link", "folder", "twin"}


def test_what_is_longer_than_the_limit_is_left_out(box: Path, exchange: Exchange) -> None:
    with (box / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    (box / "a").write_bytes(bytes(600))
    (box / "b").write_bytes(bytes(600))
    files, out = exchange.taken()
    assert (len(files), len(out)) == (1, 2)


def test_only_what_is_new_or_changed_is_taken(box: Path, exchange: Exchange) -> None:
    exchange.put({"in.txt": b"1", "deep/in.txt": b"2"})
    assert exchange.taken() == ((), ())
    (box / "in.txt").write_bytes(b"changed")
    assert [file.name for file in exchange.taken()[0]] == ["in.txt"]
    assert exchange.taken() == ((), ())


def test_a_folder_without_end_counts_as_full(box: Path, exchange: Exchange) -> None:
    here = box
    for _ in range(TOO_DEEP + 2):
        here /= "d"
        here.mkdir()
    exchange.limit = 1 << 40
    assert exchange.used() > exchange.limit


def test_a_folder_of_too_many_files_counts_as_full(box: Path, exchange: Exchange) -> None:
    for n in range(LOOKED_AT + 1):
        os.close(os.open(box / str(n), os.O_CREAT))
    exchange.limit = 1 << 40
    assert exchange.used() > exchange.limit


def test_links_are_removed_and_what_they_point_to_stays(box: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    (kept / "file").touch()
    (box / "link").symlink_to(kept, target_is_directory=True)
    (box / "d" / "e").mkdir(parents=True)
    (box / "d" / "e" / "link").symlink_to(kept / "file")
    (box / "d" / "e").chmod(0)
    removed(box)
    assert not box.exists()
    assert (kept / "file").exists()
