"""A set of tools in a workflow: from the OpenAPI document of a service of app.yaml."""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import tool as langchain_tool

from antiphon import Workflow, run
from antiphon.agents.models.abilities import Abilities
from antiphon.agents.models.chat import Reply, ToolCall
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.build import State, workflow
from antiphon.workflows.build import ToolCall as ToolNode
from antiphon.workflows.run.engines import OpenEngines
from antiphon.workflows.spec.known import Known
from antiphon.workflows.spec.reading import check_text
from antiphon.workflows.workflow import known

from .conftest import Shop

ROLES = "models: {chat: {engine: openai, base_url: 'http://127.0.0.1:9/v1', model: m}}\n"
HEAD = "schema: workflow/v1\nname: w\nstate: {a: {type: string}}\noutput: {a: '${state.a}'}\nstart: it\n"
ASKS = "  it: {kind: agent, prompt: {user: Hello}, tools: [shop], into: a, next: end}\n"


def app_of(folder: Path, rest: str) -> App:
    file = folder / "app.yaml"
    file.write_text(f"schema: app/v1\n{ROLES}{rest}")
    return read_app(file)


def told(tools: str, known: Known, nodes: str = ASKS) -> list[str]:
    found = check_text(f"{HEAD}tools: {tools}\nnodes:\n{nodes}", Path("w.yaml"), known)[1]
    return [f"{one.code} {one.problem}. {one.hint}" for one in found]


MACHINE = Known(
    {"add": None}, services=frozenset({"shop", "map"}), documented=frozenset({"shop"}), servers=frozenset({"calendar"})
)


async def test_the_document_beside_app_yaml_makes_the_tools(shop: Shop, document_file: Path) -> None:
    app = app_of(document_file.parent, f"services: {{shop: {{base_url: '{shop.address}', openapi: shop.yaml}}}}")
    async with OpenEngines(app) as engines:
        made = await engines.toolset("shop", {"openapi": "shop", "only": ["order"]})
        assert [one.name for one in made] == ["order"]
        assert (await made[0](lines=[]))["path"] == "/orders"
        assert len(await engines.toolset("again", {"openapi": "shop"})) == 4


async def test_the_document_of_the_service_itself_is_asked_for_once(shop: Shop, document: dict[str, Any]) -> None:
    shop.answers["/openapi.json"] = (200, json.dumps(document).encode())
    service = {"base_url": shop.address, "openapi_path": "/openapi.json"}
    models = {"chat": {"engine": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m"}}
    app = App.model_validate({"schema": "app/v1", "models": models, "services": {"shop": service}})
    async with OpenEngines(app) as engines:
        for name in ("shop", "again"):
            assert len(await engines.toolset(name, {"openapi": "shop"})) == 4
    assert len(shop.asked) == 1


async def test_a_set_that_app_yaml_does_not_have_is_told(tmp_path: Path) -> None:
    app = app_of(tmp_path, "services: {shop: {base_url: 'http://127.0.0.1:9'}}")
    async with OpenEngines(app) as engines:
        with pytest.raises(InputError, match="the service 'shop' has no OpenAPI document"):
            await engines.toolset("shop", {"openapi": "shop"})
        with pytest.raises(InputError, match=r"names no service 'shopp'. Did you mean 'shop'\?"):
            await engines.toolset("shop", {"openapi": "shopp"})
        with pytest.raises(InputError, match=r"names no MCP server 'calendar'. Write it under `mcp`"):
            await engines.toolset("shop", {"mcp": "calendar"})


def test_only_one_place_for_a_document(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="it has either openapi or openapi_path"):
        app_of(tmp_path, "services: {shop: {base_url: 'http://x', openapi: a.yaml, openapi_path: /b}}")


def test_a_set_under_a_free_name_is_no_mistake() -> None:
    for settings in ("{openapi: shop}", "{openapi: shop, only: [get_price]}", "{mcp: calendar}"):
        assert told(f"{{shop: {settings}}}", MACHINE) == []
        assert told(f"{{shop: {settings}}}", Known()) == []  # no app.yaml at hand: any name may be right


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("{openapi: shopp}", "E306 app.yaml has no service 'shopp'. Did you mean 'shop'?"),
        ("{openapi: map}", "E306 the service 'map' has no OpenAPI document in app.yaml. Write it there: services:"),
        ("{mcp: calender}", "E306 app.yaml has no MCP server 'calender'. Did you mean 'calendar'?"),
        ("{mcp: calendar, openapi: shop}", "E203 'shop': write either openapi: SERVICE or mcp: SERVER"),
        ("{mcp: ''}", "E203 'shop': write either openapi: SERVICE or mcp: SERVER"),
        ("{mcp: calendar, onyl: [a]}", "E203 'shop': onyl: extra inputs are not permitted. Known: openapi, mcp, only"),
        ("{mcp: calendar, only: book}", "E203 'shop': only: input should be a valid tuple"),
        ("{mcp: 3}", "E203 'shop': mcp: input should be a valid string"),
        ("{}", "E303 no tool is called 'shop'"),
    ],
)
def test_what_is_wrong_with_a_set_is_told(settings: str, said: str) -> None:
    problems = told(f"{{shop: {settings}}}", MACHINE)
    assert [one[: len(said)] for one in problems] == [said]


def test_a_tool_node_calls_no_set() -> None:
    node = "  it: {kind: tool, tool: shop, into: a, next: end}\n"
    problems = told("{shop: {openapi: shop}}", MACHINE, node)
    assert [one.partition(". ")[0] for one in problems] == [
        "E303 'shop' is a set of tools, and this node calls one tool"
    ]


def test_what_a_machine_has_is_known_to_the_checks(shop: Shop, document_file: Path) -> None:
    rest = f"services: {{shop: {{base_url: '{shop.address}', openapi: shop.yaml}}, map: {{base_url: 'http://x'}}}}\n"
    app = app_of(document_file.parent, rest + "mcp: {calendar: {command: [cal]}}\n")
    here = known(app=app)
    assert here.services == frozenset({"shop", "map"})
    assert (here.documented, here.servers) == (frozenset({"shop"}), frozenset({"calendar"}))


def test_a_profile_has_servers_of_its_own(tmp_path: Path) -> None:
    rest = "mcp: {calendar: {command: [cal]}}\nprofiles: {work: {mcp: {mail: {url: 'https://x/mcp'}}}}\n"
    work = app_of(tmp_path, rest).under("work")
    assert set(work.mcp) == {"calendar", "mail"}
    assert Path(work.mcp["calendar"].folder) == tmp_path


class Native(Scripted):
    """A script of a model that gives native calls."""

    abilities = Abilities(tools=True)


async def test_an_agent_calls_a_tool_of_a_set(shop: Shop, document_file: Path) -> None:
    app = app_of(document_file.parent, f"services: {{shop: {{base_url: '{shop.address}', openapi: shop.yaml}}}}")
    shop.answers["/items/tea/price"] = (200, b'{"price": 7}')
    file = document_file.parent / "workflow.yaml"
    file.write_text(
        f"{HEAD}tools: {{shop: {{openapi: shop, only: [get_price]}}}}\nnodes:\n"
        "  it: {kind: agent, prompt: {user: What is tea?}, tools: [shop], plan: react, into: a, next: end}\n"
    )
    call = ToolCall("1", "get_price", '{"item": "tea", "X-Shop": "1"}')
    chat = Native([Reply("", calls=(call,)), "It is 7.", "It is 7."])
    result = await run(Workflow.load(file, app=app), app=app, engines={"chat": chat})
    assert result.output == {"a": "It is 7."}
    assert [one["path"] for one in shop.asked] == ["/items/tea/price"]
    assert '"price": 7' in str([one.content for one in chat.requests[-1].messages])


def _area(width: float) -> float:
    """An area."""
    return width * width


@langchain_tool
def _double(text: str) -> str:
    """Say it twice."""
    return text * 2


CALLS = "  it: {kind: tool, tool: double, with: {text: ab}, into: a, next: end}\n"


async def test_a_langchain_tool_is_called_by_a_workflow(tmp_path: Path) -> None:
    file = tmp_path / "workflow.yaml"
    file.write_text(f"{HEAD}tools: {{double: {{}}}}\nnodes:\n{CALLS}")
    assert (await run(Workflow.load(file, tools=[_double], app=None))).output == {"a": "abab"}


async def test_a_workflow_in_python_takes_tools_of_every_make() -> None:
    made = workflow(
        "w",
        state={"a": State(type="string"), "n": State(type="number")},
        output={"a": "${state.a}", "n": "${state.n}"},
        tools={"twice": _double, "area": _area},
        start="it",
        nodes={
            "it": ToolNode(tool="twice", arguments={"text": "ab"}, into="a", next="more"),
            "more": ToolNode(tool="area", arguments={"width": 2.0}, into="n", next="end"),
        },
    )
    assert (await run(made)).output == {"a": "abab", "n": 4.0}


def test_what_a_langchain_tool_takes_is_checked_before_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "workflow.yaml"
    file.write_text(f"{HEAD}tools: {{double: {{}}}}\nnodes:\n{CALLS.replace('text:', 'txt:')}")
    with pytest.raises(FileError, match=r"'double' takes no 'txt'. Did you mean 'text'\?"):
        Workflow.load(file, tools=[_double])
