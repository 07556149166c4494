"""What answering one question took, as if nothing had been known from before. Pure, but for the clock it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...agents.models.cached_chat import Asked


@dataclass(frozen=True, slots=True)
class Spent:
    """What an answer took.

    Attributes:
        read: Tokens read, those included that the server had read before.
        written: Tokens written.
        calls: How often the model was asked.
        kept_calls: How many of those were known from before, and asked of nobody now.
        cut: How many replies were cut off at the most tokens they might have.
        seconds: From the question to the answer; kept replies count as long as they took when first asked.
    """

    read: int = 0
    written: int = 0
    calls: int = 0
    kept_calls: int = 0
    cut: int = 0
    seconds: float = 0.0


def spent(wall_s: float, asked: Sequence[Asked]) -> Spent:
    """Add up the requests of one answer.

    Args:
        wall_s: From the question to the answer, by the clock.
        asked: Every request, in any order.
    """
    return Spent(
        read=sum(one.usage.prompt for one in asked),
        written=sum(one.usage.completion for one in asked),
        calls=len(asked),
        kept_calls=sum(one.kept for one in asked),
        cut=sum(one.cut for one in asked),
        seconds=round(max(wall_s, 0.0) + _saved(asked), 3),
    )


def _saved(asked: Sequence[Asked]) -> float:
    """Seconds that kept replies have saved: of requests side by side only the longest counts."""
    total, group = 0.0, list[Asked]()
    for one in sorted(asked, key=lambda one: one.began):
        if group and one.began > max(before.ended for before in group):
            total, group = total + _saved_side_by_side(group), []
        group.append(one)
    return total + (_saved_side_by_side(group) if group else 0.0)


def _saved_side_by_side(group: Sequence[Asked]) -> float:
    began = min(one.began for one in group)
    took = max(one.ended for one in group) - began
    would_take = max(one.began - began + one.seconds for one in group)
    return max(would_take - took, 0.0)
