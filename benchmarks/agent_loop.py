"""What one step of an agent costs beside what it does: a thought and a call, with a model that answers at once.

    python benchmarks/agent_loop.py [--steps 200] [--rounds 5]

Prints milliseconds a step: of the whole run, of the run when it is kept on this machine, and of the same requests and
calls made by hand; medians of the rounds, both sides in one process, in turns.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from antiphon import tool
from antiphon.agents.models.chat import ChatRequest, Message, complete
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.planning.direct import Direct
from antiphon.agents.planning.types import Act, Call, Finish, Move, Think, Transcript
from antiphon.agents.roles.types import App
from antiphon.workflows.build import AgentNode, Input, Prompt, State, workflow
from antiphon.workflows.run.running import run

REQUEST = ChatRequest((Message("user", "What next?"),))


@tool
def look(number: int) -> str:
    """Look something up."""
    return f"seen {number}"


class Steps(Direct):
    """Thinks and calls a tool in turns, so many times."""

    steps: int

    def next(self, so_far: Transcript, /) -> Move:
        """Think, then call, then think again."""
        done = len(so_far.steps)
        if done >= 2 * self.steps:
            return Finish("Done.")
        return Act((Call("look", {"number": done}),)) if done % 2 else Think((REQUEST,))


def flow(steps: int) -> Any:
    """A workflow of one agent."""
    node = AgentNode(prompt=Prompt(user="{{ input.text }}"), tools=["look"], into="answer", next="end")
    made = workflow(
        "steps",
        input={"text": Input(type="string")},
        state={"answer": State(type="string")},
        output={"answer": "${state.answer}"},
        tools=[look],
        start="it",
        nodes={"it": node},
    )
    made.spec.nodes["it"].__dict__["plan"] = Steps(steps=steps)  # no file can name a strategy of ours
    return made


async def by_agent(steps: int, app: App, durable: bool) -> None:
    """The run of an agent."""
    made = flow(steps)
    await run(made, "Go.", app=app, engines={"chat": Scripted(["Hm."] * steps)}, durable=durable)


async def by_hand(steps: int) -> None:
    """The same requests and calls, and nothing around them."""
    chat = Scripted(["Hm."] * steps)
    for i in range(steps):
        await complete(chat, REQUEST)
        await look(number=i)


async def timed(work: Callable[[], Awaitable[None]], steps: int) -> float:
    """Milliseconds a step."""
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) / steps * 1000


async def measured(steps: int, rounds: int, app: App) -> dict[str, float]:
    """The medians of each side, in turns."""
    sides: dict[str, Callable[[], Awaitable[None]]] = {
        "by hand": lambda: by_hand(steps),
        "agent": lambda: by_agent(steps, app, False),
        "agent, kept": lambda: by_agent(steps, app, True),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            times[name].append(await timed(side, steps))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        storage = {"folder": str(Path(folder))}
        chat = {"engine": "embedded", "model": "none"}
        app = App.model_validate({"schema": "app/v1", "models": {"chat": chat}, "storage": storage})
        found = asyncio.run(measured(given.steps, given.rounds, app))
    hand = found["by hand"]
    print("| side | ms a step | above by hand |\n|---|---|---|")
    for name, value in found.items():
        print(f"| {name} | {value:.2f} | {value - hand:+.2f} |")


if __name__ == "__main__":
    main()
