"""A workflow as a step of another: with a state of its own, within the limits of the whole run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...tools.base.errors import WorkflowFailed
from ..compile.failures import Ended
from ..compile.step import Turn
from .inputs import checked_input
from .invoking import invoke
from .values import values_of

if TYPE_CHECKING:
    from ..workflow import Workflow


@dataclass(frozen=True, slots=True)
class NestedWorkflow:
    workflow: "Workflow"

    async def run(self, given: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
        """Its output.

        Raises:
            InputError: it cannot take these inputs.
            WorkflowFailed: it ended as an error, which the workflow around it may take up.
        """
        spec = self.workflow.spec
        inner = replace(turn, input=checked_input(spec, given), history=())
        try:
            state = await invoke(self.workflow, inner)
        except Ended as error:
            raise WorkflowFailed(error.problem, at=error.at, hint=error.hint) from None
        return values_of(spec, spec.output, inner, state)
