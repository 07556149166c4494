"""What the parts of a worker hand each other."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...tools.base.errors import InputError
from ...tools.base.patterns import NAME

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..storage.store import Store
    from ..storage.types import RunRow

QUEUE = "antiphon"
"""The queue of runs that name none."""
PRIORITIES = 1_000_000
"""A priority is between minus this and this."""

EACH = 4
"""Runs at once on a worker, where nobody said how many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a queue allows.

    Attributes:
        each: Runs at once on each of its workers; None leaves what the queue has.
        total: Runs at once on all of them together; 0 for no limit, None leaves what the queue has.
    """

    queue: str = QUEUE
    each: int | None = None
    total: int | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME, self.queue):
            raise InputError(f"{self.queue!r} is no name of a queue", hint="Use small letters, digits and _: bulk_mail")


class Drive(Protocol):
    """Work at a run until it is over or waits for a person.

    Raises:
        RunHeld: another process works at it.
        RunLost: another process has taken it over.
    """

    async def __call__(self, store: "Store", run_id: str, app: "App", /) -> "RunRow": ...


class Say(Protocol):
    """Tell whoever runs the worker, in one line."""

    def __call__(self, line: str, /) -> None: ...


def queue_of(row: "RunRow") -> str:
    """The queue that a run waits in."""
    return str(row.options.get("queue") or QUEUE)


def database_of(app: "App") -> str:
    """The URL of the Postgres database that all workers share.

    Raises:
        InputError: runs are kept in SQLite files.
    """
    url = app.storage.address()
    if not url:
        raise InputError(
            "runs are kept in SQLite files of this machine, and a queue needs a Postgres database",
            at="storage.url in app.yaml",
            hint="Write the URL of one there: postgresql://user@host/name",
        )
    return url


def need_dbos() -> None:
    """See that DBOS is there.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import dbos  # noqa: F401
    except ModuleNotFoundError as error:
        from ...tools.base.engines import missing

        raise missing("a queue of runs", error.name or "dbos", "worker") from error
