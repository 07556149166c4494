"""Every strategy, as files and programs choose one."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from .best_of import BestOf
from .chain_of_thought import ChainOfThought
from .direct import Direct
from .program import Program
from .react import React
from .self_consistency import SelfConsistency

AnyPlan = BestOf | ChainOfThought | Direct | Program | React | SelfConsistency
Plan = Annotated[AnyPlan, Field(discriminator="strategy")]
"""A strategy with its settings; the key `strategy` tells which."""
STRATEGIES: tuple[str, ...] = tuple(type_.model_fields["strategy"].default for type_ in get_args(AnyPlan))


def plan_of(value: str | Mapping[str, Any]) -> AnyPlan:
    """A strategy by its name, or by a mapping of its name and its settings, as in a file.

    Raises:
        InputError: no strategy has that name, or a setting is unknown or out of its range.

    Example:
        >>> plan_of({"strategy": "self_consistency", "samples": 8}).samples
        8
    """
    if not isinstance(value, str | Mapping):
        raise InputError(f"a plan is the name of a strategy, or its settings, not {value!r}", at="plan")
    written = {"strategy": value} if isinstance(value, str) else dict(value)
    name = written.get("strategy")
    if name not in STRATEGIES:
        problem = f"no strategy is called {name!r}" if name else "a plan must name its strategy"
        raise InputError(problem, at="plan.strategy", hint=did_you_mean(str(name), STRATEGIES))
    try:
        made: AnyPlan = TypeAdapter[Any](Plan).validate_python(written)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, ("plan", *first["loc"][1:])))
        if first["type"] == "extra_forbidden" and len(first["loc"]) == 2:
            known = next(type_ for type_ in get_args(AnyPlan) if type_.model_fields["strategy"].default == name)
            hint = did_you_mean(str(first["loc"][1]), known.model_fields)
            raise InputError(f"{name} has no setting {first['loc'][1]!r}", at=where, hint=hint) from None
        raise InputError(f"{first['msg'][0].lower()}{first['msg'][1:]}", at=where) from None
    return made
