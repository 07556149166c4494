"""A set of tools in a workflow: from the OpenAPI document of a service of app.yaml."""

import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.roles.reading import read_app
from antiphon.agents.roles.types import App
from antiphon.tools.base.errors import FileError, InputError
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
        with pytest.raises(InputError, match="names no MCP server 'calendar'. Write it under `mcp`"):
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
    assert (here.services, here.documented, here.servers) == ({"shop", "map"}, {"shop"}, {"calendar"})


def test_a_profile_has_servers_of_its_own(tmp_path: Path) -> None:
    rest = "mcp: {calendar: {command: [cal]}}\nprofiles: {work: {mcp: {mail: {url: 'https://x/mcp'}}}}\n"
    work = app_of(tmp_path, rest).under("work")
    assert set(work.mcp) == {"calendar", "mail"}
    assert Path(work.mcp["calendar"].folder) == tmp_path
