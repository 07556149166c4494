"""Text that is still being written, cut into clauses to speak or sentences to check.

A cut is decided by the text before it and at most a few characters after it, never by the pieces in which the
text came. A Chinese full stop ends a clause at once; an English one only when a space follows.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Literal

FIRST_HAN, FIRST_WORDS = 6, 4
"""The first clause may end at a comma once it has so many Han characters or words; shorter sounds chopped."""

_MARK = re.compile(r"[。．.！？!?；;…，、,：:\n]")
_RUN = re.compile(r"[；;]|[。．.！？!?…]+")
_CLOSING = re.compile(r"[”’」』）)\]】》*_\"']*")
_OPEN, _SHUT = re.compile(r"[“「『（(\[【《]"), re.compile(r"[”」』）)\]】》]")
_PAIRED = re.compile(r"\"|\*\*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+")
_SAYS = re.compile(r"[^\W_]")
_NUMBERED = re.compile(r"\W*(?:\d{1,3}|[A-Za-z])")
_SHORT = re.compile(
    r"(?:^|[^\w.])(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]|Dr|Mr|Mrs|Ms|Prof|St|Mt|Jr|Sr|Rev|Gen|Capt|Sgt|[Nn]os?|Figs?|Eq|vs"
    r"|cf|al|approx|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$"
)
"""Before a full stop that abbreviates: titles, initials, U.S., e.g., months; `etc.` may end a sentence."""

_Cut = int | Literal["no", "wait"]


class Clauses:
    """Feed it pieces of text; it gives back whole clauses, stripped of the space around them.

    The clauses, joined, are the text but for white space between them.

    Args:
        sentences: Cut only where sentences end, not at the first comma.

    Example:
        >>> clauses = Clauses()
        >>> clauses.feed("The Moon is far away, about 384,4"), clauses.feed("00 km. It"), clauses.flush()
        (['The Moon is far away,'], ['about 384,400 km.'], ['It'])
    """

    def __init__(self, *, sentences: bool = False) -> None:
        self._sentences = sentences
        self._reset()

    def _reset(self) -> None:
        self._buffer = ""
        self._looked = 0  # marks before this place are decided
        self._first = True
        self._depth = self._paired = 0  # quotes and brackets that are open where the buffer starts

    def feed(self, piece: str) -> list[str]:
        """Take a piece; give the clauses that are now known to be whole."""
        self._buffer += piece
        return self._take(final=False)

    def flush(self) -> list[str]:
        """The text has ended: give what is left. The next piece starts a new text."""
        found = self._take(final=True)
        rest = self._buffer.strip()
        self._reset()
        return [*found, rest] if rest else found

    def _take(self, *, final: bool) -> list[str]:
        found: list[str] = []
        while mark := _MARK.search(self._buffer, self._looked):
            cut = self._cut(mark.start(), final)
            if cut == "wait":
                break
            if cut == "no":
                self._looked = mark.end()
            elif clause := self._release(cut):
                found.append(clause)
        return found

    def _cut(self, at: int, final: bool) -> _Cut:
        """Where the clause ends, if it ends at this mark."""
        mark = self._buffer[at]
        if mark == "\n":
            return at + 1
        if mark in "，、,：:":
            return self._comma(at, final)
        if not _SAYS.search(self._buffer, 0, at):
            return "no"
        if mark == "。" and not self._inside(at):
            return at + 1
        return self._stop(at, final)

    def _stop(self, at: int, final: bool) -> _Cut:
        text = self._buffer
        run = _RUN.match(text, at)
        assert run is not None
        end = _CLOSING.match(text, run.end()).end()  # type: ignore[union-attr]
        if end == len(text):
            return end if final else "wait"
        if text[at] in ".．!?;" and not self._apart(at, end):
            return "no"
        return "no" if run.group() == "." and _abbreviates(text[:at]) else end

    def _comma(self, at: int, final: bool) -> _Cut:
        text = self._buffer
        enough = len(_HAN.findall(text, 0, at)) >= FIRST_HAN or len(_WORD.findall(text, 0, at)) >= FIRST_WORDS
        if self._sentences or not self._first or not enough:
            return "no"
        if text[at] in "，、：" and not text[at - 1].isdigit():
            return at + 1
        if at + 1 == len(text):
            return at + 1 if final else "wait"
        return at + 1 if self._apart(at, at + 1) else "no"

    def _apart(self, at: int, after: int) -> bool:
        """Whether what comes after a mark is no part of the same word or number."""
        following = self._buffer[after]
        return following.isspace() or (bool(_HAN.match(following)) and not self._buffer[at - 1].isdigit())

    def _inside(self, at: int) -> bool:
        """Whether a quote or bracket is open, which this mark may be the last thing in."""
        depth, paired = self._nesting(at)
        return depth > 0 or paired % 2 == 1

    def _nesting(self, end: int) -> tuple[int, int]:
        opened, shut = len(_OPEN.findall(self._buffer, 0, end)), len(_SHUT.findall(self._buffer, 0, end))
        return max(self._depth + opened - shut, 0), self._paired + len(_PAIRED.findall(self._buffer, 0, end))

    def _release(self, end: int) -> str:
        clause = self._buffer[:end]
        self._depth, self._paired = (0, 0) if clause.endswith("\n") else self._nesting(end)
        self._buffer, self._looked = self._buffer[end:], 0
        self._first = self._first and not _SAYS.search(clause)
        return clause.strip()


def _abbreviates(before: str) -> bool:
    """Whether a full stop after this is no end: a list number, an abbreviation, an initial."""
    return bool(_NUMBERED.fullmatch(before) or _SHORT.search(before[-16:]))


async def clauses(pieces: AsyncIterator[str], *, sentences: bool = False) -> AsyncGenerator[str, None]:
    """The clauses of a text as it is written; see `Clauses`."""
    cutter = Clauses(sentences=sentences)
    async for piece in pieces:
        for clause in cutter.feed(piece):
            yield clause
    for clause in cutter.flush():
        yield clause
