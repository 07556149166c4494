"""The figures of a comparison: for each strategy accuracy, what it took, and how it differs from the first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .data import Item
from .records import Record
from .scoring import is_right
from .statistics import Difference, difference, holm, wilson


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one strategy.

    Attributes:
        right: So many of `count` questions.
        low, high: The 95 % interval of the accuracy (Wilson).
        read, written: Tokens, a question; kept replies count as when they were first asked for.
        calls: Of the model, a question.
        seconds: A question, waiting for a free slot included.
        kept_calls: The share of calls that were known from before, from 0 to 1.
        cut: The share of replies that were cut off at the most tokens they might have, from 0 to 1.
        stopped: How often the budget was spent.
        failed: How often the server refused the question; that counts as wrong.
        over_first: How it differs from the first strategy; None for that.
        p_holm: Its p value, corrected for how many are tested (Holm).
    """

    name: str
    right: int
    count: int
    low: float
    high: float
    read: float
    written: float
    calls: float
    seconds: float
    kept_calls: float
    stopped: int
    failed: int
    over_first: Difference | None = None
    p_holm: float | None = None
    cut: float = 0.0

    @property
    def accuracy(self) -> float:
        return self.right / self.count if self.count else 0.0

    @property
    def tells_tokens(self) -> bool:
        """Whether the server says how many tokens it read and wrote."""
        return self.read + self.written > 0


def figures_of(items: Sequence[Item], names: Sequence[str], records: Mapping[tuple[str, str], Record]) -> list[Figures]:
    """Add up the records, of those questions that every strategy has answered.

    Args:
        records: By strategy and the id of the question.
    """
    common = [item for item in items if all((name, item.id) in records for name in names)]
    hits = {name: [_is_right(records[name, item.id], item) for item in common] for name in names}
    rows = [_one(name, [records[name, item.id] for item in common], hits[name]) for name in names]
    if not rows:
        return []
    first, *others = rows
    against = [difference(hits[row.name], hits[first.name]) for row in others]
    corrected = holm([one.p for one in against])
    tested = zip(others, against, corrected, strict=True)
    return [first, *(replace(row, over_first=by, p_holm=p) for row, by, p in tested)]


def as_dict(figures: Figures) -> dict[str, Any]:
    """As plain data for JSON, rounded to what can be known."""
    told = asdict(figures) | {"accuracy": figures.accuracy}
    if figures.over_first is None:
        del told["over_first"], told["p_holm"]
    return {name: _rounded(value) for name, value in told.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _is_right(record: Record, item: Item) -> bool:
    return not record.failed and is_right(item.scorer, record.answer, item.expected)


def _one(name: str, records: Sequence[Record], hits: Sequence[bool]) -> Figures:
    count, calls = len(records), sum(one.spent.calls for one in records)
    low, high = wilson(sum(hits), count)

    def each(total: float) -> float:
        return total / count if count else 0.0

    return Figures(
        name=name,
        right=sum(hits),
        count=count,
        low=low,
        high=high,
        read=each(sum(one.spent.read for one in records)),
        written=each(sum(one.spent.written for one in records)),
        calls=each(calls),
        seconds=each(sum(one.spent.seconds for one in records)),
        kept_calls=sum(one.spent.kept_calls for one in records) / calls if calls else 0.0,
        cut=sum(one.spent.cut for one in records) / calls if calls else 0.0,
        stopped=sum(bool(one.stopped) for one in records),
        failed=sum(bool(one.failed) for one in records),
    )
