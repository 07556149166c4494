"""A strategy is chosen by its name, in files and in programs alike."""

from collections.abc import Mapping
from typing import Any

import pytest

from antiphon.agents.planning.plans import STRATEGIES, plan_of
from antiphon.agents.planning.program import Program
from antiphon.agents.planning.settings import Budget
from antiphon.tools.base.errors import InputError


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_name_alone_is_the_strategy_as_it_comes(name: str) -> None:
    assert getattr(plan_of(name), "strategy", "") == name


def test_a_mapping_carries_settings_and_a_budget() -> None:
    written = {"strategy": "program", "samples": 4, "budget": {"calls": 8, "time": "20s"}}
    assert plan_of(written) == Program(samples=4, budget=Budget(calls=8, time="20s"))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("progam", "plan.strategy: no strategy is called 'progam'. Did you mean 'program'?"),
        ({"samples": 4}, "plan.strategy: a plan must name its strategy. Known: "),
        ({"strategy": ["program"]}, "plan.strategy: no strategy is called ['program']."),
        ({"strategy": "program", "samples": 0}, "plan.samples: input should be greater than or equal to 1."),
        ({"strategy": "program", "paths": 4}, "plan.paths: program has no setting 'paths'. Known: "),
        ({"strategy": "program", "budget": {"time": "soon"}}, "plan.budget.time: "),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_place(written: str | Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        plan_of(written)
    assert str(refused.value).startswith(sentence)
