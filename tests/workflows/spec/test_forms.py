"""Values held against Shapes, and what a person types."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.workflows.spec.forms import Misfit, filled, typed
from antiphon.workflows.spec.shapes import Shape, holds

SHAPES = st.recursive(
    st.sampled_from(
        [
            Shape(type="string"),
            Shape(type="string", enum=("red", "green")),
            Shape(type="integer", minimum=0, maximum=10),
            Shape(type="number"),
            Shape(type="boolean"),
            Shape(type="object"),
        ]
    ),
    lambda inner: (
        inner.map(lambda one: Shape(type="list", items=one))
        | st.dictionaries(st.sampled_from("abc"), inner, min_size=1).map(lambda many: Shape(type="object", fields=many))
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.floats() | st.sampled_from(["red", "x", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner),
    max_leaves=6,
)


@given(SHAPES, VALUES)
def test_whatever_passes_is_of_the_declared_type(shape: Shape, value: Any) -> None:
    try:
        fitted = filled({"it": shape}, {"it": value})["it"]
    except Misfit:
        return
    assert holds(fitted, shape.as_type)


@given(SHAPES, st.text())
def test_whatever_is_typed_fits_or_is_told(shape: Shape, text: str) -> None:
    try:
        value = typed(shape, text, "it")
    except Misfit:
        return
    assert holds(value, shape.as_type)


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (Shape(type="boolean"), "Yes", True),
        (Shape(type="boolean"), "是", True),
        (Shape(type="boolean"), "不", False),
        (Shape(type="integer"), " 3 ", 3),
        (Shape(type="integer"), "3.0", 3),
        (Shape(type="number"), "-2.5", -2.5),
        (Shape(type="string", enum=("First", "second")), "first ", "First"),
        (Shape(type="list"), "a, b，c", ["a", "b", "c"]),
        (Shape(type="list", items=Shape(type="integer")), "1, 2", [1, 2]),
        (Shape(type="list", items=Shape(type="integer")), "[1, 2]", [1, 2]),
        (Shape(type="list"), "", []),
        (Shape(type="object"), '{"a": 1}', {"a": 1}),
    ],
)
def test_what_is_typed_becomes_a_value(shape: Shape, text: str, value: Any) -> None:
    assert typed(shape, text, "it") == value


@pytest.mark.parametrize(
    ("shape", "text", "said"),
    [
        (Shape(type="boolean"), "maybe", "'it' must be yes or no, and is 'maybe'"),
        (Shape(type="integer"), "many", "'it' must be a whole number, and is 'many'"),
        (Shape(type="integer"), "2.5", "'it' must be a whole number, and is 2.5"),
        (Shape(type="integer"), "inf", "'it' must be a whole number, and is inf"),
        (Shape(type="number", minimum=1, maximum=5), "7", "'it' cannot be 7"),
        (Shape(type="list", items=Shape(type="integer")), "1, x", "'it[1]' must be a whole number, and is 'x'"),
        (Shape(type="object"), "a", "'it' must be an object, and is 'a'"),
    ],
)
def test_what_does_not_fit_is_told(shape: Shape, text: str, said: str) -> None:
    with pytest.raises(Misfit) as caught:
        typed(shape, text, "it")
    assert str(caught.value) == said
