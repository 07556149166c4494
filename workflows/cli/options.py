"""The options `run` and `chat` share, as one value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ...tools.base.errors import InputError
from .given import app_option, profile_option, python_option


@dataclass(frozen=True, slots=True)
class Options:
    """What `run` and `chat` are given.

    Attributes:
        inputs: The rest of the line: the workflow's own inputs.
        answer: FIELD=VALUE, for the workflow's questions to a person.
        save_test: The file in which what takes place becomes a test.
    """

    workflow: str
    inputs: tuple[str, ...]
    play: bool
    trace: Path | None
    app: Path | None
    profile: str
    python: tuple[Path, ...]
    verbose: bool
    knowledge: tuple[Path, ...]
    answer: tuple[str, ...]
    no_record: bool
    save_test: Path | None
    help_: bool

    def answers(self) -> dict[str, str]:
        """The answers by field.

        Raises:
            InputError: one is not FIELD=VALUE.
        """
        return answers_of(self.answer)


def answers_of(given: Iterable[str]) -> dict[str, str]:
    """The answers of --answer by field.

    Raises:
        InputError: one is not FIELD=VALUE, or two are for one field.
    """
    answers = dict[str, str]()
    for one in given:
        field, equals, value = one.partition("=")
        if not field.strip() or not equals:
            raise InputError(f"{one!r} is no answer", at="--answer", hint="Write it as FIELD=VALUE: approve=yes")
        if field.strip() in answers:
            raise InputError(f"{field.strip()!r} is answered twice", at="--answer", hint="Give each answer once")
        answers[field.strip()] = value
    return answers


_OPTIONS = (
    click.argument("workflow", required=False, default=""),
    click.argument("inputs", nargs=-1, type=click.UNPROCESSED),
    click.option("--play", is_flag=True, help="Play the answer through the loudspeaker."),
    click.option(
        "--trace", type=click.Path(path_type=Path, dir_okay=False), help="Write every event as a line of JSON."
    ),
    app_option,
    profile_option,
    python_option,
    click.option("--verbose", is_flag=True, help="Show more: sentences that were rewritten or dropped, fields found."),
    click.option(
        "--knowledge",
        type=click.Path(path_type=Path, exists=True),
        multiple=True,
        help="A folder of Markdown or text to look things up in, too; may be given more than once.",
    ),
    click.option(
        "--answer",
        multiple=True,
        metavar="FIELD=VALUE",
        help="The answer where the workflow asks a person: approve=yes. By default you are asked on the terminal.",
    ),
    click.option(
        "--no-record",
        is_flag=True,
        help="Keep nothing of this, unless the run may have to wait or changes something outside.",
    ),
    click.option(
        "--save-test",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write what takes place as a test, or add it to those in the file; antiphon test plays it again.",
    ),
    click.option(
        "-h", "--help", "help_", is_flag=True, help="Show this help; after a workflow's name, its inputs too."
    ),
)

NAMES = (
    *("play", "trace", "app", "profile", "python", "verbose", "knowledge", "answer", "no-record", "save-test"),
    "help",
)


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; they reach it as one value."""

    @wraps(command)
    def given(**values: Any) -> None:
        own = {one.name: values.pop(one.name) for one in fields(Options)}
        command(Options(**own), **values)

    decorated: Any = given
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]
