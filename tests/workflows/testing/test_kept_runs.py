"""`antiphon runs test`: a run that is kept becomes a test that passes."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from antiphon import run
from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import Reply, ToolCall
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import App
from antiphon.workflows.cli.main import antiphon
from antiphon.workflows.compile.step import Question
from antiphon.workflows.loading import load_with

APP_FILE = "schema: app/v1\nmodels: {chat: {engine: embedded, model: none}}\n"
APP = App.model_validate({"schema": "app/v1", "models": {"chat": {"engine": "embedded", "model": "none"}}})
AGENT = """\
schema: workflow/v1
name: helper
input: {text: {type: string}}
state: {answer: {type: string}}
output: {answer: "${state.answer}"}
tools: {price_of: {}, send_order: {}}
start: think
nodes:
  think:
    kind: agent
    prompt: {user: "{{ input.text }}"}
    tools: [price_of, send_order]
    plan: {strategy: react, parallel: 2}
    into: answer
    next: show
  show: {kind: speak, from: "${state.answer}", next: end}
"""
ASKS = AGENT.replace("    plan:", "    ask_before: [send_order]\n    plan:")
WRITES = AGENT.replace("next: show\n", "next: more\n").replace(
    "  show:", "  more: {kind: llm, prompt: {user: Shorter.}, into: answer, next: show}\n  show:"
)
PRICE = ToolCall("c1", "price_of", '{"item": "pencil"}')
ORDER = ToolCall("c2", "send_order", '{"item": "pencil", "count": 3}')
NATIVE = [Reply("", calls=(PRICE,)), Reply("", calls=(ORDER,)), "They are on their way."]
DECIDED = [
    json.dumps({"thought": "a", "calls": [{"tool": "price_of", "arguments": {"item": "pencil"}}]}),
    json.dumps({"thought": "b", "answer": "2.5 yuan."}),
]
LIKELY = [Reply("", logprobs=({"none": 0.0},)), "2.5 yuan."]
Keep = Callable[..., str]


def command(*arguments: object) -> Result:
    return CliRunner().invoke(antiphon, [*map(str, arguments)])


@pytest.fixture
def keep(folder: Path) -> Keep:
    """A run of a file that is kept: its name."""
    (folder / "app.yaml").write_text(APP_FILE, encoding="utf-8")

    async def ran(text: str, script: list[Any], able: Abilities, agreed: bool) -> str:
        (folder / "helper.yaml").write_text(text, encoding="utf-8")
        chat = Scripted(script)
        chat.abilities = able  # type: ignore[attr-defined]
        flow = load_with("helper.yaml", [Path("tools.py")])
        engines = {"chat": chat}
        made = await run(
            flow, "Three pencils", app=APP, engines=engines, durable=True, answer=agree if agreed else None
        )
        return made.run

    async def agree(question: Question) -> dict[str, Any]:
        return dict.fromkeys(question.form, True)

    return lambda text, script, able, agreed=False: asyncio.run(ran(text, script, able, agreed))


@pytest.mark.parametrize(
    ("script", "able"),
    [
        (NATIVE, Abilities(tools=True)),
        (DECIDED, Abilities()),
        (DECIDED, Abilities(schema=False)),
        ([Reply("", finish="length", calls=(PRICE,)), "2.5 yuan."], Abilities(tools=True)),
    ],
    ids=["native", "schema", "words", "cut off"],
)
def test_a_kept_run_becomes_a_test_that_passes(keep: Keep, script: list[Any], able: Abilities) -> None:
    id = keep(AGENT, script, able)
    made = command("runs", "test", id)
    assert made.exit_code == 0, (made.output, made.exception)
    played = command("test", "tests.yaml", "--python", "tools.py", "--json")
    told = json.loads(played.stdout)
    assert (played.exit_code, told["passed"]) == (0, 1), played.output


def test_it_says_what_was_said_called_and_came_of_it(keep: Keep, folder: Path) -> None:
    id = keep(AGENT, NATIVE, Abilities(tools=True))
    command("runs", "test", id, "made.yaml")
    written = (folder / "made.yaml").read_text()
    assert "say: Three pencils" in written
    assert "price_of: {returns: 2.5}" in written
    assert "must_call:" in written
    assert (folder / "ledger").read_text() == "3 pencil\n"  # the order was not made once more


def test_another_run_is_added_to_the_file(keep: Keep) -> None:
    first, made = (command("runs", "test", keep(AGENT, NATIVE, Abilities(tools=True))) for _ in range(2))
    assert first.exit_code == 0
    assert "'Three pencils (2)' is in tests.yaml" in made.stderr


def test_a_run_whose_replies_are_not_kept_is_told(keep: Keep, folder: Path) -> None:
    id = keep(WRITES, [*NATIVE, "Soon."], Abilities(tools=True))
    made = command("runs", "test", id)
    assert "not what it replies to the kind llm" in str(made.exception)
    assert "--save-test" in str(made.exception)
    assert not (folder / "tests.yaml").exists()


def test_what_a_person_agreed_to_is_agreed_to_again(keep: Keep) -> None:
    made = command("runs", "test", keep(ASKS, NATIVE, Abilities(tools=True), True))
    assert made.exit_code == 0, made.exception
    assert json.loads(command("test", "--python", "tools.py", "--json").stdout)["passed"] == 1


def test_a_call_that_failed_fails_again(keep: Keep, folder: Path) -> None:
    wrong = Reply("", calls=(ToolCall("c1", "price_of", '{"item": "moon"}'),))
    made = command("runs", "test", keep(AGENT, [wrong, *NATIVE], Abilities(tools=True)))
    assert made.exit_code == 0, made.exception
    assert "raises: " in (folder / "tests.yaml").read_text()


def test_a_run_that_waits_is_no_test_yet(keep: Keep) -> None:
    made = command("runs", "test", keep(ASKS, NATIVE, Abilities(tools=True)))
    assert "has not come to its end" in str(made.exception)
