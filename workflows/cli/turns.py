"""What `run`, `chat` and `demo` share: a turn of a workflow, to the screen, the trace, a file and the loudspeaker."""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, aclosing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from ...tools.base.writing import storage_errors
from .sounds import listeners

if TYPE_CHECKING:
    from ...agents.events import Event
    from ...agents.models.chat import Message
    from ...agents.roles.types import App
    from ..workflow import Workflow
    from .answering import Answering
    from .screen import Screen


class Trace:
    """Events as lines of JSON, each written when it happens; the file begins with the first.

    What a run that is stopped has written stays: a trace is there to say how far it came.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with storage_errors(self._path):
                self._file.close()

    def write(self, event: dict[str, Any]) -> None:
        """Add a line.

        Raises:
            StorageError: it cannot be written.
        """
        with storage_errors(self._path):
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8", buffering=1)
            self._file.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")


@dataclass(slots=True)
class Session:
    """What the turns of one command share; nothing is recorded unless the command says so."""

    workflow: "Workflow"
    app: "App"
    screen: "Screen | None"
    trace: "Trace | None"
    out: Path | None = None
    play: bool = False
    record: bool = False
    thread: str = ""
    history: list["Message"] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    knowledge: tuple[Path, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


def open_session(
    stack: ExitStack,
    workflow: str,
    app: Path | None = None,
    trace: Path | None = None,
    verbose: bool | None = False,
    *,
    profile: str = "",
    python: Iterable[Path] = (),
) -> Session:
    """Read the workflow and the machine's app.yaml; the stack closes the trace and the screen.

    Args:
        verbose: None shows nothing on the screen.
        python: Files with functions of the user's own.
    Raises:
        InputError, FileError, StorageError: something that was named cannot be used.
    """
    from ..loading import load_with
    from .given import machine as machine_here
    from .screen import Screen

    machine = machine_here(app, profile)
    loaded = load_with(workflow, python, machine)
    file = stack.enter_context(Trace(trace)) if trace is not None else None
    screen = stack.enter_context(Screen(verbose=verbose)) if verbose is not None else None
    return Session(loaded, machine, screen, file)


async def take_turn(session: Session, inputs: dict[str, Any]) -> "list[Event]":
    """One turn: every event to the trace and the screen, every sound to the file and the loudspeaker."""
    from ...agents.events import RunFinished, Sounded, as_dict
    from ..run.running import run as run_workflow
    from ..run.timings import timings

    events: list[Event] = []
    spoken = session.out is not None or session.play
    run = run_workflow(
        session.workflow,
        app=session.app,
        spoken=spoken,
        history=tuple(session.history[-6:]),
        record=session.record,
        thread=session.thread,
        kept=session.kept,
        knowledge=session.knowledge,
        answer=_answering(session),
        **inputs,
    )
    async with listeners(session.out, session.play) as hear, aclosing(aiter(run)) as stream:  # type: ignore[type-var]
        async for event in stream:
            events.append(event)
            if session.trace is not None:
                session.trace.write(as_dict(event))
            if session.screen is not None:
                session.screen.show(event)
            if isinstance(event, Sounded):
                await hear(event.sound)
    session.kept = next(event.kept for event in reversed(events) if isinstance(event, RunFinished))
    if session.screen is not None:
        session.screen.times(timings(events))
        if session.out is not None:
            session.screen.note(f"the spoken answer is in {session.out}")
    return events


def _answering(session: Session) -> "Answering | None":
    """Who answers the workflow's questions in this turn."""
    from .answering import Answering, somebody_is_there, typed_line

    there = somebody_is_there()
    if not there and not session.answers:
        return None
    aside = session.screen.aside if session.screen is not None else nullcontext
    return Answering(session.answers, typed_line if there else None, aside)


def output_of(events: "list[Event]") -> dict[str, Any]:
    """What the run came to."""
    from ...agents.events import RunFinished

    return next(event.output for event in reversed(events) if isinstance(event, RunFinished))
