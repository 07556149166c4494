"""`<file>.part` holds the first bytes of a file, from any source; whole and verified it becomes the file."""

import hashlib
import os
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from pathlib import Path

from ....tools.base.errors import ModelFileError, StorageError
from ....tools.base.writing import storage_errors
from .checking import read_through
from .entries import PinnedFile
from .progress import SILENT, Progress, Step

From = Callable[[PinnedFile, int], Generator[bytes]]
"""A source: the bytes of a file from an offset on, to its end."""


class WrongBytes(ModelFileError):
    """What came is not the pinned file; it has been removed."""


def part_of(target: Path) -> Path:
    """Where the bytes of `target` gather."""
    return target.with_name(target.name + ".part")


def bytes_so_far(target: Path) -> int:
    """The size of the part, 0 without one."""
    with suppress(FileNotFoundError):
        return part_of(target).stat().st_size
    return 0


def complete(file: PinnedFile, folder: Path, bytes_from: From, progress: Progress = SILENT, source: str = "") -> None:
    """Fetch what is missing of a file, check the whole and put it in place.

    An earlier part is gone on with; if that leads to wrong bytes, the fault may be in the part, so it starts
    once anew.

    Raises:
        WrongBytes: the SHA-256 is not the pinned one.
        StorageError: the disk is full or refuses; the part is removed.
        ModelFileError: the source failed; the part stays, to be gone on with.
    """
    target = folder / file.name
    resumed = bytes_so_far(target) > 0
    try:
        _complete(file, target, bytes_from, progress, source)
    except WrongBytes:
        if not resumed:
            raise
        progress.report(Step(file.name, note=f"the part of {file.name} kept from before was bad; it starts anew"))
        _complete(file, target, bytes_from, progress, source)


def _complete(file: PinnedFile, target: Path, bytes_from: From, progress: Progress, source: str) -> None:
    part = part_of(target)
    try:
        with storage_errors(part):
            part.parent.mkdir(parents=True, exist_ok=True)
            digest = _gather(file, part, bytes_from, progress, source)
            if digest == file.sha256:
                part.replace(target)
                return
    except StorageError:
        _remove(part)
        raise
    _remove(part)
    raise WrongBytes(
        f"{source or 'the source'} sent a wrong {file.name}: SHA-256 {digest} instead of {file.sha256}",
        hint="It was refused and removed; try again later",
    )


def _gather(file: PinnedFile, part: Path, bytes_from: From, progress: Progress, source: str) -> str:
    """Append to the part until it is whole; its SHA-256."""
    if part.is_file() and part.stat().st_size > file.bytes:
        part.unlink()
    with part.open("ab") as out:
        digest, done = hashlib.sha256(), out.tell()

        def tell(checked: int) -> None:
            progress.report(Step(file.name, checked, done, "checking", "disk"))

        read_through(part, digest.update, tell)
        progress.report(Step(file.name, done, file.bytes, source=source))
        if done < file.bytes:
            with closing(bytes_from(file, done)) as chunks:
                for chunk in chunks:
                    out.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                    progress.report(Step(file.name, done, file.bytes, source=source))
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _remove(part: Path) -> None:
    with suppress(OSError):
        part.unlink()
