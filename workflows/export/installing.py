"""Editors are told about the schemas: files in .antiphon/schema/, and one line at the top of each workflow and app."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ...tools.base.writing import storage_errors, whole_file
from .schemas import FILES, schema_of

FOLDER = Path(".antiphon") / "schema"
MARK = "# yaml-language-server:"
_FORMAT = re.compile(rb"""^schema:[ \t]*["']?(workflow|app|test)/v""", re.MULTILINE)
_LINE = re.compile(rb"^#[ \t]*yaml-language-server[ \t]*:", re.MULTILINE)
_OTHERS = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "build", "dist"})
_BOM = b"\xef\xbb\xbf"
MAX_BYTES = 1_000_000


def install(folder: Path) -> Iterator[str]:
    """Write the schemas below a folder, and name them in its files; a sentence about each is given when it is done.

    Raises:
        StorageError: something cannot be written.
    """
    with storage_errors(folder / FOLDER):
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in FILES:
        yield _schema(folder / FOLDER / f"{name}.json", name)
    for path, name in _files(folder):
        yield _name_schema(path, folder / FOLDER / f"{name}.json")


def text_of(name: str) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema_of(name), ensure_ascii=False, indent=2) + "\n"


def _schema(path: Path, name: str) -> str:
    text = text_of(name)
    if path.is_file() and path.read_bytes() == text.encode():
        return f"{path}: up to date"
    with whole_file(path) as draft:
        draft.write_bytes(text.encode())
    return f"{path}: written"


def _name_schema(path: Path, schema: Path) -> str:
    data = path.read_bytes()
    if _LINE.search(data.removeprefix(_BOM)):
        return f"{path}: names a schema already"
    start = _BOM if data.startswith(_BOM) else b""
    end = b"\r\n" if data.partition(b"\n")[0].endswith(b"\r") else b"\n"
    where = Path(os.path.relpath(schema, path.parent)).as_posix()
    with whole_file(path) as draft:
        draft.write_bytes(start + f"{MARK} $schema={where}".encode() + end + data.removeprefix(start))
    return f"{path}: names its schema now, in a comment on line 1"


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The workflow and app files in a folder and below it, and which they are; not in hidden and built folders."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _OTHERS)
        for name in sorted(names):
            path = Path(here) / name
            if path.suffix in (".yaml", ".yml") and not path.is_symlink() and path.stat().st_size <= MAX_BYTES:
                found = _FORMAT.search(path.read_bytes().removeprefix(_BOM))
                if found:
                    yield path, found[1].decode()
