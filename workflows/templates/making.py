"""A project folder made from a template: whole or not at all."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from ...tools.base.writing import storage_errors

ROOT = Path(__file__).parent
TEMPLATES: Mapping[str, str] = {
    "chat": "a conversation with a model",
    "voice": "a spoken question, and a spoken answer",
    "documents": "answers from a folder of documents, with their sources",
    "tool": "a model reads what is wanted, and a function of yours does it",
}
LANGUAGES = ("en", "zh")
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_SUFFIX = ".template"
"""Python files have it, so that nobody takes them for modules of ours."""


def make(folder: Path, template: str, language: str) -> list[str]:
    """Make a project; the names of its files, in order.

    Raises:
        InputError: there is no such template, the name cannot be one, or something is there already.
        StorageError: it cannot be written.
    """
    if template not in TEMPLATES:
        raise InputError(f"there is no template {template!r}", hint=did_you_mean(template, TEMPLATES))
    name = folder.absolute().name
    if not _NAME.fullmatch(name):
        hint = "Use small letters, digits, - and _, and begin with a letter: my-tutor"
        raise InputError(f"a project cannot be called {name!r}", hint=hint)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise InputError("something is there already", at=str(folder), hint="Choose another name, or an empty folder")
    words = {"PROJECT": name, "project_name": name.replace("-", "_")}
    files = {where: _filled(path, words) for path, where in _files(template, language)}
    with storage_errors(folder):
        _write(folder, files)
    return sorted(map(str, files))


def _files(template: str, language: str) -> Iterator[tuple[Path, Path]]:
    """Each file of a template, and where it goes."""
    for root in (ROOT / "shared" / language, ROOT / template / language):
        for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            where = path.relative_to(root)
            yield path, where.with_suffix("") if where.suffix == _SUFFIX else where


def _filled(path: Path, words: Mapping[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def _write(folder: Path, files: Mapping[Path, str]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=".antiphon-new."))
    try:
        for where, text in files.items():
            (draft / where).parent.mkdir(parents=True, exist_ok=True)
            (draft / where).write_text(text, encoding="utf-8")
        folder.mkdir(exist_ok=True)
        for path in draft.iterdir():
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
