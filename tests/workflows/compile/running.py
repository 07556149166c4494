"""Run a workflow that is written in a test: no app, no model, the functions the test gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from antiphon import Workflow, run
from antiphon.agents.roles.types import App
from antiphon.workflows.run.running import Result

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})


def loaded(folder: Path, text: str, *functions: Callable[..., Any]) -> Workflow:
    """The workflow of a file with this text."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "workflow.yaml"
    file.write_text("schema: workflow/v1\nname: w\n" + text, encoding="utf-8")
    return Workflow.load(file, functions=functions)


async def outcome(folder: Path, text: str, *functions: Callable[..., Any], **options: Any) -> Result:
    """What it comes to."""
    return await run(loaded(folder, text, *functions), app=APP, **options)


def steps(result: Result, event: str = "StepStarted") -> list[str]:
    """The names of the steps that events of a kind tell of, in order."""
    return [getattr(one, "step") for one in result.events if type(one).__name__ == event]  # noqa: B009
