"""A run goes on with what is known of it, and stops where words are forgotten, late, or of another shape."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon import resume, run
from antiphon.agents.roles.types import App
from antiphon.agents.timeline.query import Query
from antiphon.tools.base.tool import Tool, tool
from antiphon.workflows.cli.runs_facts import facts_of
from antiphon.workflows.run.resuming import answer, fork
from antiphon.workflows.storage.store import Store, open_store
from antiphon.workflows.storage.types import WordsForgotten
from antiphon.workflows.workflow import Workflow

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
LETTER = """\
schema: workflow/v1
name: letter
state: {who: {type: string, default: ""}, told: {type: string, default: ""}}
output: {told: "${state.told}"}
tools: {post: {}}
start: name
nodes:
  name: {kind: ask, show: To whom?, form: {who: {type: string}}, into: {who: "${result.who}"}, next: ready}
  ready: {kind: ask, show: Ready?, form: {yes: {type: boolean}}, MORE next: send}
  send:
    kind: tool
    tool: post
    with: {to: "${state.who}"}
    on_error: {set: {told: "${error.kind}"}, to: end}
    into: {told: "${string(result)}"}
    next: end
"""


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store(APP) as opened:
        yield opened


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def post(sent: list[str]) -> Tool:
    @tool(effects=True)
    def post(to: str) -> float:
        """Send."""
        sent.append(to)
        return float(to) if to == "nan" else len(to)

    return post


def letter(folder: Path, post: Tool, more: str = "", form: str = "") -> Workflow:
    text = LETTER.replace("MORE", more)
    (folder / "letter.yaml").write_text(text.replace("{yes: {type: boolean}}", form) if form else text)
    return Workflow.load(folder / "letter.yaml", tools=[post])


async def begun(store: Store, workflow: Workflow, name: str = "ANNA") -> str:
    """A run that waits at its second question."""
    waits = await run(workflow, app=APP, store=store)
    await answer(store, waits.run, "name@1", {"who": name})
    return (await resume(waits.run, app=APP, workflow=workflow, store=store)).run


async def test_a_run_whose_words_are_forgotten_does_nothing_with_empty_ones(
    tmp_path: Path, store: Store, post: Tool, sent: list[str]
) -> None:
    workflow = letter(tmp_path, post)
    id = await begun(store, workflow)
    await answer(store, id, "ready@1", {"yes": True})
    assert await store.timeline.forget(Query(run=id, text="anna")) > 0
    with pytest.raises(WordsForgotten, match=f"the run {id} cannot go on: .* is forgotten. Begin a new one, or go on"):
        await resume(id, app=APP, workflow=workflow, store=store)
    assert sent == []
    facts = await facts_of(store, id)
    assert (facts.row.status, len(facts.points) > 0) == ("failed", True)
    early = await fork(store, id, "start", workflow=workflow)
    waits = await resume(early.id, app=APP, workflow=workflow, store=store)
    assert waits.paused is not None


async def test_an_answer_that_is_forgotten_can_be_given_again(
    tmp_path: Path, store: Store, post: Tool, sent: list[str]
) -> None:
    workflow = letter(tmp_path, post)
    id = await begun(store, workflow)
    await answer(store, id, "ready@1", {"yes": True})
    row = await store.questions.find(id, "ready@1")
    assert row is not None
    await store.timeline.forget(Query(ids=[row.answer_entry]))
    with pytest.raises(WordsForgotten, match="the answer to 'ready@1' is forgotten"):
        await resume(id, app=APP, workflow=workflow, store=store)
    await answer(store, id, "ready@1", {"yes": True})
    await resume(id, app=APP, workflow=workflow, store=store)
    assert sent == ["ANNA"]


@pytest.mark.parametrize(("late_s", "told"), [(0.0, "4"), (61.0, "late")])
async def test_an_answer_counts_that_was_given_in_time(
    tmp_path: Path, store: Store, post: Tool, late_s: float, told: str
) -> None:
    workflow = letter(tmp_path, post, "timeout: 1m, on_error: {set: {told: late}, to: end},")
    id = await begun(store, workflow)
    await store.database.rows("UPDATE questions SET asked = ? WHERE run = ? RETURNING run", time.time() - late_s, id)
    await answer(store, id, "ready@1", {"yes": True})
    result = await resume(id, app=APP, workflow=workflow, store=store)
    assert float(result.output["told"]) == 4 if told == "4" else result.output["told"] == told


async def test_an_answer_that_fits_the_form_no_more_is_asked_for_again(
    tmp_path: Path, store: Store, post: Tool, sent: list[str]
) -> None:
    id = await begun(store, letter(tmp_path, post))
    await answer(store, id, "ready@1", {"yes": True})
    workflow = letter(tmp_path, post, form="{pages: {type: integer}}")
    waits = await resume(id, app=APP, workflow=workflow, store=store)
    assert waits.paused is not None
    await answer(store, id, "ready@1", {"pages": 2})
    await resume(id, app=APP, workflow=workflow, store=store)
    assert sent == ["ANNA"]


async def test_an_effect_that_gives_no_number_took_place_and_failed(
    tmp_path: Path, store: Store, post: Tool, sent: list[str]
) -> None:
    workflow = letter(tmp_path, post)
    id = await begun(store, workflow, "nan")
    await answer(store, id, "ready@1", {"yes": True})
    result = await resume(id, app=APP, workflow=workflow, store=store)
    assert (result.output["told"], sent) == ("tool", ["nan"])
    (call,) = await store.calls.of(id)
    entry = await store.timeline.entry(call.result_entry)
    assert (call.state, "a number that is not finite" in str(entry and entry.data)) == ("failed", True)
