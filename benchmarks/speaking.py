"""How soon a voice is heard, how fast it speaks, and how well Whisper understands it.

    python benchmarks/speaking.py path/to/whisper-base

One table, both languages: milliseconds from the first word of an answer (written at 60 characters a second)
to the first sound, with the voice loaded and not; seconds of work for a second of speech; what Whisper gets
wrong of a hundred words or characters when it hears the speech. English is held against the words in lower
case, Chinese against the characters in simplified script, both with figures written out, without punctuation.
"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from antiphon.agents.perception.decoding import resampled
from antiphon.agents.sound import Sound
from antiphon.agents.speech.by_language import ByLanguage
from antiphon.agents.speech.reading import read_aloud
from antiphon.agents.speech.speaking import speak, warm

ANSWERS = {
    "en": (
        "The Moon is our nearest neighbour in space, and it is about 384,400 km away. "
        "It goes around the Earth once in about 27 days. "
        "The Moon does not make its own light. "
        "What you see at night is sunlight that bounces off its grey dust. "
        "In 1969, two people walked on it for the first time! "
        "Would you like to know what they found there?"
    ),
    "zh": (
        "月亮是离我们最近的邻居，大约有384,400公里远。"
        "它绕地球走一圈，大约需要27天。"
        "月亮自己不会发光。"
        "我们晚上看到的，是它反射的太阳光。"
        "1969年，人类第一次走上了月亮！"
        "你想知道他们在那里发现了什么吗？"
    ),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one language; milliseconds, seconds of work for a second of speech, errors of a hundred."""

    language: str
    cold_ms: float
    warm_ms: float
    real_time_factor: float
    error: float
    heard: str


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Insertions, deletions and substitutions that make `b` of `a` (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def units(text: str, language: str) -> list[str]:
    """The words, or the characters of Chinese, that are compared."""
    if language == "en":
        return re.findall(r"[a-z']+", read_aloud(text, "en").lower().replace("-", " ").replace(" and ", " "))
    import opencc

    return re.findall(r"[\u4e00-\u9fff]", read_aloud(opencc.OpenCC("t2s").convert(text), "zh"))


def transcribed(sound: Sound, language: str, whisper: Any) -> str:
    """What Whisper hears."""
    segments, _ = whisper.transcribe(resampled(sound, 16_000).samples, language=language, beam_size=5)
    return "".join(segment.text for segment in segments).strip()


async def written(text: str, each_s: float) -> AsyncIterator[str]:
    """Three characters at a time, as a model writes."""
    for start in range(0, len(text), 3):
        await asyncio.sleep(each_s)
        yield text[start : start + 3]


async def first_sound_ms(voice: ByLanguage, text: str, language: str) -> float:
    """From the first word asked for to the first sound."""
    start = time.perf_counter()
    spoken = speak(written(text, 0.05), voice, language=language)
    await anext(spoken)
    elapsed = time.perf_counter() - start
    await spoken.aclose()
    return elapsed * 1000


async def whole(voice: ByLanguage, text: str, language: str) -> Sound:
    """The answer as one sound at the voice's rate."""
    sounds = [clause.sound async for clause in speak(written(text, 0), voice, language=language)]
    return Sound(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate)


async def measured(language: str, whisper: Any) -> Figures:
    """One row of the table."""
    text = ANSWERS[language]
    async with ByLanguage() as voice:
        cold_ms = await first_sound_ms(voice, text, language)
    async with ByLanguage() as voice:
        await warm(voice, language=language)
        warm_ms = await first_sound_ms(voice, text, language)
        start = time.perf_counter()
        sound = await whole(voice, text, language)
        factor = (time.perf_counter() - start) / sound.seconds
    heard = transcribed(sound, language, whisper)
    said = units(text, language)
    error = 100 * distance(said, units(heard, language)) / len(said)
    return Figures(language, cold_ms, warm_ms, factor, error, heard)


def main() -> None:
    """Print the table."""
    from faster_whisper import WhisperModel

    whisper = WhisperModel(str(Path(sys.argv[1])), device="cpu", compute_type="int8", local_files_only=True)
    print("| language | first sound, not loaded, ms | loaded, ms | work / speech | wrong, of 100 |")
    print("|---|---|---|---|---|")
    rows = [asyncio.run(measured(language, whisper)) for language in ANSWERS]
    for row in rows:
        times = f"{row.cold_ms:.0f} | {row.warm_ms:.0f} | {row.real_time_factor:.3f}"
        print(f"| {row.language} | {times} | {row.error:.1f} |")
    for row in rows:
        print(f"\n{row.language} heard: {row.heard}")


if __name__ == "__main__":
    main()
