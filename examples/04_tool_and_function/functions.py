"""What the workflow beside this file calls by name."""

from antiphon import tool


@tool
def letters_of(text: str) -> str:
    """The letters and digits of a text, small, without spaces and marks."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


@tool
def reads_the_same(letters: str) -> bool:
    """Whether letters read the same backwards."""
    return letters == letters[::-1]
