"""Files and folders a node names: they are there, can be read, and lie in the workflow's folder."""

from collections.abc import Iterator
from pathlib import Path

from ....tools.base.checked import checked
from ....tools.base.errors import FileError, InputError, Problem
from ....tools.base.suggest import did_you_mean
from ....tools.base.yaml_reading import Path_, parse_yaml
from ..examples import Examples
from ..kinds.act import Code
from ..kinds.common import NodeBase
from ..kinds.control import Flow
from ..kinds.memory import Retrieve
from ..kinds.think import Prompt, Writer
from ..kinds.voice import Guard
from ..known import Subject
from ..names import Words
from ..templates import beside, read_beside
from ..using import MAX_DEPTH
from .code import check_code


def check_files(subject: Subject, path: Path_, node: NodeBase) -> Iterator[Problem]:
    """Every complaint about the files of a node."""
    match node:
        case Code():
            yield from check_code(subject, path, node)
        case Writer():
            yield from _prompt(subject, (*path, "prompt"), node.prompt)
        case Guard():
            if node.rewrite is not None:
                yield from _prompt(subject, (*path, "rewrite", "prompt"), node.rewrite.prompt)
            if node.rules:
                yield from _rules(subject, (*path, "rules"), node.rules)
        case Retrieve() if node.folder:
            yield from _folder(subject, (*path, "folder"), node.folder)
        case Flow():
            yield from _used(subject, (*path, "use"), node.use)


def _prompt(subject: Subject, path: Path_, prompt: Prompt) -> Iterator[Problem]:
    for key, words in (("system_file", prompt.system_file), ("user_file", prompt.user_file)):
        for where, name in _each(path, key, words):
            yield from _read(subject, where, name)
    for where, name in _each(path, "examples_file", prompt.examples_file):
        at = subject.at(where, 0)
        try:
            checked(parse_yaml(read_beside(subject.folder, name, at), subject.folder / name), Examples)
        except FileError as error:
            yield from error.problems


def _each(path: Path_, key: str, words: Words) -> Iterator[tuple[Path_, str]]:
    if isinstance(words, str):
        if words:
            yield (*path, key), words
    else:
        yield from (((*path, key, language), name) for language, name in words.items())


def _read(subject: Subject, path: Path_, name: str) -> Iterator[Problem]:
    try:
        read_beside(subject.folder, name, subject.at(path, 0))
    except FileError as error:
        yield from _wide(error, name)


def _wide(error: FileError, name: str) -> Iterator[Problem]:
    for one in error.problems:
        yield Problem(one.at, one.problem, one.hint, one.code, width=len(name))


def _rules(subject: Subject, path: Path_, name: str) -> Iterator[Problem]:
    from ....agents.guards.finding import SHIPPED, known_rules, own_folders, rules_file

    at = subject.at(path, 0)
    if name.endswith((".yaml", ".yml")):
        yield from _read(subject, path, name)
        return
    try:
        rules_file(name, subject.folder)
    except InputError as error:
        known = {rules for place in (*own_folders(), SHIPPED) for rules in known_rules(place)}
        hint = f"{did_you_mean(name, known)} Or name a .yaml file in the workflow's folder"
        yield Problem(at, error.problem, hint, "E307", width=len(name))


def _folder(subject: Subject, path: Path_, name: str) -> Iterator[Problem]:
    at = subject.at(path, 0)
    try:
        found = beside(subject.folder, name, at)
    except FileError as error:
        yield from _wide(error, name)
        return
    if not found.is_dir():
        what = "is a file, and no folder" if found.exists() else "is not there"
        hint = "It must lie in the workflow's folder"
        yield Problem(at, f"the folder {name!r} {what}", hint, "E307", width=len(name))


def _used(subject: Subject, path: Path_, use: str) -> Iterator[Problem]:
    at, is_file = subject.at(path, 0), Path(use).suffix in (".yaml", ".yml")
    if is_file:
        try:
            beside(subject.folder, use, at)
        except FileError as error:
            yield from _wide(error, use)
            return
    try:
        used = subject.flows.read(subject.folder, use)
    except FileError as error:
        first, more = error.problems[0], len(error.problems) - 1
        rest = f", and {more} more" if more else ""
        yield Problem(at, f"the workflow {use!r} is wrong", f"{first}{rest}", "E305", width=len(use))
    except InputError as error:
        problem = f"the workflow {use!r} cannot be read: {error.problem}" if is_file else error.problem
        yield Problem(at, problem, error.hint, "E305", width=len(use))
    else:
        yield from _endless(at, use, subject.flows.endless(used))


def _endless(at: str, use: str, files: list[Path]) -> Iterator[Problem]:
    if files and files[0] == files[-1]:
        names = " uses ".join(one.name if one.name != "workflow.yaml" else one.parent.name for one in files)
        hint = "A workflow repeats itself with a loop, not by using itself"
        yield Problem(at, f"workflows that use each other have no end: {names}", hint, "E409", width=len(use))
    elif files:
        problem = f"{use!r} uses a workflow that uses another, and so on, more than {MAX_DEPTH} deep"
        yield Problem(at, problem, "Put the steps of some of them into one file", "E409", width=len(use))
