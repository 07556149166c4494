"""Google ADK: `config_agent_utils.from_config`, which is what `adk run` and `adk web` call, then a runner in memory."""

import asyncio
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from .telling import ready, tell

WORDS = "Hello there, everybody"


async def run(node: Any) -> dict[str, Any]:
    """What the state holds after one message."""
    runners, types = import_module("google.adk.runners"), import_module("google.genai.types")
    runner = runners.InMemoryRunner(node=node, app_name="side_by_side")
    session = await runner.session_service.create_session(app_name="side_by_side", user_id="someone")
    message = types.Content(role="user", parts=[types.Part(text=WORDS)])
    async for _ in runner.run_async(user_id="someone", session_id=session.id, new_message=message):
        pass
    after = await runner.session_service.get_session(app_name="side_by_side", user_id="someone", session_id=session.id)
    return dict(after.state)


def main(file: Path) -> None:
    sys.path.insert(0, str(file.parent.parent))  # as `adk run` does, so that `.steps.measure` is found beside the file
    agents = import_module("google.adk.agents.config_agent_utils")
    ready()
    nodes: list[Any] = []
    if tell("load", lambda: nodes.append(agents.from_config(str(file)))):
        tell("run", lambda: asyncio.run(run(nodes[0])))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
