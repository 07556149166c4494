"""A run is gone on with from an earlier point of another one, whose past it shares."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...agents.timeline.query import Query
from ...tools.base.errors import InputError
from ...tools.base.ids import short_id
from ..storage.fingerprint import compatible, differences, fingerprint_of, inside
from ..storage.moving import copy
from ..storage.schema import insertion, run_of
from ..storage.types import CallRow, NoSuchRun, RunRow, WorkflowChanged
from ..workflow import Workflow
from .inputs import checked_input
from .keeping import TOLD, how_of, input_of, source_of

if TYPE_CHECKING:
    from langgraph.checkpoint.base import CheckpointTuple

    from ..storage.history import Point
    from ..storage.store import Store

START = "start"
"""What stands for the point before the first step."""
_AGAIN = "Go on from an earlier point, or from its input: --at start"


@dataclass(frozen=True, slots=True)
class Fork:
    """What a fork would be.

    Attributes:
        parent: The run it is of.
        workflow: The one it goes on in.
        point: Where it begins; None for the beginning.
        calls: Those of the parent that come after the point: what they did outside stays done, and is done again.
    """

    parent: RunRow
    workflow: Workflow
    point: "Point | None"
    calls: tuple[CallRow, ...]


async def points_of(store: "Store", row: RunRow) -> "list[Point]":
    """The points a run can be forked at beside its beginning, the newest first."""
    from ..storage.history import history

    return [point for point in await history(await store.saver(row)) if point.step >= 0 and point.nodes]


async def planned(store: "Store", id: str, workflow: Workflow, at: str = "") -> Fork:
    """Find the point of a fork, and what happened after it; nothing is changed.

    Args:
        at: The number of a step or the name of a checkpoint, as `antiphon runs show` tells them, or `start`; by default
            the last point that the workflow, as it is now, can go on from.
    Raises:
        NoSuchRun: there is none of that name.
        InputError: there is no such point, or what the run was given no longer fits or is forgotten.
        WorkflowChanged: the workflow cannot go on from there.
    """
    row = await store.runs.get(id)
    old, new = dict(row.fingerprint), fingerprint_of(workflow)
    points = await points_of(store, row)
    fitting = points if old == new else await _fitting(store, row, points, old, new)
    point = _chosen(at, points) if at else next(iter(fitting), None)
    if point is not None and point not in fitting:
        told = "; ".join(differences(old, new))
        raise WorkflowChanged(f"the workflow {row.workflow!r} has changed: {told}", at=row.source, hint=_AGAIN)
    await asyncio.to_thread(checked_input, workflow.spec, await input_of(store, row))
    calls = [one for one in await store.calls.of(row.id) if one.state not in ("void", "known")]
    return Fork(row, workflow, point, tuple(one for one in calls if point is None or one.began > point.when))


async def forked(store: "Store", plan: Fork) -> RunRow:
    """Make the fork that was planned.

    Raises:
        NoSuchRun: its parent was deleted meanwhile.
    """
    parent, id = plan.parent, short_id()
    row = RunRow(
        id=id,
        workflow=plan.workflow.spec.name,
        source=source_of(plan.workflow) or parent.source,
        fingerprint=fingerprint_of(plan.workflow),
        thread=id,
        parent=parent.id,
        forked_at=plan.point.id if plan.point else "",
        input_entry=parent.input_entry,
        head_entry=parent.head_entry,  # what was said before, and what was kept, is the same
        tail_entry=await _tail(store, plan),
        priority=parent.priority,
        options={**parent.options, **how_of(plan.workflow)},
    )
    async with store.database.transaction() as transaction:
        now = await run_of(transaction, parent.id)  # its owner may have changed, and its checkpoints with it
        if now is None:
            raise NoSuchRun(f"the run {parent.id} was deleted just now")
        sql, values = insertion("runs", row)
        await transaction.run(sql, *values)
        if plan.point is not None:
            await copy(transaction, now.checkpoints, row.checkpoints, plan.point.id)
    return row


async def lost_with(store: "Store", ids: Collection[str]) -> list[str]:
    """What it means for the forks of runs, and for theirs, when the runs are deleted; a sentence for each fork."""
    gone = ", ".join("?" * len(ids))
    rows = await store.database.rows(
        f"""
        WITH RECURSIVE heirs (id) AS (
            SELECT id FROM runs WHERE parent IN ({gone})
            UNION SELECT runs.id FROM runs JOIN heirs ON runs.parent = heirs.id
        )
        SELECT id, status FROM runs WHERE id IN (SELECT id FROM heirs) AND id NOT IN ({gone}) ORDER BY created, id
        """,
        *ids,
        *ids,
    )
    stays = "what was said in it stays until it is deleted, too"
    cannot = "which has not come to its end, cannot go on without the words that are deleted"
    return [f"the fork {id}{'' if status == 'done' else f', {cannot}'}: {stays}" for id, status in rows]


async def _tail(store: "Store", plan: Fork) -> str:
    """The entry the parent had come to."""
    if plan.point is None:
        return plan.parent.input_entry
    own = await store.timeline.find(Query(run=plan.parent.id, kinds=TOLD))
    before = [entry for entry in own if entry.began < plan.point.when]
    return before[-1].id if before else own[0].parent if own else plan.parent.tail_entry


def _chosen(at: str, points: "Sequence[Point]") -> "Point | None":
    """The point a person means; None for the beginning.

    Raises:
        InputError: there is none, or there are several.
    """
    name = at.strip().lower()
    if name == START:
        return None
    steps = [point for point in points if str(point.step) == name]
    found = steps[:1] or [point for point in points if name and point.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join([START, *(str(point.step) for point in reversed(points))])
    problem = f"several points begin with {at!r}" if found else f"there is no point {at!r}"
    raise InputError(problem, at="--at", hint=f"Its points: {known}")


async def _fitting(
    store: "Store", row: RunRow, points: "list[Point]", old: "Mapping[str, Any]", new: "Mapping[str, Any]"
) -> "list[Point]":
    """Those of the points that a changed workflow can go on from; of both workflows the fingerprint."""
    saver = await store.saver(row)
    found = {one.checkpoint["id"]: one for one in await saver.bare()}
    first = found[points[-1].id] if points and points[-1].step == 0 else None
    fitting = []
    for i, point in enumerate(points):
        nodes = _begun(found[point.id], point, points[i + 1 :], old.get("nodes", {}))
        fields = _fields(found[point.id], first, old.get("state", {}), new["state"], nodes)
        if compatible(old, new, nodes=nodes, ahead=point.nodes, fields=fields):
            fitting.append(point)
    return fitting


def _begun(found: "CheckpointTuple", point: "Point", before: "Sequence[Point]", known: "Mapping[str, str]") -> set[str]:
    """The nodes that had begun; of a block and of a used workflow, all that are in it.

    Every node that does more than to set values was the next one at some point before.
    """
    from ..compile.channels import VISITS

    visited = {*(found.checkpoint["channel_values"].get(VISITS) or {}), *(name for one in before for name in one.nodes)}
    around = {name[:i] for name in (*visited, *point.nodes) for i, sign in enumerate(name) if sign == "."}
    whole = inside(visited | around)
    return {name for name in known if name in visited | around or name.startswith(whole)}


def _fields(
    found: "CheckpointTuple",
    first: "CheckpointTuple | None",
    old: "dict[str, str]",
    new: "dict[str, str]",
    nodes: set[str],
) -> set[str]:
    """The state fields that had been written, and those that hold a value of what may be another type now."""
    versions = found.checkpoint["channel_versions"]
    before = first.checkpoint["channel_versions"] if first is not None else {}
    written = {name for name, version in versions.items() if version != before.get(name)}
    within = {name for name in old if name.startswith(inside(nodes))}
    return written | within | {name for name in old if name in new and name in versions}
