"""How an agent's model is asked: streamed, within the budget, and in a run that is kept, once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from typing import Any

from ....agents.events import Thought, Wrote
from ....agents.models.chat import Chat, ChatRequest, Collected, Reply, reply_of
from ....agents.models.replies import key_of
from ....agents.planning.types import Think
from ..step import THOUGHT, Call, Step
from .agent_budget import Purse
from .completing import tell_usage


@dataclass(slots=True)
class Thinker:
    """Asks one model for one answer of an agent.

    Attributes:
        keeps: Whether a kept run notes its replies: where something may come between them and the answer.
        replies: What it replied to the requests of the last Think, in their order.
    """

    step: Step
    chat: Chat
    purse: Purse
    keeps: bool = True
    replies: tuple[Reply, ...] = ()
    asked: tuple[ChatRequest, ...] = ()
    _count: int = field(default=0)

    async def think(self, move: Think) -> AsyncGenerator[str, None]:
        """Ask, and give what belongs to the answer while it is being written; `replies` are there afterwards.

        What is not there when the time is over is left out, or as far as it has come.

        Raises:
            EndpointError: the server failed.
        """
        self.asked = self.purse.taken(move.requests)
        if move.visible is not None and len(self.asked) == 1:
            async with aclosing(self._shown(self.asked[0], move.visible)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        several = [self._whole(request, self._next()) for request in self.asked]
        self.replies = tuple(await _side_by_side(several))
        for reply in self.replies:
            if told := "\n".join(part for part in (reply.reasoning, reply.text) if part):
                self.step.emit(Thought(step=self.step.name, text=told))

    def _next(self) -> Call:
        self._count += 1
        return Call(f"{self.step.path}:thought{self._count}", self.step.name, THOUGHT, {})

    async def _shown(self, request: ChatRequest, visible: Callable[[str], str]) -> AsyncGenerator[str, None]:
        call, shown = self._next(), ""
        reply = await self._before(call, request)
        if reply is None:
            collected = Collected()
            async with aclosing(self._deltas(request, collected)) as texts:
                async for text in texts:
                    piece = visible(text)[len(shown) :]
                    if piece:
                        shown += piece
                        self.step.emit(Wrote(step=self.step.name, text=piece))
                        yield piece
            reply = await self._kept(call, request, collected)
        elif piece := visible(reply.text):
            yield piece
        self.replies = (reply,)

    async def _whole(self, request: ChatRequest, call: Call) -> Reply:
        reply = await self._before(call, request)
        if reply is not None:
            return reply
        collected = Collected()
        async with aclosing(self._deltas(request, collected)) as texts:
            async for _ in texts:
                pass
        return await self._kept(call, request, collected)

    async def _deltas(self, request: ChatRequest, collected: Collected) -> AsyncGenerator[str, None]:
        """The text so far, whenever it has grown, until the end or until the time is over."""
        length = 0
        async with aclosing(self.chat.stream(request)) as deltas:  # type: ignore[type-var]
            while True:
                limit = asyncio.timeout_at(self.purse.until)
                try:
                    async with limit:
                        delta = await anext(deltas, None)
                except TimeoutError:
                    if not limit.expired():
                        raise
                    self.purse.late = True
                    return
                if delta is None:
                    return
                collected.feed(delta)
                if len(collected.text) > length:
                    length = len(collected.text)
                    yield collected.text

    async def _before(self, call: Call, request: ChatRequest) -> Reply | None:
        """What it replied in this place before; None where it was asked something else, as the file has changed."""
        journal = self.step.turn.journal if self.keeps else None
        known = await journal.recalled(call) if journal is not None else None
        if known is None or known.value["asked"] != key_of("", request):
            return None
        reply = reply_of(known.value["reply"])
        self.purse.tokens += reply.usage.completion
        return reply

    async def _kept(self, call: Call, request: ChatRequest, collected: Collected) -> Reply:
        reply, usage = collected.reply(), collected.usage
        self.purse.tokens += usage.completion or collected.pieces
        tell_usage(self.step, self.chat, usage)
        if self.keeps and self.step.turn.journal is not None:
            await self.step.turn.journal.noted(call, {"asked": key_of("", request), "reply": asdict(reply)})
        return reply


async def _side_by_side(several: list[Any]) -> list[Reply]:
    """The results of all; the first that fails stops the others."""
    tasks = [asyncio.ensure_future(one) for one in several]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
