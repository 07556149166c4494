"""kind: end - the whole workflow ends here; with `fail` it ends as an error."""

from dataclasses import dataclass

from ....tools.base.errors import WorkflowFailed
from ...spec.kinds.control import End
from ..step import Bench, Compiled, Outcome, Step
from .words import CompiledWords, compile_words


@dataclass(frozen=True, slots=True)
class EndRunner:
    fail: CompiledWords
    language: Compiled

    async def run(self, step: Step) -> Outcome:
        problem = self.fail(step, str(step.value(self.language))).strip()
        if problem:
            raise WorkflowFailed(problem, at=step.name)
        return Outcome({}, {})


def compile_end(node: End, bench: Bench) -> EndRunner:
    return EndRunner(compile_words(node.fail, bench), bench.value(node.language))
