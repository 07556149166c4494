"""The workflows that `flow` nodes use, read as far as a check of the one that uses them needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...tools.base.checked import checked
from ...tools.base.errors import FileError, InputError
from ...tools.base.yaml_reading import parse_yaml, read_text
from .kinds.control import Flow
from .levels import levels
from .types import WorkflowSpec


@dataclass(frozen=True, slots=True)
class Used:
    """A workflow that another uses: its file, and what is in it."""

    path: Path
    spec: WorkflowSpec

    @property
    def uses(self) -> Iterator[str]:
        """What its own flow nodes use."""
        for level in levels(self.spec):
            yield from (node.use for node in level.nodes.values() if isinstance(node, Flow))


def read_used(folder: Path, use: str) -> Used:
    """The workflow a flow node names.

    Raises:
        InputError: there is none, or it is outside the folder.
        FileError: it is no workflow; every problem with its own position.
    """
    from .reading import find_beside  # reading reads what is checked, and the checks come here

    path = find_beside(folder, use).resolve()
    return Used(path, _read(path, read_text(path)))


def used_workflow(folder: Path, use: str) -> Used | None:
    """The same, or None where it cannot be read: that is told by the check of names."""
    try:
        return read_used(folder, use)
    except (InputError, FileError):
        return None


def circle(first: Used) -> list[Path]:
    """The files of a circle of workflows that use each other, from one of them back to it; none where there is none."""

    def search(used: Used, way: list[Path]) -> list[Path]:
        if used.path in way:
            return [*way[way.index(used.path) :], used.path]
        if used.path in done:
            return []
        for use in used.uses:
            inner = used_workflow(used.path.parent, use)
            found = search(inner, [*way, used.path]) if inner is not None else []
            if found:
                return found
        done.add(used.path)
        return []

    done: set[Path] = set()
    return search(first, [])


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> WorkflowSpec:
    return checked(parse_yaml(text, path), WorkflowSpec)
