"""What to ask next: another question that the same article answers."""

import re
from collections.abc import Callable, Sequence

from .evidence import Sentence, defused
from .search import Found

_ASKS = re.compile(r"什么|怎|为何|吗|多[少大远高长重久深快]|几|哪|谁|有没有|能不能|会不会|是不是")


def follow_up(
    found: Sequence[Found], chosen: Sequence[Sentence], language: str, *, may: Callable[[str], bool] = bool
) -> str:
    """A heading of the best sentence's article that is a question and was not answered; "" if there is none.

    Headings near the answer's own come first: what is found together belongs together.

    Args:
        may: Whether a question may be asked; the next one is tried where it may not.
    """
    best = found[chosen[0].source].passage
    said = {found[one.source].passage.heading for one in chosen[:3]}
    for one in found:
        heading = one.passage.heading.split(" / ")[-1]
        same = one.passage.article == best.article and one.passage.language == language
        if same and heading and one.passage.heading not in said and _is_question(heading):
            asked = defused(heading)
            asked = asked if asked.endswith(("?", "？")) else f"{asked}？"
            if may(asked):
                return asked
    return ""


def _is_question(heading: str) -> bool:
    return heading.endswith(("?", "？")) or bool(_ASKS.search(heading))
