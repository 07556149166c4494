"""How long a sentence is, as a reader of that age would count."""

import math
import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_CHARACTER = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


def words_in(sentence: str) -> int:
    """Words; of a Chinese sentence its characters, figures and letters too, at 3 words to 5 of them.

    So a limit of 12 words is one of 20 characters, and one of 18 words is one of 30.
    """
    if _HAN.search(sentence):
        return math.ceil(len(_CHARACTER.findall(sentence)) * 3 / 5)
    return len(_WORD.findall(sentence))
