"""Plain data."""

import json
from enum import Enum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.plain import NotPlain, plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Colour(Enum):
    RED = 1


class Size(StrEnum):
    LARGE = "large"


@given(PLAIN)
def test_plain_data_stays_as_it_is(value: Any) -> None:
    assert plain(value) == value
    assert json.loads(json.dumps(plain(value))) == plain(value)


def test_what_says_the_same_becomes_plain() -> None:
    assert plain({"c": Colour.RED, "s": Size.LARGE, "t": (1, (2,))}) == {"c": 1, "s": "large", "t": [1, [2]]}
    assert type(plain(Size.LARGE)) is str


@pytest.mark.parametrize(
    ("value", "name", "where"),
    [
        *((value, "number that is not finite", "") for value in (float("nan"), float("inf"), -float("inf"))),
        ({1, 2}, "set", ""),
        ({"a": [print]}, "builtin_function_or_method", ".a[0]"),
        ([{2: 3}], "int", "[0] (a key)"),
    ],
)
def test_anything_else_is_named_with_its_place(value: Any, name: str, where: str) -> None:
    with pytest.raises(NotPlain, match=f"^{name}$") as caught:
        plain(value)
    assert caught.value.where == where
