"""Whether the files on disk are the pinned ones; a stamp remembers what was hashed, so that use is quick."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....tools.base.errors import ModelFileError, StorageError
from ....tools.base.writing import whole_file
from .entries import Entry, PinnedFile
from .progress import SILENT, Progress, Step, human

CHUNK = 1 << 20
STAMP = ".verified.json"
"""In the model's folder: of each file that had the right hash, its size, time of change (ns) and hash."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one file; `wrong` is "" when its bytes are the pinned ones."""

    file: PinnedFile
    path: Path
    wrong: str = ""
    missing: bool = False


def examine(entry: Entry, folder: Path, *, thorough: bool = False, progress: Progress = SILENT) -> tuple[Finding, ...]:
    """Compare the files in `folder` with the catalogue.

    The size always; the hash when the file has changed since it was last hashed, or always if `thorough`.

    Raises:
        StorageError: a file cannot be read.
    """
    stamps = _read_stamps(folder)
    fresh = dict(stamps)
    findings = []
    for file in entry.files:
        finding = _examine(file, folder, {} if thorough else stamps, fresh, progress)
        findings.append(finding)
        if finding.wrong:
            fresh.pop(file.name, None)
    if fresh != stamps:
        with suppress(StorageError):  # a folder we may not write to: then the next use hashes again
            _write_stamps(folder, fresh)
    return tuple(findings)


def demand(entry: Entry, folder: Path) -> None:
    """Raise unless every file is there with the right bytes.

    Raises:
        ModelFileError: the model is missing, incomplete or damaged.
    """
    findings = examine(entry, folder)
    if all(finding.missing for finding in findings):
        raise ModelFileError(
            f"the model {entry.name!r} is not here yet ({human(entry.bytes)})",
            hint=f"Fetch it with: antiphon models pull {entry.name}",
        )
    for finding in findings:
        if finding.wrong:
            again = "" if finding.missing else "--again "
            raise ModelFileError(
                f"the model {entry.name!r} cannot be used: {finding.wrong}",
                at=str(finding.path),
                hint=f"Fetch it with: antiphon models pull {again}{entry.name}",
            )


def remember(file: PinnedFile, folder: Path) -> None:
    """Stamp a file whose hash is known to be right.

    Raises:
        StorageError: the stamp cannot be written.
    """
    stamp = _stamp(file, (folder / file.name).stat().st_mtime_ns)
    _write_stamps(folder, {**_read_stamps(folder), file.name: stamp})


def read_through(path: Path, take: Callable[[bytes], None], tell: Callable[[int], None]) -> None:
    """Give `take` the whole file, chunk by chunk; `tell` hears how many bytes are done."""
    done = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            take(chunk)
            done += len(chunk)
            tell(done)


def _examine(
    file: PinnedFile, folder: Path, stamps: dict[str, Any], fresh: dict[str, Any], progress: Progress
) -> Finding:
    path = folder / file.name
    try:
        status = path.stat()
        if status.st_size != file.bytes:
            return Finding(file, path, f"{file.name} has {status.st_size:,} bytes instead of {file.bytes:,}")
        stamp = _stamp(file, status.st_mtime_ns)
        if stamps.get(file.name) == stamp:
            return Finding(file, path)

        def tell(done: int) -> None:
            progress.report(Step(file.name, done, file.bytes, "checking", "disk"))

        digest = hashlib.sha256()
        read_through(path, digest.update, tell)
    except FileNotFoundError:
        return Finding(file, path, f"{file.name} is missing", missing=True)
    except OSError as error:
        raise StorageError(f"cannot read it: {(error.strerror or '').lower()}", at=str(path)) from error
    if digest.hexdigest() != file.sha256:
        return Finding(file, path, f"{file.name} has the SHA-256 {digest.hexdigest()} instead of {file.sha256}")
    fresh[file.name] = stamp
    return Finding(file, path)


def _stamp(file: PinnedFile, mtime_ns: int) -> dict[str, Any]:
    return {"bytes": file.bytes, "mtime_ns": mtime_ns, "sha256": file.sha256}


def _read_stamps(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):  # an unreadable stamp is no stamp
        stamps = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return stamps if isinstance(stamps, dict) else {}
    return {}


def _write_stamps(folder: Path, stamps: dict[str, Any]) -> None:
    with whole_file(folder / STAMP) as draft:
        draft.write_text(json.dumps(stamps, indent=1), encoding="utf-8")
