"""What `run`, `chat` and `demo` share: a turn of a workflow, to the screen, the trace, a file and the loudspeaker."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, aclosing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

import click

from ...tools.base.errors import AntiphonError
from ...tools.base.printable import printable
from ...tools.base.writing import storage_errors
from ..run.conversation import Conversation
from .pruning import prune_after
from .sounds import listeners

if TYPE_CHECKING:
    from ...agents.events import Event
    from ...agents.roles.types import App
    from ..run.running import Run
    from ..testing.recording import Recording
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
    """What the turns of one command share; nothing is recorded unless the command says so.

    Attributes:
        talk: What the turns so far leave for the next.
        recording: What writes the turns down as a test.
        keeps: Whether every run is kept, not only those that pause or change something outside.
        again: The options a command that goes on with a run needs, too: ` --app app.yaml`.
    """

    workflow: "Workflow"
    app: "App"
    screen: "Screen | None"
    trace: "Trace | None"
    out: Path | None = None
    play: bool = False
    record: bool = False
    keeps: bool = False
    again: str = ""
    thread: str = ""
    talk: Conversation = field(default_factory=Conversation)
    knowledge: tuple[Path, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    recording: "Recording | None" = None

    @property
    def spoken(self) -> bool:
        """Whether somebody hears the answer."""
        return self.out is not None or self.play

    def tell(self, lines: Iterable[str]) -> None:
        """Lines of ours on standard error, whatever else is shown."""
        if self.screen is not None:
            self.screen.end_answer()
        for line in lines:
            click.echo(printable(line), err=True)


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
    from .given import again
    from .given import machine as machine_here

    machine = machine_here(app, profile)
    session = session_of(stack, load_with(workflow, python, machine), machine, trace, verbose)
    session.again = again(app, profile)
    return session


def session_of(
    stack: ExitStack, workflow: "Workflow", machine: "App", trace: Path | None, verbose: bool | None
) -> Session:
    """A session with a workflow that is loaded already; arguments as `open_session`."""
    from .screen import Screen

    file = stack.enter_context(Trace(trace)) if trace is not None else None
    screen = stack.enter_context(Screen(verbose=verbose)) if verbose is not None else None
    return Session(workflow, machine, screen, file)


async def take_turn(session: Session, inputs: dict[str, Any]) -> "list[Event]":
    """One turn: every event to the trace and the screen, every sound to the file and the loudspeaker."""
    from ..run.running import run as run_workflow

    run = run_workflow(
        session.workflow,
        app=session.app,
        engines={"double": session.recording} if session.recording is not None else {},
        spoken=session.spoken,
        history=() if session.keeps else session.talk.recent,
        record=session.record,
        thread=session.thread,
        kept=None if session.keeps else session.talk.kept,
        knowledge=session.knowledge,
        answer=answering(session),
        durable=session.keeps or None,
        **inputs,
    )
    try:
        events = await follow(session, run)
    except AntiphonError:
        if session.recording is not None:
            session.recording.broke_off()
        raise
    await prune_after(session, events)
    session.talk.went_on(str(inputs.get("text") or inputs.get("audio") or ""), events)
    if session.recording is not None:
        session.recording.went_on(inputs, events)
    return events


async def follow(session: Session, run: "Run") -> "list[Event]":
    """Watch a run until it ends or waits; where it is broken off, say how to go on with it."""
    from ...agents.events import Sounded, as_dict
    from ..run.timings import timings
    from .runs_told import broken_off, pause

    events: list[Event] = []
    try:
        async with listeners(session.out, session.play) as hear, aclosing(aiter(run)) as stream:  # type: ignore[type-var]
            async for event in stream:
                events.append(event)
                if session.trace is not None:
                    session.trace.write(as_dict(event))
                if session.screen is not None:
                    session.screen.show(event)
                if isinstance(event, Sounded):
                    await hear(event.sound)
    except (AntiphonError, asyncio.CancelledError) as error:
        session.tell(broken_off(events, error, session.again))
        raise
    if waits(events):
        session.tell(pause(events, session.again))
    elif session.screen is not None:
        session.screen.times(timings(events))
        if session.out is not None:
            session.screen.note(f"the spoken answer is in {session.out}")
    return events


def answering(session: Session) -> "Answering | None":
    """Who answers the workflow's questions in this turn."""
    from .answering import Answering, somebody_is_there, typed_line

    there = somebody_is_there()
    if not there and not session.answers:
        return None
    aside = session.screen.aside if session.screen is not None else nullcontext
    return Answering(session.answers, typed_line if there else None, aside)


def output_of(events: "list[Event]") -> dict[str, Any]:
    """What the run came to; nothing where it waits."""
    from ...agents.events import RunFinished

    return next((event.output for event in reversed(events) if isinstance(event, RunFinished)), {})


def waits(events: "list[Event]") -> bool:
    """Whether the run waits for a person."""
    from ...agents.events import RunPaused

    return any(isinstance(event, RunPaused) for event in events)
