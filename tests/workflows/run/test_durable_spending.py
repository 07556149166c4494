"""What a run that is kept has used up counts on after pauses and crashes, and what is left open at its end is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run, tool
from antiphon.agents.events import Asked, RunPaused
from antiphon.agents.models.chat import Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import AntiphonError, LimitReached
from antiphon.workflows.cli.runs_told import pause, paused_as_json
from antiphon.workflows.run import driving
from antiphon.workflows.run.resuming import answer, resume
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import WorkflowChanged

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
HEAD = """\
schema: workflow/v1
name: w
limits: {steps: 50}
state: {good: {type: boolean, default: false}, text: {type: string, default: ""}}
tools: {work: {}}
output: {text: "${state.text}"}
"""
ASKS = """\
start: ask
nodes:
  ask:
    kind: ask
    show: Good?
    form: {good: {type: boolean}}
    limits: {visits: 2}
    into: {good: "${result.good}"}
    route: [{when: state.good, to: end}, {else: ask}]
"""
WRITES = """\
start: write
nodes:
  write: {kind: llm, prompt: {user: Write}, limits: {tokens: 10}, into: text, next: ask}
  ask:
    kind: ask
    show: Good?
    form: {good: {type: boolean}}
    into: {good: "${result.good}"}
    route: [{when: state.good, to: end}, {else: write}]
"""
LOOP = """\
start: again
nodes:
  again:
    kind: loop
    max: 2
    start: ask
    nodes:
      ask: {kind: ask, show: Good?, form: {good: {type: boolean}}, next: %s}
    next: end
"""
BRANCHES = """\
      a: {kind: wait, for: 1ms, next: both}
      b: {kind: wait, for: 1ms, next: both}
      both: {kind: wait, for: 1ms, wait_for: all, next: end}
"""
CUT_OFF = """\
start: fork
nodes:
  fork: {kind: set, values: {text: ""}, next: [work, ask]}
  work: {kind: tool, tool: work, timeout: 50ms, %s next: end}
  ask: {kind: ask, show: Good?, form: {good: {type: boolean}}, next: end}
"""


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store(APP) as opened:
        yield opened


def loaded(folder: Path, text: str, work: Callable[..., Any] | None = None) -> Workflow:
    def nothing() -> str:
        """Work."""
        return ""

    head = HEAD if "tool: work" in text else HEAD.replace("tools: {work: {}}\n", "")
    (folder / "workflow.yaml").write_text(head + text, encoding="utf-8")
    return Workflow.load(folder, tools=[tool(name="work", effects=True)(work or nothing)])


async def hangs() -> str:
    """Work, for longer than it may."""
    await asyncio.sleep(60)
    return ""


async def no_after_no(store: Store, workflow: Workflow, **more: Any) -> tuple[int, AntiphonError | None]:
    """How often a person said no, each time to a run that waited, until it failed; at most five times."""
    paused = await run(workflow, app=APP, store=store, **more)
    for said in range(5):
        assert paused.paused is not None
        await answer(store, paused.run, paused.paused.keys[0], {"good": False})
        try:
            paused = await resume(paused.run, app=APP, workflow=workflow, store=store, **more)
        except AntiphonError as error:
            return said + 1, error
    return 5, None


async def test_the_visits_of_a_node_are_counted_over_pauses(tmp_path: Path, store: Store) -> None:
    said, error = await no_after_no(store, loaded(tmp_path, ASKS))
    assert (said, isinstance(error, LimitReached)) == (2, True)


async def test_a_node_that_begins_again_after_a_pause_is_no_visit_more(tmp_path: Path, store: Store) -> None:
    workflow = loaded(tmp_path, ASKS)
    paused = await run(workflow, app=APP, store=store)
    for _ in range(4):
        paused = await resume(paused.run, app=APP, workflow=workflow, store=store)
    assert (await store.runs.get(paused.run)).spent["visits"] == {"ask": 1}


async def test_the_tokens_of_a_node_are_counted_over_pauses(tmp_path: Path, store: Store) -> None:
    chat = Scripted([Reply("Words.", usage=Usage(5, 4))] * 9)
    said, error = await no_after_no(store, loaded(tmp_path, WRITES), engines={"chat": chat})
    assert (said, isinstance(error, LimitReached)) == (2, True)


async def test_what_a_run_uses_up_is_known_while_it_is_at_work(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a process that is killed has used it up."""
    monkeypatch.setattr(driving, "NOTED_S", 0.0)
    known = []

    async def work() -> str:
        """Work."""
        await asyncio.sleep(0.01)
        row = (await store.runs.list())[0]
        known.append((row.steps, row.seconds > 0))
        return ""

    text = "start: again\nnodes:\n  again: {kind: loop, max: 3, do: {kind: tool, tool: work}, next: end}\n"
    await run(loaded(tmp_path, text, work), app=APP, store=store)
    assert known == [(1, True), (2, True), (3, True)]


async def test_a_run_that_was_broken_off_has_begun_one_step_more(tmp_path: Path, store: Store) -> None:
    """Or else one that kills its process at once would never come to its limits."""
    workflow = loaded(tmp_path, ASKS)
    paused = await run(workflow, app=APP, store=store)
    row = await store.runs.get(paused.run)
    await store.runs.update(row.id, row.epoch, status="running")  # as it is where nobody could write more
    await resume(row.id, app=APP, workflow=workflow, store=store)
    assert (row.steps, (await store.runs.get(row.id)).steps) == (1, 3)


async def test_a_run_whose_next_node_is_no_longer_in_the_graph_is_not_done(tmp_path: Path, store: Store) -> None:
    """The nodes of a loop lie in another graph as soon as it has branches, and no node of the file has changed."""
    paused = await run(loaded(tmp_path, LOOP % "end"), app=APP, store=store)
    changed = (LOOP % "[a, b]").replace("    next: end\n", f"{BRANCHES}    next: end\n")
    with pytest.raises(WorkflowChanged, match=r"nothing runs at again\.ask"):
        await resume(paused.run, app=APP, workflow=loaded(tmp_path, changed), store=store)
    assert (await store.runs.get(paused.run)).status == "waiting"


async def test_a_run_that_waits_tells_the_questions_beside_the_calls(tmp_path: Path, store: Store) -> None:
    workflow = loaded(tmp_path, CUT_OFF % "", hangs)
    with pytest.raises(AntiphonError):
        await run(workflow, app=APP, store=store)
    row = (await store.runs.list())[0]
    paused = (await resume(row.id, app=APP, workflow=workflow, store=store)).paused
    assert paused is not None
    assert (paused.reason, paused.keys) == ("uncertain", ("work@1:0", "ask@1"))


def test_the_command_line_tells_the_way_on_with_both() -> None:
    asked = Asked(step="ask", text="Good?", who="", form={"good": {}}, key="ask@1")
    both = RunPaused(run="abcd-2345", reason="uncertain", keys=("work@1:0", "ask@1"))
    told = "\n".join(pause([asked, both]))
    assert ("settle abcd-2345 --happened" in told, "--answer good=..." in told) == (True, True)
    assert paused_as_json([asked, both])["calls"] == ["work@1:0"]


async def test_what_a_run_failed_with_is_forgotten_when_it_goes_on(tmp_path: Path, store: Store) -> None:
    workflow = loaded(tmp_path, CUT_OFF % "", hangs)
    with pytest.raises(AntiphonError):
        await run(workflow, app=APP, store=store)
    failed = (await store.runs.list())[0]
    await resume(failed.id, app=APP, workflow=workflow, store=store)
    waits = await store.runs.get(failed.id)
    assert (failed.problem_entry != "", waits.problem_entry, waits.ended) == (True, "", 0.0)


async def test_a_call_that_was_cut_off_is_uncertain_at_the_end_of_its_run(tmp_path: Path, store: Store) -> None:
    async def yes(question: object) -> dict[str, bool]:
        return {"good": True}

    workflow = loaded(tmp_path, CUT_OFF % "on_error: {to: end},", hangs)
    done = await run(workflow, app=APP, store=store, answer=yes)
    states = [one.state for one in await store.calls.of(done.run)]
    assert ((await store.runs.get(done.run)).status, states) == ("done", ["uncertain"])
