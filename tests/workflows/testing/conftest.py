"""The command line in this process, and a folder with a small workflow to write tests for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.workflows.testing.outcomes import Outcome
from antiphon.workflows.testing.playing import Job, play
from antiphon.workflows.testing.reading import read_suite

APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
ORDER = """\
schema: workflow/v1
name: order
input: {text: {type: string}, age: {type: integer, default: 8}}
state:
  item: {type: string}
  count: {type: integer}
  price: {type: number}
  agreed: {type: object}
  answer: {type: string}
output: {answer: "${state.answer}", price: "${state.price}"}
tools: {price_of: {}, send_order: {}}
start: read
nodes:
  read:
    kind: extract
    from: "${input.text}"
    fields: {item: {type: string}, count: {type: integer}}
    into: {item: "${result.item}", count: "${result.count}"}
    next: look_up
  look_up: {kind: tool, tool: price_of, with: {item: "${state.item}"}, into: price, next: ask}
  ask:
    kind: ask
    show: "${'Order ' + string(state.count) + ' of ' + state.item + '?'}"
    form: {agree: {type: boolean}}
    into: agreed
    route: [{when: state.agreed.agree, to: send}, {else: leave}]
  send:
    kind: tool
    tool: send_order
    with: {item: "${state.item}", count: "${state.count}"}
    into: answer
    next: show
  leave: {kind: speak, from: Then not., into: answer, next: end}
  show: {kind: speak, from: "${state.answer}", next: end}
"""
TOOLS = """\
from pathlib import Path

from antiphon import tool


@tool
def price_of(item: str) -> float:
    "What one costs."
    return {"pencil": 2.5}[item]


@tool(effects=True)
def send_order(item: str, count: int) -> str:
    "Order it."
    with Path(__file__).with_name("ledger").open("a") as ledger:
        ledger.write(f"{count} {item}\\n")
    return f"{count} of {item} are on their way."
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a workflow, order.yaml, that reads a text, looks up a price, asks and orders: tools.py."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")
    (tmp_path / "tools.py").write_text(TOOLS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Callable[[str], Path]:
    """Write the tests of a file about order.yaml."""

    def written(tests: str, more: str = "") -> Path:
        path = folder / "tests.yaml"
        path.write_text(f"schema: test/v1\nworkflow: order.yaml\n{more}tests:\n{tests}", encoding="utf-8")
        return path

    return written


@pytest.fixture
def played(write: Callable[..., Path]) -> Callable[..., object]:
    """What comes of the first test of a file."""

    async def outcome(tests: str, more: str = "", number: int = 0) -> Outcome:
        path = write(tests, more)
        return await play(Job(read_suite(path, APP, [path.with_name("tools.py")]), number), real=False)

    return outcome
