"""Files and folders that people name, checked one by one: whatever is wrong with one, the others are checked too."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...agents.roles.reading import SHIPPED, read_app, source_of_app
from ...tools.base.checked import shaped
from ...tools.base.errors import FileError, InputError, Problem, place_of
from ...tools.base.tool import Tool
from ...tools.base.yaml_reading import parsed, read_text
from ..spec.known import Known, Subject
from ..spec.reading import check_text, find

STDIN = "-"
_FORMAT = re.compile(r"""^schema:[ \t]*["']?(app|guards)/""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file, as its author named it, with every problem."""

    name: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it can run; a warning does not stop it."""
        return not any(one.level == "error" for one in self.problems)


@dataclass(frozen=True, slots=True)
class World:
    """What the files are checked with.

    Attributes:
        known: The tools, functions and services they may name, and what this machine demands.
        wrong: The app.yaml that counts, where there is something wrong with it.
    """

    known: Known
    wrong: tuple[Checked, ...] = ()


def world(
    tools: Iterable[Tool] = (),
    functions: Iterable[Tool | Callable[..., Any]] = (),
    app: Path | None = None,
    profile: str = "",
) -> World:
    """The world around the files: the caller's tools and functions, and the app.yaml that counts if there is one."""
    from ..workflow import known

    here, source = known(tools, functions), source_of_app(app)
    if source.path == SHIPPED:
        return World(here)
    try:
        found = read_app(source.path, profile)
    except FileError as error:
        return World(here, (Checked(str(source.path), error.problems),))
    except InputError as error:
        return World(here, (Checked(str(source.path), (_unreadable(str(source.path), error),)),))
    return World(here.on(found))


def check_all(names: Sequence[str], world: World, stdin: str = "") -> Iterator[Checked]:
    """Check what people name: files, folders with workflow.yaml files, ready-made workflows, `-` for `stdin`."""
    told = {one.name for one in world.wrong}
    yield from world.wrong
    for name in dict.fromkeys(names):
        if name == STDIN:
            yield Checked("<stdin>", tuple(_of_text(stdin, Path("<stdin>"), world.known)))
        elif Path(name).is_dir():
            yield from _in_folder(Path(name), world.known)
        elif name not in told:
            yield _of_file(name, world.known)


def _in_folder(folder: Path, known: Known) -> Iterator[Checked]:
    files = sorted(workflow_files(folder))
    if not files:
        problem = Problem(str(folder), "there is no workflow.yaml in this folder or below it", code="E307")
        yield Checked(str(folder), (problem,))
    for file in files:
        yield _of_file(str(file), known)


def workflow_files(folder: Path) -> Iterator[Path]:
    """Every workflow.yaml below a folder; hidden folders are left out, and links that lead out of it."""
    inside = folder.resolve()
    for here, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        path = Path(here) / "workflow.yaml"
        if "workflow.yaml" in files and path.resolve().is_relative_to(inside):
            yield path


def _of_file(name: str, known: Known) -> Checked:
    try:
        if name.endswith(".py") or ".py:" in name:
            return Checked(name, tuple(_of_python(name, known)))
        path = find(name)
        return Checked(name, tuple(_of_text(read_text(path), path, known)))
    except FileError as error:
        return Checked(name, error.problems)
    except InputError as error:
        return Checked(name, (_unreadable(name, error),))


def _of_python(name: str, known: Known) -> list[Problem]:
    """A workflow that a Python file makes; the file is run, as any that one's own program imports."""
    from ..export.from_python import workflow_in
    from ..spec.checks import problems

    made = workflow_in(name)
    here = made.known.on_machine_of(known)
    return sorted(problems(Subject(made.spec, made.source.folder, made.source.at, here)), key=place_of)


def _of_text(text: str, path: Path, known: Known) -> list[Problem]:
    """A workflow, or by its own word another of our formats."""
    other = _FORMAT.search(text)
    if other is not None and other[1] == "app":
        from ...agents.roles.types import App

        document, found = parsed(text, path)
        return found if document.value is None and found else [*found, *shaped(document, App)[1]]
    if other is not None:
        return _of_rules(path)
    source, found = check_text(text, path, known)
    if source is None:
        return found
    from .files import check_contents
    from .used import check_used

    subject = Subject(source.spec, source.folder, source.at, known)
    here = sorted(dict.fromkeys((*found, *check_contents(subject))), key=place_of)
    return [*here, *check_used(subject, {path.resolve()})]


def _of_rules(path: Path) -> list[Problem]:
    from ...agents.guards.rules import load_rules

    try:
        load_rules(path)
    except FileError as error:
        return list(error.problems)
    return []


def _unreadable(name: str, error: InputError) -> Problem:
    return Problem(error.at or name, error.problem, error.hint, code="E307")
