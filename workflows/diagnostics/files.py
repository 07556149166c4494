"""The files and folders a workflow names: whether they are there, and whether what is in them reads right.

Nothing is compiled for a run, and what comes with Antiphon is only looked for.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from ...agents.guards.finding import SHIPPED as SHIPPED_RULES
from ...agents.guards.finding import rules_file
from ...tools.base.checked import shaped
from ...tools.base.errors import FileError, InputError, Problem
from ...tools.base.yaml_reading import Path_, parsed
from ..spec.examples import Examples
from ..spec.kinds.memory import Retrieve
from ..spec.kinds.think import Prompt
from ..spec.kinds.voice import Guard
from ..spec.known import Subject
from ..spec.names import Words
from ..spec.templates import read_beside


def check_files(subject: Subject) -> Iterator[Problem]:
    """Every complaint about rules, examples, folders of documents, and the settings of built-in tools."""
    for level in subject.levels:
        for name, node in level.nodes.items():
            path = level.path_of(name)
            if isinstance(node, Guard) and node.rules:
                yield from _rules(subject, (*path, "rules"), node.rules)
            if isinstance(node, Retrieve) and node.folder:
                yield from _folder(subject, (*path, "folder"), node.folder)
            for place, prompt in _prompts(node, path):
                yield from _examples(subject, (*place, "examples_file"), prompt.examples_file)
    yield from _tools(subject)


def _prompts(part: BaseModel, path: Path_) -> Iterator[tuple[Path_, Prompt]]:
    """The prompts of a node; those of the nodes in a block are theirs."""
    for name in ("prompt", "rewrite"):
        inner = getattr(part, name, None)
        if isinstance(inner, Prompt):
            yield (*path, name), inner
        elif isinstance(inner, BaseModel):
            yield from _prompts(inner, (*path, name))


def _rules(subject: Subject, path: Path_, name: str) -> Iterator[Problem]:
    at, width = subject.at(path, 0), len(name)
    own = name.endswith((".yaml", ".yml"))
    if own and not _inside(subject.folder, name):
        yield _outside(name, at)
        return
    try:
        file = rules_file(name, subject.folder)
    except InputError as error:
        yield Problem(at, error.problem, error.hint, code="E307", width=width)
        return
    if not file.is_relative_to(SHIPPED_RULES):
        from ...agents.guards.rules import load_rules

        try:
            load_rules(file)
        except FileError as error:
            yield from error.problems
        except InputError as error:
            yield Problem(at, error.problem, error.hint, code="E307", width=width)


def _folder(subject: Subject, path: Path_, name: str) -> Iterator[Problem]:
    at = subject.at(path, 0)
    if not _inside(subject.folder, name):
        yield _outside(name, at)
    elif not (subject.folder / name).is_dir():
        hint = f"Make it in {subject.folder}, with Markdown or text files in it"
        yield Problem(at, f"there is no folder {name!r}", hint, code="E307", width=len(name))


def _examples(subject: Subject, path: Path_, words: Words) -> Iterator[Problem]:
    named = words.items() if isinstance(words, dict) else [("", words)] if words else []
    for language, name in named:
        at = subject.at((*path, language) if language else path, 0)
        try:
            text = read_beside(subject.folder, name, at)
        except FileError as error:
            yield from error.problems
            continue
        document, found = parsed(text, subject.folder / name)
        yield from found
        if not found or document.value is not None:
            yield from shaped(document, Examples)[1]


def _tools(subject: Subject) -> Iterator[Problem]:
    from ...tools.base.engines import load
    from ..workflow import TOOLS

    for name, given in subject.spec.tools.items():
        if name in TOOLS and subject.known.tools.get(name) is None:
            try:
                load("tool", name, TOOLS)(subject.folder, given)
            except InputError as error:
                yield Problem(subject.at(("tools", name), 0), error.problem, error.hint, code="E203", width=len(name))


def _inside(folder: Path, name: str) -> bool:
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False


def _outside(name: str, at: str) -> Problem:
    problem, hint = f"{name!r} is outside the workflow's folder", "Put it beside workflow.yaml"
    return Problem(at, problem, hint, code="E308", width=len(name))
