"""Regular expressions of a rules file, taken only where their time is bounded."""

import re

from ...tools.base.errors import InputError

MAX_LENGTH = 300
MAX_CHOICES = 20_000
"""The most ways to repeat, all repetitions multiplied: with 2,000 characters of text that is well under a second."""

_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def checked_regex(text: str) -> re.Pattern[str]:
    """Compile a regular expression whose every repetition is bounded and repeats a single character.

    Raises:
        InputError: it is not a regular expression, is too long, or could take very long on some text.
    """
    hint = "Repeat single characters, with a bound: [0-9]{1,9}"
    if len(text) > MAX_LENGTH:
        raise InputError(f"the regular expression has {len(text)} characters; at most {MAX_LENGTH} are taken")
    bare = _CLASS.sub("x", text)
    if re.search(r"[*+]", bare.replace("(?", "(")):
        raise InputError("a regular expression may not repeat without a bound (* and +)", hint=hint)
    if ")" in bare and re.search(r"\)\{", bare):
        raise InputError("a regular expression may not repeat a group", hint=hint)
    choices = 2 ** bare.replace("(?", "(").count("?")
    for low, high in _REPEAT.findall(bare):
        if high == "" and f"{{{low},}}" in bare:
            raise InputError("a regular expression may not repeat without a bound ({n,})", hint=hint)
        choices *= int(high or low) - int(low) + 1
    if choices > MAX_CHOICES:
        raise InputError("the regular expression could take very long", hint="Use fewer or smaller bounds")
    try:
        return re.compile(text)
    except re.error as error:
        raise InputError(f"this is not a regular expression: {error}") from None
