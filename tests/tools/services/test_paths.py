"""Addresses: whatever a workflow writes, the request goes to its service."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.errors import InputError
from antiphon.tools.services.paths import address_of

BASE = "https://api.example.org/v2"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", "https://api.example.org/v2/"),
        ("/forecast", "https://api.example.org/v2/forecast"),
        ("forecast", "https://api.example.org/v2/forecast"),
        ("/城市/New York", "https://api.example.org/v2/%E5%9F%8E%E5%B8%82/New%20York"),
        ("/a%20b/100%", "https://api.example.org/v2/a%20b/100%25"),
        ("/a@b:c", "https://api.example.org/v2/a@b:c"),
        ("/...", "https://api.example.org/v2/..."),
    ],
)
def test_a_path_is_added_to_the_address(path: str, address: str) -> None:
    assert address_of(BASE, path, {}) == address


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/x",
        "https://evil.example/x",
        "/../admin",
        "/a/./b",
        "/a/%2e%2E/b",
        "/a/%252e%252e/b",
        "/a%2f..%2fb",
        "/a\\..\\b",
        "/a%5c..",
        "/a\nHost: evil",
        "/a%00",
    ],
)
def test_a_path_that_leads_off_the_service_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="leads off the service"):
        address_of(BASE, path, {})


@pytest.mark.parametrize("path", ["/find?q=x", "/a#b"])
def test_what_is_asked_has_a_place_of_its_own(path: str) -> None:
    with pytest.raises(InputError, match="Write what is asked under `query`"):
        address_of(BASE, path, {})


def test_a_query_is_encoded() -> None:
    query: dict[str, Any] = {"q": "a&b=c", "n": 3, "exact": True, "tag": ["x", "y"], "none": None, "城": "北京"}
    address = address_of(BASE, "/", query)
    assert parse_qs(urlsplit(address).query) == {
        "q": ["a&b=c"],
        "n": ["3"],
        "exact": ["true"],
        "tag": ["x", "y"],
        "城": ["北京"],
    }


def test_an_object_has_no_form_in_a_query() -> None:
    with pytest.raises(InputError, match="query: 'where' is an object"):
        address_of(BASE, "/", {"where": {"x": 1}})


@given(st.text(), st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.booleans())))
def test_no_path_and_no_query_leads_elsewhere(path: str, query: dict[str, Any]) -> None:
    try:
        parts = urlsplit(address_of(BASE, path, query))
    except InputError:
        return
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "api.example.org", "")
    assert parts.path.startswith("/v2/")
    assert not {".", ".."} & {*unquote(parts.path).split("/")}
