"""kind: flow - another workflow runs as one step of this one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...spec.kinds.control import Flow
from ..step import Bench, Compiled, Nested, Outcome, Step


@dataclass(frozen=True, slots=True)
class FlowRunner:
    workflow: Nested
    arguments: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        given = {name: step.value(value) for name, value in self.arguments.items()}
        output = await self.workflow.run(given, replace(step.turn, within=step.name, path=f"{step.path}/"))
        return Outcome(output, output)


def compile_flow(node: Flow, bench: Bench) -> FlowRunner:
    return FlowRunner(bench.flow(node.use), {name: bench.value(value) for name, value in node.arguments.items()})
