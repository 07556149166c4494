"""Jinja2 in prompt text only: sandboxed, strict about names, and without filters that reach outside."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ...agents.guards.instructions import guard_instructions, quoted
from ...tools.base.errors import FileError, InputError, Problem
from ...tools.base.suggest import did_you_mean


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
        fields: The names of each thing it may use: {"state": ..., "input": ...}.
    Raises:
        FileError: the template does not parse, reads another file, or uses a name that is not there.
    """

    def __init__(self, text: str, at: str, fields: Mapping[str, Collection[str]]) -> None:
        self.at = at
        try:
            tree = _ENVIRONMENT.parse(text)
            self._template = _ENVIRONMENT.from_string(text)
        except TemplateSyntaxError as error:
            where = f"{at} (template line {error.lineno})"
            raise FileError([Problem(where, f"the template is wrong: {error.message}")]) from None
        except TemplateError as error:
            raise FileError([Problem(at, f"the template is wrong: {error}")]) from None
        found = list(_problems(tree, at, fields))
        if found:
            raise FileError(found)

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


def _problems(tree: nodes.Template, at: str, fields: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """Names nobody declared, and ways out of the template."""
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        yield Problem(f"{at} (template line {node.lineno})", "a template cannot read another file")
    for name in sorted(meta.find_undeclared_variables(tree) - {*fields, "result", *_ENVIRONMENT.globals}):
        yield Problem(at, f"the template uses {name!r}", "It may use state, input and result")
    for part in tree.find_all(nodes.Getattr):
        if isinstance(part.node, nodes.Name) and part.attr not in fields.get(part.node.name, [part.attr]):
            where, known = f"{at} (template line {part.lineno})", fields[part.node.name]
            yield Problem(where, f"nothing is called '{part.node.name}.{part.attr}'", did_you_mean(part.attr, known))


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
    except UnicodeDecodeError:
        raise FileError([Problem(at, f"{name!r} is not UTF-8 text")]) from None
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise FileError([Problem(at, f"{name!r} cannot be read: {reason}", f"It must lie in {folder}")]) from None
