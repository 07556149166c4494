"""One node at work, in a workflow of its own: `await ran(node, ...)`."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon import Workflow, run
from antiphon.agents.roles.types import App
from antiphon.workflows.run.running import Result

Ran = Callable[..., Awaitable[Result]]


@pytest.fixture
def ran(tmp_path: Path) -> Ran:
    """Run a workflow with this one node; its whole value becomes the output `value`.

    Options: `kind` of the value, "" where the node has none; the run's inputs as `given`; `functions`; `services`;
    and those of `run`.
    """

    async def ran(
        node: dict[str, Any],
        /,
        *,
        kind: str = "object",
        given: dict[str, Any] | None = None,
        functions: tuple[Callable[..., Any], ...] = (),
        services: dict[str, Any] | None = None,
        **options: Any,
    ) -> Result:
        spec = {
            "schema": "workflow/v1",
            "name": "alone",
            "input": {name: {"type": _kind(value)} for name, value in (given or {}).items()},
            "state": {"value": {"type": kind}} if kind else {},
            "output": {"value": "${state.value}"} if kind else {},
            "start": "it",
            "nodes": {"it": ({"into": "value"} if kind else {}) | {"next": "end"} | node},
        }
        file = tmp_path / "workflow.yaml"
        file.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
        workflow = Workflow.load(file, functions=functions)
        return await run(workflow, app=app_with(services or {}), **(given or {}), **options)

    return ran


def app_with(services: dict[str, Any]) -> App:
    chat = {"engine": "embedded", "model": "none"}
    return App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "services": services})


def _kind(value: Any) -> str:
    return {str: "string", int: "integer", list: "list", dict: "object", bool: "boolean"}[type(value)]
