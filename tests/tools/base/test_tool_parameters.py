"""What a tool takes: schemas for models, and arguments held against them."""

import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from antiphon import tool
from antiphon.tools.base.errors import InputError
from antiphon.tools.base.json_schema import MAX_SIZE, held_against, whole
from antiphon.tools.base.tool import Tool
from antiphon.tools.base.toolset import chosen, distinct, side_by_side, valid_name


class Guest(BaseModel):
    name: str


@tool
def book(day: Literal["mon", "tue"], guests: list[Guest], note: str = "") -> str:
    """Book a table.

    Args:
        day: When to come,
            in three letters.
        note (str): What the cook should know.

    Returns:
        A number.
    """
    return day


async def _given(**arguments: Any) -> dict[str, Any]:
    return arguments


def told(schema: dict[str, Any], **arguments: Any) -> str:
    with pytest.raises(InputError) as caught:
        held_against(arguments, schema, "tool x")
    return str(caught.value)


def test_what_the_docstring_says_of_a_parameter_is_in_the_schema() -> None:
    properties = book.schema()["properties"]
    assert properties["day"]["description"] == "When to come, in three letters."
    assert properties["note"]["description"] == "What the cook should know."
    assert "description" not in properties["guests"]


def test_the_schema_of_a_function_leads_nowhere_else() -> None:
    schema = book.schema()
    assert "$" not in json.dumps(schema)
    assert schema["properties"]["guests"]["items"]["properties"] == {"name": {"type": "string"}}


async def test_a_tool_with_a_schema_takes_what_the_schema_says() -> None:
    one = Tool("x", "", _given, parameters={"type": "object", "properties": {"n": {"type": "integer"}}})
    assert one.schema() == one.parameters
    assert await one(n=3) == {"n": 3}
    with pytest.raises(InputError, match="tool x: argument 'n': give a whole number, not \"three\""):
        await one(n="three")


async def test_a_value_that_is_not_allowed_is_told_with_those_that_are() -> None:
    with pytest.raises(InputError, match="argument 'day': Input should be 'mon' or 'tue'"):
        await book(day="wed", guests=[])
    with pytest.raises(InputError, match=r"argument 'dya': Unexpected keyword argument. Did you mean 'day'\?"):
        await book(dya="mon", day="mon", guests=[])


def test_each_mistake_names_what_is_right() -> None:
    day = {"properties": {"day": {"enum": ["mon", "tue"]}, "n": {"type": ["integer", "null"]}}, "required": ["day"]}
    assert told(day) == 'tool x: argument \'day\': it is missing, give one of "mon", "tue".'
    assert told(day, day="wed") == 'tool x: argument \'day\': give one of "mon", "tue", not "wed".'
    assert told(day, day="mon", n=True) == "tool x: argument 'n': give a whole number or null, not true."
    assert told(day, day="mon", m=1) == "tool x: argument 'm': there is none of that name. Known: day, n."
    assert told({}, m=1) == "tool x: argument 'm': there is none of that name. It takes no arguments."


_VALUES: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text(max_size=3)
)
_VALUES = st.one_of(
    _VALUES,
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
_TYPES: st.SearchStrategy[Any] = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
_SCHEMAS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"type": _TYPES | st.lists(_TYPES, min_size=1, max_size=3, unique=True)}
)
_SCHEMAS |= st.fixed_dictionaries({"enum": st.lists(_VALUES, min_size=1, max_size=3)})
_SCHEMAS |= st.fixed_dictionaries({"anyOf": st.lists(_SCHEMAS, min_size=1, max_size=2)})


@given(schema=_SCHEMAS, value=_VALUES)
def test_a_value_is_right_where_json_schema_says_so(schema: dict[str, Any], value: Any) -> None:
    right = Draft202012Validator(schema).is_valid(value)
    try:
        held_against({"a": value}, {"properties": {"a": schema}}, "tool x")
    except InputError:
        assert not right
    else:
        assert right


def test_a_circle_ends() -> None:
    node: dict[str, Any] = {
        "type": "object",
        "properties": {"next": {"$ref": "#/$defs/node"}, "n": {"type": "integer"}},
    }
    made = whole({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert made["properties"]["next"] == {"type": "object"}


def test_what_doubles_and_doubles_stays_small() -> None:
    defs: dict[str, Any] = {"d0": {"type": "string", "description": "x" * 200}}
    for i in range(1, 30):
        both = {side: {"$ref": f"#/$defs/d{i - 1}"} for side in ("left", "right")}
        defs[f"d{i}"] = {"type": "object", "properties": both, "required": ["left"]}
    made = whole({"$ref": "#/$defs/d29", "$defs": defs})
    assert [*made["properties"]] == ["left", "right"]
    assert made["required"] == ["left"]
    assert len(json.dumps(made)) <= MAX_SIZE


def test_all_of_is_joined_and_nullable_is_a_type() -> None:
    base = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    more = {"properties": {"tag": {"type": "string", "nullable": True, "example": "x"}}, "required": ["tag"]}
    made = whole({"allOf": [{"$ref": "#/$defs/base"}, more], "$defs": {"base": base}})
    assert made == {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "tag": {"type": ["string", "null"]}},
        "required": ["id", "tag"],
    }


@pytest.mark.parametrize("ref", ["other.yaml#/x", "https://evil.example/x.json", "//host/x", 7])
def test_a_ref_that_leads_elsewhere_is_refused(ref: Any) -> None:
    with pytest.raises(InputError, match="leads out of the document"):
        whole({"properties": {"a": {"$ref": ref}}})


def test_a_ref_to_nothing_is_told() -> None:
    with pytest.raises(InputError, match="'#/a/b' leads to nothing"):
        whole({"properties": {"a": {"$ref": "#/a/b"}}})


@given(st.text(max_size=100))
def test_every_name_can_be_made_valid(text: str) -> None:
    name = valid_name(text)
    assert name.isascii()
    assert name[0].isalpha()
    assert len(name) <= 64


def test_the_same_name_twice_gets_a_number() -> None:
    assert distinct(["a", "b", "a", "a_2"]) == ["a", "b", "a_2", "a_2_2"]


def test_tools_of_several_sets_are_told_apart_only_where_they_must() -> None:
    def named(name: str) -> Tool:
        return Tool(name, "", _given, parameters={})

    sets = {"shop": [named("search"), named("buy")], "library": [named("search")]}
    assert [*side_by_side({}, sets)] == ["shop_search", "buy", "library_search"]
    assert side_by_side({}, sets)["shop_search"].name == "shop_search"


def test_a_tool_of_ones_own_keeps_its_name_whatever_a_set_brings() -> None:
    own, theirs = (Tool("send", words, lambda: None) for words in ("mine", "theirs"))
    found = side_by_side({"send": own}, {"agenda": (theirs,)})
    assert {name: one.description for name, one in found.items()} == {"send": "mine", "agenda_send": "theirs"}


def test_a_set_too_large_is_cut_by_naming() -> None:
    many = {f"tool_{i}": i for i in range(100)}
    assert chosen(many, ["tool_7", "tool_3"], "shop") == {"tool_3": 3, "tool_7": 7}
    with pytest.raises(InputError, match=r"shop: it offers 100 tools, .* only: \[tool_0,"):
        chosen(many, [], "shop")
    with pytest.raises(InputError, match="it offers no tool 'tool_x'"):
        chosen(many, ["tool_x"], "shop")
