"""The local voices: hibari, pyttsx3 in its child process, and the choice between them."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from antiphon.agents.roles.types import LocalVoice
from antiphon.agents.sound import Sound
from antiphon.agents.speech.by_language import ByLanguage
from antiphon.agents.speech.hibari_voice import HibariVoice
from antiphon.agents.speech.pyttsx3_voice import CHILD, Pyttsx3Voice
from antiphon.agents.speech.voices import Voice
from antiphon.tools.base.errors import EngineError


async def seconds(voice: Voice, text: str, language: str) -> float:
    return sum([sound.seconds async for sound in voice.say(text, language=language)])


async def test_hibari_speaks_english_at_24_khz() -> None:
    async with HibariVoice() as voice:
        assert [sound.rate async for sound in voice.say("Hello. Bye.", language="en")] == [24_000, 24_000]


async def test_hibari_says_the_same_words_the_same_way() -> None:
    async with HibariVoice() as voice:
        first, second = [[sound.samples async for sound in voice.say("Hello.", language="en")] for _ in range(2)]
        assert np.array_equal(first[0], second[0])


async def test_hibari_refuses_other_languages() -> None:
    with pytest.raises(EngineError, match="English only"):
        await seconds(HibariVoice(), "你好", "zh")


async def test_pyttsx3_speaks_chinese() -> None:
    async with Pyttsx3Voice() as voice:
        assert 0.5 < await seconds(voice, "你好，世界。", "zh") < 3


async def test_pyttsx3_speaks_faster_when_told_to() -> None:
    async with Pyttsx3Voice() as usual, Pyttsx3Voice(LocalVoice(speed=1.5)) as quick:
        text = "One two three four five six seven."
        assert await seconds(quick, text, "en") < 0.8 * await seconds(usual, text, "en")


async def test_pyttsx3_has_no_voice_for_a_language_nobody_speaks() -> None:
    async with Pyttsx3Voice() as voice:
        with pytest.raises(EngineError, match="no voice for the language 'xx'"):
            await seconds(voice, "hello", "xx")


@pytest.mark.parametrize("text", ["", "  ", "..."])
async def test_texts_without_words_do_no_harm(text: str) -> None:
    async with Pyttsx3Voice() as voice:
        assert await seconds(voice, text, "en") < 1


async def test_two_who_speak_at_once_take_turns() -> None:
    """Two threads in one eSpeak hang."""
    async with Pyttsx3Voice() as voice:
        lengths = await asyncio.gather(*(seconds(voice, "你好。", "zh") for _ in range(4)))
        assert lengths == [pytest.approx(lengths[0], abs=0.05)] * 4


def child_that(tmp_path: Path, behaviour: str) -> list[str]:
    """A child that misbehaves the first time it is started, and is the real one after that."""
    script = tmp_path / "child.py"
    script.write_text(
        "import os, sys, time\n"
        f"mark = {str(tmp_path / 'was-here')!r}\n"
        "if os.path.exists(mark): os.execv(sys.executable, " + repr(list(CHILD)) + ")\n"
        "open(mark, 'w').close()\n"
        "print('{}', flush=True)\n"
        f"{behaviour}\n"
    )
    return [sys.executable, str(script)]


@pytest.mark.parametrize(
    "behaviour",
    [
        "time.sleep(60)",
        "sys.exit(1)",
        "input(); os.abort()",
        "input(); print('Audio saved', flush=True); input()",
    ],
    ids=["hangs", "ends", "crashes", "babbles"],
)
async def test_a_child_that_fails_is_replaced_and_the_words_are_spoken(tmp_path: Path, behaviour: str) -> None:
    async with Pyttsx3Voice(child=child_that(tmp_path, behaviour), limit_s=2) as voice:
        assert await seconds(voice, "你好。", "zh") > 0.3


async def test_a_child_that_always_hangs_is_an_error_within_twice_the_limit() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    async with Pyttsx3Voice(child=command, limit_s=0.5) as voice:
        with pytest.raises(EngineError, match="did not answer"):
            async with asyncio.timeout(5):
                await seconds(voice, "hello", "en")


async def test_a_cancelled_utterance_leaves_the_voice_usable() -> None:
    async with Pyttsx3Voice() as voice:
        await seconds(voice, "", "en")
        speaking = asyncio.create_task(seconds(voice, "hello " * 2000, "en"))
        await asyncio.sleep(0.02)
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        assert await seconds(voice, "hello", "en") > 0.2


async def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with Pyttsx3Voice() as voice:
        await seconds(voice, "hello", "en")
        process = voice._process
    assert process is not None
    assert (list(tmp_path.iterdir()), process.returncode is not None) == ([], True)


async def test_nothing_reaches_our_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    """pyttsx3 prints where it saved the sound."""
    async with Pyttsx3Voice() as voice:
        await seconds(voice, "hello", "en")
    assert capfd.readouterr() == ("", "")


class Broken:
    """A voice that cannot speak."""

    async def say(self, text: str, *, language: str) -> AsyncIterator[Sound]:
        raise EngineError("the voice is broken")
        yield


async def test_pyttsx3_takes_over_when_hibari_fails_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with ByLanguage(english=Broken()) as voice:
        assert await seconds(voice, "Hello.", "en") > 0.2
        assert await seconds(voice, "Hello again.", "en") > 0.2
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


SLOW = """
import os, time
from antiphon.agents.speech import pyttsx3_child as child
made = child._engine
def engine():
    engine = made()
    from pyttsx3.drivers import _espeak
    pauses, driver = iter([0.1] * 4), engine.proxy._driver
    _espeak.SetSynthCallback(lambda *event: (time.sleep(next(pauses, 0)), driver._onSynth(*event))[1])
    _espeak.Synchronize, _espeak.Cancel = lambda: 0, lambda: os._exit(1)
    return engine
child._engine = engine
child.main()
"""
"""A child whose eSpeak begins slowly and says too early that it has finished, as it does on a busy machine."""


async def test_an_utterance_is_never_cut_off_by_the_one_before() -> None:
    async with Pyttsx3Voice(child=(sys.executable, "-c", SLOW)) as voice:
        assert [await seconds(voice, "你好。", "zh") > 0.5 for _ in range(5)] == [True] * 5


async def test_each_language_has_its_voice() -> None:
    async with ByLanguage() as voice:
        rates = [
            sound.rate
            for text, language in (("Hello.", "en"), ("你好。", "zh"), ("Bonjour.", "fr"), ("粽子。", "en"))
            async for sound in voice.say(text, language=language)
        ]
    assert rates == [24_000, 22_050, 22_050, 22_050]


def test_the_child_ends_when_its_parent_does() -> None:
    read, write = os.pipe()
    os.close(write)
    import subprocess

    with os.fdopen(read) as nothing:
        assert subprocess.run(CHILD, stdin=nothing, capture_output=True, timeout=20).returncode == 0
