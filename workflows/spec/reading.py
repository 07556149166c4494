"""A workflow file, read and checked: every problem at once, each with its line."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...tools.base.checked import checked
from ...tools.base.errors import FileError, InputError
from ...tools.base.suggest import did_you_mean
from ...tools.base.yaml_reading import Document, Path_, read_yaml
from .checking import At, problems
from .types import WorkflowSpec


@dataclass(frozen=True, slots=True)
class Source:
    """A checked workflow, the folder its files lie in, and where each part of it is written."""

    spec: WorkflowSpec
    folder: Path
    at: At


def library() -> dict[str, Path]:
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


def read_workflow(path: Path, tools: frozenset[str]) -> Source:
    """Read and check a workflow file; `tools` are the names of the registered tools.

    Raises:
        InputError: there is no such file.
        FileError: with every problem in it.
    """
    document = read_yaml(path)
    spec = checked(document, WorkflowSpec)
    at = partial(_place, document)
    found = problems(spec, at, tools)
    if found:
        raise FileError(found)
    return Source(spec, path.parent, at)


def _place(document: Document, path: Path_, shift: int) -> str:
    """Where a value stands; `shift` columns into a scalar that is written on one line."""
    if isinstance(document.inside(path), dict | list):
        return document.at(path)  # the key says more than the bracket
    at = document.at(path, value=True)
    if not shift:
        return at
    name, line, column = at.rsplit(":", 2)
    text = document.text.splitlines()[int(line) - 1][int(column) - 1 :]
    quoted = text.startswith(("'", '"'))
    return at if text[:1] in "|>" else f"{name}:{line}:{int(column) + shift + quoted}"
