"""The strategies of a comparison: from the command line, or by names of one's own from a file."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...tools.base.errors import AntiphonError, FileError, InputError, Problem
from ...tools.base.yaml_reading import Document, parse_yaml, read_yaml

if TYPE_CHECKING:
    from ...agents.planning.plans import Plan

_NAME = re.compile(r"[^\s,:=]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A strategy under the name it has in the comparison."""

    name: str
    plan: "Plan"


def rows_of(written: Sequence[str], plans: Path | None = None, *, seed: int | None = None) -> list[Row]:
    """The strategies to compare, in their order.

    Args:
        written: Each the name of a strategy or of a plan in the file, or a strategy with its settings:
            `self_consistency:samples=8:temperature=0.5`. Without any, all of the file.
        plans: A file of plans by name, each as under `plan` in a workflow file.
        seed: For those that sample and have no seed of their own.
    Raises:
        InputError, FileError: there is no such strategy or setting, or two have the same name.
    """
    named = _read(plans) if plans is not None else {}
    rows = [Row(name, _planned(name, named)) for name in written] or [Row(name, plan) for name, plan in named.items()]
    if not rows:
        hint = "Name some: --strategies direct,chain_of_thought,self_consistency"
        raise InputError("no strategy is named", at="--strategies", hint=hint)
    names = [row.name for row in rows]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"{twice!r} is there twice", at="--strategies", hint="Compare each with others, not itself")
    return seeded(rows, seed)


@cache
def program() -> str:
    """A digest of every strategy as it is programmed: another program may answer otherwise."""
    folder = Path(__file__).parents[2] / "agents" / "planning"
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def settings_of(plan: "Plan") -> dict[str, Any]:
    """A plan as plain data, with every setting."""
    return plan.model_dump(mode="json")


def for_scorer(plan: "Plan", scorer: str) -> "Plan":
    """A plan that looks for the kind of answer a question has, where nobody has said which it is to look for."""
    if "answer" not in type(plan).model_fields or "answer" in plan.model_fields_set:
        return plan
    kind = scorer if scorer in ("number", "choice") else "text"
    return plan.model_copy(update={"answer": kind})


def seeded(rows: Iterable[Row], seed: int | None) -> list[Row]:
    """With a seed for every plan that takes one and has none of its own."""
    return [Row(row.name, _seeded(row.plan, seed)) for row in rows]


def _seeded(plan: "Plan", seed: int | None) -> "Plan":
    if seed is None or "seed" not in type(plan).model_fields or "seed" in plan.model_fields_set:
        return plan
    return plan.model_copy(update={"seed": seed})


def _planned(written: str, named: Mapping[str, "Plan"]) -> "Plan":
    if written in named:
        return named[written]
    name, *settings = written.split(":")
    told: dict[str, Any] = {"strategy": name.strip()}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            hint = f"Write {name}:SETTING=VALUE, as in self_consistency:samples=8"
            raise InputError(f"{setting!r} is no setting", at=f"--strategies {written}", hint=hint)
        _put(told, key.strip().split("."), _value(value, written))
    return _plan(told, f"--strategies {written}", named)


def _put(told: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """`budget.calls` is a setting within `budget`."""
    for part in path[:-1]:
        told = told.setdefault(part, {})
        if not isinstance(told, dict):
            raise InputError(f"{part!r} is there twice", at="--strategies", hint="Write each setting once")
    if path[-1] in told:
        raise InputError(f"{'.'.join(path)!r} is there twice", at="--strategies", hint="Write each setting once")
    told[path[-1]] = value


def _value(text: str, written: str) -> Any:
    document = parse_yaml(f"value: {text}", Path(f"--strategies {written}"))
    return document.value["value"]


def _plan(told: Any, at: str, names: Iterable[str] = ()) -> "Plan":
    from ...agents.planning.plans import plan_of

    try:
        return plan_of(told)
    except AntiphonError as error:
        more = f" Plans of the file: {', '.join(names)}" if names else ""
        raise InputError(error.problem, at=at, hint=f"{error.hint}{more}") from None


def _read(path: Path) -> dict[str, "Plan"]:
    """Every plan of a file; all that is wrong is told at once, with its line."""
    document = read_yaml(path)
    if not isinstance(document.value, dict) or not document.value:
        problem = "no plan is in it"
        hint = "Write a name and a plan on each line: careful: {strategy: self_consistency, samples: 8}"
        raise FileError([Problem(document.at(()), problem, hint)])
    plans, problems = dict[str, "Plan"](), list[Problem]()
    for name, told in document.value.items():
        try:
            plans[str(name)] = _one(str(name), told, document)
        except InputError as error:
            problems.append(Problem(error.at, error.problem, error.hint))
    if problems:
        raise FileError(problems)
    return plans


def _one(name: str, told: Any, document: Document) -> "Plan":
    at = document.at((name,))
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name for a plan", at=at, hint="Leave out spaces, commas, colons, equals signs"
        )
    return _plan(told, at)
