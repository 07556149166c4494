"""Run a workflow: await its result, or watch its events as they happen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.agent import Agent
from ...agents.events import Event, RunFinished, RunPaused, RunStarted, Warned
from ...agents.models.chat import Message
from ...agents.roles.types import App
from ...tools.base.errors import InputError
from ...tools.base.ids import short_id
from ...tools.base.language import language_of
from ..compile.step import Answer
from ..spec.shapes import begins_as, holds
from ..workflow import Workflow
from .stream import Stream

if TYPE_CHECKING:
    from ..storage.store import Store
    from .recording import Recorder


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to.

    Attributes:
        output: The workflow's declared output; empty where the run waits for a person.
        events: All that happened, in order.
    """

    output: Mapping[str, Any]
    events: tuple[Event, ...]

    @property
    def answer(self) -> str:
        """The output called `answer`, "" if the workflow has none."""
        return str(self.output.get("answer", ""))

    @property
    def run(self) -> str:
        """The name of the run, for `resume`; "" where it is not kept."""
        return next((event.run for event in self.events if isinstance(event, RunStarted)), "")

    @property
    def paused(self) -> RunPaused | None:
        """What the run waits for; None where it came to its end."""
        return next((event for event in reversed(self.events) if isinstance(event, RunPaused)), None)

    @property
    def kept(self) -> Mapping[str, Any]:
        """What the next turn of the conversation begins with: `run(workflow, "...", kept=result.kept)`."""
        return next((event.kept for event in reversed(self.events) if isinstance(event, RunFinished)), {})

    def __str__(self) -> str:
        return self.answer


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run that has not begun: `await` it, iterate over it with `async for`, or call `result()` in a script.

    Attributes:
        work: Does it all, and tells what happens.
    """

    work: Callable[[Stream], Coroutine[Any, Any, None]]

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events()

    def __await__(self) -> Generator[Any, None, Result]:
        return self._result().__await__()

    def result(self) -> Result:
        """Run it to the end; for scripts without an event loop of their own.

        Raises:
            RuntimeError: an event loop is running here; await the run instead.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._result())
        raise RuntimeError("result() waits, and an event loop is running here: use `await run(...)`")

    async def _result(self) -> Result:
        events = tuple([event async for event in self._events()])
        output = next((event.output for event in reversed(events) if isinstance(event, RunFinished)), {})
        return Result(output, events)

    async def _events(self) -> AsyncIterator[Event]:
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        work = asyncio.create_task(self.work(Stream([queue.put_nowait])))
        work.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Start:
    """How a run begins, as its caller says."""

    workflow: Workflow
    input: Mapping[str, Any]
    app: App | None
    engines: Mapping[str, Any]
    spoken: bool
    history: tuple[Message, ...]
    record: bool
    thread: str
    kept: Mapping[str, Any] | None
    knowledge: tuple[Path, ...]
    answer: Answer | None
    durable: bool | None
    store: "Store | None"

    async def work(self, stream: Stream) -> None:
        from .demanding import held_to
        from .inputs import checked_input
        from .keeping import pauses_or_acts

        values = await asyncio.to_thread(checked_input, self.workflow.spec, self.input)
        app = self.app or app_here()
        await asyncio.to_thread(held_to, self.workflow, app.policy)
        kept_before = self._kept()
        recorder = self._recorder()
        if recorder is not None:
            stream.watchers.append(recorder.note)
        durable = self.durable if self.durable is not None else self.store is not None
        if self.durable is None and not durable:
            durable = await asyncio.to_thread(pauses_or_acts, self.workflow)
        work = self._kept_run if durable else self._run
        await work(app, values, kept_before, stream, recorder)

    async def _run(self, app: App, values: Any, kept_before: Any, stream: Stream, recorder: "Recorder | None") -> None:
        from ...agents.timeline.opening import open_timeline
        from ..compile.spending import Spending
        from .tracing import traced
        from .work import Job, end_of, work

        spec, engines = self.workflow.spec, self.engines
        job = Job(self.workflow, app, stream.emit, engines, self.spoken, self.history, self.answer, self.knowledge)
        async with traced(app, stream.emit) as trace:
            stream.watchers += [trace] if trace is not None else []
            stream.emit(RunStarted(workflow=spec.name))
            turn, state = await work(job, values, kept_before or {}, spending=Spending(spec.limits), run=short_id())
            end = end_of(job, turn, state)
            if recorder is not None:
                await recorder.keep(turn, state, open_timeline(app))
            stream.emit(end)

    async def _kept_run(
        self, app: App, values: Any, kept_before: Any, stream: Stream, recorder: "Recorder | None"
    ) -> None:
        from ..storage.store import open_store
        from ..storage.turns import turn_of
        from .driving import With, drive
        from .keeping import begin

        options = {"spoken": self.spoken, "knowledge": [str(one.resolve()) for one in self.knowledge]}
        history = self.history or None
        told = f"another turn of the conversation {self.thread!r} is under way; this one waits until it has ended"
        async with nullcontext(self.store) if self.store is not None else open_store(app) as store:
            given = With(stream.emit, self.workflow, values, self.engines, self.answer, kept_before, recorder, history)
            async with turn_of(store, self.thread, lambda: stream.emit(Warned(problem=told))):
                row = await begin(store, self.workflow, values, thread=self.thread, options=options)
                await drive(store, row.id, app, given)

    def _recorder(self) -> "Recorder | None":
        from .recording import Recorder

        wanted = self.record and self.workflow.spec.record
        return Recorder(self.workflow.spec, self.thread) if wanted else None

    def _kept(self) -> dict[str, Any] | None:
        """What the turn before left, as far as this workflow keeps it; None where the caller has not said.

        Raises:
            InputError: a field has another type than it had.
        """
        if self.kept is None:
            return None
        fields = {name: one for name, one in self.workflow.spec.state.items() if one.keep and name in self.kept}
        for name, one in fields.items():
            if self.kept[name] != begins_as(one) and not holds(self.kept[name], one.as_type):
                hint = "Begin a new conversation: the workflow is another one than the turn before ran"
                raise InputError(f"what was kept of {name!r} is no {one.as_type}", at="kept", hint=hint)
        return {name: self.kept[name] for name in fields}


def run(
    what: Workflow | Agent | str | Path,
    text: str = "",
    /,
    *,
    app: App | str | Path | None = None,
    engines: Mapping[str, Any] | None = None,
    spoken: bool = False,
    history: tuple[Message, ...] = (),
    record: bool = False,
    thread: str = "",
    kept: Mapping[str, Any] | None = None,
    knowledge: Iterable[str | Path] = (),
    answer: Answer | None = None,
    durable: bool | None = None,
    store: "Store | None" = None,
    **input: Any,
) -> Run:
    """Prepare a run of a workflow or an agent; nothing happens until it is awaited or iterated over.

    Args:
        what: A workflow, the name or file of one, or an agent.
        text: What is typed, the input `text`.
        app: The machine's roles, or the file that has them; by default the app.yaml that applies here.
        engines: Engines by role in place of the app's: fakes in tests, or one's own objects.
        spoken: Whether the answer shall become sound (`Sounded` events).
        history: What was said in the turns before; by default what the timeline holds of the thread.
        record: Whether to keep in the timeline what the workflow's `record` declares; see `Records`.
        thread: The conversation this is a turn of. A durable run begins with what its turns before left and said, and
            where it is kept in files it waits until no other is under way. One that waits for a person keeps nobody
            waiting: a turn that comes meanwhile does not know what it will come to.
        kept: What the turn before left for this one, `Result.kept`.
        knowledge: More folders of documents, or single ones, for the workflow's `retrieve` nodes to search.
        answer: Puts a question of the workflow's to a person and gives back the filled-in form; without it, a
            durable run waits (`Result.paused`) and any other fails.
        durable: Whether the run is kept on this machine, so that it survives a crash and can be gone on with by
            `resume`; by default where the workflow asks a person or changes something outside.
        store: Where it is kept, `open_store(app)`, for those who have many runs; by default opened for this one.
        input: The workflow's other inputs: `age=8`, `audio=Path("q.wav")`.
    Raises:
        InputError, FileError: there is no such workflow, or its file is wrong.

    Example:
        result = await run("child-tutor", "Why is the sky blue?", age=8)
    """
    workflow, told = _opened(what, text)
    given = {**told, **({"text": text} if text else {}), **input}
    folders = tuple(map(Path, knowledge))
    machine = app_at(Path(app)) if isinstance(app, str | Path) else app
    start = _Start(
        workflow, given, machine, engines or {}, spoken, history, record, thread, kept, folders, answer, durable, store
    )
    return Run(start.work)


def _opened(what: Workflow | Agent | str | Path, text: str) -> tuple[Workflow, Mapping[str, Any]]:
    """The workflow, and what it is told where the caller says nothing else."""
    from .agents import instructions_of, workflow_of

    match what:
        case Agent():
            return workflow_of(what), {"instructions": instructions_of(what), "language": language_of(text)}
        case Workflow():
            return what, {}
    return Workflow.load(what), {}


def app_here() -> App:
    """The app.yaml that applies here."""
    return app_at(None)


def app_at(file: Path | None) -> App:
    """What an app.yaml says; of None, the one that applies here.

    Raises:
        InputError, FileError: it cannot be read, or is wrong.
    """
    from ...agents.roles.reading import read_app

    return read_app(file)
