"""An answer that is still being written, spoken clause by clause."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import numpy as np
import pytest

from antiphon.agents.sound import Sound
from antiphon.agents.speech.by_language import ByLanguage
from antiphon.agents.speech.speaking import speak, warm
from antiphon.tools.base.errors import EngineError


class Fake:
    """A voice that makes a tenth of a second for each word and remembers what it was given."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.stopped = 0

    async def say(self, text: str, *, language: str) -> AsyncIterator[Sound]:
        self.said.append(text)
        try:
            for _ in text.split():
                await asyncio.sleep(0)
                yield Sound(np.zeros(1_600, np.float32), 16_000)
        finally:
            self.stopped += 1


async def written(*pieces: str, each_s: float = 0) -> AsyncIterator[str]:
    for piece in pieces:
        await asyncio.sleep(each_s)
        yield piece


async def test_each_clause_is_made_plain_and_read_aloud() -> None:
    voice = Fake()
    text = written("It is **3.5 kg", "** [1]. ", "🎉\n", "```\ncode. here\n```\n", "Bye!")
    spoken = [clause.text async for clause in speak(text, voice, language="en")]
    assert voice.said == ["It is three point five kilograms.", "Bye!"]
    assert [text for text in spoken if text] == ["It is **3.5 kg** [1].", "Bye!"]


async def test_a_clause_of_several_sounds_gives_its_text_once() -> None:
    spoken = [clause.text async for clause in speak(written("One two three."), Fake(), language="en")]
    assert spoken == ["One two three.", "", ""]


async def test_the_first_sound_comes_before_the_text_is_written() -> None:
    """Two clauses at once, and then forty pieces that take two seconds."""
    pieces = ["天空是蓝色的。", "因为阳光。", *["然后"] * 40]
    async with ByLanguage() as voice:
        await warm(voice, language="zh")
        async with (
            asyncio.timeout(1.5),
            aclosing(speak(written(*pieces, each_s=0.05), voice, language="zh")) as spoken,
        ):
            assert (await anext(spoken)).text == "天空是蓝色的。"


async def test_the_next_clause_is_made_while_the_caller_is_busy() -> None:
    voice = Fake()
    async with aclosing(speak(written("One. ", "Two. ", "Three. ", "Four. "), voice, language="en")) as spoken:
        await anext(spoken)
        await asyncio.sleep(0.05)
        assert voice.said == ["One.", "Two."]


async def test_who_stops_listening_stops_the_voice() -> None:
    voice = Fake()
    async with aclosing(speak(written("One two three four."), voice, language="en")) as spoken:
        await anext(spoken)
    assert voice.stopped == 1


async def test_cancellation_stops_the_voice_and_passes_through() -> None:
    voice = Fake()

    async def listen() -> None:
        async with aclosing(speak(written("One. ", "Two.", each_s=0.2), voice, language="en")) as spoken:
            async for _ in spoken:
                pass

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.3)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert len(asyncio.all_tasks()) == 1


async def test_a_voice_that_fails_is_heard_of() -> None:
    class Broken:
        async def say(self, text: str, *, language: str) -> AsyncIterator[Sound]:
            raise EngineError("the voice is broken")
            yield

    with pytest.raises(EngineError, match="broken"):
        _ = [clause async for clause in speak(written("One."), Broken(), language="en")]
