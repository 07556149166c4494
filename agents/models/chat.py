"""The one door to every chat model: a request in, a stream of deltas out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A whole tool call; `arguments` is JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    Attributes:
        call_id: Of the tool call it answers, where the role is `tool`.
        calls: The tools an assistant called in this turn.
    """

    role: Role
    content: str
    call_id: str = ""
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked of a model.

    Attributes:
        schema: JSON Schema the whole answer is decoded against, or None for free text.
        tools: Tools in the form of the chat completions API.
        max_tokens: At most so many tokens are written.
        temperature: 0 is repeatable, from 0 to 2.
        stop: Strings that end the answer.
        seed: For servers that honour one.
        top_logprobs: So many alternatives for each token, 0 for none.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    max_tokens: int = 512
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int | None = None
    top_logprobs: int = 0


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of what the model thinks before it answers; never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call; pieces of one call share `index`, and `arguments` are joined to JSON."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class LogprobsDelta:
    """The alternatives for one token: token to natural logarithm of its probability; `chosen` is that of the token that
    was written, where the server says it."""

    alternatives: Mapping[str, float]
    chosen: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written; `cached` of those read were kept from an earlier request."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """The end: `stop`, `length` (cut off at max_tokens), `tool_calls` or `content_filter`."""

    reason: str


Delta = TextDelta | ReasoningDelta | ToolCallDelta | LogprobsDelta | Usage | Finish


class Chat(Protocol):
    """A chat model."""

    def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        """Answer piece by piece. Exactly one Finish comes; Usage may follow it.

        Raises:
            EndpointError: the server failed, before or in the middle of the answer.
        """
        ...


def name_of(chat: Chat) -> str:
    """What its server calls the model, "" where the object does not say."""
    name = getattr(getattr(chat, "role", None), "model", "")
    return name if isinstance(name, str) else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; `chosen` are the log-probabilities of the tokens that were written, as far as the server says."""

    text: str
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish: str = "stop"
    logprobs: tuple[Mapping[str, float], ...] = ()
    chosen: tuple[float, ...] = ()

    @property
    def mean_logprob(self) -> float | None:
        """How sure the model was: the mean over the tokens it wrote; None where the server says nothing of them."""
        return sum(self.chosen) / len(self.chosen) if self.chosen else None


def reply_of(told: Mapping[str, Any]) -> Reply:
    """A reply from its plain values, as `dataclasses.asdict` gives them and JSON keeps them."""
    return Reply(
        text=told["text"],
        reasoning=told["reasoning"],
        calls=tuple(ToolCall(**call) for call in told["calls"]),
        usage=Usage(**told["usage"]),
        finish=told["finish"],
        logprobs=tuple(told["logprobs"]),
        chosen=tuple(told["chosen"]),
    )


class Collected:
    """A reply in the making: deltas go in, and what there is of it can be had at any moment.

    Attributes:
        pieces: So many came; about as many tokens, where a server tells no usage.
    """

    def __init__(self) -> None:
        self.text, self.reasoning, self.finish, self.usage = "", "", "", Usage()
        self.pieces = 0
        self._calls: dict[int, ToolCall] = {}
        self._logprobs: list[Mapping[str, float]] = []
        self._chosen: list[float] = []

    def feed(self, delta: Delta) -> None:
        """Take the next delta."""
        self.pieces += isinstance(delta, TextDelta | ReasoningDelta | ToolCallDelta)
        match delta:
            case TextDelta(piece):
                self.text += piece
            case ReasoningDelta(piece):
                self.reasoning += piece
            case ToolCallDelta(index, id_, name, arguments):
                had = self._calls.get(index, ToolCall("", "", ""))
                self._calls[index] = ToolCall(had.id or id_, had.name or name, had.arguments + arguments)
            case LogprobsDelta(alternatives, chosen):
                self._logprobs.append(alternatives)
                self._chosen += [] if chosen is None else [chosen]
            case Usage():
                self.usage = delta
            case Finish(reason):
                self.finish = reason

    def reply(self) -> Reply:
        """As far as it has come; one that was cut off before its end finished as `length`."""
        calls = tuple(self._calls[i] for i in sorted(self._calls))
        logprobs, chosen = tuple(self._logprobs), tuple(self._chosen)
        return Reply(self.text, self.reasoning, calls, self.usage, self.finish or "length", logprobs, chosen)


async def complete(chat: Chat, request: ChatRequest) -> Reply:
    """Ask and wait for the whole answer."""
    collected = Collected()
    stream = chat.stream(request)
    async with aclosing(stream) as deltas:  # type: ignore[type-var]
        async for delta in deltas:
            collected.feed(delta)
    return collected.reply()
