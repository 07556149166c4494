"""OpenAPI documents as tools, called over real HTTP."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import InputError, ServiceError
from antiphon.tools.base.tool import Tool
from antiphon.tools.openapi.operations import listed, operation
from antiphon.tools.openapi.reading import fetch_document, parsed, read_document
from antiphon.tools.openapi.tools import tools_of
from antiphon.tools.services.service import Service
from antiphon.tools.services.settings import ServiceSettings

from .conftest import DOCUMENT, Shop


@asynccontextmanager
async def service(shop: Shop, **settings: Any) -> AsyncIterator[Service]:
    address = shop.address or "http://127.0.0.1:9"
    one = Service("shop", ServiceSettings.model_validate({"base_url": address} | settings))
    try:
        yield one
    finally:
        await one.aclose()


async def tools(shop: Shop, document: dict[str, Any], *only: str, **settings: Any) -> dict[str, Tool]:
    async with service(shop, **settings) as one:
        return {tool.name: tool for tool in tools_of(document, one, only)}


async def test_each_operation_is_a_tool(shop: Shop, document: dict[str, Any]) -> None:
    made = await tools(shop, document)
    assert {name: (one.effects, one.is_keyed) for name, one in made.items()} == {
        "get_price": (False, False),
        "order": (True, False),
        "put_orders_id": (True, True),
        "cancel_order": (True, True),
    }
    assert made["get_price"].description == "What an item costs"
    assert made["cancel_order"].description == "DELETE /orders/{id}"


async def test_what_it_takes_is_one_flat_schema(shop: Shop, document: dict[str, Any]) -> None:
    made = await tools(shop, document)
    price = made["get_price"].schema()
    assert price["properties"]["item"] == {"type": "string", "description": "As on the label"}
    assert price["properties"]["currency"] == {"type": ["string", "null"], "enum": ["EUR", "CNY", None]}
    assert [*price["properties"]] == ["item", "currency", "tags", "filter", "X-Shop"]
    assert price["required"] == ["item", "X-Shop"]
    order = made["order"].schema()
    assert [*order["properties"]] == ["lines", "note"]
    assert order["required"] == ["lines"]
    assert order["properties"]["lines"]["items"]["properties"]["gift"]["type"] == "object"  # and no deeper: a circle
    assert made["put_orders_id"].schema()["properties"]["body"]["items"] == {"type": "integer"}


async def test_every_argument_goes_where_it_belongs(shop: Shop, document: dict[str, Any]) -> None:
    async with service(shop, headers={"X-Unit": "kg"}) as one:
        made = {tool.name: tool for tool in tools_of(document, one)}
        given = {"item": "绿茶 a/b", "currency": "CNY", "tags": ["a", "b"], "filter": {"max": 5}, "X-Shop": "7"}
        said = await made["get_price"](**given)
        path = "/items/%E7%BB%BF%E8%8C%B6%20a%2Fb/price?currency=CNY&tags=a%2Cb&filter%5Bmax%5D=5"
        assert said == {"method": "GET", "path": path, "body": None}
        assert (shop.asked[0]["headers"]["x-shop"], shop.asked[0]["headers"]["x-unit"]) == ("7", "kg")
        said = await made["order"](lines=[{"item": "tea"}], note="soon")
        assert said == {"method": "POST", "path": "/orders", "body": {"lines": [{"item": "tea"}], "note": "soon"}}
        assert await made["put_orders_id"](id=3, body=[1, 2]) == {"method": "PUT", "path": "/orders/3", "body": [1, 2]}


async def test_a_key_goes_to_a_service_that_knows_keys(shop: Shop, document: dict[str, Any]) -> None:
    async with service(shop, idempotency_header="Idempotency-Key") as one:
        order = tools_of(document, one, ["order"])[0]
        assert order.is_keyed
        await order(lines=[], idempotency_key="run/1")
    assert shop.asked[0]["headers"]["idempotency-key"] == "run/1"
    assert shop.asked[0]["body"] == {"lines": []}


async def test_a_key_of_the_service_is_nothing_a_model_can_change(
    shop: Shop, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KEY", "ours")
    async with service(shop, headers_env={"X-Shop": "SHOP_KEY"}) as one:
        await tools_of(document, one, ["get_price"])[0](**{"item": "tea", "X-Shop": "theirs"})
    assert shop.asked[0]["headers"]["x-shop"] == "ours"


async def test_what_the_service_says_without_json_is_text(shop: Shop, document: dict[str, Any]) -> None:
    shop.answers = {"/orders/1": (204, b""), "/orders/2": (200, "好".encode()), "/orders/3": (404, b"no such order")}
    async with service(shop) as one:
        cancel = tools_of(document, one, ["cancel_order"])[0]
        assert [await cancel(id=number) for number in (1, 2)] == ["(done: 204)", "好"]
        with pytest.raises(ServiceError, match="it answered 404 Not Found: no such order"):
            await cancel(id=3)


@pytest.mark.parametrize("item", ["..", "../../admin", "%2e%2e", "a/../../b", "", "x\ny"])
async def test_no_argument_leads_off_its_path(shop: Shop, document: dict[str, Any], item: str) -> None:
    async with service(shop) as one:
        with pytest.raises(InputError, match=r"leads off the service|cannot be empty"):
            await tools_of(document, one, ["get_price"])[0](**{"item": item, "X-Shop": "1"})
    assert shop.asked == []


async def test_a_header_with_a_line_break_is_refused(shop: Shop, document: dict[str, Any]) -> None:
    async with service(shop) as one:
        with pytest.raises(InputError, match="a header holds plain ASCII"):
            await tools_of(document, one, ["get_price"])[0](**{"item": "tea", "X-Shop": "1\r\nHost: evil"})
    assert shop.asked == []


async def test_the_servers_of_a_document_count_for_nothing(shop: Shop, document: dict[str, Any]) -> None:
    document["paths"]["/orders"]["servers"] = [{"url": "https://evil.example"}]
    async with service(shop) as one:
        await tools_of(document, one, ["order"])[0](lines=[])
    assert shop.asked[0]["path"] == "/orders"


async def test_a_reference_that_leads_elsewhere_is_refused(shop: Shop, document: dict[str, Any]) -> None:
    body = document["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]
    body["schema"] = {"$ref": "https://evil.example/order.json"}
    with pytest.raises(InputError, match=r"POST /orders: \$ref 'https://evil.example/order.json' leads out of the"):
        await tools(shop, document)
    assert [*await tools(shop, document, "cancel_order")] == ["cancel_order"]


async def test_what_cannot_be_sent_is_left_out_unless_it_is_named(shop: Shop, document: dict[str, Any]) -> None:
    assert "upload" not in await tools(shop, document)
    with pytest.raises(InputError, match=r"POST /picture: its body is image/png, and a tool sends JSON"):
        await tools(shop, document, "upload")


async def test_of_many_operations_the_useful_ones_are_named(shop: Shop, document: dict[str, Any]) -> None:
    document["paths"] |= {f"/thing{i}": {"get": {"operationId": f"thing{i}"}} for i in range(600)}
    with pytest.raises(InputError, match="it offers 605 tools, and an agent takes at most 64"):
        await tools(shop, document)
    begun = time.perf_counter()
    assert [*await tools(shop, document, "thing7", "get_price")] == ["get_price", "thing7"]
    assert time.perf_counter() - begun < 0.5
    with pytest.raises(InputError, match=r"no tool 'get_prise'. Did you mean 'get_price'\?"):
        await tools(shop, document, "get_prise")


async def test_the_service_itself_may_have_the_document(shop: Shop, document: dict[str, Any]) -> None:
    shop.answers["/openapi.json"] = (200, json.dumps(document).encode())
    async with service(shop) as one:
        assert (await fetch_document(one, "/openapi.json"))["info"]["title"] == "Shop"
        shop.answers["/openapi.json"] = (200, b"<html>")
        with pytest.raises(InputError, match=r"service shop, /openapi.json: it is no OpenAPI document"):
            await fetch_document(one, "/openapi.json")


def test_a_document_is_read_from_yaml_and_json_alike(document_file: Path, tmp_path: Path) -> None:
    read = read_document(document_file)
    other = tmp_path / "shop.json"
    other.write_text(json.dumps(read))
    assert read_document(other) == read
    assert [*listed(read)] == ["get_price", "order", "put_orders_id", "cancel_order", "upload"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no OpenAPI document"),
        ("[]", "it is no OpenAPI document"),
        ("swagger: '2.0'", "Convert it from Swagger 2.0"),
        ("openapi: 4.0.0", "of version 4.0.0, and 3.0 and 3.1 are known"),
        ("{", "it is neither JSON nor YAML"),
        ("a: !!python/object/apply:os.getcwd []", "it is neither JSON nor YAML"),
        ("\x00\x01", "it is neither JSON nor YAML"),
        ("a: &a [*a]", "round in a circle"),
        ("[" * 100_000, "it is neither JSON nor YAML"),
    ],
)
def test_what_is_no_document_is_told(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parsed(text.encode(), "shop.yaml")


def test_aliases_that_double_and_double_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon.tools.openapi.reading.MAX_VALUES", 10_000)
    text = "a: &a0 [x]\n" + "".join(f"b{i}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(40))
    with pytest.raises(InputError, match="lead to too much"):
        parsed(text.encode(), "shop.yaml")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the OpenAPI document cannot be read: No such file"):
        read_document(tmp_path / "none.yaml")


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just({"$ref": "#/components/parameters/Id"}),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(DOCUMENT.split()), inner, max_size=3),
    max_leaves=6,
)
_KEYS = ["parameters", "requestBody", "operationId", "summary", "get", "post", "in", "name", "schema", "content"]


@given(st.dictionaries(st.sampled_from(_KEYS), _JUNK), _JUNK)
def test_no_document_breaks_more_than_itself(item: dict[str, Any], get: Any) -> None:
    document = {"openapi": "3.1.0", "paths": {"/a": {**item, "get": get}, "/b": {"get": item}, "/c": item}}
    with suppress(InputError):
        for name, one in listed(document).items():
            operation(name, one, document)
