"""Ask an agent one question, and watch its answer as it is written."""

import asyncio
from typing import Any

from antiphon import Agent, run
from antiphon.agents.events import Said

GUIDE = Agent("guide", "You explain things in two short sentences.")


async def main(**engines: Any) -> None:
    async for event in run(GUIDE, "What is an echo?", engines=engines):
        if isinstance(event, Said):
            print(event.text, end="", flush=True)
    print()


if __name__ == "__main__":
    asyncio.run(main())
