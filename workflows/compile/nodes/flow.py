"""kind: flow - another workflow runs as one step of this one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ....tools.base.errors import WorkflowFailed
from ...spec.kinds.control import Flow
from ..failures import Ended
from ..step import Bench, Compiled, Outcome, Step

if TYPE_CHECKING:
    from ...workflow import Workflow


@dataclass(frozen=True, slots=True)
class FlowRunner:
    workflow: "Workflow"
    arguments: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        from ...run.inputs import checked_input
        from ...run.invoking import invoke
        from ...run.values import values_of

        spec = self.workflow.spec
        given = {name: step.value(value) for name, value in self.arguments.items()}
        turn = replace(step.turn, input=checked_input(spec, given), history=(), within=step.name)
        try:
            state = await invoke(self.workflow, turn)
        except Ended as error:
            raise WorkflowFailed(error.problem, at=error.at, hint=error.hint) from None
        output = values_of(spec, spec.output, turn, state)
        return Outcome(output, output)


def compile_flow(node: Flow, bench: Bench) -> FlowRunner:
    values: dict[str, Any] = {name: bench.value(value) for name, value in node.arguments.items()}
    return FlowRunner(bench.flow(node.use), values)
