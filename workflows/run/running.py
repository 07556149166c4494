"""Run a workflow: await its result, or watch its events as they happen."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.agent import Agent
from ...agents.events import Event, Loading, RunFinished, RunStarted, Warned
from ...agents.models.chat import Message
from ...agents.roles.types import App
from ...agents.sound import Sound
from ...tools.base.errors import InputError
from ..compile.step import Answer, Turn
from ..spec.kinds.memory import Retrieve
from ..spec.kinds.think import Classify, Extract, Llm
from ..spec.shapes import begins_as, holds
from ..workflow import Workflow

if TYPE_CHECKING:
    from .recording import Recorder


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to.

    Attributes:
        output: The workflow's declared output.
        events: All that happened, in order.
    """

    output: Mapping[str, Any]
    events: tuple[Event, ...]

    @property
    def answer(self) -> str:
        """The output called `answer`, "" if the workflow has none."""
        return str(self.output.get("answer", ""))

    @property
    def kept(self) -> Mapping[str, Any]:
        """What the next turn of the conversation begins with: `run(workflow, "...", kept=result.kept)`."""
        return next(event.kept for event in reversed(self.events) if isinstance(event, RunFinished))

    def __str__(self) -> str:
        return self.answer


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run that has not begun: `await` it, iterate over it with `async for`, or call `result()` in a script."""

    workflow: Workflow
    input: Mapping[str, Any]
    app: App | None
    engines: Mapping[str, Any]
    spoken: bool
    history: tuple[Message, ...]
    record: bool = False
    conversation: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    knowledge: tuple[Path, ...] = ()
    answer: Answer | None = None

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
        events = [event async for event in self._events()]
        output = next(event.output for event in reversed(events) if isinstance(event, RunFinished))
        return Result(output, tuple(events))

    async def _events(self) -> AsyncIterator[Event]:
        began, loop, home = time.monotonic(), asyncio.get_running_loop(), threading.get_ident()
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        recorder = self._recorder()

        def tell(event: Event) -> None:
            if recorder is not None:
                recorder.note(event)
            queue.put_nowait(event)

        def emit(event: Event) -> None:
            told = replace(event, at_s=time.monotonic() - began)
            if threading.get_ident() == home:
                tell(told)
            else:  # an engine that is being made ready in a thread
                loop.call_soon_threadsafe(tell, told)

        work = asyncio.create_task(self._work(emit, recorder))
        work.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _work(self, emit: Callable[[Event], None], recorder: "Recorder | None") -> None:
        from ..compile.spending import Spending
        from .demanding import held_to
        from .engines import OpenEngines
        from .inputs import checked_input
        from .invoking import invoke
        from .values import values_of

        values = await asyncio.to_thread(checked_input, self.workflow.spec, self.input)
        app = self.app or _app_here()
        await asyncio.to_thread(held_to, self.workflow, app.policy)
        kept_before = self._kept()
        emit(RunStarted(workflow=self.workflow.spec.name))
        engines_here = OpenEngines(
            app,
            self.engines,
            lambda what: emit(Loading(what=what)),
            lambda problem: emit(Warned(problem=problem)),
            self.knowledge,
        )
        async with engines_here as engines:
            roles = _roles(self.workflow)
            await asyncio.to_thread(engines.require, [*roles, *(["hear"] if _hears(values) else [])])
            engines.warm(roles, spoken=self.spoken, knowledge=_searched(self.workflow))
            spending = Spending(self.workflow.spec.limits)
            told = spending.counting(emit)
            turn = Turn(values, engines, told, spending, self.spoken, self.history, self.answer)
            state = await invoke(self.workflow, turn, kept_before)
        output = values_of(self.workflow.spec, self.workflow.spec.output, turn, state)
        if recorder is not None:
            await recorder.keep(turn, state, app.data)
        kept = {name: state[name] for name, field_ in self.workflow.spec.state.items() if field_.keep}
        emit(RunFinished(output=output, kept=kept))

    def _recorder(self) -> "Recorder | None":
        from .recording import Recorder

        wanted = self.record and self.workflow.spec.record
        return Recorder(self.workflow.spec, self.conversation) if wanted else None

    def _kept(self) -> dict[str, Any]:
        """What the turn before left, as far as this workflow keeps it.

        Raises:
            InputError: a field has another type than it had.
        """
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
    app: App | None = None,
    engines: Mapping[str, Any] | None = None,
    spoken: bool = False,
    history: tuple[Message, ...] = (),
    record: bool = False,
    conversation: str = "",
    kept: Mapping[str, Any] | None = None,
    knowledge: Iterable[str | Path] = (),
    answer: Answer | None = None,
    **input: Any,
) -> Run:
    """Prepare a run of a workflow or an agent; nothing happens until it is awaited or iterated over.

    Args:
        what: A workflow, the name or file of one, or an agent.
        text: What is typed, the input `text`.
        app: The machine's roles; by default the app.yaml that applies here.
        engines: Engines by role in place of the app's: fakes in tests, or one's own objects.
        spoken: Whether the answer shall become sound (`Sounded` events).
        history: What was said in the turns before.
        record: Whether to keep on this machine what the workflow's `record` declares; see `records_of`.
        conversation: In the record, a name that joins the turns of one conversation.
        kept: What the turn before left for this one, `Result.kept`.
        knowledge: More folders of documents, or single ones, for the workflow's `retrieve` nodes to search.
        answer: Puts a question of the workflow's to a person and gives back the filled-in form; without it, a node
            that asks fails.
        input: The workflow's other inputs: `age=8`, `audio=Path("q.wav")`.
    Raises:
        InputError, FileError: there is no such workflow, or its file is wrong.

    Example:
        result = await run("child-tutor", "Why is the sky blue?", age=8)
    """
    from .agents import workflow_of

    match what:
        case Agent():
            workflow = workflow_of(what)
        case Workflow():
            workflow = what
        case _:
            workflow = Workflow.load(what)
    given = {**({"text": text} if text else {}), **input}
    folders = tuple(map(Path, knowledge))
    return Run(workflow, given, app, engines or {}, spoken, history, record, conversation, kept or {}, folders, answer)


def _app_here() -> App:
    from ...agents.roles.reading import read_app

    return read_app(None)


def _hears(values: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Sound) for value in values.values())


def _searched(workflow: Workflow) -> list[tuple[Path | None, bool, Path]]:
    """What the workflow, and those in it, will look things up in."""
    return [
        (one.source.folder / node.folder if node.folder else None, node.own, one.source.folder)
        for one, node in workflow.every_node()
        if isinstance(node, Retrieve)
    ]


def _roles(workflow: Workflow) -> list[str]:
    return sorted({node.role for _, node in workflow.every_node() if isinstance(node, Llm | Classify | Extract)})
