"""Recordings of every container and rate become the same sound; what is no recording is refused."""

import wave
from pathlib import Path
from time import perf_counter
from typing import Any

import av
import numpy as np
import pytest

from antiphon.agents.perception.decoding import RATE, decode, decode_blocks, duration_s, resampled
from antiphon.agents.sound import Sound
from antiphon.tools.base.errors import InputError

FORMS = {
    "wav of 8 kHz": ("a.wav", "pcm_s16le", 8000, "mono"),
    "wav of 44.1 kHz stereo": ("b.wav", "pcm_s16le", 44_100, "stereo"),
    "wav of 24 bits": ("c.wav", "pcm_s24le", 48_000, "mono"),
    "wav of floats": ("d.wav", "pcm_f32le", 16_000, "mono"),
    "flac": ("e.flac", "flac", 22_050, "mono"),
    "ogg opus": ("f.ogg", "libopus", 48_000, "mono"),
    "mp3": ("h.mp3", "libmp3lame", 44_100, "stereo"),
    "m4a": ("i.m4a", "aac", 44_100, "mono"),
    "webm": ("j.webm", "libopus", 48_000, "mono"),
}


def encode(sound: Sound, path: Path, codec: str, rate: int, layout: str) -> Path:
    """Write a sound in any form."""
    frame = av.AudioFrame.from_ndarray(sound.samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = sound.rate
    with av.open(path, "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 1024)
        for part in (frame, None):
            for piece in resampler.resample(part):
                container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def clip(speech: Path) -> Sound:
    return decode(speech / "LJ001-0002.flac")


def level(sound: Sound) -> float:
    """Root mean square, of full scale."""
    return float(np.sqrt(np.mean(sound.samples**2)))


def test_a_recording_becomes_mono_at_16_khz(speech: Path) -> None:
    sound = decode(speech / "jfk.flac")
    assert (sound.rate, sound.samples.dtype.name, round(sound.seconds, 2)) == (RATE, "float32", 11.0)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_sound(form: str, clip: Sound, tmp_path: Path) -> None:
    name, codec, rate, layout = FORMS[form]
    sound = decode(encode(clip, tmp_path / name, codec, rate, layout))
    assert sound.seconds == pytest.approx(clip.seconds, abs=0.06)
    assert level(sound) == pytest.approx(level(clip), rel=0.1)


def test_blocks_together_are_the_whole(speech: Path) -> None:
    blocks = list(decode_blocks(speech / "jfk.flac", seconds=2.5))
    assert [round(block.seconds, 2) for block in blocks] == [2.5, 2.5, 2.5, 2.5, 1.0]
    whole = decode(speech / "jfk.flac")
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), whole.samples)


def test_lowering_the_rate_leaves_no_alias() -> None:
    """A tone of 15 kHz is above what 16 kHz can hold: it must vanish, not come back as 1 kHz."""
    time = np.arange(48_000) / 48_000
    tone = Sound((0.5 * np.sin(2 * np.pi * 15_000 * time)).astype(np.float32), 48_000)
    assert level(resampled(tone)) < 0.01


def test_a_header_tells_the_length(speech: Path) -> None:
    assert duration_s(speech / "jfk.flac") == pytest.approx(11.0)


def test_a_recording_over_the_limit_is_refused_by_its_header(speech: Path) -> None:
    with pytest.raises(InputError, match=r"jfk.flac: the recording is longer than 10 s\. Cut it to 10 s or less\."):
        decode(speech / "jfk.flac", longest_s=10)


def test_a_recording_at_the_limit_is_taken(speech: Path) -> None:
    assert decode(speech / "jfk.flac", longest_s=11).seconds == pytest.approx(11.0)


def test_a_header_that_understates_does_not_let_hours_in(tmp_path: Path) -> None:
    """Ten minutes of silence, packed in a stream that does not say its length, stop at the limit."""
    bomb = tmp_path / "bomb.aac"
    encode(Sound(np.zeros(600 * 8000, np.float32), 8000), bomb, "aac", 8000, "mono")
    began = perf_counter()
    with pytest.raises(InputError, match="longer than 5 s"):
        for _ in decode_blocks(bomb, seconds=1, longest_s=5):
            pass
    assert perf_counter() - began < 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("text.wav", b"What is the moon?\n", "this is text, not a recording"),
        ("chinese.mp3", "月亮有多远？".encode() * 900, "this is text, not a recording"),
        (
            "list.m3u8",
            b"#EXTM3U\n#EXTINF:10,\n/etc/hostname\n#EXT-X-ENDLIST\n",
            "this is text, not a recording",
        ),
        ("empty.wav", b"", r"the file is empty \(0 bytes\)"),
        ("noise.mp3", bytes(range(256)) * 20, "this is not a recording that can be read"),
        ("short.wav", b"RIFF", "this is "),
    ],
)
def test_what_is_no_recording_is_named(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name}: {sentence}"):
        decode(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nope.wav: there is no such file\. Check the path\."):
        decode(tmp_path / "nope.wav")


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a folder, not a recording"):
        decode(tmp_path)


def test_a_file_named_like_a_protocol_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="there is no such file"):
        decode(Path("concat:a.wav|b.wav"))


def test_pictures_without_sound_are_refused(tmp_path: Path) -> None:
    with av.open(tmp_path / "film.mp4", "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="it holds no sound, only pictures"):
        decode(tmp_path / "film.mp4")


def test_a_recording_of_no_length_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "nothing.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
    with pytest.raises(InputError, match="no sound could be decoded"):
        decode(tmp_path / "nothing.wav")


def test_a_truncated_recording_is_used_as_far_as_it_goes_and_said_to_be_damaged(speech: Path, tmp_path: Path) -> None:
    whole = (speech / "jfk.flac").read_bytes()
    (tmp_path / "half.flac").write_bytes(whole[: len(whole) // 2])
    notes: list[str] = []
    sound = decode(tmp_path / "half.flac", note=notes.append)
    assert 4 < sound.seconds < 7
    assert [note.split("half.flac: ")[1].split(",")[0] for note in notes] == [
        "it is damaged: it says it is 11.0 s long"
    ]


def test_damage_in_the_middle_leaves_the_rest(speech: Path, tmp_path: Path) -> None:
    damaged = bytearray((speech / "jfk.flac").read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 20_000] = bytes(20_000)
    (tmp_path / "hole.flac").write_bytes(damaged)
    notes: list[str] = []
    assert decode(tmp_path / "hole.flac", note=notes.append).seconds > 8
    assert "it is damaged" in "".join(notes)


def test_a_sound_recording_is_not_called_damaged(speech: Path) -> None:
    notes: list[str] = []
    decode(speech / "jfk.flac", note=notes.append)
    assert notes == []


def test_numbers_that_are_none_become_silence(tmp_path: Path) -> None:
    samples = np.full(RATE, np.nan, np.float32)
    encode(Sound(samples, RATE), tmp_path / "nan.wav", "pcm_f32le", RATE, "mono")
    assert np.isfinite(decode(tmp_path / "nan.wav").samples).all()


def test_a_wav_whose_writer_never_learnt_its_length_is_read(speech: Path, tmp_path: Path) -> None:
    """As a recorder leaves it that writes to a pipe: its header says two gigabytes."""
    clip = bytearray((speech / "aishell-BAC009S0724W0121.wav").read_bytes())
    at = clip.index(b"data") + 4
    clip[4:8] = clip[at : at + 4] = b"\xff\xff\xff\x7f"
    (tmp_path / "piped.wav").write_bytes(clip)
    notes: list[str] = []
    sound = decode(tmp_path / "piped.wav", longest_s=60, note=notes.append)
    assert (round(sound.seconds, 1), notes) == (4.3, [])
