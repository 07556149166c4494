"""kind: tool - one of the workflow's tools is called by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from ....tools.base.tool import Tool
from ...spec.kinds.act import ToolCall
from ..step import Bench, Compiled, Outcome, Step
from .calling import called


@dataclass(frozen=True, slots=True)
class ToolRunner:
    tool: Tool
    arguments: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        return await called(step, "tool", self.tool, self.arguments)


def compile_tool(node: ToolCall, bench: Bench) -> ToolRunner:
    return ToolRunner(bench.tools[node.tool], {name: bench.value(value) for name, value in node.arguments.items()})
