"""What the author of a tool says that people say: shown to the model, and compared with the question."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from antiphon.agents.models.chat import Reply
from antiphon.agents.planning.choosing import ALONE, NONE, SHOTS, choice, weighed
from antiphon.agents.planning.likeness import likeness
from antiphon.agents.planning.types import Offered, Task

RAIN = Offered("rain", "Weather.", {}, ("Do I need an umbrella?", "明天下雨吗？"))
SUM = Offered("sum", "Add numbers.", {})


def shown(*tools: Offered) -> list[tuple[str, str]]:
    """The requests that are shown, with their answers."""
    _, *shots, _ = (message.content for message in choice(Task("Hm?", tools=tools)).messages)
    return list(zip(shots[::2], shots[1::2], strict=True))


def test_examples_are_shown_as_requests_and_a_description_where_there_are_none() -> None:
    answered = [pair for pair in shown(RAIN, SUM) if pair[1] != NONE]
    assert answered == [(RAIN.examples[0], "rain"), ("Add numbers.", "sum"), (RAIN.examples[1], "rain")]


def test_mere_talk_stands_between() -> None:
    assert [name for _, name in shown(RAIN, SUM)][1::2] == [NONE] * 3


def test_no_more_than_so_many_are_shown_and_of_each_tool_one_before_any_second() -> None:
    tools = [Offered(f"tool{i}", "", {}, (f"first {i}", f"second {i}")) for i in range(SHOTS - 2)]
    said = [request for request, name in shown(*tools) if name != NONE]
    assert said == [f"first {i}" for i in range(SHOTS - 2)] + ["second 0", "second 1"]


@pytest.mark.parametrize(
    ("tools", "prior"),
    [((RAIN,), ALONE.shown), ((SUM,), ALONE.described), ((RAIN, SUM), (ALONE.shown + ALONE.described) / 2)],
)
def test_what_is_added_to_none_depends_on_how_many_tools_have_examples(
    tools: tuple[Offered, ...], prior: float
) -> None:
    assert weighed(Task("Hm?", tools=tools), Reply("", logprobs=({NONE: 0.0},)))[""] == pytest.approx(prior)


class Letters:
    """Texts with the same letters are alike."""

    name, dimensions = "letters", 64

    def __call__(self, texts: Sequence[str], kind: str) -> Any:
        rows = np.full((len(texts), self.dimensions), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for char in text:
                row[ord(char) % self.dimensions] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_tool_is_as_like_as_the_nearest_of_its_examples_and_its_description() -> None:
    embed = Letters()
    assert likeness(embed, "Do I need an umbrella?", (RAIN, SUM))["rain"] == pytest.approx(1)
    assert likeness(embed, "Weather.", (RAIN, SUM))["rain"] == pytest.approx(1)
    bare = Offered("rain", RAIN.description, {})
    assert likeness(embed, "umbrella", (bare,))["rain"] < likeness(embed, "umbrella", (RAIN,))["rain"]
