"""Jinja2 in prompt text only: checked for what it uses, then filled in within bounds."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError, nodes

from ...tools.base.errors import FileError, InputError, Problem
from .flaws import Flaw
from .scopes import Names
from .template_names import Reading, place, read_tree
from .template_sandbox import Counted, sandbox, with_budget
from .template_told import told

MAX_TEMPLATE_BYTES = 200_000
_ENVIRONMENT = sandbox()


class Template:
    """A prompt's text, checked for the names it uses.

    Args:
        text: The template.
        at: `file:line:column` or the file it came from, for messages.
        names: What it may use.
    Attributes:
        reads: The dotted names it uses.
    Raises:
        FileError: the template does not parse, reads another file, reaches what it may not, or uses a name, a filter or
            a test that is not there.
    """

    def __init__(self, text: str, at: str, names: Names) -> None:
        self.text, self.at = text, at
        found = read_template(text, names)
        if found.flaws:
            raise FileError([_problem(at, text, flaw) for flaw in found.flaws])
        self.reads = tuple(found.reads)

    def __call__(self, values: Mapping[str, Any]) -> str:
        """Fill it in.

        Raises:
            InputError: a name it uses has no value, or the text would grow without end.
        """
        try:
            return with_budget(lambda: self._template.render(values)).strip()
        except UndefinedError as error:
            raise InputError(f"the template cannot be filled in: {error.message}", at=self.at) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
            raise InputError(f"the template failed: {error}", at=self.at) from error
        except (RecursionError, SyntaxError, MemoryError) as error:
            raise InputError("the template failed: it is too large or nests too deeply", at=self.at) from error

    @cached_property
    def _template(self) -> JinjaTemplate:
        tree: nodes.Template = Counted().visit(_ENVIRONMENT.parse(self.text))
        return _ENVIRONMENT.from_string(tree)


def read_template(text: str, names: Names) -> Reading:
    """What a template uses of these names, and everything that is wrong with it, in the order of its text."""
    tree = _parsed(text)
    if isinstance(tree, Flaw):
        return Reading(flaws=[tree])
    found = read_tree(tree, text, names)
    found.flaws.sort(key=lambda flaw: flaw.start)
    return found


@lru_cache(maxsize=1024)
def names_in_template(text: str) -> tuple[tuple[str, ...], ...]:
    """The dotted names of a template, declared or not; none of one that does not parse."""
    tree = _parsed(text)
    return () if isinstance(tree, Flaw) else tuple(read_tree(tree, text, None).chains)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> nodes.Template | Flaw:
    try:
        return _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        start, width = place(text.splitlines(keepends=True), error.lineno, "")
        return Flaw(*told(error.message or "it cannot be read", text, start, width), "E601")
    except (TemplateError, ValueError) as error:
        return Flaw(0, 0, f"the template is wrong: {error}", "", "E601")
    except (RecursionError, MemoryError):
        return Flaw(0, 0, "the template is nested too deeply", "Write it flatter", "E601")


def _problem(at: str, text: str, flaw: Flaw) -> Problem:
    where = f"{at} (template line {text.count(chr(10), 0, flaw.start) + 1})"
    return Problem(where, flaw.problem, flaw.hint, code=flaw.code, width=flaw.width)


def read_beside(folder: Path, name: str, at: str) -> str:
    """The text of a file in the workflow's folder; nothing outside it can be named.

    Raises:
        FileError: it is outside, missing, too large or not text.
    """
    path = beside(folder, name, at)
    problem, hint, code = f"{name!r} cannot be read", "It must lie in the workflow's folder", "E307"
    try:
        if not path.is_file():  # what is no file of bytes may never end
            problem += ": it is a folder" if path.is_dir() else ": there is no such file"
        elif path.stat().st_size > MAX_TEMPLATE_BYTES:
            problem, code = f"{name!r} is larger than {MAX_TEMPLATE_BYTES:,} bytes", "E106"
            hint = "Put less into one prompt"
        else:
            return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem, hint, code = f"{name!r} is not UTF-8 text", "Save the file as UTF-8", "E107"
    except OSError as error:
        problem += f": {(error.strerror or str(error)).lower()}"
    raise FileError([Problem(at, problem, hint, code=code)])


def beside(folder: Path, name: str, at: str) -> Path:
    """The path a name in the workflow's folder stands for; links are followed, and may not lead out of it.

    Raises:
        FileError: it is outside.
    """
    try:
        path = (folder / name).resolve()
        within = path.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a zero byte, a name too long, a link in a circle
        raise FileError([Problem(at, f"{name!r} is no name of a file", code="E307")]) from None
    if not within:
        problem, hint = f"{name!r} is outside the workflow's folder", "Put it beside workflow.yaml"
        raise FileError([Problem(at, problem, hint, code="E308")])
    return path
