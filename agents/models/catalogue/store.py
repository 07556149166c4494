"""The public face: find a model's files, check them, fetch them.

Everything here is synchronous and may hash or fetch gigabytes: call it from a thread in async code.
A name is one of the catalogue, or a path of the user's own: a .gguf file, or a folder of model files.
"""

from collections.abc import Mapping
from pathlib import Path

from ....tools.base.errors import ModelFileError
from ....tools.base.places import models_folder
from ....tools.base.suggest import did_you_mean
from . import pulling
from .checking import Finding, demand, examine
from .entries import Entry, read_catalogue
from .progress import SILENT, Progress

GGUF_MAGIC = b"GGUF"
"""The first four bytes (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md)."""


def entries() -> Mapping[str, Entry]:
    """The models of the catalogue, by name."""
    return read_catalogue()


def entry(name: str) -> Entry:
    """One model of the catalogue.

    Raises:
        ModelFileError: there is none of that name.
    """
    if name not in entries():
        raise ModelFileError(f"there is no model {name!r} in the catalogue", hint=did_you_mean(name, entries()))
    return entries()[name]


def folder_of(name: str) -> Path:
    """Where the files of a catalogue model are or would be."""
    return models_folder() / name


def find(name: str) -> Path | None:
    """Where a model is, unchecked: the folder with all its files, or the user's own file or folder."""
    if name in entries():
        folder = folder_of(name)
        return folder if all((folder / file.name).is_file() for file in entry(name).files) else None
    own = Path(name).expanduser()
    return next((path for path in (own, folder_of(name)) if name and path.exists()), None)


def require(name: str) -> Path:
    """The folder of a catalogue model, its files checked; or the user's own file or folder as it is.

    The check costs a stat of each file; a hash only if a file has changed since it was last verified.

    Raises:
        ModelFileError: the model is unknown, not here, incomplete or damaged.
    """
    if name in entries():
        demand(entry(name), folder_of(name))
        return folder_of(name)
    if found := find(name):
        return found
    if "/" in name or "\\" in name or name.endswith(".gguf"):
        raise ModelFileError("there is no such file or folder", at=name, hint="Check the path of the model")
    return folder_of(entry(name).name)  # raises, with what the name may have meant


def model_file(name: str) -> Path:
    """The single GGUF file of a chat model.

    Raises:
        ModelFileError: as for `require`; or it is no GGUF file, or there is not exactly one.
    """
    found = require(name)
    files = sorted(found.glob("*.gguf")) if found.is_dir() else [found]
    if len(files) != 1:
        raise ModelFileError(f"{name!r} has {len(files)} .gguf files, one is needed", at=str(found))
    try:
        with files[0].open("rb") as stream:
            magic = stream.read(len(GGUF_MAGIC))
    except OSError as error:
        raise ModelFileError(f"cannot read it: {(error.strerror or '').lower()}", at=str(files[0])) from error
    if magic != GGUF_MAGIC:
        raise ModelFileError("this is not a GGUF file", at=str(files[0]), hint="Give a chat model in GGUF format")
    return files[0]


def pull(name: str, progress: Progress = SILENT, *, again: bool = False) -> Path:
    """Fetch what is missing of a catalogue model; its folder.

    Args:
        again: Fetch every file anew.
    Raises:
        ModelFileError: the name is unknown, or no source could give the pinned bytes.
        StorageError: the disk is full or refuses.
    """
    wanted = entry(name)
    pulling.pull(wanted, folder_of(name), progress, again=again)
    return folder_of(name)


def verify(name: str, progress: Progress = SILENT) -> tuple[Finding, ...]:
    """Hash every file of a catalogue model; one finding for each, `wrong` is "" where the bytes are right.

    Raises:
        ModelFileError: the name is unknown.
        StorageError: a file cannot be read.
    """
    return examine(entry(name), folder_of(name), thorough=True, progress=progress)
