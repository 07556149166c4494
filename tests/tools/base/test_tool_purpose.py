"""What a tool is for, and what people say that need it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.tools.base.tool import purpose, tool


@pytest.mark.parametrize(
    ("docstring", "said"),
    [
        ("Add.", "Add."),
        ("Add.\n\nExactly.\n\nArgs:\n    a: One.", "Add.\n\nExactly."),
        ("Add.\n\nReturns:\n    The sum.\n\nArgs:\n    a: One.", "Add."),
        ("Add.\n\nRaises:", "Add."),
        ("Add.\nExample:\n    >>> 1 + 1", "Add."),
        ("Args: what a program is given.", "Args: what a program is given."),
        ("Add. Returns: nothing new.", "Add. Returns: nothing new."),
        ("加。\n\nArgs:\n    a: 一个数。", "加。"),
        ("Args:\n    a: One.", ""),
        ("", ""),
    ],
)
def test_the_purpose_is_what_stands_before_the_first_section(docstring: str, said: str) -> None:
    assert purpose(docstring) == said


@given(st.text())
def test_a_purpose_has_no_purpose_but_itself(docstring: str) -> None:
    assert purpose(purpose(docstring)) == purpose(docstring)


def test_a_tool_is_described_by_its_purpose_and_its_parameters_by_the_rest() -> None:
    @tool
    def add(a: int) -> int:
        """Add one.

        Args:
            a: To this.

        Returns:
            The sum.
        """
        return a + 1

    assert add.description == "Add one."
    assert add.schema()["properties"]["a"]["description"] == "To this."


def test_a_tool_keeps_its_examples() -> None:
    @tool(examples=["Will it rain?", "会下雨吗？"])
    def rain() -> bool:
        """Whether it rains."""
        return True

    assert rain.examples == ("Will it rain?", "会下雨吗？")


def test_a_tool_needs_no_examples() -> None:
    @tool
    def rain() -> bool:
        """Whether it rains."""
        return True

    assert rain.examples == ()
