"""The files of one embedded server: who it is, where it listens, when it was last used."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ....tools.base.places import state_folder
from ....tools.base.writing import whole_file


@dataclass(frozen=True, slots=True)
class Settings:
    """What makes one server differ from another.

    Attributes:
        alias: The name the model goes by.
        context: Tokens of one conversation.
        slots: Conversations at once.
    """

    path: str
    alias: str
    context: int
    slots: int
    threads: int


@dataclass(frozen=True, slots=True)
class Running:
    """What a server writes down; only this user may read it, for the key is in it.

    Attributes:
        base_url: "" while the model loads.
        started: Seconds since 1970.
    """

    pid: int
    base_url: str
    key: str
    alias: str
    started: float


@dataclass(frozen=True, slots=True)
class Files:
    """Where a server keeps its files. The lock is held by the server itself, from its start to its end."""

    folder: Path
    name: str

    @property
    def state(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def lock(self) -> Path:
        return self.folder / f"{self.name}.lock"

    @property
    def used(self) -> Path:
        """Touched at the start of each request and while it streams."""
        return self.folder / f"{self.name}.used"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def touch(self) -> None:
        """Note that the server is in use."""
        self.used.touch(mode=0o600)

    def held(self) -> bool:
        """Whether a server is alive, loading or ready."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.lock, mode=0o600)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release()
        return False

    def read(self) -> Running | None:
        """What the server wrote down; None while there is nothing."""
        try:
            return Running(**json.loads(self.state.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, running: Running) -> None:
        """Write it down, for this user alone."""
        with whole_file(self.state) as draft:
            draft.write_text(json.dumps(asdict(running)))


def folder() -> Path:
    """The folder of all servers; only this user may look inside."""
    path = state_folder() / "servers"
    path.mkdir(exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def files_of(settings: Settings) -> Files:
    """One server for each model file (as it is now) and setting."""
    stat = Path(settings.path).stat()
    identity = json.dumps([asdict(settings), stat.st_size, stat.st_mtime_ns])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:10]
    return Files(folder(), f"{Path(settings.path).stem[:40]}-{digest}")


def all_files() -> Iterator[Files]:
    """Every server that has ever run here."""
    return (Files(path.parent, path.stem) for path in sorted(folder().glob("*.lock")))
