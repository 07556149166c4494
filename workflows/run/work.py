"""The work of one run, whether it is kept or not: engines are opened, the graph is run, what it came to is told."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...agents.events import Event, Loading, RunFinished, Warned
from ...agents.models.chat import Message
from ...agents.roles.types import App
from ...agents.sound import Sound
from ..compile.spending import Spending
from ..compile.step import Answer, Journal, Turn
from ..spec.kinds.memory import Retrieve
from ..spec.kinds.think import Classify, Extract, Writer
from ..workflow import Workflow
from .engines import OpenEngines
from .invoking import Kept, invoke
from .values import values_of


@dataclass(frozen=True, slots=True)
class Job:
    """What a run is done with.

    Attributes:
        engines: Engines by role in place of the app's.
        emit: Told all that happens.
    """

    workflow: Workflow
    app: App
    emit: Callable[[Event], None]
    engines: Mapping[str, Any] = field(default_factory=dict)
    spoken: bool = False
    history: tuple[Message, ...] = ()
    answer: Answer | None = None
    knowledge: tuple[Path, ...] = ()


async def work(
    job: Job,
    values: Mapping[str, Any],
    kept_before: Mapping[str, Any],
    *,
    spending: Spending,
    run: str,
    journal: Journal | None = None,
    kept: Kept | None = None,
) -> tuple[Turn, Mapping[str, Any]]:
    """Run the workflow to its end, or to where it waits for a person.

    Args:
        values: The checked inputs.
        kept_before: State fields that begin with what the turn before left.
        run: Its name.
        journal: What it remembers beside its state.
        kept: Where its state is kept; None for nowhere.
    Returns:
        The turn, and the state at the end.
    """
    emit = job.emit
    opened = OpenEngines(
        job.app,
        job.engines,
        lambda what: emit(Loading(what=what)),
        lambda problem: emit(Warned(problem=problem)),
        job.knowledge,
    )
    async with opened as engines:
        roles = _roles(job.workflow)
        await asyncio.to_thread(engines.require, [*roles, *(["hear"] if _hears(values) else [])])
        engines.warm(roles, spoken=job.spoken, knowledge=_searched(job.workflow))
        turn = Turn(
            values,
            engines,
            spending.counting(emit),
            spending,
            job.spoken,
            job.history,
            job.answer,
            run=run,
            journal=journal,
            durable=kept is not None and kept.durability == "sync",
        )
        return turn, await invoke(job.workflow, turn, kept_before, kept)


def end_of(job: Job, turn: Turn, state: Mapping[str, Any]) -> RunFinished:
    """What the run came to.

    Raises:
        ExpressionError: an expression of its output failed on that.
    """
    spec = job.workflow.spec
    output = values_of(spec, spec.output, turn, state)
    return RunFinished(output=output, kept={name: state[name] for name, one in spec.state.items() if one.keep})


def _hears(values: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Sound) for value in values.values())


def _searched(workflow: Workflow) -> list[tuple[Path | None, bool, Path]]:
    """What the workflow, and those in it, will look things up in."""
    return [
        (one.source.folder / node.folder if node.folder else None, node.own, one.source.folder)
        for one, node in workflow.every_node()
        if isinstance(node, Retrieve)
    ]


def _roles(workflow: Workflow) -> list[str]:
    return sorted({node.role for _, node in workflow.every_node() if isinstance(node, Writer | Classify | Extract)})
