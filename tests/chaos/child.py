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
from antiphon.workflows.compile.step import Answer, Question
from antiphon.workflows.loading import load_with
from antiphon.workflows.run.driving import With, drive
from antiphon.workflows.run.resuming import answer as give
from antiphon.workflows.run.resuming import resume, settle
from antiphon.workflows.storage import checkpoints as _checkpoints  # noqa: F401  (read before the fork)
from antiphon.workflows.storage import claims
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import RunHeld, RunLost, RunRow

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
    or "later": the run waits until somebody answers), patience_s (to wait for runs that others hold), lease_s,
    to_the_end (to go on until all are done, not only until they wait), settles (whether a person says what took place)
    and serves (whether to be a worker that takes runs from the queue).
    """
    errors = os.open(order["errors"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(errors, 2)
    os.environ.update(CHAOS_LEDGER=order["ledger"], CHAOS_MARKS=order["marks"])
    random.seed(os.urandom(8))
    claims.LEASE_S, claims.RENEW_S = order["lease_s"], order["lease_s"] / 5
    outside.mark("begins")
    work = _serve if order["serves"] else _attempt
    asyncio.run(work(order, App.model_validate(order["app"]), workflow or workflow_of()))


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
            together.create_task(_go_on(store, id, order, workflow, answer))


async def _serve(order: Mapping[str, Any], app: App, workflow: Workflow) -> None:
    from antiphon.workflows.worker import watching
    from antiphon.workflows.worker.serving import serve

    watching.__dict__["LEASE_S"] = order["lease_s"]

    async def bring_forward(store: Store, id: str, app: App, /) -> RunRow:
        return await drive(store, id, app, With(_mark, workflow, answer=_answer))

    await serve(app, say=lambda line: outside.mark("says", line), drive=bring_forward, grace_s=5)


async def _go_on(store: Store, id: str, order: Mapping[str, Any], workflow: Workflow, answer: Answer | None) -> None:
    ends = asyncio.get_running_loop().time() + order["patience_s"]
    while True:
        try:
            row = await _people_act(store, id, settles=order["settles"])
            if row.status != "done":
                async for event in resume(id, workflow=workflow, answer=answer, store=store):
                    _mark(event)
                row = await store.runs.get(id)
            if row.status == "done" or not order["to_the_end"] or (row.status == "uncertain" and not order["settles"]):
                outside.mark("ended", id, row.status)
                return
        except RunHeld:
            if asyncio.get_running_loop().time() > ends:
                raise
            await asyncio.sleep(0.1)
        except RunLost:
            outside.mark("lost", id)


async def _people_act(store: Store, id: str, *, settles: bool) -> RunRow:
    """People answer, on another day, what a run that rests has asked, and look into the ledger of the world outside."""
    row = await store.runs.get(id)
    for call in [one for one in await store.calls.of(id) if one.state == "uncertain"] if settles else []:
        given = await store.timeline.entry(call.given_entry)
        assert given is not None
        what = given.data["what"]
        happened = outside.has_happened(what)
        await settle(store, id, call.key, happened, outside.sent(what) if happened else None)
        outside.mark("settled", what, "done" if happened else "void")
    for asked in await store.questions.open(id) if row.status == "waiting" else []:
        question = await store.timeline.entry(asked.question_entry)
        assert question is not None
        outside.mark("answers later", asked.key)
        await give(store, id, asked.key, _answer_to(question.text))
    return row


async def _answer(question: Question) -> Mapping[str, Any]:
    await asyncio.sleep(random.random() * 0.02)
    outside.mark("told", question.step)
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
