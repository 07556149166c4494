"""Where the sound of an answer goes: a file, the loudspeaker, both or neither."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from ...agents.sound import Sound
from ...tools.base.errors import EngineError

Listener = Callable[[Sound], Awaitable[None]]


@asynccontextmanager
async def listeners(out: Path | None, play: bool) -> AsyncIterator[Listener]:
    """Give a function that takes each sound; the file is there, whole, only if the block ends well.

    Raises:
        EngineError: there is no loudspeaker; where a file is wanted too, only after that is written.
    """
    silent: EngineError | None = None
    async with AsyncExitStack() as stack:
        sinks: list[Any] = []
        if out is not None:
            from ...agents.speech.wav import SoundWriter

            sinks.append(stack.enter_context(SoundWriter(out)))
        if play:
            from ...agents.speech.playing import Player

            try:
                sinks.append(await stack.enter_async_context(Player()))
            except EngineError as error:
                if out is None:
                    raise
                silent = error

        async def hear(sound: Sound) -> None:
            for sink in sinks:
                sink.write(sound)

        yield hear
    if silent is not None:
        raise silent
