"""How far a recording is heard, on the terminal."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """A bar with the time left on standard error; nothing where that is no terminal."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self.done_s = 0.0

    def __enter__(self) -> Self:
        import sys

        if sys.stderr.isatty():
            self._progress = _progress()
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def begin(self, name: str, seconds: float | None) -> None:
        """Turn to another recording; its length may not be known."""
        if self._progress is not None:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task(name, total=seconds)
        self.done_s = 0.0

    def at(self, seconds: float) -> None:
        """So much of it is heard."""
        self.done_s = seconds
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=seconds)

    def say(self, text: str) -> None:
        """A line on standard error."""
        if self._progress is not None:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(text, err=True)


def _progress() -> "Progress":
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        # Where standard output is this terminal, its lines go above the bar; a pipe gets them as they are.
        redirect_stdout=sys.stdout.isatty(),
        redirect_stderr=False,
    )
