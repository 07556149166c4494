"""A workflow file, read and checked: every problem at once, each with its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from ...tools.base.checked import shaped
from ...tools.base.errors import FileError, InputError, Problem, place_of
from ...tools.base.suggest import did_you_mean
from ...tools.base.yaml_reading import Document, Path_, parsed, read_text
from .checks import certain, names_and_types, problems
from .known import KEY, At, Known, Subject
from .templates import beside
from .types import WorkflowSpec
from .using import Flows


@dataclass(frozen=True, slots=True)
class Source:
    """A checked workflow, its folder, and where each part of it is written; `file` is None for one made in Python."""

    spec: WorkflowSpec
    folder: Path
    at: At
    file: Path | None = None


@cache
def library() -> Mapping[str, Path]:
    """The ready-made workflows: name, with dashes, to file."""
    root = Path(__file__).resolve().parents[1] / "library"
    return {path.parent.name.replace("_", "-"): path for path in sorted(root.glob("*/workflow.yaml"))}


def find(name: str) -> Path:
    """The file a person means: a path to one, a folder that has a workflow.yaml, or a ready-made workflow's name.

    Raises:
        InputError: there is none.
    """
    path = Path(name)
    if path.is_dir() and (path / "workflow.yaml").is_file():
        return path / "workflow.yaml"
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    ready = library()
    if name.replace("_", "-") in ready:
        return ready[name.replace("_", "-")]
    raise InputError(f"there is no workflow {name!r}", hint=f"{did_you_mean(name, ready)} Or give a workflow.yaml")


def find_beside(folder: Path, use: str) -> Path:
    """The workflow that another in `folder` uses: a file in that folder, or a ready-made one by name.

    Raises:
        InputError: there is none, or it is outside the folder.
    """
    ready = library()
    if Path(use).suffix not in (".yaml", ".yml"):
        if use.replace("_", "-") in ready:
            return ready[use.replace("_", "-")]
        hint = f"{did_you_mean(use, ready)} Or name a .yaml file in the workflow's folder"
        raise InputError(f"there is no workflow {use!r}", hint=hint)
    try:
        return beside(folder, use, "")
    except FileError as error:
        raise InputError(error.problems[0].problem, hint=error.problems[0].hint) from None


def read_workflow(path: Path, known: Known) -> Source:
    """Read and check a workflow file.

    Raises:
        InputError: there is no such file.
        FileError: with every problem in it.
    """
    source, found = check_workflow(path, known)
    errors = [one for one in found if one.level == "error"]
    if source is None or errors:
        raise FileError(errors)
    return source


def check_workflow(path: Path, known: Known) -> tuple[Source | None, list[Problem]]:
    """A workflow file as far as it can be read, and every problem, warnings too, in the order of the file.

    Raises:
        InputError: there is no such file.
    """
    try:
        text = read_text(path)
    except FileError as error:
        return None, list(error.problems)
    return check_text(text, path, known)


def check_text(text: str, path: Path, known: Known, flows: Flows | None = None) -> tuple[Source | None, list[Problem]]:
    """The same of text that would stand in `path`; what it names is looked for beside that.

    Args:
        flows: The workflows that have been read, where this is one of several that are checked together.
    """
    document, found = parsed(text, path)
    if document.value is None and found:
        return None, found
    spec, wrong = shaped(document, WorkflowSpec)
    unclear, found = bool(found), [*found, *wrong]
    at = partial(_place, document)
    if spec is not None:
        subject = Subject(spec, path.parent, at, known, flows or Flows())
        left = names_and_types(subject) if unclear else problems(subject)  # what was not read may lead somewhere
        found += [one for one in left if one.at not in document.in_doubt]
    elif (part := _salvaged(document, found)) is not None:
        spec_left, sure = part
        left = certain(Subject(spec_left, path.parent, at, known), sure)
        found += [one for one in left if one.at not in document.in_doubt]
    source = Source(spec, path.parent, at, path) if spec is not None else None
    return source, sorted(dict.fromkeys(found), key=place_of)


def _salvaged(document: Document, found: Sequence[Problem]) -> tuple[WorkflowSpec, frozenset[str]] | None:
    """A newer format, or no mapping at all, says nothing about what this version knows."""
    if not isinstance(document.value, dict) or any(one.code == "E209" for one in found):
        return None
    from .salvage import salvaged

    return salvaged(document)


def _place(document: Document, path: Path_, shift: int) -> str:
    """Where a value stands: its key where it has parts, else the character `shift` of its text."""
    if shift == KEY or isinstance(document.inside(path), dict | list):
        return document.at(path)
    return document.within(path, shift)
