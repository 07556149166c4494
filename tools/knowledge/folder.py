"""The documents below a folder."""

import os
from pathlib import Path

from ..base.errors import FileError, InputError, Problem
from .documents import SUFFIXES, read_document
from .passages import Article

MAX_DOCUMENTS = 10_000


def read_folder(folder: Path, *, within: Path | None = None) -> list[Article]:
    """Read every document below a folder, sorted by path.

    Args:
        within: A folder that must contain `folder`; for folders named by a workflow file.
    Raises:
        InputError: there is no such folder, it holds no document or too many, or something leads outside.
        FileError: every document that is wrong, each with its line.
    """
    articles: list[Article] = []
    problems: list[Problem] = []
    for path in files_in(folder, within=within):
        try:
            articles.append(read_document(path, path.relative_to(folder).as_posix()))
        except FileError as error:
            problems += error.problems
    if problems:
        raise FileError(problems)
    return articles


def files_in(folder: Path, *, within: Path | None = None) -> list[Path]:
    """The documents' paths, sorted; names that start with a dot are left out.

    Raises:
        InputError: as `read_folder`; a link that leads out of the folder is an error, not a file less.
    """
    root = _allowed(folder, within)
    paths = []
    for here, folders, files in os.walk(folder):
        for path in (Path(here, name) for name in (*folders, *files)):
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
                raise InputError("this link leads out of the folder", at=str(path), hint="Copy what it points to")
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(here, name) for name in files if name.endswith(SUFFIXES) and not name.startswith(".")]
    if len(paths) > MAX_DOCUMENTS:
        raise InputError(f"{len(paths):,} documents; at most {MAX_DOCUMENTS:,} are read", at=str(folder))
    if not paths:
        hint = f"Put Markdown or text ({', '.join(SUFFIXES)}) into it"
        raise InputError("this folder holds no document", at=str(folder), hint=hint)
    return sorted(paths)


def _allowed(folder: Path, within: Path | None) -> Path:
    if not folder.is_dir():
        wrong = "this is a file, not a folder" if folder.exists() else "there is no such folder"
        raise InputError(wrong, at=str(folder), hint="Check the path")
    root = folder.resolve()
    if within is not None and not root.is_relative_to(within.resolve()):
        raise InputError(f"the folder is outside {within}", at=str(folder), hint="Name a folder inside it")
    return root
