"""What a function takes and returns is read from its annotations."""

from pathlib import Path
from typing import Literal, TypedDict

import pytest

from antiphon.tools.base.tool import Tool
from antiphon.workflows.spec.signatures import signature_of, type_from


class Town(TypedDict):
    """A town."""

    name: str
    people: int


@pytest.mark.parametrize(
    ("annotation", "type_"),
    [
        (str, "string"),
        (bool, "boolean"),
        (list[Town], "list of object"),
        (dict[str, int], "object"),
        (tuple[int, ...], "list of integer"),
        (tuple[int, str], "list"),
        (int | None, "any"),
        (Literal["a", "b"], "string"),
        (object, "any"),
        (Path, "any"),
    ],
    ids=str,
)
def test_an_annotation_has_a_type_of_ours(annotation: object, type_: str) -> None:
    assert str(type_from(annotation)) == type_


def test_a_signature_says_what_is_needed() -> None:
    def quote(city: str, nights: int = 1, *, mood: Literal["good", "bad"] = "good") -> float:
        return float(nights)

    signature = signature_of(Tool("quote", "", quote))
    assert signature is not None
    assert {name: one.required for name, one in signature.parameters.items()} == {
        "city": True,
        "nights": False,
        "mood": False,
    }


def test_a_function_with_a_wrong_annotation_takes_and_gives_anything() -> None:
    def strange(a: "NoSuchType") -> "Neither":  # type: ignore[name-defined]  # noqa: F821
        return a

    signature = signature_of(Tool("strange", "", strange))
    assert signature is not None
    assert (str(signature.returns), str(signature.parameters["a"].type)) == ("any", "any")
