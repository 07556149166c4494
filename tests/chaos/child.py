"""One process of the chaos suite: it begins a run or goes on with one, and may be killed at any moment.

Started once it takes orders, a line of JSON each, and forks for every one, so that the libraries are read only once:
`child.py` alone. With an order as its argument it carries that one out and ends.
"""

import asyncio
import json
import os
import random
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from antiphon import Workflow, run
from antiphon.agents.events import Answered, Asked, Event, Returned
from antiphon.agents.roles.types import App
from antiphon.agents.timeline.types import Entry, Part
from antiphon.workflows.compile.step import Question
from antiphon.workflows.loading import load_with
from antiphon.workflows.run.driving import With, drive
from antiphon.workflows.storage import checkpoints as _checkpoints  # noqa: F401  (read before the fork)
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import CallRow, RunHeld, RunLost, RunRow

if TYPE_CHECKING:
    from . import outside
else:
    import outside

HERE = Path(__file__).parent


def main(arguments: list[str]) -> None:
    """Carry out one order, or those that come."""
    if arguments:
        carry_out(json.loads(arguments[0]))
        return
    workflow = workflow_of()
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_safely(json.loads(line), workflow))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _safely(order: Mapping[str, Any], workflow: Workflow) -> int:
    try:
        carry_out(order, workflow)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def carry_out(order: Mapping[str, Any], workflow: Workflow | None = None) -> None:
    """Begin the run of an order, or go on with those it names.

    An order has: app (what an app.yaml says), ledger, marks, errors, house, runs (none to begin one), person ("there",
    or "later": the run waits until somebody answers), patience_s (to wait for runs that others hold), to_the_end (to
    go on until all are done, not only until they wait) and settles (whether a person says what took place).
    """
    errors = os.open(order["errors"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(errors, 2)
    os.environ.update(CHAOS_LEDGER=order["ledger"], CHAOS_MARKS=order["marks"])
    random.seed(os.urandom(8))
    outside.mark("begins")
    asyncio.run(_attempt(order, App.model_validate(order["app"]), workflow or workflow_of()))


def workflow_of() -> Workflow:
    """The workflow of the suite, compiled."""
    workflow = load_with(str(HERE / "workflow.yaml"), [HERE / "outside.py"])
    for each in (workflow, workflow.flow("visit.yaml")):
        assert each.graph is not None
    return workflow


async def _attempt(order: Mapping[str, Any], app: App, workflow: Workflow) -> None:
    answer = _answer if order["person"] == "there" else None
    if not order["runs"]:
        async for event in run(workflow, app=app, answer=answer, durable=True, house=order["house"]):
            _mark(event)
        return
    async with open_store(app) as store, asyncio.TaskGroup() as together:
        for id in order["runs"]:
            together.create_task(_go_on(store, id, order, With(_mark, workflow, answer=answer), app))


async def _go_on(store: Store, id: str, order: Mapping[str, Any], given: With, app: App) -> None:
    ends = asyncio.get_running_loop().time() + order["patience_s"]
    while True:
        try:
            if order["settles"]:
                await _settle(store, id)
            await _answer_open(store, id)
            row = await store.runs.get(id)
            if row.status != "done":
                row = await drive(store, id, app, given)
            outside.mark("ended", id, row.status)
            if row.status == "done" or not order["to_the_end"] or (row.status == "uncertain" and not order["settles"]):
                return
        except RunHeld:
            if asyncio.get_running_loop().time() > ends:
                raise
            await asyncio.sleep(0.1)
        except RunLost:
            outside.mark("lost", id)
            return


async def _settle(store: Store, id: str) -> None:
    """A person looks into the ledger of the world outside and says what took place."""
    row = await store.runs.get(id)
    if row.status != "uncertain":
        return
    for call in [one for one in await store.calls.of(row.id) if one.state == "uncertain"]:
        given = await store.timeline.entry(call.given_entry)
        assert given is not None
        what = given.data["what"]
        if outside.has_happened(what):
            result = await _written(store, row, call, outside.sent(what))
            await store.calls.settle(row.id, call.key, "done", result)
            outside.mark("settled", what, "done")
        else:
            await store.calls.settle(row.id, call.key, "void")
            outside.mark("settled", what, "void")


async def _written(store: Store, row: RunRow, call: CallRow, value: Any) -> str:
    parts = (Part("data", data=value),)
    entry = Entry(thread=row.thread, run=row.id, who="person", kind="result", parent=row.tail_entry, parts=parts)
    await store.timeline.append(entry)
    return entry.id


async def _answer_open(store: Store, id: str) -> None:
    """A person answers, on another day, what a run that rests has asked."""
    row = await store.runs.get(id)
    if row.status != "waiting":
        return
    for one in await store.questions.open(row.id):
        question = await store.timeline.entry(one.question_entry)
        assert question is not None
        parts = (Part("data", data=_answer_to(question.text)),)
        entry = Entry(thread=row.thread, run=row.id, who="person", kind="utterance", parent=row.tail_entry, parts=parts)
        await store.timeline.append(entry)
        outside.mark("answers later", one.key)
        await store.questions.answer(row.id, one.key, entry.id)


async def _answer(question: Question) -> Mapping[str, Any]:
    await asyncio.sleep(random.random() * 0.02)
    return _answer_to(question.text)


def _answer_to(text: str) -> dict[str, Any]:
    return {"colour": "blue"} if "colour" in text else {"approve": "ben" not in text}


def _mark(event: Event) -> None:
    match event:
        case Asked() | Answered():
            outside.mark(type(event).__name__, event.key)
        case Returned():
            outside.mark("Returned", event.key, event.again)
        case _:
            outside.mark(type(event).__name__, asdict(event).get("run", ""))


if __name__ == "__main__":
    main(sys.argv[1:])
