"""Strategies as they are written on the command line and in a file."""

from pathlib import Path

import pytest

from antiphon.agents.planning.chain_of_thought import ChainOfThought
from antiphon.agents.planning.direct import Direct
from antiphon.agents.planning.self_consistency import SelfConsistency
from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.compare.plans import for_scorer, rows_of


def test_a_name_is_a_strategy() -> None:
    assert [row.plan for row in rows_of(["direct", "chain_of_thought"])] == [Direct(), ChainOfThought()]


def test_settings_stand_behind_the_name() -> None:
    (row,) = rows_of(["self_consistency:samples=8:temperature=0.5:budget.calls=6"])
    told = {"samples": 8, "temperature": 0.5, "budget": {"calls": 6}}
    assert row.plan == SelfConsistency.model_validate(told)


def test_a_file_gives_plans_by_name(tmp_path: Path) -> None:
    path = tmp_path / "plans.yaml"
    path.write_text("plain: direct\ncareful: {strategy: self_consistency, samples: 8}\n", encoding="utf-8")
    assert [row.name for row in rows_of([], path)] == ["plain", "careful"]
    assert rows_of(["careful", "direct"], path)[0].plan == SelfConsistency(samples=8)


def test_a_seed_is_for_those_without_their_own() -> None:
    rows = rows_of(["direct", "self_consistency", "self_consistency:seed=3"], seed=7)
    assert [getattr(row.plan, "seed", None) for row in rows] == [None, 7, 3]


@pytest.mark.parametrize(("scorer", "kind"), [("number", "number"), ("choice", "choice"), ("contains", "text")])
def test_a_strategy_looks_for_what_is_scored(scorer: str, kind: str) -> None:
    assert for_scorer(ChainOfThought(), scorer) == ChainOfThought(answer=kind)  # type: ignore[arg-type]


def test_what_a_plan_says_it_looks_for_stays() -> None:
    assert for_scorer(ChainOfThought(answer="text"), "number") == ChainOfThought(answer="text")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("self_consistancy", "no strategy is called 'self_consistancy'. Did you mean 'self_consistency'?"),
        ("self_consistency:samples", "'samples' is no setting. Write self_consistency:SETTING=VALUE"),
        ("self_consistency:samples=many", "--strategies self_consistency:samples=many: "),
        ("self_consistency:sample=4", "--strategies self_consistency:sample=4: "),
        ("direct:budget.calls=0", "--strategies direct:budget.calls=0: "),
        ("direct:budget=1:budget.calls=2", "'budget' is there twice"),
    ],
)
def test_what_is_wrong_is_told(written: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        rows_of([written])
    assert told in str(error.value)


def test_the_same_strategy_twice_is_refused() -> None:
    with pytest.raises(InputError, match="'direct' is there twice"):
        rows_of(["direct", "direct"])


def test_no_strategy_is_refused() -> None:
    with pytest.raises(InputError, match="no strategy is named"):
        rows_of([])


def test_every_wrong_plan_of_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "plans.yaml"
    path.write_text("plain: {strategy: drect}\ngood: direct\nbad: {samples: 4}\n", encoding="utf-8")
    with pytest.raises(FileError) as error:
        rows_of([], path)
    assert [problem.at.split(":")[-2] for problem in error.value.problems] == ["1", "3"]
