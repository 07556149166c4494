"""Forms that short texts in files must have, each with words for those who read no regular expressions."""

import re
from collections.abc import Mapping

NAME = r"^[a-z][a-z0-9_]*$"
DURATION = r"^[0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h|d)$"


def explained(pattern: str, where: str, given: str) -> tuple[str, str, str]:
    """Code, problem and hint for a text that has not the form of a pattern."""
    if pattern == NAME:
        return "E208", f"{given!r} cannot be a name", _name_hint(given)
    if pattern in _WORDS:
        what, hint = _WORDS[pattern]
        return "E203", f"{given!r} is no {what}", hint
    return "E203", f"{where} cannot be {given!r}: it has another form", ""


def _name_hint(given: str) -> str:
    better = re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", given).lower()).strip("_")
    rule = "A name has small Latin letters, digits and _, and begins with a letter"
    return f"{rule}: {better}" if re.fullmatch(NAME, better) else rule


_WORDS: Mapping[str, tuple[str, str]] = {
    DURATION: ("length of time", "Write a number and ms, s, m, h or d: 500ms, 20s, 1.5h"),
}
