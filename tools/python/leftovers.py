"""The folder of one process of code on the disk; and those that a caller who was killed has left behind."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .exchange import removed

PREFIX = "antiphon-code-"
OLD_S = 60.0
"""Seconds; a younger folder may not be locked yet by the one who made it."""
_swept: set[str] = set()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that nobody else has; gone when the block ends, when the code must be dead. Locked meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = _locked(folder)
    try:
        yield folder
    finally:
        try:
            removed(folder) if hasattr(os, "fork") else shutil.rmtree(folder, ignore_errors=True)
        finally:
            if lock >= 0:
                os.close(lock)


def sweep() -> None:
    """Take away this user's folders whose owner is dead: nobody holds their lock. Once in the life of a process."""
    around = tempfile.gettempdir()
    if around in _swept or not hasattr(os, "fork"):
        return
    _swept.add(around)
    for folder in Path(around).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if not _is_old(folder) or (lock := _locked(folder)) < 0:
                continue
            try:
                removed(folder)
            finally:
                os.close(lock)


def _is_old(folder: Path) -> bool:
    info = folder.lstat()
    return info.st_uid == os.geteuid() and time.time() - info.st_mtime > OLD_S


def _locked(folder: Path) -> int:
    """A descriptor of the folder that holds its lock; -1 where somebody else has it, or there are no locks."""
    try:
        import fcntl
    except ImportError:
        return -1  # Windows
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return -1
    return descriptor
