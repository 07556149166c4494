"""What nobody said is dropped for want of a voice; what was said stays, whatever the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.perception.ears import Segment
from antiphon.agents.perception.hallucinations import is_hallucination, shortest_s, without_loops
from antiphon.agents.perception.voice_activity import Stretch


def said(text: str, confidence: float = 0.7, seconds: float = 1.0) -> Segment:
    return Segment(2.0, 2.0 + seconds, text, "en", confidence)


@pytest.mark.parametrize("text", ["Thank you.", "谢谢观看！", "Thanks for watching!", "You", "The moon is round."])
def test_without_a_voice_nothing_was_said(text: str) -> None:
    assert is_hallucination(said(text), [])


@pytest.mark.parametrize("text", ["Thank you.", "谢谢。", "Bye.", "再见！", "Thanks for watching.", "I'm sorry."])
@pytest.mark.parametrize("confidence", [0.3, 0.9])
def test_a_remark_that_was_spoken_stays(text: str, confidence: float) -> None:
    assert not is_hallucination(said(text, confidence), [Stretch(2.1, 2.1 + 1.5 * shortest_s(text))])


@pytest.mark.parametrize("text", ["Thank you.", "谢谢大家观看"])
def test_a_remark_over_a_mere_click_was_not_spoken(text: str) -> None:
    assert is_hallucination(said(text), [Stretch(2.4, 2.5)])


@pytest.mark.parametrize(
    "text",
    [
        "字幕由 Amara.org 社群提供",
        "Subtitles by the Amara.org community",
        "請不吝點贊訂閱轉發打賞支持".replace("點贊訂閱", "点赞订阅").replace("打賞", "打赏"),
        "Transcription by CastingWords",
    ],
)
def test_credits_in_doubt_were_not_spoken(text: str) -> None:
    assert is_hallucination(said(text, confidence=0.4, seconds=4), [Stretch(2, 6)])


@pytest.mark.parametrize("text", ["请把字幕打开。", "What is copyright?", "Turn on the captions, please."])
def test_words_that_credits_use_may_be_spoken(text: str) -> None:
    assert not is_hallucination(said(text, confidence=0.4, seconds=2), [Stretch(2, 4)])


def test_guesses_in_silence_are_dropped() -> None:
    assert is_hallucination(said("这就是打大茈", confidence=0.02, seconds=6), [Stretch(2, 2.3)])


def test_punctuation_alone_is_nothing() -> None:
    assert is_hallucination(said("..."), [Stretch(2, 3)])


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Yeah, yeah, yeah, yeah, yeah, yeah, yeah, yeah.", "Yeah,"),
        ("I'm sorry, I'm sorry, I'm sorry, I'm sorry, I'm sorry, I'm sorry. Go on.", "I'm sorry, Go on."),
        ("再次再次再次再次再次再次再次", "再次"),
    ],
)
def test_a_loop_is_written_once(text: str, once: str) -> None:
    assert without_loops(text) == once


@pytest.mark.parametrize(
    "text",
    [
        "Yeah, exactly, yeah, yeah, yeah.",
        "Row, row, row your boat.",
        "ask not what your country can do for you, ask what you can do for your country.",
        "1000000000",
        "哈哈哈哈",
    ],
)
def test_what_people_repeat_stays(text: str) -> None:
    assert without_loops(text) == text


@given(st.text(max_size=300))
def test_undoing_loops_never_adds(text: str) -> None:
    assert len(without_loops(text)) <= len(text)
