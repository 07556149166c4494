"""How far a comparison is, and its figures, on the terminal."""

import sys
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ..compare.comparing import Comparison
    from ..compare.figures import Figures
    from ..compare.records import Record

_WIDE = 130
"""Columns where the output is no terminal: lines are not broken for somebody who greps them."""


class Screen:
    """Answers given so far, the accuracy of each strategy and the time left, on standard error.

    Where that is no terminal, a line at the beginning and at each tenth.
    """

    def __init__(self, what: "Comparison") -> None:
        self._names = [row.name for row in what.rows]
        self._total = len(what.items) * len(what.rows)
        self._right, self._done = Counter[str](), Counter[str]()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._progress = _progress()
            self._progress.start()
            self._task = self._progress.add_task("", total=self._total, so_far="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def say(self, text: str) -> None:
        """A line on standard error."""
        if self._progress is not None:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(text, err=True)

    def tell(self, record: "Record", fresh: bool) -> None:
        """One more answer is there; one from before takes no time, and is not reckoned with for the time left."""
        self._right[record.row] += record.right
        self._done[record.row] += 1
        done = self._done.total()
        if self._progress is not None and self._task is not None:
            if not fresh:
                self._progress.reset(self._task, total=self._total, completed=done)
            self._progress.update(self._task, completed=done, so_far=self.so_far())
        elif fresh and (done * 10 // self._total > (done - 1) * 10 // self._total):
            self.say(f"{done} of {self._total}: {self.so_far()}")

    def so_far(self) -> str:
        """`direct 12/20 60 % · program 15/20 75 %`."""
        return " · ".join(
            f"{name} {self._right[name]}/{self._done[name]} {self._right[name] / self._done[name]:.0%}"
            for name in self._names
            if self._done[name]
        )


def show(rows: Sequence["Figures"]) -> None:
    """The table, on standard output."""
    from rich.console import Console

    from ..compare.table import table_of

    width = None if sys.stdout.isatty() else _WIDE
    Console(width=width, highlight=False).print(table_of(rows))


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.fields[so_far]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
