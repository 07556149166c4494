"""What only `validate` looks at before a run does: the inside of one's own rules files, and the settings of tools."""

from collections.abc import Iterator
from pathlib import Path

from ...tools.base.engines import load
from ...tools.base.errors import FileError, InputError, Problem
from ..spec.kinds.voice import Guard
from ..spec.known import TOOLS, Subject


def check_contents(subject: Subject) -> Iterator[Problem]:
    """Every complaint about rules that do not come with Antiphon, and about the settings of built-in tools."""
    guards = (node for level in subject.levels for node in level.nodes.values() if isinstance(node, Guard))
    for name in dict.fromkeys(guard.rules for guard in guards if guard.rules):
        yield from _rules(subject.folder, name)
    yield from _tools(subject)


def _rules(folder: Path, name: str) -> Iterator[Problem]:
    from ...agents.guards.finding import SHIPPED, rules_file

    try:
        file = rules_file(name, folder)
        if not file.is_relative_to(SHIPPED):  # those are tested, and take a second
            from ...agents.guards.rules import load_rules

            load_rules(file)
    except FileError as error:
        yield from error.problems
    except InputError:  # that it is not there is told where it is named
        return


def _tools(subject: Subject) -> Iterator[Problem]:
    for name, given in subject.spec.tools.items():
        if given and name in TOOLS and subject.known.tools.get(name) is None:
            try:
                load("tool", name, TOOLS)(subject.folder, given)
            except InputError as error:
                yield Problem(subject.at(("tools", name), 0), error.problem, error.hint, code="E203", width=len(name))
