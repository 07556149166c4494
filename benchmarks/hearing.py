"""How well and how fast the ear hears: error rates, confidence and real-time factor, as a table.

    python benchmarks/hearing.py [--synthetic] [--beam N] [--model NAME]

The recordings are those in tests/data/speech. `--synthetic` adds ten sentences spoken by a synthetic voice.
Word errors count for English, character errors for Chinese; numbers are written as digits, British words
in American spelling. The real-time factor is the time taken over the length of the sound: voice activity,
language detection and transcription, without decoding the file and loading the model.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from scoring import errors, units

from antiphon.agents.perception.decoding import decode
from antiphon.agents.perception.faster_whisper_ear import BEAM, FasterWhisperEar
from antiphon.agents.perception.hearing import hear_utterance
from antiphon.agents.roles.types import LocalEar
from antiphon.agents.sound import Sound

SPEECH = Path(__file__).parents[1] / "tests" / "data" / "speech"

SENTENCES = (
    "The moon goes around the earth in about twenty-seven days.",
    "Why do leaves change colour when the weather turns cold?",
    "Please read me the story of the three little pigs again.",
    "A whale is not a fish, because it breathes air and feeds its young with milk.",
    "My grandmother planted tomatoes and cucumbers behind the kitchen.",
    "The train to the city leaves at half past eight from the second platform.",
    "Sound travels faster through water than through air.",
    "Can you explain how a bicycle stays upright when it is moving?",
    "They built the old bridge out of stone more than three hundred years ago.",
    "If you mix blue paint with yellow paint, you get green.",
)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    language: str
    wrong: int
    of: int
    seconds: float
    took_s: float
    confidence: float
    text: str


def recordings(synthetic: bool) -> Iterator[tuple[str, str, str, Sound]]:
    """Name, language, what is said, and the sound."""
    for name, said in json.loads((SPEECH / "transcripts.json").read_text(encoding="utf-8")).items():
        yield name, said["language"], said["text"], decode(SPEECH / name)
    if synthetic:
        from hibari import SAMPLE_RATE, Hibari

        voice = Hibari()
        for number, sentence in enumerate(SENTENCES, 1):
            yield f"synthetic {number:2}", "en", sentence, Sound(voice(sentence, seed=0), SAMPLE_RATE)


async def measure(ear: FasterWhisperEar, name: str, language: str, said: str, sound: Sound) -> Row:
    """Hear one recording, its language not given."""
    began = perf_counter()
    heard = await hear_utterance(ear, sound)
    took = perf_counter() - began
    wanted = units(said, language)
    wrong = errors(wanted, units(heard.text, language))
    return Row(name, language, wrong, len(wanted), sound.seconds, took, heard.confidence, heard.text)


def show(rows: list[Row]) -> None:
    """A line for each recording, and one for each group."""
    print("| recording | errors | of | rate | seconds | real-time factor | confidence | heard |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.name} | {row.wrong} | {row.of} | {row.wrong / row.of:.1%} | {row.seconds:.1f} "
            f"| {row.took_s / row.seconds:.2f} | {row.confidence:.2f} | {row.text} |"
        )
    groups = {
        "jfk and LJ, word error rate": [row for row in rows if row.language == "en" and "synthetic" not in row.name],
        "synthetic English, word error rate": [row for row in rows if "synthetic" in row.name],
        "Chinese, character error rate": [row for row in rows if row.language == "zh"],
    }
    for name, group in groups.items():
        if group:
            wrong, of = sum(row.wrong for row in group), sum(row.of for row in group)
            seconds, took = sum(row.seconds for row in group), sum(row.took_s for row in group)
            print(f"| **{name}** | {wrong} | {of} | **{wrong / of:.1%}** | {seconds:.1f} | {took / seconds:.2f} | | |")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synthetic", action="store_true")
    parser.add_argument("--beam", type=int, default=BEAM)
    parser.add_argument("--model", default=LocalEar().model)
    options = parser.parse_args()
    ear = FasterWhisperEar(LocalEar(model=options.model), beam=options.beam)
    given = list(recordings(options.synthetic))
    await hear_utterance(ear, given[0][3])  # loads the model
    show([await measure(ear, *one) for one in given])


if __name__ == "__main__":
    asyncio.run(main())
