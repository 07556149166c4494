"""Where the sound of an answer goes: a file, the files of a voice message, the loudspeaker, or nowhere."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.sound import Sound
from ...tools.base.errors import EngineError

if TYPE_CHECKING:
    from ...agents.voice_notes.files import NoteWriter

Listener = Callable[[Sound], Awaitable[None]]


@asynccontextmanager
async def listeners(out: "Path | NoteWriter | None", play: bool) -> AsyncIterator[Listener]:
    """Give a function that takes each sound; the files are there, whole, only if the block ends well.

    Args:
        out: A file whose suffix names its format, or the writer of a chat's voice messages.
    Raises:
        EngineError: there is no loudspeaker; where a file is wanted too, only after that is written.
    """
    silent: EngineError | None = None
    async with AsyncExitStack() as stack:
        sinks: list[Any] = []
        if out is not None:
            from ...agents.speech.wav import SoundWriter

            sinks.append(stack.enter_context(SoundWriter(out) if isinstance(out, Path) else out))
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
