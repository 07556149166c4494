"""What may come out of an expression, and what is told where something else does."""

from typing import Any

import pytest

from antiphon.workflows.spec.expressions import ExpressionError, compile_value
from antiphon.workflows.spec.scopes import Names
from antiphon.workflows.spec.shapes import ANY, LIST, STRING, Type, difference, holds, record

NAMES = Names({"state": record(text=STRING, any=ANY, list=LIST)})


def value(text: str, /, **state: Any) -> Any:
    given = {"text": "", "any": 0, "list": []} | state
    return compile_value(f"${{{text}}}", NAMES)({"state": given})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 / state.any", "it divides by zero"),
        ("{'a': state.any}['b']", "the object has no key 'b'"),
        ("int(state.text)", "the text is no whole number"),
        ("state.list[3]", "the list has no place 3: it has 0 items"),
        ("dyn(state.text) + state.any", "'+' does not work on string and integer"),
        ("1.0 / double(state.any)", "inf is no number"),
        ("{state.any: 1}", "the keys of an object are texts, and one here is 0"),
        ("[dyn(timestamp(state.any)), 1]", "contains a timestamp, which is no plain value"),
        ("[state.text, null]", "contains null, which is no plain value"),
    ],
)
def test_what_fails_on_its_values_is_told_in_plain_words(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert problem in str(caught.value)


@pytest.mark.parametrize("text", ["[timestamp(0)]", "{'a': b'x'}", "{1: 'a'}", "[null]", "type(state.any)"])
def test_what_is_never_a_plain_value_is_told_before_it_runs(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_value(f"${{{text}}}", NAMES)
    assert caught.value.code == "E508"


@pytest.mark.parametrize("text", ["state.text + state.text", "state.text.replace('', state.text)"])
def test_what_would_become_too_large_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"too long; at most 1,000,000|without end"):
        value(text, text="x" * 600_000)


def test_a_null_that_was_given_passes_within_a_list() -> None:
    assert value("state.list + [1]", list=[None]) == [None, 1]


def test_the_keys_of_an_object_keep_one_order() -> None:
    assert [*value("{'c': 1, 'a': 2, 'b': state.any}")] == ["a", "b", "c"]


def test_bounds_hold_all_the_way_down() -> None:
    type_ = record(n=Type("integer", minimum=1, maximum=3))
    found = difference({"n": 9}, type_)
    assert found is not None
    assert (found.where, found.allowed) == (".n", "from 1 to 3")
    assert holds({"n": 3}, type_)


def test_spaces_around_an_expression_are_told() -> None:
    with pytest.raises(ExpressionError, match="Remove the spaces"):
        compile_value(" ${state.text} ", NAMES)
