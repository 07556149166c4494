"""What a node is given while it runs, and what it gives back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ...agents.events import Event
from ...agents.memory.notes import Notes
from ...agents.models.chat import Chat, Message
from ...agents.perception.ears import Ear
from ...agents.speech.voices import Voice
from ...tools.base.ids import short_id
from ...tools.base.tool import Tool
from ...tools.knowledge.search import Found, Search
from ..spec.expressions import Compiled as Compiled
from ..spec.expressions import ExpressionError, compile_value
from ..spec.scopes import Names
from ..spec.shapes import Type

if TYPE_CHECKING:
    from ...tools.knowledge.embedding import Embed
    from ...tools.python.interpreter import Interpreter
    from ...tools.services.service import Service
    from .spending import Spending


class Engines(Protocol):
    """Opens the engine that plays a role, once; whoever made it closes what it opened."""

    async def chat(self, role: str) -> Chat: ...

    def ear(self) -> Ear: ...

    def voice(self) -> Voice: ...

    def has(self, role: str) -> bool: ...

    async def knowledge(self, folder: Path | None, *, own: bool, within: Path) -> Search: ...

    async def embedding(self) -> "Embed | None": ...

    async def web(self, question: str, language: str) -> tuple[list[Found], str]: ...

    def service(self, name: str) -> "Service": ...

    def interpreter(self) -> "Interpreter": ...

    async def toolset(self, name: str, settings: Mapping[str, Any]) -> tuple[Tool, ...]: ...

    async def notes(self) -> Notes: ...

    def double(self) -> "Double | None": ...


class Double(Protocol):
    """Stands between a run and what is outside of it: a test puts its own answers there, a recording listens."""

    def chat(self, role: str, chat: Chat) -> Chat:
        """What is asked in place of the model that plays a role."""
        ...

    def act(self, name: str, given: Mapping[str, Any], act: "Act", *, effects: bool) -> "Act":
        """What is done in place of a call."""
        ...


Act = Callable[[str], Awaitable[Any]]
"""Does what a call does, given the key by which the other side recognises it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked: a text, and the fields of a form to fill in.

    Attributes:
        step: The node that asks.
        form: Each field as a Shape of the file.
    """

    step: str
    text: str
    who: str
    form: Mapping[str, Any]


Answer = Callable[[Question], Awaitable[Mapping[str, Any] | None]]
"""Puts a question to a person and gives back the filled-in form; None where nobody answers now."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changes something outside.

    Attributes:
        key: Its place in the run, the same whenever the run is resumed: `orders@1#3/pay@1:0`.
        keyed: Whether the tool takes an idempotency key, so that calling it again does no harm.
        exact: Whether a model chose the arguments: with others it is another call, though it stands in the same place.
    """

    key: str
    step: str
    tool: str
    arguments: Mapping[str, Any]
    keyed: bool = True
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a call came to before the run was gone on with."""

    value: Any


THOUGHT = ""
"""The tool of a call that asks a model."""


class Journal(Protocol):
    """What a stored run has done outside and was told by people, so that neither happens twice."""

    async def once(self, call: Call, act: Callable[[str], Awaitable[Any]]) -> Any:
        """What a call gave before, or else gives now: `act` is awaited with its idempotency key.

        Raises:
            Paused: nobody knows whether it took place: the run stops until a person says so.
        """

    async def recalled(self, call: Call) -> "Recalled | None":
        """What a call that changes nothing outside came to before; None where it was not made."""
        ...

    async def noted(self, call: Call, value: Any) -> None:
        """Keep what a call that changes nothing outside came to; plain data."""
        ...

    async def answer(self, key: str, question: Question) -> tuple[Mapping[str, Any] | None, float]:
        """The answer to a question, None while there is none; and for how many seconds they were asked:
        until they answered, or until now."""
        ...

    async def answered(self, key: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep the answer; the one that counts, where somebody else was quicker."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of a workflow.

    Attributes:
        emit: Tells whoever watches the run what happens.
        spending: What the run has used up of its limits.
        spoken: Whether somebody wants to hear the answer.
        history: What was said in the turns before this one.
        answer: Puts a question to a person; None where nobody is there.
        within: What the names of steps begin with, where this workflow is a step of another.
        failures: The errors that passes of maps failed with, by step.
        passes: The maps at work, by step.
        gates: What lets only so many through at a time.
        run: Its name, with which the keys of its calls begin.
        journal: What the run remembers beside its state; None where it is not kept.
        durable: Whether the state is kept after each step, not only at the end.
        path: What the paths of steps begin with, where this workflow is a step of another.
    """

    input: Mapping[str, Any]
    engines: Engines
    emit: Callable[[Event], None]
    spending: "Spending"
    spoken: bool = False
    history: tuple[Message, ...] = ()
    answer: Answer | None = None
    within: str = ""
    failures: dict[str, Exception] = field(default_factory=dict)
    passes: "dict[str, Passes]" = field(default_factory=dict)
    gates: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    run: str = field(default_factory=short_id)
    journal: Journal | None = None
    durable: bool = False
    path: str = ""

    def gate(self, name: str, most: int = 1) -> asyncio.Semaphore:
        """Lets so many through at a time, of those who ask for the same name."""
        return self.gates.setdefault(name, asyncio.Semaphore(most))


@dataclass(slots=True)
class Passes:
    """The passes of one map at work: where one fails and the map with it, the others are stopped."""

    failed: bool = False
    running: set[asyncio.Timeout] = field(default_factory=set)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A pass, as long as nobody stops it.

        Raises:
            TimeoutError: it was stopped.
        """
        async with asyncio.timeout(None) as scope:
            self.running.add(scope)
            try:
                yield
            finally:
                self.running.discard(scope)

    def stop(self) -> None:
        """No pass begins any more, and those that run end."""
        self.failed = True
        for one in self.running:
            one.reschedule(0)


@dataclass(frozen=True, slots=True)
class Step:
    """A node at work.

    Attributes:
        name: Its name with those of the blocks it is in: "polish.draft".
        names: The values of what a block adds: a map's item, the number of a loop's pass.
        path: Its place in the run, the same whenever the run is resumed, another at each visit: `orders@1#3/pay@2`.
    """

    name: str
    turn: Turn
    state: Mapping[str, Any]
    names: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""

    def emit(self, event: Event) -> None:
        """Tell whoever watches the run."""
        self.turn.emit(event)

    def value(self, compiled: Compiled, **more: Any) -> Any:
        """What an expression or a literal of the file is worth now; `more` are names it may use, too: result, error."""
        return compiled(self.roots() | more)

    def holds(self, condition: Compiled) -> bool:
        """Whether a condition is true now.

        Raises:
            ExpressionError: it failed, or came to something that is neither true nor false.
        """
        value = self.value(condition)
        if isinstance(value, bool):
            return value
        told = value if isinstance(value, str | int | float) else type(value).__name__
        text = getattr(condition, "text", "")
        problem = f"{text!r} is no condition: it is {str(repr(told))[:60]}"
        raise ExpressionError(problem, hint="Compare it with something: == true, != ''", code="E504")

    def roots(self) -> dict[str, Any]:
        """Everything expressions and templates may name."""
        return {**self.names, "state": self.state, "input": self.turn.input}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a node found: `result` for expressions, `value` for `into: field`."""

    value: Any
    result: Any


@dataclass(frozen=True, slots=True)
class Bench:
    """What the compiler of a node may use.

    Attributes:
        workflow: The name of the workflow.
        folder: Where its files lie.
        names: The names an expression or a template of the node may use.
        tools: The workflow's own, by name.
        functions: What `python` nodes may call.
        settings: What the file says under `tools`, by name.
        flow: Loads another workflow that is a step of this one.
        spoken: The workflow's own `language`, for nodes that name none.
        where: Where the node is written, for messages.
    """

    workflow: str
    folder: Path
    names: Names
    tools: Mapping[str, Tool]
    functions: Mapping[str, Tool]
    settings: Mapping[str, Mapping[str, Any]]
    flow: Callable[[str], "Nested"]
    spoken: Any = "en"
    where: str = ""

    def language(self, written: Any) -> Compiled:
        """Compile the language of a node."""
        return self.value(written or self.spoken)

    def value(self, written: Any, **more: Type) -> Compiled:
        """Compile a value of the file; `more` are names it may use, too."""
        return compile_value(written, self.names.also(**more) if more else self.names)


class Nested(Protocol):
    """Another workflow, as a step of this one: its inputs in, its output out."""

    async def run(self, given: Mapping[str, Any], turn: Turn) -> dict[str, Any]: ...


class Runner(Protocol):
    """A node that does its work in one go."""

    async def run(self, step: Step) -> Outcome: ...


@runtime_checkable
class Streamer(Protocol):
    """A node whose text can be taken up while it is being written, and that may take up another's.

    Its result is the text it gave and what it adds to `notes`; its value is that text, or `text` of its notes.
    """

    def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]: ...


class BrokenOff(str):
    """The last piece of a stream, and empty: the model was stopped before it had finished its sentence."""

    __slots__ = ()


def in_language(words: Mapping[str, Any], language: str) -> Any:
    """The entry for a language, English where it is missing, then the first."""
    return words.get(language) or words.get("en") or next(iter(words.values()))


async def in_one_piece(text: str) -> AsyncIterator[str]:
    """Text that is known already, as a stream."""
    yield text
