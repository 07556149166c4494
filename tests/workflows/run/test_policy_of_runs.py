"""What app.yaml demands is looked at before anything of a run begins; what a run is given is looked at, too."""

from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run
from antiphon.agents.events import Event
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import FileError, InputError
from antiphon.tools.base.tool import tool

MODELS = {"chat": {"engine": "embedded", "model": "none"}}
STRICT = App.model_validate({"schema": "app/v1", "models": MODELS, "policy": {"approve_effects": True}})
LOOSE = App.model_validate({"schema": "app/v1", "models": MODELS})
SENDS = """schema: workflow/v1
name: sends
state: {n: {type: integer, default: 0, keep: true}}
start: post
nodes:
  post: {kind: python, function: post, next: end}
"""
USES = """schema: workflow/v1
name: uses
start: first
nodes:
  first: {kind: flow, use: sends.yaml, next: end}
"""


@pytest.fixture
def calls() -> list[int]:
    return []


@pytest.fixture
def workflow(tmp_path: Path, calls: list[int]) -> Any:
    @tool(effects=True)
    def post() -> int:
        "Post it."
        calls.append(1)
        return 1

    def load(text: str) -> Workflow:
        (tmp_path / "sends.yaml").write_text(SENDS, encoding="utf-8")
        (tmp_path / "workflow.yaml").write_text(text, encoding="utf-8")
        return Workflow.load(tmp_path / "workflow.yaml", functions=[post])

    return load


@pytest.mark.parametrize(
    ("text", "line"),
    [(SENDS, r"workflow\.yaml:6:3: E801 'post'"), (USES, r"workflow\.yaml:5:28: E801 in the workflow")],
)
async def test_a_workflow_that_breaks_the_policy_does_not_begin(
    workflow: Any, calls: list[int], text: str, line: str
) -> None:
    events = list[Event]()

    async def listen() -> None:
        async for event in run(workflow(text), app=STRICT):
            events.append(event)

    with pytest.raises(FileError, match=line):
        await listen()
    assert (events, calls) == ([], [])


async def test_where_nothing_is_demanded_it_runs(workflow: Any, calls: list[int]) -> None:
    await run(workflow(USES), app=LOOSE)
    assert calls == [1]


async def test_what_was_kept_must_be_of_the_type_the_field_has(workflow: Any) -> None:
    with pytest.raises(InputError, match="what was kept of 'n' is no integer"):
        await run(workflow(SENDS), app=LOOSE, kept={"n": "five"})
