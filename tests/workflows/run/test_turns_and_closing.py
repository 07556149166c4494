"""What one turn leaves for the next, and runs that end while their knowledge is still being read."""

import asyncio
from pathlib import Path

import pytest

from antiphon import Workflow, run
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.workflows.run.knowledge import Knowledge

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
COUNTER = """\
schema: workflow/v1
name: counter
state: {count: {type: integer, keep: true}, other: {type: integer, default: 0}}
output: {count: "${state.count}", other: "${state.other}"}
start: one_more
nodes:
  one_more: {kind: set, values: {count: "${state.count + 1}", other: "${state.other + 1}"}, next: end}
"""


@pytest.fixture
def counter(tmp_path: Path) -> Workflow:
    (tmp_path / "workflow.yaml").write_text(COUNTER, encoding="utf-8")
    return Workflow.load(tmp_path)


async def test_what_is_kept_is_where_the_next_turn_begins(counter: Workflow) -> None:
    first = await run(counter, app=APP)
    second = await run(counter, app=APP, kept=first.kept)
    assert (first.kept, second.output) == ({"count": 1}, {"count": 2, "other": 1})


async def test_only_what_is_kept_can_be_handed_on(counter: Workflow) -> None:
    assert (await run(counter, app=APP, kept={"other": 9, "none": 1})).output == {"count": 1, "other": 1}


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.1, 0.3])
async def test_knowledge_can_be_closed_while_it_is_read(tmp_path: Path, after_s: float) -> None:
    for number in range(300):
        (tmp_path / f"{number}.md").write_text(f"# Thing {number}\n\n" + "A thing is a thing. " * 40, encoding="utf-8")
    async with Knowledge(APP) as knowledge:
        reading = asyncio.create_task(knowledge.search(tmp_path, own=False))
        await asyncio.sleep(after_s)
        reading.cancel()
    assert (await asyncio.gather(reading, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def test_a_run_that_never_looks_anything_up_ends_while_the_articles_are_read() -> None:
    result = await run("child-tutor", "I want to kill myself", app=APP, engines={"chat": Scripted([])})
    assert result.output["outcome"] == "refused"
