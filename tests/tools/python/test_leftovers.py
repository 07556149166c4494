"""What a caller who was killed has left behind is swept up, and nothing else."""

import os
from pathlib import Path

import pytest

from antiphon.tools.python.leftovers import OLD_S, own_folder, sweep

fcntl = pytest.importorskip("fcntl", reason="there are no such locks")


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def made(path: Path, age: float = OLD_S * 2) -> Path:
    (path / "box").mkdir(parents=True)
    (path / "box" / "file").touch()
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    return path


def test_a_folder_whose_owner_is_dead_is_swept(around: Path) -> None:
    dead, young, other = made(around / "antiphon-code-a"), made(around / "antiphon-code-b", 0), made(around / "else")
    sweep()
    assert [path.exists() for path in (dead, young, other)] == [False, True, True]


def test_a_folder_that_is_locked_stays(around: Path) -> None:
    lives = made(around / "antiphon-code-a")
    descriptor = os.open(lives, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    sweep()
    os.close(descriptor)
    assert lives.exists()


def test_ones_own_folder_is_locked_and_goes(around: Path) -> None:
    with own_folder() as folder:
        then = folder.stat().st_mtime - OLD_S * 2
        os.utime(folder, (then, then))
        sweep()
        assert folder.exists()
    assert not folder.exists()


def test_a_link_is_not_followed(around: Path) -> None:
    kept = made(around / "kept")
    (around / "antiphon-code-a").symlink_to(kept, target_is_directory=True)
    os.utime(around / "antiphon-code-a", (1, 1), follow_symlinks=False)
    sweep()
    assert (kept / "box" / "file").exists()
