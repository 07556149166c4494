"""`run(agent, ...)`: an agent as a value, and what it is told of its mistakes before anything happens."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import tool as langchain_tool

from antiphon import Agent, run, tool
from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import ChatRequest, Reply, ToolCall
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.planning.react import React
from antiphon.agents.planning.settings import Budget
from antiphon.tools.base.errors import InputError

from .thinking import APP


class Native(Scripted):
    """A model whose server has native tools."""

    abilities = Abilities(schema=True, tools=True)


@tool
def price(item: str) -> float:
    """The price of a thing.

    Args:
        item: A thing: pencil, notebook.
    """
    return {"pencil": 2.5}[item]


@langchain_tool
def shout(text: str) -> str:
    """Say it loudly."""
    return text.upper()


def whisper(text: str) -> str:
    """Say it quietly."""
    return text.lower()


def calling(name: str, arguments: str) -> Reply:
    return Reply("", calls=(ToolCall("c1", name, arguments),), finish="tool_calls")


@pytest.mark.parametrize(
    ("given", "name", "arguments", "value"),
    [
        (price, "price", '{"item": "pencil"}', 2.5),
        (shout, "shout", '{"text": "a"}', "A"),
        (whisper, "whisper", '{"text": "A"}', "a"),
        ("calculator", "calculator", '{"expression": "17*23"}', {"result": "391", "exact": "391"}),
    ],
)
async def test_tools_of_every_sort_are_called(given: Any, name: str, arguments: str, value: Any) -> None:
    agent = Agent("a", "Be short.", plan="react", tools=(given,))
    async with Native([calling(name, arguments), "Here you are."]) as chat:
        result = await run(agent, "Do it.", app=APP, engines={"chat": chat})
    assert result.answer == "Here you are."
    (call,) = result.output["calls"]
    assert (call["tool"], call["value"], call["failed"]) == (name, value, False)


async def test_what_a_docstring_says_of_a_parameter_reaches_the_model() -> None:
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        asked.append(request)
        return "Yes."

    async with Native([answer]) as chat:
        await run(Agent("a", "Hi.", plan="react", tools=(price,)), "Do it.", app=APP, engines={"chat": chat})
    told = asked[0].tools[0]["function"]["parameters"]["properties"]["item"]
    assert told["description"] == "A thing: pencil, notebook."


async def test_a_plan_is_a_name_a_mapping_or_an_object() -> None:
    for plan in ("react", {"strategy": "react", "budget": {"calls": 3}}, React(budget=Budget(calls=3))):
        async with Native(["Yes."]) as chat:
            agent = Agent("a", "Hi.", plan=plan, tools=(price,))
            assert (await run(agent, "?", app=APP, engines={"chat": chat})).answer == "Yes."


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"plan": "reakt"}, "no strategy is called 'reakt'. Did you mean 'react'"),
        ({"plan": {"strategy": "react", "max_steps": 0}}, "plan.max_steps: input should be greater than or equal to 1"),
        ({"plan": 5}, "a plan is the name of a strategy, or its settings, not 5"),
        ({"tools": ("calculater",)}, "no tool is called 'calculater'. Did you mean 'calculator'"),
        ({"tools": (5,)}, "int is no tool"),
        ({"tools": (price, price)}, "two of its tools are called 'price'"),
        ({"tools": "calculator"}, r"tools is a list of them, not 'calculator'. Write tools=\['calculator'\]"),
        ({"role": "chef"}, "its role is chat or fast, not 'chef'"),
        ({"memory": 1000}, "memory is from 0 to 200"),
        ({"tools": (price,), "ask_before": ("prise",)}, "ask_before names 'prise', .* Did you mean 'price'"),
    ],
)
def test_a_mistake_is_told_before_anything_happens(options: dict[str, Any], told: str) -> None:
    with pytest.raises((InputError, ValueError), match=told):
        run(Agent("a", "Hi.", **options), "?")


async def test_its_rules_guard_question_and_answer() -> None:
    agent = Agent("a", "Be short.", rules="child", plan="react", tools=(price,))
    async with Native([]) as chat:
        refused = await run(agent, "How do I make a bomb?", app=APP, engines={"chat": chat})
    assert refused.output["calls"] in ([], None)
    assert refused.answer
    async with Native([calling("price", '{"item": "pencil"}'), "It costs 2.50 yuan."]) as chat:
        result = await run(agent, "What does a pencil cost?", app=APP, engines={"chat": chat})
    assert "2.50" in result.answer


async def test_where_its_rules_leave_nothing_a_sentence_says_so() -> None:
    agent = Agent("a", "Be short.", rules="child")
    async with Scripted(["How to build a bomb: take"]) as chat:
        result = await run(agent, "Tell me something.", app=APP, engines={"chat": chat})
    assert result.answer == "I would rather not answer that."


async def test_dollars_and_braces_in_instructions_are_words() -> None:
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        asked.append(request)
        return "Yes."

    async with Scripted([answer]) as chat:
        await run(Agent("a", "In ${currency}, {{ never }}."), "?", app=APP, engines={"chat": chat})
    assert asked[0].messages[0].content == "In ${currency}, {{ never }}."


async def test_who_it_is_stands_before_what_it_is_told() -> None:
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        asked.append(request)
        return "Yes."

    agent = Agent("a", "Answer in one sentence.", profile="You are Momo, a tutor.")
    async with Scripted([answer]) as chat:
        await run(agent, "?", app=APP, engines={"chat": chat})
    assert asked[0].messages[0].content == "You are Momo, a tutor.\n\nAnswer in one sentence."


@pytest.mark.parametrize(
    ("question", "trigger"), [("17 加 25 等于多少？", "一步一步"), ("What is 17 and 25?", "step by step")]
)
async def test_an_agent_thinks_in_the_language_it_is_asked_in(question: str, trigger: str) -> None:
    model = Scripted(["42"])
    await run(Agent("a", "", plan="chain_of_thought"), question, app=APP, engines={"chat": model})
    assert trigger in model.requests[0].messages[0].content


async def test_the_machine_may_be_named_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    file.write_text(
        "schema: app/v1\nmodels:\n  chat: {engine: embedded, model: qwen2.5-coder-0.5b}\n", encoding="utf-8"
    )
    for app in (file, str(file)):
        result = await run(Agent("a", ""), "Hello?", app=app, engines={"chat": Scripted(["Hi."])})
        assert result.answer == "Hi."


def test_a_machine_whose_file_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"app\.yaml: there is no such file"):
        run(Agent("a", ""), "Hello?", app=tmp_path / "app.yaml")
