"""One script for Chinese: Whisper writes simplified or traditional characters as it happens."""

from functools import cache
from typing import Any


def simplified(text: str) -> str:
    """Chinese text in simplified characters, by OpenCC's dictionary (https://github.com/BYVoid/OpenCC)."""
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
