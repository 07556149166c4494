"""The folder that code and its caller share: what is put into it, and what is taken out.

The code is taken for hostile: nothing it leaves is followed or waited for. Every look goes through an open folder,
without following links, and only regular files with one name are read, so many and so large.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from secrets import token_hex

from ..base.errors import InputError, StorageError
from .types import File

MOST, DEEPEST, LOOKED_AT = 100, 8, 5_000
TOO_DEEP = 100
"""Of files that are handed on: so many, so deep; entries that are looked at; levels that nobody needs."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
Seen = tuple[int, int, int]


@dataclass(slots=True)
class Exchange:
    """A folder, by an open descriptor of it; -1 on Windows, where no files are exchanged.

    Attributes:
        limit: Bytes, in all.
        known: Files as they were when last looked at.
        around: The folder that is measured, where it is not the same: it has the scratch folder in it, too.
    """

    descriptor: int
    limit: int
    known: dict[str, Seen] = field(default_factory=dict)
    around: int = -1

    def put(self, files: Mapping[str, bytes | Path]) -> None:
        """Write files into it, before any code has run.

        Raises:
            InputError: a name leads elsewhere, or they are more than fits.
            StorageError: a file cannot be read or written.
        """
        left = self.limit
        if files and self.descriptor < 0:
            raise InputError("code cannot be given files on this system")
        for name, given in files.items():
            try:
                data = given if isinstance(given, bytes) else given.read_bytes()
                left -= len(data)
                if left < 0:
                    hint = "Give it less, or let `sandbox: {files_mb: ...}` in app.yaml allow more"
                    raise InputError("the files for the code are more than its folder may hold", at=name, hint=hint)
                self._write(checked_name(name), data)
            except OSError as error:
                raise StorageError(f"the file cannot be given to the code: {error.strerror}", at=name) from error
        self.known = {name: seen for name, seen, _ in self._files([], [LOOKED_AT])}

    def _write(self, name: str, data: bytes) -> None:
        *folders, last = name.split("/")
        here = os.dup(self.descriptor)
        try:
            for folder in folders:
                with_it = _made(folder, here)
                os.close(here)
                here = with_it
            target = os.open(last, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _FLAGS, 0o666, dir_fd=here)
            with os.fdopen(target, "wb") as file:
                file.write(data)
            os.chmod(last, 0o666, dir_fd=here)
        finally:
            os.close(here)

    def close(self) -> None:
        """Close the descriptors."""
        for one in (self.descriptor, self.around):
            if one >= 0:
                os.close(one)

    def taken(self) -> tuple[tuple[File, ...], tuple[str, ...]]:
        """The files that are new or changed since the last look, and the names of what is left out."""
        out: list[str] = []
        found: list[File] = []
        known: dict[str, Seen] = {}
        left = self.limit
        for name, seen, folder in self._files(out, [LOOKED_AT]):
            known[name] = seen
            if self.known.get(name) == seen:
                continue
            data = _read(name.rpartition("/")[2], folder, left) if len(found) < MOST else None
            if data is None:
                out.append(name)
                continue
            left -= len(data)
            found.append(File(name, data, media_type(name)))
        self.known = known
        return tuple(sorted(found, key=lambda file: file.name)), tuple(sorted(out)[:MOST])

    def used(self) -> int:
        """Bytes on the disk of what lies in it, as far as it is looked at; past that, more than the limit."""
        left = [LOOKED_AT]
        blocks = sum(self._blocks(self.around if self.around >= 0 else self.descriptor, 0, left))
        return blocks if left[0] > 0 else self.limit + 1

    def _blocks(self, folder: int, depth: int, left: list[int]) -> Iterator[int]:
        for name, info in _entries(folder, left):
            yield info.st_blocks * 512
            if depth >= TOO_DEEP:
                left[0] = 0
            elif stat.S_ISDIR(info.st_mode) and (below := _opened(name, folder, os.O_DIRECTORY)):
                try:
                    yield from self._blocks(below, depth + 1, left)
                finally:
                    os.close(below)

    def _files(self, out: list[str], left: list[int]) -> Iterator[tuple[str, Seen, int]]:
        yield from self._below(self.descriptor, "", 0, out, left)

    def _below(
        self, folder: int, path: str, depth: int, out: list[str], left: list[int]
    ) -> Iterator[tuple[str, Seen, int]]:
        for name, info in _entries(folder, left):
            whole = path + name
            if stat.S_ISREG(info.st_mode) and info.st_nlink == 1 and _is_text(name):
                yield whole, (info.st_ino, info.st_size, info.st_mtime_ns), folder
            elif stat.S_ISDIR(info.st_mode) and depth < DEEPEST and _is_text(name):
                below = _opened(name, folder, os.O_DIRECTORY)
                if not below:
                    out.append(whole)
                    continue
                try:
                    yield from self._below(below, whole + "/", depth + 1, out, left)
                finally:
                    os.close(below)
            else:
                out.append(whole.encode("utf-8", "backslashreplace").decode())


def checked_name(name: str) -> str:
    """A name for a file in the folder: relative, with no way out.

    Raises:
        InputError: it leads elsewhere.
    """
    parts = PurePosixPath(name).parts
    bad = not parts or name.startswith("/") or ".." in parts or "\0" in name or "\\" in name or len(parts) > DEEPEST
    if bad or not _is_text(name):
        raise InputError(
            f"{name!r} is no name for a file of the code", hint="Name it like prices.csv or data/prices.csv"
        )
    return "/".join(parts)


def media_type(name: str) -> str:
    """Guessed from the ending."""
    import mimetypes

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _made(name: str, folder: int) -> int:
    try:
        os.mkdir(name, 0o777, dir_fd=folder)
        os.chmod(name, 0o777, dir_fd=folder)
    except FileExistsError:
        pass
    return os.open(name, os.O_DIRECTORY | _FLAGS, dir_fd=folder)


def _entries(folder: int, left: list[int]) -> Iterator[tuple[str, os.stat_result]]:
    if folder < 0:
        return
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                left[0] -= 1
                if left[0] <= 0:
                    return
                try:
                    yield entry.name, entry.stat(follow_symlinks=False)
                except OSError:
                    continue  # gone meanwhile
    except OSError:
        return


def _opened(name: str, folder: int, flags: int = 0) -> int:
    """0 where it cannot be opened."""
    try:
        return os.open(name, _FLAGS | flags, dir_fd=folder)
    except OSError:
        return 0


def _read(name: str, folder: int, most: int) -> bytes | None:
    """A regular file's contents; None where it is another thing by now, or longer than `most`."""
    descriptor = _opened(name, folder)
    if not descriptor:
        return None
    with os.fdopen(descriptor, "rb") as file:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode) or info.st_nlink != 1 or info.st_size > most:
            return None
        data = file.read(most + 1)
        return data if len(data) <= most else None


def removed(path: Path) -> None:
    """Take a folder away with all that code has left in it, however deep; the code must be dead.

    What lies deeper is brought up first, so that no path grows long: a folder is emptied into its grandparent.
    """
    count, token = 0, token_hex(8)
    path.chmod(0o700)
    with os.scandir(path) as entries:
        waiting = [entry.name for entry in entries]
    while waiting:
        name = waiting.pop()
        here = path / name
        if here.is_symlink() or not here.is_dir():
            here.unlink()
            continue
        here.chmod(0o700)
        with os.scandir(here) as entries:
            below = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for entry, is_folder in below:
            if is_folder:
                count += 1
                (here / entry).chmod(0o700)
                (here / entry).rename(path / f"{token}-{count}")
                waiting.append(f"{token}-{count}")
            else:
                (here / entry).unlink()
        here.rmdir()
    path.rmdir()
