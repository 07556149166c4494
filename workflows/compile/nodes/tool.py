"""kinds: tool and python - one of the workflow's tools, or a function the program has registered, is called by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ....tools.base.tool import Tool
from ...spec.kinds.act import Python, ToolCall
from ..step import Bench, Compiled, Outcome, Step
from .calling import called


@dataclass(frozen=True, slots=True)
class ToolRunner:
    what: Literal["tool", "function"]
    tool: Tool
    arguments: Mapping[str, Compiled]
    effects: bool

    async def run(self, step: Step) -> Outcome:
        given = {name: step.value(value) for name, value in self.arguments.items()}
        return await called(step, self.what, self.tool, given, effects=self.effects)


def compile_tool(node: ToolCall, bench: Bench) -> ToolRunner:
    return _compiled("tool", bench.tools[node.tool], node, bench)


def compile_python(node: Python, bench: Bench) -> ToolRunner:
    return _compiled("function", bench.functions[node.function], node, bench)


def _compiled(what: Literal["tool", "function"], tool: Tool, node: ToolCall | Python, bench: Bench) -> ToolRunner:
    effects = node.effects == "once" if node.effects else tool.effects
    return ToolRunner(what, tool, {name: bench.value(value) for name, value in node.arguments.items()}, effects)
