"""A chat model that plays a script: for tests, examples and demonstrations, with nothing to install."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterable
from itertools import starmap, zip_longest
from types import TracebackType
from typing import Self

from ...tools.base.errors import AntiphonError, EndpointBrokeOff
from .chat import (
    ChatRequest,
    Delta,
    Finish,
    LogprobsDelta,
    ReasoningDelta,
    Reply,
    TextDelta,
    ToolCallDelta,
    Usage,
)

Step = str | Reply | AntiphonError | Callable[[ChatRequest], str | Reply]
"""An answer, a whole reply, an error to raise, or a function of the request."""


class Scripted:
    """Answers with one step for each request, and remembers the requests.

    Args:
        steps: What to answer, in order.
        delay_s: Seconds of sleep before each piece.
    Example:
        >>> from antiphon.agents.models.chat import Message, complete
        >>> async def ask() -> str:
        ...     async with Scripted(["It is blue."]) as chat:
        ...         return (await complete(chat, ChatRequest((Message("user", "The sky?"),)))).text
        >>> asyncio.run(ask())
        'It is blue.'
    """

    def __init__(self, steps: Iterable[Step], *, delay_s: float = 0) -> None:
        self._steps = list(steps)
        self._delay_s = delay_s
        self.requests: list[ChatRequest] = []

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Play the next step, word by word.

        Raises:
            EndpointBrokeOff: the script is used up.
            AntiphonError: the step is that error.
        """
        self.requests.append(request)
        if len(self.requests) > len(self._steps):
            asked = request.messages[-1].content if request.messages else ""
            raise EndpointBrokeOff(
                f"the script has {len(self._steps)} steps, this is request {len(self.requests)}: {asked!r}",
                at="scripted",
                hint="Add a step",
            )
        step = self._steps[len(self.requests) - 1]
        if isinstance(step, AntiphonError):
            raise step
        answer = step(request) if callable(step) else step
        for delta in _deltas(Reply(answer) if isinstance(answer, str) else answer):
            await asyncio.sleep(self._delay_s)
            yield delta

    def finished(self) -> None:
        """Check that every step was played.

        Raises:
            AssertionError: some were not.
        """
        left = self._steps[len(self.requests) :]
        if left:
            raise AssertionError(f"{len(left)} of {len(self._steps)} steps were not played, the first is {left[0]!r}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finished()


def _deltas(reply: Reply) -> list[Delta]:
    return [
        *(ReasoningDelta(piece) for piece in _pieces(reply.reasoning)),
        *(TextDelta(piece) for piece in _pieces(reply.text)),
        *(ToolCallDelta(i, call.id, call.name, call.arguments) for i, call in enumerate(reply.calls)),
        *starmap(LogprobsDelta, zip_longest(reply.logprobs, reply.chosen)),
        Finish(reply.finish),
        *([reply.usage] if reply.usage != Usage() else []),
    ]


def _pieces(text: str) -> list[str]:
    """Words with the space before them; Chinese characters one by one."""
    return re.findall(r"\s*[\u3000-\u9fff\uff00-\uffef]|\s*[^\s\u3000-\u9fff\uff00-\uffef]+|\s+$", text)
