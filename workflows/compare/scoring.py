"""Whether an answer is right: by its words, a number, a choice, or by what it holds. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...agents.planning.extracting import final_answer, final_number

_EDGES = " .,;:!?。，；：！？、\"'“”‘’「」`*"


@dataclass(frozen=True, slots=True)
class Scorer:
    """A way to hold an answer against what is expected.

    Attributes:
        right: Whether an answer says what one expected answer says.
        wants: What an expected answer must be, for messages.
        fits: Whether an expected answer is that.
    """

    right: Callable[[str, str], bool]
    wants: str
    fits: Callable[[str], bool]


def is_right(scorer: str, answer: str, expected: Sequence[str]) -> bool:
    """Whether an answer says what one of those expected says."""
    return any(SCORERS[scorer].right(answer, one) for one in expected)


def plainly(text: str) -> str:
    """A text without what does not count: case, width, runs of space, punctuation at its edges."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(_EDGES)


def _exactly(answer: str, expected: str) -> bool:
    return plainly(expected) in (plainly(answer), plainly(final_answer(answer, "text")))


def _holds(answer: str, expected: str) -> bool:
    """Words as whole words, so that "art" is not in "party"; Chinese has no spaces to go by."""
    said, wanted = plainly(answer), plainly(expected)
    before = r"(?<![a-z0-9])" if _is_latin(wanted[:1]) else ""
    after = r"(?![a-z0-9])" if _is_latin(wanted[-1:]) else ""
    return bool(wanted) and re.search(before + re.escape(wanted) + after, said) is not None


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _same_number(answer: str, expected: str) -> bool:
    said = final_number(answer)
    return said is not None and said == final_number(expected)


def _same_choice(answer: str, expected: str) -> bool:
    return final_answer(answer, "choice") == _choice_of(expected) != ""


def _choice_of(expected: str) -> str:
    """Of an expected answer, which may be a small letter too."""
    bare = expected.strip(_EDGES + "()（）")
    return final_answer(bare.upper() if len(bare) == 1 else bare, "choice") if len(bare) <= 5 else ""


SCORERS: Mapping[str, Scorer] = {
    "exact": Scorer(_exactly, "a text", lambda text: bool(plainly(text))),
    "number": Scorer(_same_number, "a number, or a text with one", lambda text: final_number(text) is not None),
    "contains": Scorer(_holds, "a text", lambda text: bool(plainly(text))),
    "choice": Scorer(
        _same_choice, "a letter from A to J, or yes, no, true or false", lambda text: bool(_choice_of(text))
    ),
}
"""By the names data sets use."""
