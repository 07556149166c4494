"""The default ear on real recordings: words, script, silence, damage, cancellation."""

import asyncio
import json
import runpy
import shutil
from contextlib import aclosing
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from antiphon.agents.perception.decoding import RATE, decode
from antiphon.agents.perception.faster_whisper_ear import FasterWhisperEar
from antiphon.agents.perception.hearing import hear_recording, hear_utterance
from antiphon.agents.roles.types import LocalEar
from antiphon.agents.sound import Sound
from antiphon.tools.base.errors import InputError, ModelFileError

SCORING = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "scoring.py"))
errors, units = SCORING["errors"], SCORING["units"]

pytestmark = pytest.mark.model("whisper-base")


@pytest.fixture(scope="module")
def ear() -> FasterWhisperEar:
    """One ear for all tests: loading takes a second."""
    return FasterWhisperEar(LocalEar())


@pytest.fixture(scope="module")
def transcripts(speech: Path) -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads((speech / "transcripts.json").read_text(encoding="utf-8"))
    return read


async def test_at_most_eight_words_in_a_hundred_are_wrong(
    ear: FasterWhisperEar, speech: Path, transcripts: dict[str, dict[str, str]]
) -> None:
    wrong = of = 0
    for name, said in transcripts.items():
        if said["language"] == "en":
            heard = await hear_utterance(ear, decode(speech / name))
            wanted = units(said["text"], "en")
            wrong, of = wrong + errors(wanted, units(heard.text, "en")), of + len(wanted)
            assert heard.language == "en"
    assert wrong / of <= 0.08


async def test_chinese_is_heard_and_written_simplified(
    ear: FasterWhisperEar, speech: Path, transcripts: dict[str, dict[str, str]]
) -> None:
    name = "aishell-BAC009S0724W0121.wav"
    heard = await hear_utterance(ear, decode(speech / name))
    wanted = units(transcripts[name]["text"], "zh")
    assert heard.language == "zh"
    assert "广州市" in heard.text
    assert errors(wanted, units(heard.text, "zh")) / len(wanted) <= 0.25


async def test_segments_have_times_and_confidence(ear: FasterWhisperEar, speech: Path) -> None:
    heard = await hear_utterance(ear, decode(speech / "LJ001-0001.flac"), "en")
    assert 0.5 < heard.confidence < 1
    assert all(0 <= part.start_s < part.end_s <= heard.seconds for part in heard.segments)


async def test_another_rate_is_heard_the_same(ear: FasterWhisperEar, speech: Path) -> None:
    sound = decode(speech / "LJ001-0002.flac")
    faster = Sound(np.repeat(sound.samples, 3), 3 * RATE)
    assert (await hear_utterance(ear, faster)).text == "in being comparatively modern."


@pytest.mark.parametrize("seconds", [0.0, 0.2, 3.0])
async def test_nothing_is_heard_in_silence(ear: FasterWhisperEar, seconds: float) -> None:
    silence = Sound(np.zeros(int(seconds * RATE), np.float32), RATE)
    assert (await hear_utterance(ear, silence)).text == ""


async def test_a_fifth_of_a_second_of_speech_is_no_error(ear: FasterWhisperEar, speech: Path) -> None:
    word = decode(speech / "LJ001-0002.flac").samples[8000:11_200]
    assert (await hear_utterance(ear, Sound(word, RATE))).seconds == pytest.approx(0.2)


async def test_two_sounds_at_once_are_not_mixed_up(ear: FasterWhisperEar, speech: Path) -> None:
    both = [decode(speech / name) for name in ("LJ001-0002.flac", "LJ001-0008.flac")]
    first, second = await asyncio.gather(*(hear_utterance(ear, sound) for sound in both))
    assert (first.text, second.text) == ("in being comparatively modern.", "has never been surpassed.")


async def test_leaving_in_mid_recording_stops_the_work(ear: FasterWhisperEar, speech: Path) -> None:
    sound = Sound(np.tile(decode(speech / "jfk.flac").samples, 30), RATE)
    began = perf_counter()
    async with aclosing(ear.hear(sound, language="en")) as segments:  # type: ignore[type-var]
        async for segment in segments:
            assert segment.text
            break
    assert perf_counter() - began < 30


async def test_cancelling_stops_the_work(ear: FasterWhisperEar, speech: Path) -> None:
    sound = Sound(np.tile(decode(speech / "jfk.flac").samples, 30), RATE)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await hear_utterance(ear, sound, "en")
    began = perf_counter()
    assert (await hear_utterance(ear, decode(speech / "LJ001-0008.flac"))).text == "has never been surpassed."
    assert perf_counter() - began < 20


async def test_a_recording_is_heard_from_its_file(ear: FasterWhisperEar, speech: Path) -> None:
    texts = [part.text async for part in hear_recording(ear, speech / "LJ001-0008.flac", language="en")]
    assert texts == ["has never been surpassed."]


async def test_a_language_the_model_does_not_know_is_refused(ear: FasterWhisperEar, speech: Path) -> None:
    with pytest.raises(InputError, match="does not know the language 'xx'"):
        await hear_utterance(ear, decode(speech / "LJ001-0008.flac"), "xx")


@pytest.mark.parametrize("bytes_left", [0, 1000, 1_000_000, 145_000_000])
async def test_a_truncated_model_file_is_said_to_be_damaged(
    bytes_left: int, own_home: Path, speech: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copy(own_home / "models" / "whisper-base" / name, broken)
    with (own_home / "models" / "whisper-base" / "model.bin").open("rb") as whole:
        (broken / "model.bin").write_bytes(whole.read(bytes_left))
    with pytest.raises(ModelFileError, match=r"damaged or of another kind\. Check it with: antiphon models verify"):
        await hear_utterance(FasterWhisperEar(LocalEar(model=str(broken))), decode(speech / "LJ001-0008.flac"))


async def test_a_missing_tokenizer_is_not_fetched(own_home: Path, speech: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("config.json", "model.bin", "vocabulary.txt"):
        (broken / name).symlink_to(own_home / "models" / "whisper-base" / name)
    with pytest.raises(ModelFileError, match=r"has no tokenizer\.json"):
        await hear_utterance(FasterWhisperEar(LocalEar(model=str(broken))), decode(speech / "LJ001-0008.flac"))
