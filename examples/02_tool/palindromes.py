"""A workflow file with a tool of your own."""

import asyncio
from pathlib import Path

from antiphon import Workflow, run, tool


@tool
def reads_the_same(text: str) -> bool:
    """Whether a text reads the same backwards, letters alone."""
    letters = [letter for letter in text.lower() if letter.isalnum()]
    return letters == letters[::-1]


async def main() -> None:
    workflow = Workflow.load(Path(__file__).parent, tools=[reads_the_same])
    for text in ("Never odd or even", "上海自来水来自海上", "Antiphon"):
        print(f"{text}: {await run(workflow, text)}")


if __name__ == "__main__":
    asyncio.run(main())
