"""Text that does nothing to a terminal but show itself: a model's words, a file's and a stranger's are not trusted."""


def printable(text: str, instead: str = "") -> str:
    """Without what would steer a terminal or turn the reading direction; `instead` stands for each such character."""
    return "".join(char if char.isprintable() or char in "\n\t" else instead for char in text)


def shortened(text: str, most: int = 60) -> str:
    """A text of at most so many characters: its beginning and three dots, where it is longer."""
    return text if len(text) <= most else text[: most - 3] + "..."
