"""What the choice of a tool and its arguments are tuned on: three sets of eight tools, 180 requests of our own.

    python benchmarks/tool_choice.py [--app FILE] [--bare]

Each request of data/tool_choice/ is put to the chat model as the strategy `react` puts it to a tiny one: which tool,
and of those that need one, which arguments. What comes out is a table for each set, and how many are decided rightly
with other weights, for the constants of antiphon.agents.planning.choosing. With --bare no tool has examples. The
measurement itself is tool_use.py, on other requests and other tools. Replies are kept: asked again, it takes seconds.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tool_use_scoring import accepted

from antiphon.agents.models.cached_chat import Cached
from antiphon.agents.models.chat import Chat, Reply, complete
from antiphon.agents.models.replies import open_replies
from antiphon.agents.opening import open_chat, open_embed
from antiphon.agents.planning.arguments import filled, filling
from antiphon.agents.planning.choosing import WEIGHT, choice, chosen, weighed
from antiphon.agents.planning.grounding import lacks_number
from antiphon.agents.planning.likeness import likeness
from antiphon.agents.planning.types import Offered, Task
from antiphon.agents.roles.reading import read_app

DATA = Path(__file__).parent / "data" / "tool_choice"
SETS = ("everyday", "home", "travel")
WEIGHTS = (0.0, 20.0, 40.0, 50.0, 60.0, 80.0)
SHIFTS = (-2.0, -1.0, 0.0, 1.0, 2.0)
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, with what the model made of it; `wrong` are the arguments that are not as they should be."""

    item: Item
    task: Task
    reply: Reply
    wrong: Sequence[str]


def tools_of(name: str, *, bare: bool) -> tuple[Offered, ...]:
    """The tools of a set."""
    written = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    tools = (Offered(**{**one, "examples": tuple(one["examples"])}) for one in written)
    return tuple(replace(one, examples=()) if bare else one for one in tools)


async def asked(chat: Chat, item: Item, task: Task) -> Asked:
    """Which tool, and the arguments of the right one."""
    reply = await complete(chat, choice(task))
    if item["tool"] is None:
        return Asked(item, task, reply, ())
    request = filling(task, item["tool"], "")
    call = filled(task, request, await complete(chat, request))
    known = next(one for one in task.tools if one.name == item["tool"]).parameters["properties"]
    given = {name: one["default"] for name, one in known.items() if "default" in one}
    given |= call.arguments if call else {}
    return Asked(item, task, reply, [name for name, one in item["arguments"].items() if not _right(one, given, name)])


def _right(wanted: Any, given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name)
    return name in given and accepted(wanted, " ".join(map(str, value)) if isinstance(value, list) else value)


def decided(one: Asked, weight: float, shift: float) -> bool:
    """Whether the right tool, or rightly none, is chosen with another weight and so much more for none."""
    scores = weighed(one.task, one.reply)
    for tool in one.task.tools:
        scores[tool.name] += (weight - WEIGHT) * one.task.likeness.get(tool.name, 0.0)
        if lacks_number(tool.parameters, one.task.question):
            del scores[tool.name]
    scores[""] += (weight - WEIGHT) * one.task.likeness.get("", 0.0) + shift
    return max(scores, key=lambda name: scores[name]) == (one.item["tool"] or "")


def told(name: str, several: Sequence[Asked]) -> str:
    """A line of the table."""
    need = [one for one in several if one.item["tool"] is not None]
    right = sum(chosen(one.task, one.reply) == one.item["tool"] for one in need)
    none = sum(chosen(one.task, one.reply) == "" for one in several if one.item["tool"] is None)
    filled_in = sum(not one.wrong for one in need)
    rest = len(several) - len(need)
    return (
        f"{name:<10} tool {right}/{len(need)}  none {none}/{rest}  arguments of the right tool {filled_in}/{len(need)}"
    )


async def measured(arguments: argparse.Namespace) -> dict[str, list[Asked]]:
    """Every request of every set."""
    app = read_app(arguments.app)
    embed, found = open_embed(app), dict[str, list[Asked]]()
    async with AsyncExitStack() as stack:
        replies = await stack.enter_async_context(open_replies(app.data))
        chat = Cached(await stack.enter_async_context(open_chat(app)), replies)
        for name in SETS:
            tools, found[name] = tools_of(name, bare=arguments.bare), []
            for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
                item = json.loads(line)
                like = likeness(embed, item["text"], tools)
                task = Task(item["text"], tools=tools, language=item["language"], likeness=like, max_tokens=256)
                found[name].append(await asked(chat, item, task))
                print(f"\r{name} {len(found[name])}", end="", flush=True)
            print(f"\r{told(name, found[name])}")
    return found


def main() -> None:
    """Ask, print the table and the grid of weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", type=Path)
    parser.add_argument("--bare", action="store_true", help="without examples of what people say to each tool")
    found = asyncio.run(measured(parser.parse_args()))
    every = [one for several in found.values() for one in several]
    print(told("all", every))
    print("\nrightly decided of all, by the weight of likeness (down) and so much more for none (across)")
    print("      " + "".join(f"{shift:>7g}" for shift in SHIFTS))
    for weight in WEIGHTS:
        print(f"{weight:>6g}" + "".join(f"{sum(decided(one, weight, shift) for one in every):>7}" for shift in SHIFTS))


if __name__ == "__main__":
    main()
