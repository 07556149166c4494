"""Segments as subtitles: SubRip (.srt) and WebVTT (https://www.w3.org/TR/webvtt1/). Pure."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .ears import Segment

LINE_WIDTH = 42
"""Columns of a line; a Han character takes two (Netflix's English timed text style guide: 42 letters)."""

LINES = 2
"""Lines of a cue; longer segments become several cues."""

OPENING = "([{\"'“‘（《「『【"
CLOSING = ",.!?;:)]}%，。！？；：、）》」』】”’…"


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from one moment to another, in seconds."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def srt(segments: Iterable[Segment]) -> str:
    """SubRip text; "" for no segments."""
    return "".join(
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_body(cue)}\n\n"
        for number, cue in enumerate(cues(segments), 1)
    )


def vtt(segments: Iterable[Segment]) -> str:
    """WebVTT text."""
    return "WEBVTT\n\n" + "".join(
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_escaped(_body(cue))}\n\n" for cue in cues(segments)
    )


def cues(segments: Iterable[Segment]) -> Iterator[Cue]:
    """Cut segments to cues of at most two lines; a segment's time is shared out by the width of its text."""
    for segment in segments:
        lines = _balanced(segment.text)
        groups = [tuple(lines[i : i + LINES]) for i in range(0, len(lines), LINES)]
        total = sum(map(width, lines)) or 1
        duration = max(0.0, segment.end_s - segment.start_s)
        shown = 0
        for group in groups:
            start_s = segment.start_s + duration * shown / total
            shown += sum(map(width, group))
            yield Cue(start_s, segment.start_s + duration * shown / total, group)


def wrapped(text: str, columns: int = LINE_WIDTH) -> list[str]:
    """Break text into lines, between words and between Han characters, not before closing punctuation."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _balanced(text: str) -> list[str]:
    """As few lines as there must be, about equally long, so that none is left with one word."""
    fewest = wrapped(text)
    for columns in range(LINE_WIDTH - 1, 0, -1):
        narrower = wrapped(text, columns)
        if len(narrower) > len(fewest):
            break
        fewest = narrower
    return fewest


def width(text: str) -> int:
    """Columns a text takes (Unicode Standard Annex #11)."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _pieces(text: str) -> Iterator[str]:
    """What no line breaks within: a word and the space after it, or a Han character and its punctuation."""
    piece = ""
    for letter in " ".join(text.split()):
        breaks = piece[-1:] == " " or _is_wide(letter) or _is_wide(piece[-1:])
        if piece and breaks and letter not in CLOSING and letter != " " and piece[-1] not in OPENING:
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _is_wide(letter: str) -> bool:
    return bool(letter) and unicodedata.east_asian_width(letter) in "WF"


def _body(cue: Cue) -> str:
    # "-->" would be read as the times of a cue.
    return "\n".join(cue.lines).replace("-->", "→")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"
