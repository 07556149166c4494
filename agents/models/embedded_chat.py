"""A chat model in the embedded server; it starts when it is first needed, and again if it dies in between."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Self

from ...tools.base.errors import EndpointBrokeOff, EndpointUnreachable
from ..roles.types import EmbeddedChat as Role
from ..roles.types import OpenAIChat as Remote
from .chat import ChatRequest, Delta
from .embedded.files import Files
from .embedded.server import Progress, ensure
from .openai_chat import OpenAIChat

SILENCE_S, DEADLINE_S = 600.0, 3600.0
"""Long prompts are read for minutes on a small machine, and a request may have to wait for a slot."""


class EmbeddedChat:
    """A model on this machine; use it as `async with EmbeddedChat(role) as chat`.

    Args:
        progress: Told about once a second while the model loads.
    """

    def __init__(self, role: Role, *, progress: Progress | None = None) -> None:
        self.role = role
        self._progress = progress
        self._one_at_a_time = asyncio.Lock()
        self._chat: OpenAIChat | None = None
        self._left: list[OpenAIChat] = []
        self._files: Files | None = None
        self._touched = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the server stays for the next command, until it is idle."""
        left, self._left = [*self._left, *([self._chat] if self._chat is not None else [])], []
        self._chat = None
        for chat in left:
            await chat.aclose()

    async def warm(self) -> None:
        """Start the server now, so that the first request does not wait for the model to load.

        Raises:
            ModelFileError, MissingExtra, EngineError: as `ensure`.
        """
        await self.opened()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Answer piece by piece.

        Raises:
            EndpointError: the server failed.
            ModelFileError, MissingExtra, EngineError: it could not be started.
        """
        for last in (False, True):
            began = False
            chat = await self.opened()
            try:
                async with aclosing(chat.stream(request)) as deltas:
                    async for delta in deltas:
                        began = True
                        self._touch()
                        yield delta
                return
            except (EndpointUnreachable, EndpointBrokeOff) as error:
                if began or last:
                    error.hint = f"The server's log is {self._files.log if self._files else 'lost'}"
                    raise
            # it had died, or gone when idle, before it answered: find or start it once more
            self._set_aside(chat)

    async def opened(self) -> OpenAIChat:
        """The client of the running server, started if it must be; this object closes it."""
        async with self._one_at_a_time:
            if self._chat is None:
                running, self._files = await ensure(self.role, self._progress)
                address = Remote(
                    base_url=running.base_url,
                    model=self.role.model,
                    api_key_env="",
                    timeout_s=SILENCE_S,
                    deadline_s=DEADLINE_S,
                    retries=0,
                )
                self._chat = OpenAIChat(address, key=running.key, compact_json=True)
        self._touched = 0.0
        self._touch()
        return self._chat

    def _set_aside(self, chat: OpenAIChat) -> None:
        """Take another client from now on; requests beside this one may still be reading from it."""
        if self._chat is chat:
            self._chat = None
            self._left.append(chat)

    def _touch(self) -> None:
        """At most once a second, so that a stream costs no disk."""
        now = time.monotonic()
        if self._files is not None and now - self._touched > 1:
            self._touched = now
            self._files.touch()
