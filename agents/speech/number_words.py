"""Small numbers in English words."""

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINAL = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
NUMBER_WORDS = frozenset((*_ONES, *_TEENS, *_TENS[2:], "hundred"))


def two_digits(number: int) -> str:
    """0 to 99 in words."""
    if number < 10:
        return _ONES[number]
    if number < 20:
        return _TEENS[number - 10]
    return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")


def ordinal(number: int) -> str:
    """1 to 99 in words: "twenty first"."""
    *before, last = two_digits(number).split()
    last = _ORDINAL.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*before, last])


def year(number: int) -> str:
    """1000 to 2999 in words: "nineteen oh five", "two thousand five"."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010:
        return "two thousand" + (f" {_ONES[rest]}" if rest else "")
    if number == 1000:
        return "one thousand"
    tail = "hundred" if rest == 0 else f"oh {_ONES[rest]}" if rest < 10 else two_digits(rest)
    return f"{two_digits(century)} {tail}"


def roman(numeral: str) -> int:
    """I to XXXIX as a number."""
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def decade(century: int, tens: int) -> str:
    """19 and 90 in words: "nineteen nineties"."""
    if tens == 0:
        return "two thousands" if century == 20 else f"{two_digits(century)} hundreds"
    plural = two_digits(tens) + "s" if tens == 10 else two_digits(tens)[:-1] + "ies"
    return f"{two_digits(century)} {plural}"


def digits(number: str) -> str:
    """One after another, as a telephone number is read."""
    return " ".join(_ONES[int(digit)] for digit in number if digit.isdigit())
