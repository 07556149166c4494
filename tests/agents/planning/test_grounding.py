"""What code can tell of arguments a tiny model wrote."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.planning.arguments import decodable
from antiphon.agents.planning.grounding import grounded, lacks_number

DAYS = {"enum": ["today", "tomorrow"]}
SCHEMA = {"properties": {"city": {"type": "string"}, "day": DAYS, "time": {}, "count": {}}, "required": ["city"]}


@pytest.mark.parametrize(
    ("given", "request_", "kept"),
    [
        ({"city": "Lisboa"}, "Is it raining in Lisbon?", {"city": "Lisbon"}),
        ({"city": "Rome", "day": "tomorrow"}, "Is it raining in Rome?", {"city": "Rome"}),
        ({"city": "Rome", "day": "tomorrow"}, "Rome, tomorrow?", {"city": "Rome", "day": "tomorrow"}),
        ({"city": "成都", "day": "tomorrow"}, "明天成都天气怎么样？", {"city": "成都", "day": "tomorrow"}),
        ({"city": "Rome", "time": "10:00"}, "Rome on Friday", {"city": "Rome"}),
        ({"city": "罗马", "time": "10:00"}, "罗马上午十点", {"city": "罗马", "time": "10:00"}),
        ({"city": "Rome", "count": 3}, "Rome for three", {"city": "Rome", "count": 3}),
        ({"city": "Paris"}, "The capital of France", {"city": "Paris"}),
    ],
)
def test_arguments_are_what_the_request_says(given: dict[str, Any], request_: str, kept: dict[str, Any]) -> None:
    assert grounded(given, SCHEMA, request_) == kept


@given(st.dictionaries(st.sampled_from([*"abc"]), st.none() | st.text() | st.floats() | st.lists(st.text())), st.text())
def test_required_arguments_stay(arguments: dict[str, Any], request_: str) -> None:
    schema = {"properties": {name: {} for name in "abc"}, "required": ["a", "b", "c"]}
    assert grounded(arguments, schema, request_).keys() == arguments.keys()


def test_a_schema_keeps_only_what_servers_decode_against() -> None:
    schema = {
        "type": "object",
        "properties": {
            "pattern": {"type": "string", "pattern": "\\d", "format": "date"},
            "n": {"enum": [1, "default"]},
        },
        "$schema": "x",
    }
    assert decodable(schema, "t") == {
        "type": "object",
        "properties": {"pattern": {"type": "string"}, "n": {"enum": [1, "default"]}},
        "title": "t",
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("text", "lacks"),
    [("Set a timer.", True), ("Set a timer for half an hour.", False), ("定十分钟", False), ("in 5 minutes", False)],
)
def test_a_number_that_nobody_said_is_lacking(text: str, lacks: bool) -> None:
    assert lacks_number({"properties": {"minutes": {"type": "number"}}, "required": ["minutes"]}, text) is lacks
