"""Subtitles are in order, fit on the screen, and lose no word."""

import re

from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.perception.ears import Segment
from antiphon.agents.perception.subtitles import LINE_WIDTH, LINES, cues, srt, vtt, width, wrapped

WORDS = st.lists(st.text("abcdefghijk", min_size=1, max_size=20), max_size=60).map(" ".join)
CHINESE = st.text("天空为什么是蓝色的，。？！《》", max_size=200)
TEXTS = st.one_of(WORDS, CHINESE, st.tuples(WORDS, CHINESE).map("".join))


def segments_from(parts: list[tuple[float, float, str]]) -> list[Segment]:
    now, result = 0.0, []
    for gap, length, text in parts:
        result.append(Segment(now + gap, now + gap + length, text, "en"))
        now += gap + length
    return result


SEGMENTS = st.lists(st.tuples(st.floats(0, 4000), st.floats(0, 30), TEXTS), max_size=5).map(segments_from)


def test_srt_is_as_players_read_it() -> None:
    assert srt([Segment(3723.4567, 3725.0, "Hello there.", "en")]) == (
        "1\n01:02:03,457 --> 01:02:05,000\nHello there.\n\n"
    )


def test_vtt_is_escaped() -> None:
    assert vtt([Segment(0, 1, "a < b & c --> d", "en")]) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na &lt; b &amp; c → d\n\n"
    )


def test_chinese_breaks_between_characters_but_not_before_a_comma() -> None:
    assert wrapped("天空为什么是蓝色的，因为", columns=18) == ["天空为什么是蓝色", "的，因为"]


def test_a_long_sentence_is_shared_out_evenly() -> None:
    text = "And so my fellow Americans, ask not what your country can do for you, ask what you can do for it."
    shown = list(cues([Segment(0, 10, text, "en")]))
    assert [len(cue.lines) for cue in shown] == [2, 1]
    assert min(len(line) for cue in shown for line in cue.lines) > 25


def test_nothing_said_is_no_subtitle() -> None:
    assert (srt([]), vtt([])) == ("", "WEBVTT\n\n")


@given(TEXTS)
def test_no_letter_is_lost(text: str) -> None:
    assert "".join("".join(wrapped(text)).split()) == "".join(text.split())


@given(WORDS)
def test_lines_fit(text: str) -> None:
    assert all(width(line) <= LINE_WIDTH for line in wrapped(text))


@given(SEGMENTS)
def test_cues_follow_one_another_within_their_segments(segments: list[Segment]) -> None:
    now = 0.0
    for cue in cues(segments):
        assert now - 1e-6 <= cue.start_s <= cue.end_s + 1e-6
        assert 1 <= len(cue.lines) <= LINES
        now = cue.end_s


@given(SEGMENTS)
def test_numbers_and_times_are_well_formed(segments: list[Segment]) -> None:
    blocks = [block for block in srt(segments).split("\n\n") if block]
    clock = r"\d\d:\d\d:[0-5]\d,\d{3}"
    for number, block in enumerate(blocks, 1):
        assert re.match(rf"{number}\n{clock} --> {clock}\n\S", block)
