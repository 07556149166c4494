"""Where the sound of an answer goes: a file, the loudspeaker, both or neither."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from ...agents.sound import Sound

Listener = Callable[[Sound], Awaitable[None]]


@asynccontextmanager
async def listeners(out: Path | None, play: bool) -> AsyncIterator[Listener]:
    """Give a function that takes each sound; the file is whole when the block ends well, and absent otherwise."""
    async with AsyncExitStack() as stack:
        sinks: list[Any] = []
        if out is not None:
            from ...agents.speech.wav import SoundWriter

            sinks.append(stack.enter_context(SoundWriter(out)))
        if play:
            from ...agents.speech.playing import Player

            sinks.append(stack.enter_context(Player()))

        async def hear(sound: Sound) -> None:
            for sink in sinks:
                sink.write(sound)

        yield hear
