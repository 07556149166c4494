"""Many runs at once in one process, each kept in the same files as those of other processes."""

import asyncio
import os
import sys
from pathlib import Path

from antiphon import Workflow, run, tool
from antiphon.agents.roles.types import App
from antiphon.workflows.run.running import Result

STEPS = 8
TEXT = """\
schema: workflow/v1
name: many
input: {number: {type: integer}}
state: {n: {type: integer, default: 0, reduce: add}, last: {type: string, default: ""}}
output: {n: "${state.n}", answer: "${state.last}"}
tools: {send: {}, count: {}}
start: send
nodes:
  send:
    kind: loop
    max: %d
    as: round
    start: count
    nodes:
      count: {kind: tool, tool: count, with: {number: "${input.number}"}, into: {n: "${int(result)}"}, next: send}
      send: {kind: tool, tool: send, with: {number: "${input.number}", round: "${round}"}, into: last, next: end}
    next: end
"""


@tool(effects=True)
async def send(number: int, round: int) -> str:
    """Send a number."""
    await asyncio.sleep(0)
    return f"sent {number} in {round}"


@tool
def count(number: int) -> int:
    """Count one."""
    return 1


async def ran(workflow: Workflow, app: App, number: int) -> Result:
    """One of them."""
    return await run(workflow, app=app, number=number, thread=f"t{number}")


async def main(folder: Path, first: int, last: int) -> None:
    """Begin the runs of these numbers, all at once."""
    chat = {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"}
    app = App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "storage": {"folder": str(folder)}})
    file = folder / f"{os.getpid()}.yaml"
    file.write_text(TEXT % STEPS, encoding="utf-8")
    workflow = Workflow.load(file, tools=[send, count])
    results = await asyncio.gather(*(ran(workflow, app, number) for number in range(first, last)))
    for number, result in zip(range(first, last), results, strict=True):
        assert result.output == {"n": STEPS, "answer": f"sent {number} in {STEPS}"}


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
