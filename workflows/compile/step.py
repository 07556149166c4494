"""What a node is given while it runs, and what it gives back."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ...agents.events import Event
from ...agents.models.chat import Chat, Message
from ...agents.perception.ears import Ear
from ...agents.speech.voices import Voice
from ...tools.base.tool import Tool
from ...tools.knowledge.search import Found, Search
from ..spec.expressions import Expression, Literal, Scope

Compiled = Expression | Literal


class Engines(Protocol):
    """Opens the engine that plays a role, once; whoever made it closes what it opened."""

    async def chat(self, role: str) -> Chat: ...

    def ear(self) -> Ear: ...

    def voice(self) -> Voice: ...

    def has(self, role: str) -> bool: ...

    async def knowledge(self, folder: Path | None, *, own: bool, within: Path) -> Search: ...

    async def web(self, question: str, language: str) -> tuple[list[Found], str]: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of a workflow.

    Attributes:
        emit: Tells whoever watches the run what happens.
        spoken: Whether somebody wants to hear the answer.
        history: What was said in the turns before this one.
    """

    input: Mapping[str, Any]
    engines: Engines
    emit: Callable[[Event], None]
    spoken: bool = False
    history: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A node at work."""

    name: str
    turn: Turn
    state: Mapping[str, Any]

    def emit(self, event: Event) -> None:
        """Tell whoever watches the run."""
        self.turn.emit(event)

    def value(self, compiled: Compiled, result: Any = None) -> Any:
        """What an expression or a literal of the file is worth now."""
        if isinstance(compiled, Literal):
            return compiled.value
        flat = {f"state.{name}": value for name, value in self.state.items()}
        flat |= {f"input.{name}": value for name, value in self.turn.input.items()}
        return compiled(flat if result is None else flat | {"result": result})

    def names(self) -> dict[str, Any]:
        """The names a template may use."""
        return {"state": self.state, "input": self.turn.input}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a node found: `result` for expressions, `value` for `into: field`."""

    value: Any
    result: Any


@dataclass(frozen=True, slots=True)
class Bench:
    """What the compiler of a node may use.

    Attributes:
        fields: The names a template may use, of `state` and of `input`.
        where: Where the node is written, for messages.
    """

    scope: Scope
    folder: Path
    fields: Mapping[str, Collection[str]]
    tools: Mapping[str, Tool]
    where: str = ""


class Runner(Protocol):
    """A node that does its work in one go."""

    async def run(self, step: Step) -> Outcome: ...


@runtime_checkable
class Streamer(Protocol):
    """A node whose text can be taken up while it is being written, and that may take up another's.

    Its value is the text it gave; its result that text and what it adds to `notes`.
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
