"""kind: end - the whole workflow ends here; with `fail` it ends as an error."""

from dataclasses import dataclass

from ...spec.kinds.control import End
from ..failures import Ended
from ..step import Bench, Compiled, Outcome, Step
from .words import CompiledWords, compile_words


@dataclass(frozen=True, slots=True)
class EndRunner:
    fail: CompiledWords
    language: Compiled

    async def run(self, step: Step) -> Outcome:
        problem = self.fail(step, str(step.value(self.language))).strip()
        if problem:
            raise Ended(problem, at=step.name)
        return Outcome({}, {})


def compile_end(node: End, bench: Bench) -> EndRunner:
    return EndRunner(compile_words(node.fail, bench), bench.language(node.language))
