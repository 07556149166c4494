"""kind: python - a function that the program has registered is called by its name."""

from collections.abc import Mapping
from dataclasses import dataclass

from ....tools.base.tool import Tool
from ...spec.kinds.act import Python
from ..step import Bench, Compiled, Outcome, Step
from .calling import called


@dataclass(frozen=True, slots=True)
class PythonRunner:
    function: Tool
    arguments: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        return await called(step, "function", self.function, self.arguments)


def compile_python(node: Python, bench: Bench) -> PythonRunner:
    arguments = {name: bench.value(value) for name, value in node.arguments.items()}
    return PythonRunner(bench.functions[node.function], arguments)
