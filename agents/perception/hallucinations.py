"""What recognisers write down although nobody said it. Pure.

Whisper learnt from subtitles, so in silence it writes their credits and closings, or one phrase again and
again (Koenecke et al. 2024, https://arxiv.org/abs/2402.08021). A phrase is dropped for want of a voice, never
for its words alone: a "Thank you." that was spoken stays.
"""

import re
import unicodedata
from collections.abc import Sequence

from .ears import Segment
from .voice_activity import Stretch, voiced_s

CREDITS = re.compile(
    r"字幕(由|by|制作|提供|组|志愿|翻译|校对)|amara\.?org|明镜与点点|打赏支持|优优独播剧场"
    r"|点赞.{0,4}(订阅|转发)|订阅.{0,4}(点赞|转发)|castingwords|all rights reserved|copyright (©|\d{4})"
    r"|\b(subtitles?|captions?|subs|transcription|transcribed|translation) by\b"
    r"|(like and|forget to|please) subscribe"
)
"""Names and formulas of people who make subtitles and videos."""

CLOSINGS = re.compile(
    r"(ok(ay)? )?(thank you|thanks)( (all|so much|very much))?"
    r"( for (watching|listening|your attention)( (the|this) video)?)?"
    r"|you|bye( bye)*|good ?bye|see you( next time| in the next (video|one))?|the end|i'm sorry|so|oh|hmm?"
    r"|music|applause|(谢谢|感谢)(大家|您|你|各位)?(的)?(观看|收看|收听|聆听)?|请订阅|再见|拜拜|嗯|啊"
    r"|下次(再)?见|(我们)?下期(视频)?(再)?见"
)
"""Short remarks that end a film, a talk or a video, and that people do say."""

SURE = 0.5
"""Mean probability of a token from which credits count as read out by somebody."""

LOST = 0.2
"""Below this the words were guessed."""

SLACK_S = 0.5
"""How far a recogniser's times may be off."""

LETTERS_PER_S = 30.0
HAN_PER_S = 14.0
"""Nobody speaks faster: twice the usual 15 letters of English, or 5 to 7 syllables of Chinese, a second."""

LOOP = re.compile(
    r"(?P<unit>[^\W\d_].{0,60}?)(?P<gap>[\s,，、。.!！?？]*)((?P=unit)[\s,，、。.!！?？]*){5,}",
    re.I,
)
"""The same phrase six times or more."""


def is_hallucination(segment: Segment, speech: Sequence[Stretch]) -> bool:
    """Whether a segment is to be dropped, given where somebody speaks."""
    start_s, end_s = segment.start_s - SLACK_S, segment.end_s + SLACK_S
    near_s = voiced_s(speech, start_s, end_s)
    if not near_s or not spoken_letters(segment.text):
        return True
    if segment.confidence < LOST:
        return near_s < (end_s - start_s) / 2
    plain = unicodedata.normalize("NFKC", segment.text).lower().replace("’", "'")
    if CREDITS.search(plain):
        return segment.confidence < SURE or near_s < shortest_s(segment.text)
    if CLOSINGS.fullmatch(" ".join(re.findall(r"[\w']+", plain))):
        return not _fits(segment.text, voiced_s(speech, segment.start_s, segment.end_s), segment.confidence)
    return False


def _fits(text: str, voice_s: float, confidence: float) -> bool:
    """Whether a short remark takes about as long as the voice there; one that is sure may be drawn out."""
    shortest = shortest_s(text)
    return voice_s >= shortest and (confidence >= SURE or voice_s <= 4 * shortest + 1.0)


def shortest_s(text: str) -> float:
    """The shortest time in which a text can be said, in seconds."""
    letters = spoken_letters(text)
    han = sum("\u3400" <= letter <= "\u9fff" for letter in letters)
    return han / HAN_PER_S + (len(letters) - han) / LETTERS_PER_S


def without_loops(text: str) -> str:
    """The text with a phrase that is repeated six times or more written once."""
    return LOOP.sub(lambda match: match["unit"] + match["gap"], text).strip()


def spoken_letters(text: str) -> str:
    """Letters and digits, which are what is spoken."""
    return "".join(letter for letter in text if letter.isalnum())
