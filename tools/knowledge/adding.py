"""Documents come into a base, and leave it when their files do."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..base.errors import FileError, InputError, Problem
from .documents import read_bytes, read_document
from .folder import files_in
from .store import Document, Store, is_below

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: sources by what became of them, and the documents that could not be read."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    same: int = 0
    problems: tuple[Problem, ...] = ()


def add(
    store: Store,
    base: str,
    folder: Path,
    *,
    prefix: str = "",
    within: Path | None = None,
    shipped: Callable[[], Mapping[str, bytes]] | None = None,
    model: str = "",
    progress: Progress | None = None,
) -> Added:
    """Bring a base in line with a file, or with the documents below a folder; only what changed is read.

    Args:
        prefix: What the documents' sources begin with: by it those that are gone are known.
        within: A folder that must contain `folder`.
        shipped, model: Gives vectors that are known already, when a document is read; and the model's name.
    Raises:
        InputError: there is no such folder, it holds no document or too many, something leads outside, or documents
            of another folder have this prefix.
    """
    paths = {prefix: folder} if folder.is_file() else _sources(files_in(folder, within=within), folder, prefix)
    _claim(store, base, prefix, folder)
    old = {one.source: one for one in store.documents(base)}
    gone = [source for source in old if is_below(source, prefix) and source not in paths]
    new, changed, problems = list[str](), list[str](), list[Problem]()
    for number, (source, path) in enumerate(paths.items(), 1):
        try:
            if _put(store, base, source, path, old.get(source), shipped, model):
                (changed if source in old else new).append(source)
        except FileError as error:
            problems += error.problems
        if progress is not None:
            progress(number, len(paths))
    if gone:
        store.remove(base, gone)
    if gone or changed:
        store.purge()
    same = len(paths) - len(new) - len(changed) - len(problems)
    return Added(tuple(new), tuple(changed), tuple(gone), same, tuple(problems))


def _claim(store: Store, base: str, prefix: str, folder: Path) -> None:
    """Note whose sources begin with the prefix, so that no other folder of the same name takes them for its own."""
    known, here = store.origin(base, prefix), os.path.realpath(folder)
    if known == here:
        return
    if known and Path(known).exists():  # else it was moved
        hint = "Give it another name with --as, or remove those first"
        raise InputError(f"documents of {known} are here under the name {prefix!r}", at=str(folder), hint=hint)
    store.note_origin(base, prefix, here)


def _put(
    store: Store,
    base: str,
    source: str,
    path: Path,
    old: Document | None,
    shipped: Callable[[], Mapping[str, bytes]] | None,
    model: str,
) -> bool:
    """Whether the document was new or had changed."""
    try:
        stat = path.stat()
    except OSError as error:
        raise FileError([Problem(str(path), f"cannot read it: {(error.strerror or '').lower()}")]) from error
    stamp = f"{stat.st_size} {stat.st_mtime_ns}"
    if old is not None and old.stamp == stamp:
        return False
    data = read_bytes(path)
    hash = hashlib.sha256(data).hexdigest()
    if old is not None and old.hash == hash:
        store.touch(base, source, stamp)
        return False
    store.put(base, read_document(path, source, data), stamp=stamp, hash=hash, vectors=shipped, model=model)
    return True


def _sources(paths: Iterable[Path], folder: Path, prefix: str) -> dict[str, Path]:
    return {"/".join(filter(None, (prefix, path.relative_to(folder).as_posix()))): path for path in paths}
