"""The workflows that `flow` nodes use, read as far as a check of the one that uses them needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ...tools.base.checked import checked
from ...tools.base.errors import FileError, InputError
from ...tools.base.yaml_reading import parse_yaml, read_text
from .kinds.control import Flow
from .levels import levels
from .types import WorkflowSpec

MAX_DEPTH = 32
"""How many workflows may use one another in a row."""


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


@dataclass(slots=True)
class Flows:
    """The workflows that one check comes across, each read once, however often it is used."""

    writers: dict[Path, bool] = field(default_factory=dict)
    """By file, whether what it gives may hold a model's words."""
    _read: dict[Path, Used | InputError | FileError] = field(default_factory=dict)
    _deep: dict[Path, int] = field(default_factory=dict)
    """How many workflows a file leads through, itself included; only those that come to an end are here."""
    _endless: dict[Path, list[Path]] = field(default_factory=dict)

    def read(self, folder: Path, use: str) -> Used:
        """The workflow a flow node names.

        Raises:
            InputError: there is none, or it is outside the folder.
            FileError: it is no workflow; every problem with its own position.
        """
        from .reading import find_beside  # reading reads what is checked, and the checks come here

        path = find_beside(folder, use).resolve()
        if path not in self._read:
            try:
                self._read[path] = Used(path, _read(path, read_text(path)))
            except (InputError, FileError) as error:
                self._read[path] = error
        found = self._read[path]
        if isinstance(found, Used):
            return found
        raise found

    def used(self, folder: Path, use: str) -> Used | None:
        """The same, or None where it cannot be read: that is told by the check of names."""
        try:
            return self.read(folder, use)
        except (InputError, FileError):
            return None

    def endless(self, first: Used) -> list[Path]:
        """The files of workflows that use each other without an end; none where there is one.

        A circle comes back to the file it begins with; a chain of more than MAX_DEPTH does not.
        """
        if first.path not in self._endless:
            self._endless[first.path] = self._search(first, [])
        return self._endless[first.path]

    def _search(self, used: Used, way: list[Path]) -> list[Path]:
        if used.path in way:
            return [*way[way.index(used.path) :], used.path]
        way = [*way, used.path]
        if len(way) + self._deep.get(used.path, 1) - 1 > MAX_DEPTH:
            return way
        if used.path in self._deep:
            return []
        deepest = 0
        for use in dict.fromkeys(used.uses):
            inner = self.used(used.path.parent, use)
            if inner is not None:
                if found := self._search(inner, way):
                    return found
                deepest = max(deepest, self._deep[inner.path])
        self._deep[used.path] = deepest + 1
        return []


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> WorkflowSpec:
    return checked(parse_yaml(text, path), WorkflowSpec)
