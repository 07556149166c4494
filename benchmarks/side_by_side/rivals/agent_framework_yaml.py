"""Microsoft Agent Framework: `WorkflowFactory.create_workflow_from_yaml_path`, then `workflow.run`."""

import asyncio
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from .telling import ready, tell

WORDS = "Hello there, everybody"


async def run(workflow: Any) -> list[Any]:
    """What the workflow sends."""
    return list((await workflow.run({"text": WORDS})).get_outputs())


def main(file: Path) -> None:
    declarative = import_module("agent_framework.declarative")
    core = import_module("agent_framework")

    class Silent(core.BaseChatClient):  # type: ignore[misc, name-defined]
        """Stands where a model would; no mistake here gets so far as to ask it."""

        def _inner_get_response(self, **_: Any) -> Any:
            raise NotImplementedError

    agents = declarative.AgentFactory(client=Silent())
    workflows: list[Any] = []
    factory = declarative.WorkflowFactory(agent_factory=agents)
    ready()
    if tell("load", lambda: workflows.append(factory.create_workflow_from_yaml_path(file))):
        tell("run", lambda: asyncio.run(run(workflows[0])))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
