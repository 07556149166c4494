"""A run that is cancelled takes everything below it with it: no task is left, whatever it was doing."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from antiphon import run
from antiphon.agents.models.scripted import Scripted
from antiphon.workflows.compile.step import Question

from .running import APP, loaded

INNER = """schema: workflow/v1
name: inner
start: rest
nodes:
  rest: {kind: wait, for: 30s, next: end}
"""
SLOW = "{kind: python, function: slow}"
NODES = {
    "a function": "{kind: python, function: slow, next: end}",
    "a map": '{kind: map, over: "${[1, 2, 3, 4, 5, 6]}", as: x, do: {kind: python, function: slow}, next: end}',
    "a loop": "{kind: loop, max: 3, do: {kind: python, function: slow}, next: end}",
    "a loop with branches": "{kind: loop, max: 3, start: f, nodes: {f: {kind: set, values: {n: 1}, next: [a, b]}, "
    "a: {kind: python, function: slow, next: end}, b: {kind: python, function: slow, next: j}, "
    "j: {kind: set, values: {n: 1}, wait_for: all, next: end}}, next: end}".replace("slow, next: end", "slow, next: j"),
    "a workflow": "{kind: flow, use: inner.yaml, next: end}",
    "workflows in a map": '{kind: map, over: "${[1, 2]}", as: x, do: {kind: flow, use: inner.yaml}, next: end}',
    "a wait": "{kind: wait, for: 30s, next: end}",
    "the pause before another try": "{kind: python, function: fail, retry: {times: 3, wait: 30s}, next: end}",
    "a question": "{kind: ask, show: Well?, form: {yes: {type: boolean}}, next: end}",
    "a time limit": "{kind: python, function: slow, timeout: 30s, next: end}",
    "a model": "{kind: llm, role: chat, prompt: {user: Hello}, next: end}",
    "a cache": "{kind: python, function: slow, cache: {for: 1m}, next: end}",
}


@pytest.mark.parametrize("node", NODES.values(), ids=[*NODES])
async def test_nothing_is_left_running(tmp_path: Path, node: str) -> None:
    begun, ended = list[int](), list[int]()

    async def slow() -> int:
        begun.append(1)
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(1)
        return 0

    def fail() -> int:
        raise ValueError("no")

    async def answer(question: Question) -> Mapping[str, Any]:
        await slow()
        return {}

    (tmp_path / "inner.yaml").write_text(INNER, encoding="utf-8")
    text = f"state: {{n: {{type: integer, default: 0}}}}\nstart: it\nnodes:\n  it: {node}\n"
    workflow = loaded(tmp_path, text, slow, fail)
    before = asyncio.all_tasks()
    chat = Scripted(["one two three four five"], delay_s=30)
    work = asyncio.ensure_future(_result(run(workflow, app=APP, answer=answer, engines={"chat": chat})))
    for _ in range(200):
        await asyncio.sleep(0.005)
        if workflow.__dict__.get("graph") is not None and (begun or "slow" not in node):
            break
    await asyncio.sleep(0.05)
    assert not work.done()
    work.cancel()
    await asyncio.wait([work], timeout=5)
    assert work.cancelled()
    assert asyncio.all_tasks() == before
    assert len(begun) == len(ended)


async def _result(one: Any) -> Any:
    return await one


async def test_whoever_stops_listening_stops_the_run(tmp_path: Path) -> None:
    workflow = loaded(
        tmp_path, f"state: {{n: {{type: integer, default: 0}}}}\nstart: it\nnodes:\n  it: {NODES['a wait']}\n"
    )
    before = asyncio.all_tasks()
    events = aiter(run(workflow, app=APP))
    await anext(events)
    await events.aclose()  # type: ignore[attr-defined]
    assert asyncio.all_tasks() == before
