"""kind: set - state fields get values."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...spec.kinds.control import Set
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class SetRunner:
    values: Mapping[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        values = {name: step.value(value) for name, value in self.values.items()}
        return Outcome(values, values)


def compile_set(node: Set, bench: Bench) -> SetRunner:
    return SetRunner({name: bench.value(value) for name, value in node.values.items()})
