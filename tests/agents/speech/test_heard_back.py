"""A tutor's answer, spoken, and what Whisper makes of it."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
import pytest

from antiphon.agents.perception.decoding import resampled
from antiphon.agents.sound import Sound
from antiphon.agents.speech.by_language import ByLanguage
from antiphon.agents.speech.reading import read_aloud
from antiphon.agents.speech.speaking import speak
from antiphon.tools.base.places import models_folder

pytestmark = pytest.mark.model("whisper-base")

ENGLISH = (
    "The Moon is our nearest neighbour in space, and it is about 384,400 km away. "
    "It goes around the Earth once in about 27 days. The Moon does not make its own light. "
    "What you see at night is sunlight that bounces off its grey dust. "
    "In 1969, two people walked on it for the first time! Would you like to know what they found there?"
)
CHINESE = (
    "月亮是离我们最近的邻居，大约有384,400公里远。它绕地球走一圈，大约需要27天。月亮自己不会发光。"
    "我们晚上看到的，是它反射的太阳光。1969年，人类第一次走上了月亮！你想知道他们在那里发现了什么吗？"
)


async def heard(text: str, language: str) -> str:
    """What Whisper base makes of the spoken text."""
    from faster_whisper import WhisperModel

    async def written() -> AsyncIterator[str]:
        yield text

    async with ByLanguage() as voice:
        sounds = [clause.sound async for clause in speak(written(), voice, language=language)]
    sound = resampled(Sound(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate), 16_000)
    whisper: Any = WhisperModel(str(models_folder() / "whisper-base"), device="cpu", compute_type="int8")
    segments, _ = whisper.transcribe(sound.samples, language=language, beam_size=5)
    return "".join(segment.text for segment in segments)


def errors(said: Sequence[str], heard: Sequence[str]) -> float:
    """Insertions, deletions and substitutions for each unit said (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for i, x in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1] / len(said)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", read_aloud(text, "en").lower())


def characters(text: str) -> list[str]:
    import opencc

    return re.findall(r"[\u4e00-\u9fff]", read_aloud(opencc.OpenCC("t2s").convert(text), "zh"))


async def test_at_most_ten_of_a_hundred_english_words_are_misheard() -> None:
    assert errors(words(ENGLISH), words(await heard(ENGLISH, "en"))) <= 0.10


async def test_at_most_thirty_of_a_hundred_chinese_characters_are_misheard() -> None:
    assert errors(characters(CHINESE), characters(await heard(CHINESE, "zh"))) <= 0.30
