"""A voice message of any chat becomes sound, whatever it is called; what is too much or broken is refused."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.agents.perception.decoding import RATE, decode, decode_blocks, duration_s
from antiphon.agents.perception.faster_whisper_ear import FasterWhisperEar
from antiphon.agents.perception.hearing import hear_utterance
from antiphon.agents.roles.types import LocalEar
from antiphon.agents.sound import Sound
from antiphon.agents.voice_notes import silk
from antiphon.agents.voice_notes.reading import kind_of, read_note
from antiphon.tools.base.errors import InputError

AMR_WB = b"#!AMR-WB\n" + (b"\x04" + bytes(17)) * 50
"""A second of wide-band AMR at 6.6 kb/s, RFC 4867 section 5.3; FFmpeg reads it and cannot write it."""


@pytest.fixture(scope="module")
def ear() -> FasterWhisperEar:
    return FasterWhisperEar(LocalEar())


def test_every_form_gives_a_sound_of_the_same_length(form: str, notes: dict[str, bytes], clip: Sound) -> None:
    sound = read_note(notes[form])
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(clip.seconds, rel=0.02, abs=0.06)


@pytest.mark.model("whisper-base")
async def test_every_form_is_understood(form: str, notes: dict[str, bytes], ear: FasterWhisperEar) -> None:
    heard = await hear_utterance(ear, read_note(notes[form]), "en")
    assert "never been surpassed" in heard.text


@pytest.mark.parametrize("name", ["note.txt", "note.mp3", "note.wav", "note"])
def test_a_wrong_name_does_not_matter(form: str, notes: dict[str, bytes], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(notes[form])
    assert decode(path).seconds == pytest.approx(1.78, abs=0.1)


def test_wide_band_amr_is_read() -> None:
    assert read_note(AMR_WB).seconds == pytest.approx(1.0, abs=0.05)


def test_the_first_bytes_say_what_it_is(notes: dict[str, bytes]) -> None:
    found = {form: kind.mime for form, note in notes.items() if (kind := kind_of(note[:36]))}
    assert found == {
        "amr": "audio/amr",
        "silk of WeChat": "audio/silk",
        "silk of the SDK": "audio/silk",
        "ogg opus": "audio/ogg",
        "m4a": "audio/mp4",
        "m4a in fragments": "audio/mp4",
        "webm of a browser": "audio/webm",
        "mp3": "audio/mpeg",
    }


def test_what_no_chat_sends_has_no_kind() -> None:
    assert kind_of(b"%PDF-1.7") is None


def test_the_length_of_silk_is_counted(notes: dict[str, bytes]) -> None:
    assert duration_s(notes["silk of WeChat"]) == pytest.approx(1.8)


def test_a_long_note_is_refused(form: str, notes: dict[str, bytes]) -> None:
    with pytest.raises(InputError, match="longer than 1 s"):
        read_note(notes[form], longest_s=1)


def test_a_large_note_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.silk"
    path.write_bytes(bytes(2001))
    with pytest.raises(InputError, match=r"large.silk: the voice message has 0.0 MB, more than the 0.002 MB allowed"):
        read_note(path, largest_bytes=2000)


def test_a_bomb_of_empty_silk_packets_is_refused_before_it_is_decoded() -> None:
    bomb = silk.TENCENT + silk.MAGIC + bytes(2 * 5_000_000)
    with pytest.raises(InputError, match="longer than 1200 s"):
        next(decode_blocks(bomb))


@pytest.mark.parametrize(
    "note", [b"", b"#!AMR\n", b"#!SILK_V3", b"\x02#!SILK_V3", b"\x02#!SILK_V3\x10\x00abc", b"OggS", b"hello"]
)
def test_a_note_without_sound_is_one_error(note: bytes) -> None:
    with pytest.raises(InputError):
        read_note(note)


def test_what_a_damaged_silk_packet_said_is_left_out_and_said(notes: dict[str, bytes]) -> None:
    note = bytearray(notes["silk of WeChat"])
    note[700:704] = b"\xff\x12\xff\x34"
    said: list[str] = []
    assert read_note(bytes(note), warn=said.append).seconds > 0.2
    assert ["the recording: it is damaged near" in line for line in said] == [True]


def test_a_silk_note_that_ends_in_the_middle_is_read_so_far(notes: dict[str, bytes], clip: Sound) -> None:
    note = notes["silk of WeChat"]
    assert read_note(note[: len(note) // 2]).seconds == pytest.approx(clip.seconds / 2, abs=0.3)


def test_a_decoder_that_dies_leaves_what_it_had_decoded(
    notes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import os, sys; sys.stdout.buffer.write(bytes([1]) * 48000); sys.stdout.flush(); os.abort()"
    monkeypatch.setattr(silk, "CHILD", (silk.CHILD[0], "-c", script))
    said: list[str] = []
    assert read_note(notes["silk of WeChat"], warn=said.append).seconds == pytest.approx(1.0)
    assert said == ["the recording: it is damaged near 1.0 s: what cannot be read is left out"]


EXAMPLES = {"amr": 15, "silk of WeChat": 4, "ogg opus": 15, "m4a": 15, "m4a in fragments": 10, "webm of a browser": 15}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_damage_gives_a_sound_or_our_error(kind: str, notes: dict[str, bytes]) -> None:
    note = notes[kind]
    places = st.lists(st.tuples(st.integers(0, len(note) - 1), st.integers(0, 255)), max_size=30)

    @settings(
        max_examples=EXAMPLES[kind],
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(flipped=places, cut=st.integers(0, len(note)))
    def damage(flipped: list[tuple[int, int]], cut: int) -> None:
        broken = bytearray(note)
        for place, value in flipped:
            broken[place] = value
        with suppress(InputError):
            assert read_note(bytes(broken[:cut]), longest_s=60).rate == RATE

    damage()
