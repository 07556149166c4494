"""kind: tool - a registered tool is called by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from ....agents.events import Called
from ....tools.base.tool import Tool
from ...spec.types import ToolCall
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class ToolRunner:
    tool: Tool
    arguments: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        arguments = {name: step.value(value) for name, value in self.arguments.items()}
        step.emit(Called(step=step.name, tool=self.tool.name, arguments=arguments))
        result = await self.tool(**arguments)
        return Outcome(result, result)


def compile_tool(node: ToolCall, bench: Bench) -> ToolRunner:
    arguments = {name: bench.scope.value(value) for name, value in node.arguments.items()}
    return ToolRunner(bench.tools[node.tool], arguments)
