"""An answer that is still being written, spoken clause by clause."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from ..sound import Sound
from .clauses import clauses
from .plain import Plain
from .reading import read_aloud
from .voices import Voice

T = TypeVar("T")
_END = object()


@dataclass(frozen=True, slots=True)
class SpokenClause:
    """A piece of speech.

    Attributes:
        text: The clause as it was written, with the first piece of its sound; "" with the others.
        sound: Never empty.
    """

    text: str
    sound: Sound


async def speak(text: AsyncIterator[str], voice: Voice, *, language: str) -> AsyncGenerator[SpokenClause, None]:
    """Speak a text as it is written. What cannot be spoken (code, emoji) is left out, its text too.

    While the caller handles one piece the next is made, and no more than that. Close it (`aclosing`) to stop.

    Args:
        text: Pieces of any length, with Markdown or without.
        language: Two-letter code of the answer.
    Raises:
        EngineError: the voice failed.
    """
    async with aclosing(_one_ahead(_spoken(text, voice, language))) as spoken:
        async for clause in spoken:
            yield clause


async def warm(voice: Voice, *, language: str) -> None:
    """Let a voice load before there is anything to say.

    Raises:
        EngineError: the voice failed.
    """
    async with aclosing(voice.say("", language=language)) as nothing:  # type: ignore[type-var]
        async for _ in nothing:
            pass


async def _spoken(text: AsyncIterator[str], voice: Voice, language: str) -> AsyncGenerator[SpokenClause, None]:
    strip = Plain(language)
    async with aclosing(clauses(text)) as written:
        async for clause in written:
            words = read_aloud(strip.clause(clause), language)
            if not words:
                continue
            said = clause
            async with aclosing(voice.say(words, language=language)) as sounds:  # type: ignore[type-var]
                async for sound in sounds:
                    yield SpokenClause(said, sound)
                    said = ""


async def _one_ahead(items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same items, each one fetched while the one before is being used."""

    async def following() -> object:
        return await anext(items, _END)

    coming = asyncio.create_task(following())
    try:
        while (item := await coming) is not _END:
            coming = asyncio.create_task(following())
            yield item  # type: ignore[misc]
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await items.aclose()
