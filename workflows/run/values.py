"""What a workflow declares about its end, its `output` and its `record`, once the end is reached."""

from collections.abc import Mapping
from typing import Any

from ..compile.step import Step, Turn
from ..spec.expressions import compile_value
from ..spec.scopes import Scopes
from ..spec.types import WorkflowSpec


def values_of(spec: WorkflowSpec, declared: Mapping[str, Any], turn: Turn, state: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate declared values on the final state.

    Raises:
        ExpressionError: an expression failed on what the run came to.
    """
    names, step = Scopes(spec).at(None), Step("end", turn, state)
    return {name: step.value(compile_value(value, names)) for name, value in declared.items()}
