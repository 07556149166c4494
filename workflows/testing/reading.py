"""A file of tests, read and checked with the workflow it is about: every problem at once, each with its line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...tools.base.checked import shaped
from ...tools.base.errors import FileError, InputError, Problem, place_of
from ...tools.base.suggest import did_you_mean
from ...tools.base.yaml_reading import Document, Path_, parsed, read_text
from ..loading import load_with
from .naming import Names, is_named, names_in
from .types import Case, Exchange, Suite

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..workflow import Workflow

MAX_BYTES = 1_000_000
_FORMAT = re.compile(rb"""^schema:[ \t]*["']?test/v""", re.MULTILINE)
_OTHERS = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "build", "dist"})


@dataclass(frozen=True, slots=True)
class Read:
    """A file of tests and the workflows they are about.

    Attributes:
        machine: What they run on, with a stand-in for each service that is replaced.
        places: Where each test is written: `file:line:column`.
        workflows: One for each test.
    """

    path: Path
    suite: Suite
    machine: "App"
    places: tuple[str, ...]
    workflows: "tuple[Workflow, ...]"


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files that are named, and those of tests in the folders that are named and below them.

    Raises:
        InputError: something does not exist, or there is no file of tests.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("there is no such file or folder", at=str(path), hint="Check the path")
        found += _below(path) if path.is_dir() else [path]
    if not found:
        hint = "Name one, or write one that begins with schema: test/v1"
        raise InputError("there is no file of tests here", at=", ".join(map(str, paths)), hint=hint)
    return list(dict.fromkeys(found))


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.y*ml")):
        hidden = any(part.startswith(".") or part in _OTHERS for part in path.relative_to(folder).parts)
        if not hidden and path.suffix in (".yaml", ".yml") and _is_of_tests(path):
            yield path


def _is_of_tests(path: Path) -> bool:
    small = path.is_file() and path.stat().st_size <= MAX_BYTES
    return small and _FORMAT.search(path.read_bytes()) is not None


def read_suite(path: Path, machine: "App", python: Sequence[Path] = ()) -> Read:
    """Read a file of tests and the workflows it names.

    Args:
        machine: What stands on this machine.
        python: Files with functions of the user's own.
    Raises:
        InputError: a file does not exist.
        FileError: the file, or a workflow it names, is wrong; every problem.
    """
    document, problems = parsed(read_text(path), path)
    if document.value is None and problems:
        raise FileError(problems)
    suite, more = shaped(document, Suite)
    problems += more
    if suite is None or problems:
        raise FileError(sorted(dict.fromkeys(problems), key=place_of))
    machine = _with_services(machine, suite)
    workflows = _workflows(document, suite, machine, python)
    found = [*_twice(document, suite), *_patterns(document, suite), *_unknown(document, suite, workflows)]
    if found:
        raise FileError(sorted(dict.fromkeys(found), key=place_of))
    places = tuple(document.at(("tests", i)) for i in range(len(suite.tests)))
    return Read(path, suite, machine, places, workflows)


def alone(case: Mapping[str, Any], workflow: "Workflow", machine: "App", path: Path) -> Read:
    """A test as plain values, as if it were in a file by itself.

    Raises:
        ValidationError: it is no test.
    """
    suite = Suite.model_validate({"schema": "test/v1", "workflow": workflow.spec.name, "tests": [case]})
    return Read(path, suite, _with_services(machine, suite), (str(path),), (workflow,))


def _with_services(machine: "App", suite: Suite) -> "App":
    """The machine with every service that the file replaces: such a one needs no address and no key."""
    from ...tools.services.settings import ServiceSettings

    replaced = {*suite.services, *(name for case in suite.tests for name in case.services)}
    nobody = ServiceSettings(base_url="http://replaced.invalid")
    without_key = {"headers_env": {}, "base_url": nobody.base_url}
    nowhere = {name: machine.services.get(name, nobody).model_copy(update=without_key) for name in replaced}
    return machine.model_copy(update={"services": {**machine.services, **nowhere}})


def _workflows(document: Document, suite: Suite, machine: "App", python: Sequence[Path]) -> "tuple[Workflow, ...]":
    loaded: dict[str, Workflow] = {}
    problems: list[Problem] = []
    places: dict[str, Path_] = {case.workflow: ("tests", i, "workflow") for i, case in enumerate(suite.tests)}
    places[""] = ("workflow",)
    for name in {case.workflow for case in suite.tests}:
        try:
            loaded[name] = load_with(_found(document.path.parent, name or suite.workflow), python, machine)
        except FileError as error:
            problems += error.problems
        except InputError as error:
            problems.append(Problem(document.at(places[name], value=True), error.problem, error.hint))
    if problems:
        raise FileError(sorted(dict.fromkeys(problems), key=place_of))
    return tuple(loaded[case.workflow] for case in suite.tests)


def _found(folder: Path, name: str) -> str:
    """A workflow beside the file of tests; else what a person would mean by the name."""
    file, python, variable = name.rpartition(".py:")
    beside = folder / (f"{file}.py" if python else name)
    if not beside.exists():
        return name
    return f"{beside}:{variable}" if python else str(beside)


def _twice(document: Document, suite: Suite) -> Iterator[Problem]:
    """Two tests of one name could not be told apart in a report."""
    seen: set[str] = set()
    for i, case in enumerate(suite.tests):
        if case.name in seen:
            at = document.at(("tests", i, "name"), value=True)
            yield Problem(at, f"there is another test called {case.name!r}", "Give one of them another name")
        seen.add(case.name)


def _patterns(document: Document, suite: Suite) -> Iterator[Problem]:
    for path, turn in _turns(suite):
        for key in ("matches", "not_matches"):
            written = getattr(turn.expect, key)
            for i, pattern in enumerate([written] if isinstance(written, str) else written):
                try:
                    re.compile(pattern)
                except re.error as error:
                    place = (*path, "expect", key) if isinstance(written, str) else (*path, "expect", key, i)
                    problem = f"{pattern!r} is no regular expression: {error.msg}"
                    yield Problem(document.at(place, value=True), problem)


def _turns(suite: Suite) -> Iterator[tuple[Path_, Exchange]]:
    """Every turn, and where it is written."""
    for i, case in enumerate(suite.tests):
        yield ("tests", i), case
        for j, turn in enumerate(case.turns):
            yield ("tests", i, "turns", j), turn


def _unknown(document: Document, suite: Suite, workflows: "Sequence[Workflow]") -> Iterator[Problem]:
    """Names that nothing in the workflow has."""
    by_name = {id(one): names_in(one) for one in workflows}
    anywhere = Names.joined(by_name.values())
    for kind in ("tools", "services"):
        yield from _doubles(document, getattr(suite, kind), getattr(anywhere, kind), (kind,))
    for i, (case, workflow) in enumerate(zip(suite.tests, workflows, strict=True)):
        names = by_name[id(workflow)]
        for kind in ("tools", "services"):
            yield from _doubles(document, getattr(case, kind), getattr(names, kind), ("tests", i, kind))
        for path, turn in _turns_of(case, i):
            yield from _in_turn(document, turn, names, path)


def _turns_of(case: Case, i: int) -> Iterator[tuple[Path_, Exchange]]:
    yield ("tests", i), case
    for j, turn in enumerate(case.turns):
        yield ("tests", i, "turns", j), turn


def _doubles(document: Document, given: Iterable[str], known: "set[str] | None", path: Path_) -> Iterator[Problem]:
    kind = str(path[-1]).removesuffix("s")
    for name in given:
        if known is not None and name not in known:
            problem = f"the workflow uses no {kind} called {name!r}"
            yield Problem(document.at((*path, name)), problem, did_you_mean(name, known))


def _in_turn(document: Document, turn: Exchange, names: Names, path: Path_) -> Iterator[Problem]:
    say = partial(_problem, document)
    for kind, given, known in (
        ("inputs", turn.inputs, names.inputs),
        ("expect.output", turn.expect.output, names.outputs),
    ):
        for name in given:
            if name not in known:
                what = kind.rpartition(".")[2].removesuffix("s")
                yield say((*path, *kind.split("."), name), f"the workflow has no {what} {name!r}", name, known)
    for key in ("must_visit", "must_not_visit"):
        for i, step in enumerate(getattr(turn, key)):
            if step not in names.steps:
                yield say((*path, key, i), f"the workflow has no node {step!r}", step, names.steps)
    if names.calls is not None:
        yield from _calls_in(document, turn, names.calls, path)


def _calls_in(document: Document, turn: Exchange, known: set[str], path: Path_) -> Iterator[Problem]:
    for key in ("must_call", "must_not_call"):
        for i, wanted in enumerate(getattr(turn, key)):
            tool = wanted if isinstance(wanted, str) else wanted.tool
            if not any(is_named(one, tool) for one in known):
                yield _problem(document, (*path, key, i), f"the workflow calls nothing named {tool!r}", tool, known)


def _problem(document: Document, path: Path_, problem: str, name: str, known: Iterable[str]) -> Problem:
    return Problem(document.at(path), problem, did_you_mean(name, known))
