"""kind: emit - whoever watches the run is told something of the workflow's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from ....agents.events import Emitted
from ...spec.kinds.act import Emit
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class EmitRunner:
    event: str
    values: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        values = {name: step.value(value) for name, value in self.values.items()}
        step.emit(Emitted(step=step.name, name=self.event, values=values))
        return Outcome({}, {})


def compile_emit(node: Emit, bench: Bench) -> EmitRunner:
    return EmitRunner(node.event, {name: bench.value(value) for name, value in node.values.items()})
