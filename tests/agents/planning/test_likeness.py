"""How like a question tools are, with an embedding of our own making, and with the real one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from antiphon.agents.models.abilities import Abilities
from antiphon.agents.planning.likeness import TALK, compared, likeness
from antiphon.agents.planning.types import Offered, Task

TOOLS = (Offered("rain", "rain sun wind", {}), Offered("sum", "plus minus", {}))


class Words:
    """Counts words: texts with the same words are alike."""

    name, dimensions = "words", 64

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str], kind: str) -> Any:
        self.asked += texts
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row[sum(map(ord, word)) % self.dimensions] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_tool_whose_description_is_alike_is_likeliest() -> None:
    found = likeness(Words(), "sun and rain", TOOLS)
    assert max(found, key=lambda name: found[name]) == "rain"


def test_what_stays_the_same_is_embedded_once() -> None:
    embed = Words()
    for question in ("sun", "plus"):
        likeness(embed, question, TOOLS)
    assert len(embed.asked) == 2 + len(TOOLS) + len(TALK)


@pytest.mark.parametrize("can", [Abilities(tools=True), Abilities(schema=False)])
async def test_a_model_that_judges_by_itself_needs_no_comparing(can: Abilities) -> None:
    async def no_embed() -> Any:
        raise AssertionError

    task = Task("sun?", tools=TOOLS, can=can)
    assert await compared(task, no_embed) == task


async def test_without_an_embedding_model_nothing_is_compared() -> None:
    async def none() -> None:
        return None

    task = Task("sun?", tools=TOOLS)
    assert await compared(task, none) == replace(task, likeness={})
