"""The workflows that a workflow uses, checked with it: a mistake in one of them is a mistake in what people run."""

from collections.abc import Iterator
from pathlib import Path

from ...tools.base.errors import AntiphonError, Problem
from ...tools.base.yaml_reading import read_text
from ..spec.kinds.control import Flow
from ..spec.known import Subject
from ..spec.reading import check_text, find_beside


def check_used(subject: Subject, seen: set[Path]) -> Iterator[Problem]:
    """Every error in the files that flow nodes use, and in those they use; what cannot be read is told elsewhere.

    Args:
        seen: The files that need no look, as they have had one.
    """
    todo = [subject]
    while todo:
        one = todo.pop(0)
        inner = list[Subject]()
        for level in one.levels:
            for node in level.nodes.values():
                if isinstance(node, Flow) and Path(node.use).suffix in (".yaml", ".yml"):
                    yield from _of_file(one, node.use, seen, inner)
        todo = [*inner, *todo]


def _of_file(subject: Subject, use: str, seen: set[Path], inner: list[Subject]) -> Iterator[Problem]:
    """What is wrong in one of them; where it could be read, `inner` gets it."""
    try:
        path = find_beside(subject.folder, use).resolve()
        if path in seen:
            return
        seen.add(path)
        source, found = check_text(read_text(path), subject.folder / use, subject.known, subject.flows)
    except AntiphonError:
        return
    if source is None:  # told where it is named, as a workflow that is wrong
        return
    yield from (one for one in found if one.level == "error" and one.code != "E409")  # a circle is told once
    inner.append(Subject(source.spec, source.folder, source.at, subject.known, subject.flows))
