"""Speech written to a file, and played."""

import wave
from pathlib import Path

import numpy as np
import pytest

from antiphon.agents.perception.decoding import decode
from antiphon.agents.sound import Sound
from antiphon.agents.speech.wav import SoundWriter
from antiphon.tools.base.errors import InputError, StorageError


def tone(seconds: float, rate: int) -> Sound:
    return Sound(0.5 * np.sin(np.arange(int(seconds * rate)) * 440 * 2 * np.pi / rate).astype(np.float32), rate)


def test_a_wav_file_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with SoundWriter(path) as writer:
        writer.write(tone(1, 24_000))
        writer.write(tone(1, 24_000))
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (
            24_000,
            1,
            2,
            48_000,
        )


def test_two_rates_in_one_file_become_one(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with SoundWriter(path) as writer:
        writer.write(tone(1, 24_000))
        writer.write(tone(1, 22_050))
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnframes()) == (24_000, pytest.approx(48_000, abs=50))


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".WAV"])
def test_the_suffix_chooses_the_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with SoundWriter(path) as writer:
        for _ in range(5):
            writer.write(tone(0.33, 22_050))
    assert decode(path).seconds == pytest.approx(1.65, abs=0.1)


@pytest.mark.parametrize("name", ["a.txt", "a"])
def test_an_unknown_suffix_is_refused_with_those_that_are_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"cannot write sound .* Known: .*\.wav"):
        SoundWriter(tmp_path / name)


@pytest.mark.parametrize("suffix", [".wav", ".ogg", ".m4a"])
def test_an_error_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    def write() -> None:
        with SoundWriter(tmp_path / f"a{suffix}") as writer:
            writer.write(tone(1, 24_000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_error_and_the_device_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "full.wav"
    path.symlink_to("/dev/full")

    def write() -> None:
        with SoundWriter(path) as writer:
            for _ in range(30):
                writer.write(tone(1, 24_000))

    with pytest.raises(StorageError, match="no space left"):
        write()
    assert path.is_symlink()


def test_a_folder_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="folder does not exist"), SoundWriter(tmp_path / "no" / "a.wav"):
        pass


async def test_what_is_played_is_played_to_the_end() -> None:
    import miniaudio

    from antiphon.agents.speech.playing import Player

    async with Player(backends=[miniaudio.Backend.NULL]) as player:
        player.write(tone(0.3, 22_050))
    assert player.left_s == 0


async def test_what_is_stopped_falls_silent() -> None:
    import miniaudio

    from antiphon.agents.speech.playing import Player

    async with Player(backends=[miniaudio.Backend.NULL]) as player:
        player.write(tone(60, 24_000))
        player.stop()
        assert player.left_s == 0
