"""Jinja2 in prompt text only: sandboxed, strict about names, and without filters that reach outside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from ...agents.guards.instructions import guard_instructions, quoted
from ...tools.base.errors import FileError, InputError, Problem


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's own sandbox, and no products or powers: a few characters could ask for all the memory there is."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"{operator} is not allowed in a prompt")


_ENVIRONMENT = _Sandbox(undefined=StrictUndefined, keep_trailing_newline=False, trim_blocks=True)
_ENVIRONMENT.globals = {"quoted": quoted, "guard_instructions": guard_instructions}
"""All a template may call: what a child or an article says goes in as `quoted(text, "name")`."""
MAX_TEMPLATE_BYTES = 200_000


class Template:
    """A prompt's text, checked for the names it uses.

    Args:
        text: The template.
        at: `file:line:column` or the file it came from, for messages.
    Raises:
        FileError: the template does not parse, or uses a name other than `state`, `input`, `result`.
    """

    def __init__(self, text: str, at: str) -> None:
        self.at = at
        try:
            unknown = meta.find_undeclared_variables(_ENVIRONMENT.parse(text)) - {
                "state",
                "input",
                "result",
                *_ENVIRONMENT.globals,
            }
            self._template = _ENVIRONMENT.from_string(text)
        except TemplateSyntaxError as error:
            raise FileError(
                [Problem(f"{at} (template line {error.lineno})", f"the template is wrong: {error.message}")]
            ) from None
        if unknown:
            name = sorted(unknown)[0]
            raise FileError([Problem(at, f"the template uses {name!r}", "It may use state, input and result")])

    def __call__(self, values: Mapping[str, Any]) -> str:
        """Fill it in.

        Raises:
            InputError: a name it uses has no value.
        """
        try:
            return self._template.render(values).strip()
        except UndefinedError as error:
            raise InputError(f"the template cannot be filled in: {error.message}", at=self.at) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
            raise InputError(f"the template failed: {error}", at=self.at) from error


def read_beside(folder: Path, name: str, at: str) -> str:
    """The text of a file in the workflow's folder; nothing outside it can be named.

    Raises:
        FileError: it is outside, missing, too large or not text.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise FileError(
            [Problem(at, f"{name!r} is outside the workflow's folder", "Put the file beside workflow.yaml")]
        )
    try:
        if path.stat().st_size > MAX_TEMPLATE_BYTES:
            raise FileError([Problem(at, f"{name!r} is larger than {MAX_TEMPLATE_BYTES:,} bytes")])
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise FileError([Problem(at, f"there is no text file {name!r} in {folder}")]) from None
