"""What is written for a chat is what that chat takes: codec, length, size; cut where it is quiet."""

import base64
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.agents.perception.decoding import decode
from antiphon.agents.sound import Sound
from antiphon.agents.voice_notes.channels import CHANNELS
from antiphon.agents.voice_notes.files import NoteWriter
from antiphon.agents.voice_notes.reading import kind_of
from antiphon.agents.voice_notes.splitting import split, waveform
from antiphon.agents.voice_notes.writing import write_note
from antiphon.tools.base.errors import InputError, MissingExtra

LIMITED = [name for name, rules in CHANNELS.items() if rules.longest_s]


def noise(*seconds: float, rate: int = 16_000) -> Sound:
    """Noise and, in turn, silence."""
    random = np.random.default_rng(1)
    pieces = [random.uniform(-0.3, 0.3, int(s * rate)) * (i % 2 == 0) for i, s in enumerate(seconds)]
    return Sound(np.concatenate(pieces).astype(np.float32), rate)


@pytest.fixture(scope="module")
def long(speech: Path) -> Sound:
    """Two and a half minutes of sentences."""
    clips = [decode(speech / f"LJ001-000{number}.flac").samples for number in (1, 2, 4, 6)]
    pause = np.zeros(8_000, np.float32)
    once = np.concatenate([part for clip in clips for part in (clip, pause)])
    return Sound(np.tile(once, 1 + 150 * 16_000 // len(once)), 16_000)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_short_note_is_one_file_of_the_channels_kind(channel: str, clip: Sound) -> None:
    (note,) = write_note(clip, channel)
    rules, kind = CHANNELS[channel], kind_of(note.data)
    assert kind is not None
    assert (kind.codec, kind.mime, note.mime) == (rules.codec, rules.mime, rules.mime)
    assert note.file_name == f"reply{rules.suffix}"
    assert decode(note.data).seconds == pytest.approx(note.seconds, rel=0.02, abs=0.06)


def test_telegram_gets_mono_opus_at_48_khz(clip: Sound) -> None:
    (note,) = write_note(clip, "telegram")
    with av.open(io.BytesIO(note.data)) as file:
        context: Any = file.streams.audio[0].codec_context
        assert (context.name, context.layout.name, context.sample_rate) == ("opus", "mono", 48_000)


def test_wechat_gets_silk_with_tencents_byte(clip: Sound) -> None:
    (note,) = write_note(clip, "wechat")
    assert note.data.startswith(b"\x02#!SILK_V3")


def test_only_discord_gets_a_waveform(clip: Sound) -> None:
    drawn = {name: len(base64.b64decode(write_note(clip, name)[0].waveform)) for name in ("discord", "telegram")}
    assert drawn == {"discord": 18, "telegram": 0}


def test_a_waveform_has_256_points_at_most_and_the_loudest_is_full() -> None:
    points = waveform(noise(30, 10, 20).samples, 16_000)
    assert (len(points), max(points), min(points)) == (256, 255, 0)


@pytest.mark.parametrize("channel", LIMITED)
def test_no_part_is_longer_or_larger_than_the_channel_takes(channel: str, long: Sound) -> None:
    rules, notes = CHANNELS[channel], write_note(long, channel)
    assert len(notes) == 3
    assert all(decode(note.data).seconds <= (rules.longest_s or 0) for note in notes)
    assert all(len(note.data) <= rules.largest_bytes for note in notes)
    assert sum(note.seconds for note in notes) == pytest.approx(long.seconds)
    assert [note.file_name for note in notes] == [f"reply-{n}{rules.suffix}" for n in (1, 2, 3)]


def test_a_cut_lies_in_a_pause() -> None:
    sound = noise(40, 0.5, 15, 0.2, 30)
    cuts = [len(part) / 16_000 for part in split(sound.samples, 16_000, 60)]
    assert 40 < cuts[0] < 40.5


def test_a_part_that_is_no_rest_of_a_word() -> None:
    assert min(len(part) for part in split(noise(60.5).samples, 16_000, 60)) >= 5 * 16_000


@settings(max_examples=40, deadline=None)
@given(seconds=st.floats(0.01, 40), longest=st.floats(0.5, 12))
def test_the_parts_are_the_whole_and_none_is_too_long(seconds: float, longest: float) -> None:
    samples = noise(seconds / 2, seconds / 2, rate=1000).samples
    parts = split(samples, 1000, longest)
    assert np.array_equal(np.concatenate(parts), samples)
    assert all(0 < len(part) <= longest * 1000 for part in parts) or not len(samples)


@pytest.mark.parametrize("size", [60_000, 20_000, 12_000])
@pytest.mark.parametrize("channel", ["telegram", "slack", "wechat", "wecom"])
def test_the_size_is_held_by_the_bit_rate_and_then_by_splitting(channel: str, size: int, speech: Path) -> None:
    sound = decode(speech / "LJ001-0001.flac")
    notes = write_note(sound, replace(CHANNELS[channel], largest_bytes=size))
    assert all(len(note.data) <= size for note in notes)
    assert sum(note.seconds for note in notes) == pytest.approx(sound.seconds)


def test_a_channel_that_takes_next_to_nothing_is_one_error(clip: Sound) -> None:
    with pytest.raises(InputError, match="more than the channel takes"):
        write_note(clip, replace(CHANNELS["slack"], largest_bytes=1000))


def test_pieces_of_different_rates_become_one_note(clip: Sound) -> None:
    other = noise(1, rate=24_000)
    (note,) = write_note([clip, other, Sound(clip.samples[:0], 8_000)], "telegram", name="answer")
    assert note.file_name == "answer.ogg"
    assert note.seconds == pytest.approx(clip.seconds + 1, abs=0.01)


def test_no_sound_is_no_note() -> None:
    with pytest.raises(InputError, match="there is no sound to send"):
        write_note([], "telegram")


def test_an_unknown_channel_is_answered_with_the_known(clip: Sound) -> None:
    with pytest.raises(InputError, match=r"no channel called 'wechatt'. Did you mean 'wechat'\?"):
        write_note(clip, "wechatt")


def test_silk_without_its_package_names_the_extra(clip: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysilk", None)
    with pytest.raises(MissingExtra, match=r"antiphon\[voice\]"):
        write_note(clip, "wechat")


def test_several_files_are_numbered_and_listed(long: Sound, tmp_path: Path) -> None:
    with NoteWriter(tmp_path / "reply", "wecom") as writer:
        writer.write(long)
    assert [path.name for path, _ in writer.written] == ["reply-1.amr", "reply-2.amr", "reply-3.amr"]
    assert sorted(tmp_path.iterdir()) == [path for path, _ in writer.written]


def test_an_error_leaves_no_note(clip: Sound, tmp_path: Path) -> None:
    def write() -> None:
        with NoteWriter(tmp_path / "reply", "wecom") as writer:
            writer.write(clip)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_suffix_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"telegram takes Opus in a file '.ogg', not '.mp3'. Write to a.ogg"):
        NoteWriter(tmp_path / "a.mp3", "telegram")
