"""A workflow's question to a person: shown on the terminal, answered field by field, or by --answer."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from ...tools.base.errors import InputError
from ...tools.base.printable import printable
from ..spec.forms import Misfit, bounds, typed
from ..spec.shapes import Shape

if TYPE_CHECKING:
    from ..compile.step import Question

_FORMS = {
    "boolean": "yes or no",
    "integer": "a whole number",
    "number": "a number",
    "list": "with commas between",
    "object": 'as JSON: {"key": "value"}',
}


class Answering:
    """Puts a question of a workflow's to whoever is at the terminal.

    Args:
        given: Answers by field, as text; nobody is asked for these.
        read: The next line a person types, "" at the end of their input; None where nobody is there.
        aside: Keeps what else is on the terminal out of the way while somebody is asked.
    """

    def __init__(
        self,
        given: Mapping[str, str],
        read: Callable[[], Awaitable[str]] | None,
        aside: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._given, self._read, self._aside = given, read, aside
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, question: "Question") -> Mapping[str, Any] | None:
        """The form, filled in; None where nobody is there, or they ended their input.

        Raises:
            InputError: an answer that was given does not fit.
        """
        async with self._one_at_a_time:
            with self._aside():
                return await self._filled(question)

    async def _filled(self, question: "Question") -> dict[str, Any] | None:
        fields = {
            name: _typed(shape, self._given[name], name, question.step)
            for name, shape in question.form.items()
            if name in self._given
        }
        rest = {name: shape for name, shape in question.form.items() if name not in fields}
        if self._read is None and any(shape.default is None for shape in rest.values()):
            return None
        _show(question)
        for name, shape in rest.items() if self._read is not None else ():
            answer = await self._asked(name, shape)
            if answer is None:
                return None
            fields[name] = answer
        return fields

    async def _asked(self, name: str, shape: Shape) -> Any:
        """Ask for one field until the answer fits; None at the end of the input."""
        assert self._read is not None
        while True:
            click.echo(_prompt(name, shape), nl=False, err=True)
            line = await self._read()
            if not line:
                click.echo(err=True)
                return None
            text = line.rstrip("\r\n")
            if not text.strip() and shape.default is not None:
                return shape.default
            try:
                if not text.strip() and shape.type != "list":
                    raise Misfit("", "an answer is needed")
                return typed(shape, text, name)
            except Misfit as error:
                click.echo(f"         {printable(str(error))}. {printable(error.hint)}".rstrip(), err=True)


def _typed(shape: Shape, text: str, name: str, step: str) -> Any:
    try:
        return typed(shape, text, name)
    except Misfit as error:
        raise InputError(f"--answer {name}: {error}", at=step, hint=error.hint) from None


def _show(question: "Question") -> None:
    who = f" ({question.who})" if question.who else ""
    click.echo(f"question {printable(question.text)}{printable(who)}", err=True)


def _prompt(name: str, shape: Shape) -> str:
    allowed = " / ".join(shape.enum) or " ".join(part for part in (_FORMS.get(shape.type, ""), bounds(shape)) if part)
    about = f"{name} ({shape.about})" if shape.about else name
    default = "" if shape.default is None else f", else {_shown(shape.default)}"
    more = f" [{allowed}{default}]".replace("[, ", "[") if allowed or default else ""
    return f"         {printable(about + more)}: "


def _shown(default: Any) -> str:
    return {True: "yes", False: "no"}.get(default, str(default)) if isinstance(default, bool) else str(default)


def somebody_is_there() -> bool:
    """Whether a person can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


async def typed_line() -> str:
    """The next line of the terminal, while everything else goes on; Ctrl-C stops at once."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(sys.stdin.fileno(), readable.set)
    except NotImplementedError:  # Windows: a thread has to wait for the line
        from ...tools.base.threads import in_thread_of_its_own

        return await in_thread_of_its_own(sys.stdin.readline)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()
