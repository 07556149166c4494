"""Does an agent call the right tool? Sixty requests, eight tools, and what it decides first.

    python benchmarks/tool_use.py [--app FILE] [--bare] [--only ID ...]
    python benchmarks/tool_use.py --native URL --model NAME
    python benchmarks/tool_use.py --again

An agent with the eight tools of tool_use_tools.py and the strategy `react` is asked each request of
data/tool_requests.jsonl, until it calls a tool or begins to answer without one. With --bare no tool has examples of
what people say to it. With --native it is the model of a
server that has native tools. Each decision is kept in results/tool_use.jsonl; --again reckons the table anew from that.
The requests are for measuring only: prompts and weights are tuned on others (tool_choice.py).
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from tool_use_scoring import score, table
from tool_use_tools import EXAMPLES, TOOLS

from antiphon import Agent, run, tool
from antiphon.agents.events import Called, Event, Returned, RunFinished, Said, Warned, Wrote
from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import Chat, name_of
from antiphon.agents.models.openai_chat import OpenAIChat
from antiphon.agents.opening import open_chat
from antiphon.agents.planning.react import React
from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.types import App
from antiphon.agents.roles.types import OpenAIChat as Endpoint
from antiphon.tools.base.errors import AntiphonError, EndpointError

HERE = Path(__file__).parent
REQUESTS = HERE / "data" / "tool_requests.jsonl"
RESULTS = HERE / "results" / "tool_use.jsonl"
FUNCTIONS = {function.__name__: function for function in TOOLS}
INSTRUCTIONS = {"en": "You are a helpful assistant.", "zh": "你是一个乐于助人的助手。"}
Item = Mapping[str, Any]


class NativeChat(OpenAIChat):
    """A server that is known to have native tools, so that it is not probed."""

    abilities = Abilities(schema=True, tools=True)


async def decision(chat: Chat, app: App | None, item: Item, *, native: bool, bare: bool) -> dict[str, Any]:
    """What an agent does first; `invalid` is what was wrong with a reply before that."""
    tools = tuple(tool(examples=() if bare else EXAMPLES[one.__name__])(one) for one in TOOLS)
    agent = Agent("bench", INSTRUCTIONS[item["language"]], plan=React(), tools=tools, max_tokens=256)
    began, events = time.perf_counter(), list[Event]()
    called: Called | None = None
    invalid = ""
    at_work = run(agent, item["text"], app=app, engines={"chat": chat}, record=False, language=item["language"])
    try:
        async with aclosing(aiter(at_work)) as stream:  # type: ignore[type-var]
            async for event in stream:
                events.append(event)
                if isinstance(event, Called):
                    called = event
                invalid = invalid or _complaint(event)
                if called is not None or invalid or _answers(event, native):
                    break
    except EndpointError:
        raise  # the server failed, not the model
    except AntiphonError as error:
        invalid = invalid or str(error)
    return {
        "called": called.tool if called else None,
        "arguments": called.arguments if called else None,
        "invalid": invalid,
        "seconds": round(time.perf_counter() - began, 2),
    }


def _complaint(event: Event) -> str:
    if isinstance(event, Warned):
        return event.problem
    return str(event.value) if isinstance(event, Returned) and event.failed else ""


def _answers(event: Event, native: bool) -> bool:
    """Whether it answers without a tool; a server with native tools may say something before it calls one."""
    return isinstance(event, RunFinished) or (not native and isinstance(event, Wrote | Said))


@asynccontextmanager
async def opened(arguments: argparse.Namespace) -> AsyncIterator[tuple[App | None, Chat]]:
    """The model that is measured."""
    if arguments.native:
        endpoint = Endpoint(base_url=arguments.native, model=arguments.model)
        app = App.model_validate({"schema": "app/v1", "models": {"chat": endpoint.model_dump()}})
        async with NativeChat(endpoint) as chat:
            yield app, chat
        return
    app = read_app(arguments.app)
    async with open_chat(app, "chat") as chat:
        yield app, chat


async def measure(arguments: argparse.Namespace, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Ask one after another; a line of records for each."""
    records = []
    async with opened(arguments) as (app, chat):
        way = "native" if arguments.native else "react, no examples" if arguments.bare else "react"
        for i, item in enumerate(items, 1):
            found = await decision(chat, app, item, native=bool(arguments.native), bare=arguments.bare)
            records.append({"id": item["id"], "model": name_of(chat) or "chat", "way": way, **found})
            print(f"\r{i}/{len(items)}", end="", flush=True)
    print()
    return records


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def kept(before: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Records with the new ones in the places of those of the same model, way and request."""
    rows = {(one["model"], one["way"], one["id"]): one for one in (*before, *new)}
    return list(rows.values())


def tables(items: Sequence[Item], records: Sequence[Mapping[str, Any]]) -> str:
    """One for each model and way in the records."""
    by_id = {item["id"]: item for item in items}
    told = []
    for model, way in dict.fromkeys((one["model"], one["way"]) for one in records):
        chosen = [one for one in records if (one["model"], one["way"]) == (model, way) and one["id"] in by_id]
        asked = [by_id[one["id"]] for one in chosen]
        scores = [score(item, one, FUNCTIONS) for item, one in zip(asked, chosen, strict=True)]
        told.append(f"{model}, {way}\n{table(asked, scores)}")
    return "\n\n".join(told)


def main() -> None:
    """Measure, keep the records, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", type=Path)
    parser.add_argument("--bare", action="store_true", help="without examples of what people say to each tool")
    parser.add_argument("--native", metavar="URL", help="a server that has native tools")
    parser.add_argument("--model", default="default", help="its name for the model")
    parser.add_argument("--only", nargs="*", metavar="ID")
    parser.add_argument("--requests", type=Path, default=REQUESTS)
    parser.add_argument("--records", type=Path, default=RESULTS)
    parser.add_argument("--again", action="store_true", help="only reckon the table from the records")
    arguments = parser.parse_args()
    items = [item for item in lines(arguments.requests) if not arguments.only or item["id"] in arguments.only]
    before = lines(arguments.records) if arguments.records.exists() else []
    if arguments.again:
        print(tables(items, before))
        return
    new = asyncio.run(measure(arguments, items))
    rows = kept(before, new)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    arguments.records.parent.mkdir(exist_ok=True)
    arguments.records.write_text(text, encoding="utf-8")
    print(tables(items, new))


if __name__ == "__main__":
    main()
