"""A chat model that is asked the same thing only once: its replies are kept in a file on this machine."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from itertools import starmap, zip_longest
from typing import Any

from .chat import (
    Chat,
    ChatRequest,
    Collected,
    Delta,
    Finish,
    LogprobsDelta,
    ReasoningDelta,
    Reply,
    TextDelta,
    ToolCallDelta,
    Usage,
    name_of,
)
from .replies import Kept, Replies


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was answered.

    Attributes:
        usage: Tokens, as they were when it was first asked.
        seconds: How long the answer took when it was first asked.
        began: When it was asked now, on the monotonic clock, in seconds.
        ended: When the answer was there.
        kept: Whether it was known from before.
        cut: Whether the answer was cut off at the most tokens it might have.
    """

    usage: Usage
    seconds: float
    began: float
    ended: float
    kept: bool
    cut: bool = False


class Cached:
    """Replies from the file where the same was asked of the same model before, and keeps what is new.

    A request that samples (temperature above 0) without a seed is meant to give something else each time: it is
    asked anew and not kept.

    Args:
        chat: Who is asked.
        replies: Where they are kept; None keeps nothing, and only tells.
        model: A name for the model; by default its address and what its server calls it.
        note: Told of every request that was answered.

    Attributes:
        inner: Who is asked.
    """

    def __init__(
        self, chat: Chat, replies: Replies | None, *, model: str = "", note: Callable[[Asked], None] | None = None
    ) -> None:
        self.inner, self._replies, self._note = chat, replies, note
        self._model = model or f"{getattr(getattr(chat, 'role', None), 'base_url', '')} {name_of(chat)}"

    def __getattr__(self, name: str) -> Any:
        """What else the model says of itself: its role, its abilities."""
        return getattr(self.inner, name)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Answer piece by piece, a kept reply in one piece.

        Raises:
            EndpointError: the server failed; nothing is kept of an answer that broke off.
            StorageError: the file cannot be read or written.
        """
        began = time.monotonic()
        replies = self._replies if request.temperature == 0 or request.seed is not None else None
        kept = await replies.get(self._model, request) if replies is not None else None
        if kept is not None:
            for delta in deltas_of(kept.reply):
                yield delta
            self._tell(kept, began, known=True)
            return
        collected, began = Collected(), time.monotonic()
        stream = self.inner.stream(request)
        async with aclosing(stream) as deltas:  # type: ignore[type-var]
            async for delta in deltas:
                collected.feed(delta)
                yield delta
        fresh = Kept(collected.reply(), time.monotonic() - began)
        if replies is not None:
            await replies.put(self._model, request, fresh)
        self._tell(fresh, began, known=False)

    def _tell(self, what: Kept, began: float, *, known: bool) -> None:
        if self._note is not None:
            cut = what.reply.finish == "length"
            self._note(Asked(what.reply.usage, what.seconds, began, time.monotonic(), known, cut))


def deltas_of(reply: Reply) -> Iterator[Delta]:
    """A whole reply as a stream: `complete` makes the same reply of it."""
    if reply.reasoning:
        yield ReasoningDelta(reply.reasoning)
    if reply.text:
        yield TextDelta(reply.text)
    for index, call in enumerate(reply.calls):
        yield ToolCallDelta(index, call.id, call.name, call.arguments)
    yield from starmap(LogprobsDelta, zip_longest(reply.logprobs, reply.chosen))
    yield Finish(reply.finish)
    yield reply.usage
