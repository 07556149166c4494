"""How far what was heard is from what was said: word and character error rates. Pure."""

import re
import unicodedata
from collections.abc import Sequence

UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
CARDINALS = {word: i for i, word in enumerate(UNITS)} | TENS
IRREGULAR = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
ORDINALS = (
    {word + "th": number for word, number in CARDINALS.items()}
    | {word[:-1] + "ieth": number for word, number in TENS.items()}
    | IRREGULAR
)

SPELLINGS = {
    "colour": "color",
    "grey": "gray",
    "neighbour": "neighbor",
    "favourite": "favorite",
    "centre": "center",
}
"""British to American, as far as the sentences here need it."""


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of insertions, deletions and substitutions between them (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
            diagonal, row[j] = row[j], cost
    return row[-1]


def words(text: str) -> list[str]:
    """English words in lower case without punctuation; numbers below a thousand as digits, as in "15th"."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("-", " ")
    result: list[str] = []
    number = 0  # what the words so far add up to; 0 outside of a number
    for word in [*re.findall(r"[\w']+", re.sub(r"(?<=\d),(?=\d{3})", "", text)), ""]:
        value = CARDINALS.get(word, ORDINALS.get(word, 0))
        if word == "hundred" and 0 < number < 10:
            number *= 100
        elif value and number and value < (100 if number % 100 == 0 else 10 if number % 10 == 0 else 0):
            number += value
        else:
            result += [str(number)] if number else []
            number = value
        if word in ORDINALS:
            result.append(_ordinal(number))
            number = 0
        elif word and not number:
            result.append(SPELLINGS.get(word, word))
    return result


def characters(text: str) -> list[str]:
    """Letters and digits one by one, for Chinese."""
    return [letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum()]


def units(text: str, language: str) -> list[str]:
    """What is counted: characters for Chinese, else words."""
    return characters(text) if language == "zh" else words(text)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
