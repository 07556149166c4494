"""kind: ask - a person is asked, and the run waits; and how a person agrees to what another node is about to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....agents.events import Asked
from ....tools.base.errors import InputError, Refused
from ...spec.forms import Misfit, filled
from ...spec.kinds.voice import Ask
from ...spec.shapes import Shape
from ..step import Bench, Compiled, Outcome, Question, Step
from .words import CompiledWords, compile_words

APPROVE = {"approve": Shape(type="boolean", about="whether it may be done · 是否同意")}
_NOBODY = "Run it on a terminal, give --answer FIELD=VALUE, or pass answer= to run()"


@dataclass(frozen=True, slots=True)
class AskRunner:
    show: CompiledWords
    language: Compiled
    who: Compiled
    form: Mapping[str, Shape]

    async def run(self, step: Step) -> Outcome:
        text = self.show(step, str(step.value(self.language)))
        fields = await answered(step, Question(step.name, text, str(step.value(self.who) or ""), self.form))
        return Outcome(fields, fields)


async def answered(step: Step, question: Question) -> dict[str, Any]:
    """The form as a person filled it in.

    Raises:
        Refused: nobody is there to answer.
        InputError: the answer does not fit the form.
    """
    if step.turn.answer is None:
        asked = " ".join(question.text.split())[:120]
        raise Refused(f"nobody is there to answer: {asked}", at=step.name, hint=_NOBODY)
    form = {name: shape.model_dump(exclude_defaults=True) for name, shape in question.form.items()}
    step.emit(Asked(step=step.name, text=question.text, who=question.who, form=form))
    given = await step.turn.answer(question)
    try:
        return filled(question.form, given)
    except Misfit as error:
        raise InputError(f"the answer does not fit the form: {error}", at=step.name, hint=error.hint) from None


async def approved(step: Step, what: str) -> None:
    """Ask a person whether something may be done.

    Args:
        what: What is to be done, as the person is shown it.
    Raises:
        Refused: they say no, or nobody is there to say yes.
        InputError: the answer is neither.
    """
    if not (await answered(step, Question(step.name, what, "", APPROVE)))["approve"]:
        raise Refused(f"a person did not agree to it: {what.splitlines()[0]}", at=step.name)


def compile_ask(node: Ask, bench: Bench) -> AskRunner:
    return AskRunner(
        compile_words(node.show, bench), bench.language(node.language), bench.value(node.who), dict(node.form)
    )
