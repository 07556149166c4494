"""The figures as a table: for a terminal, and as Markdown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .figures import Figures

if TYPE_CHECKING:
    from rich.table import Table

HEADS = ("strategy", "accuracy (95 %)", "over the first (95 %)", "p", "read", "written", "calls", "seconds")
_NOTE = (
    "Tokens, calls and seconds are means of one question. p: McNemar, exact{holm}; intervals: Wilson, and Newcombe for "
    "differences of the same questions."
)


def cells_of(figures: Figures) -> tuple[str, ...]:
    """One row, as texts."""
    over = figures.over_first
    tokens = (f"{figures.read:,.0f}", f"{figures.written:,.0f}") if figures.tells_tokens else ("-", "-")
    return (
        figures.name,
        f"{figures.right}/{figures.count} {figures.accuracy:.1%} ({figures.low:.0%} to {figures.high:.0%})",
        f"{_points(over.by)} ({_points(over.low)} to {_points(over.high)})" if over else "",
        _p(over.p if figures.p_holm is None else figures.p_holm) if over else "",
        *tokens,
        f"{figures.calls:.1f}",
        f"{figures.seconds:.1f}" if figures.seconds < 100 else f"{figures.seconds:.0f}",
    )


def notes_of(rows: Sequence[Figures]) -> list[str]:
    """What to know of the figures."""
    notes = [_NOTE.format(holm=", Holm's correction" if len(rows) > 2 else "")] if len(rows) > 1 else []
    for row in rows:
        if row.failed:
            notes.append(f"{row.name}: the server refused {row.failed} of {row.count}, which count as wrong.")
        if row.stopped:
            notes.append(f"{row.name}: the budget was spent in {row.stopped} of {row.count}.")
    shared = [f"{row.name} {row.kept_calls:.0%}" for row in rows if row.kept_calls]
    if cut := [f"{row.name} {row.cut:.0%}" for row in rows if row.cut]:
        notes.append(f"Replies cut off at the most tokens they might have: {', '.join(cut)}.")
    if shared:
        notes.append(f"Calls that were known from before, counted as when first asked: {', '.join(shared)}.")
    return notes


def markdown(rows: Sequence[Figures]) -> str:
    """A table for a page."""
    lines = [HEADS, tuple("---" for _ in HEADS), *map(cells_of, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def table_of(rows: Sequence[Figures]) -> "Table":
    """A table for a terminal; the best accuracy stands out."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in HEADS:
        table.add_column(head, justify="left" if head == HEADS[0] else "right", overflow="fold")
    best = max((row.right for row in rows), default=0)
    for row in rows:
        name, *rest = cells_of(row)
        table.add_row(Text(name, style="bold" if row.right == best else ""), *map(Text, rest))
    return table


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
