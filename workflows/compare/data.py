"""A data set: lines of JSON with a question, an answer, and how the two are held together."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.base.errors import FileError, InputError, Problem
from ...tools.base.suggest import did_you_mean, is_near
from .scoring import SCORERS

KEYS = ("id", "question", "answer", "scorer", "instructions", "language")
"""What is read of a line. Data sets from elsewhere have more, and may."""
LANGUAGES = ("en", "zh")
MAX_BYTES = 200_000_000
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Item:
    """A question, and what would be right.

    Attributes:
        id: Its own, or the number of its line, from 1.
        expected: One of these is right.
        scorer: How that is told: a name of SCORERS.
        instructions: What is said to a model before the question.
        language: Of the question: "en", "zh".
    """

    id: str
    question: str
    expected: tuple[str, ...]
    scorer: str = "exact"
    instructions: str = ""
    language: str = "en"


def read_items(path: Path, *, scorer: str = "exact", language: str = "en", limit: int | None = None) -> list[Item]:
    """Read a data set.

    Args:
        scorer: For lines that name none.
        language: For lines that name none.
        limit: Only so many, from the first.
    Raises:
        InputError: there is no such file, it is no text, or nothing is in it.
        FileError: lines are wrong; every one is told, with its number.
    """
    items, problems, seen = list[Item](), list[Problem](), dict[str, int]()
    for number, line in _lines(path):
        if len(items) == limit:
            break
        try:
            item = _item(line, number, scorer, language)
            if item.id in seen:
                raise _Wrong(
                    f"the id {item.id!r} is that of line {seen[item.id]} too", "Give each line an id of its own"
                )
        except _Wrong as wrong:
            problems.append(Problem(f"{path}:{number}:{wrong.column}", wrong.problem, wrong.hint))
            continue
        seen[item.id] = number
        items.append(item)
    if problems:
        raise FileError(_told(problems, path))
    if not items:
        raise InputError("no question is in it", at=str(path), hint=_EXAMPLE)
    return items


_EXAMPLE = 'Write one on each line: {"question": "What is 2 + 3?", "answer": "5", "scorer": "number"}'


class _Wrong(Exception):
    def __init__(self, problem: str, hint: str = "", column: int = 1) -> None:
        super().__init__(problem)
        self.problem, self.hint, self.column = problem, hint, column


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each line that is not empty, with its number from 1."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"the file is larger than {MAX_BYTES:,} bytes", at=str(path), hint="Split it")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("this is no text in UTF-8", at=str(path), hint="Give a file with lines of JSON") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot read it: {reason}", at=str(path), hint="Name a file with lines of JSON") from None
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _item(line: str, number: int, scorer: str, language: str) -> Item:
    told = _object(line)
    for key in told:
        near = next((one for one in KEYS if one not in told and is_near(key, one)), None)
        if key not in KEYS and near:
            raise _Wrong(f"there is no key {key!r}", f"Did you mean {near!r}?")
    scorer = _named(told, "scorer", scorer, tuple(SCORERS))
    return Item(
        id=_id(told, number),
        question=_text(told, "question"),
        expected=_expected(told, scorer),
        scorer=scorer,
        instructions=_text(told, "instructions", optional=True),
        language=_named(told, "language", language, LANGUAGES),
    )


def _object(line: str) -> Mapping[str, Any]:
    try:
        told = json.loads(line, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _Wrong(f"this is no JSON: {error.msg.lower()}", "Write one object on one line", error.colno) from None
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"this is no JSON: {error}", "Write one object on one line") from None
    if not isinstance(told, dict):
        raise _Wrong("this is no object with keys", _EXAMPLE)
    return told


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no value of JSON")


def _id(told: Mapping[str, Any], number: int) -> str:
    given = told.get("id")
    if given is None:
        return str(number)
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise _Wrong(f"'id' is a text or a whole number, found {_shown(given)}")
    return str(given)


def _text(told: Mapping[str, Any], key: str, *, optional: bool = False) -> str:
    given = told.get(key)
    if given is None and optional:
        return ""
    if given is None:
        raise _Wrong(f"{key!r} is missing", _EXAMPLE)
    if not isinstance(given, str) or (not given.strip() and not optional):
        raise _Wrong(f"{key!r} is a text, found {_shown(given)}")
    return given


def _named(told: Mapping[str, Any], key: str, default: str, known: tuple[str, ...]) -> str:
    given = told.get(key, default)
    if given not in known:
        raise _Wrong(f"there is no {key} {_shown(given)}", did_you_mean(str(given), known))
    return str(given)


def _expected(told: Mapping[str, Any], scorer: str) -> tuple[str, ...]:
    given = told.get("answer")
    if given is None:
        raise _Wrong("'answer' is missing", _EXAMPLE)
    several = given if isinstance(given, list) else [given]
    wants = SCORERS[scorer].wants
    for one in several:
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise _Wrong(f"'answer' is a text, a number or a list of those, found {_shown(one)}")
        if not SCORERS[scorer].fits(str(one)):
            raise _Wrong(f"for the scorer {scorer!r} the answer must be {wants}, found {_shown(one)}")
    if not several:
        raise _Wrong("'answer' is an empty list", "Write what would be right")
    return tuple(map(str, several))


def _shown(value: Any) -> str:
    return f"{json.dumps(value, ensure_ascii=False):.60}"


def _told(problems: list[Problem], path: Path) -> list[Problem]:
    """Not every line of a long file that is wrong from its first to its last."""
    more = len(problems) - _MOST_TOLD
    return [*problems[:_MOST_TOLD], Problem(str(path), f"and {more} more lines are wrong")] if more > 0 else problems
