"""kind: ask - a person is asked, and the run waits; and how a person agrees to what another node is about to do."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....agents.events import Answered, Asked
from ....tools.base.errors import InputError, Refused
from ...spec.forms import Misfit, filled
from ...spec.kinds.voice import Ask
from ...spec.names import seconds
from ...spec.shapes import Shape
from ..failures import StepTimeout, paused
from ..step import Bench, Compiled, Outcome, Question, Step
from .words import CompiledWords, compile_words

APPROVE = {"approve": Shape(type="boolean", about="whether it may be done · 是否同意")}
NO = "a person did not agree to it"
_NOBODY = "Run it on a terminal, give --answer FIELD=VALUE, or pass answer= to run()"


class NotAgreed(Refused):
    """A person said no.

    Attributes:
        key: The place of the question in the run, by which it can be answered anew.
    """

    def __init__(self, problem: str, *, at: str, key: str) -> None:
        super().__init__(problem, at=at)
        self.key = key


@dataclass(frozen=True, slots=True)
class AskRunner:
    show: CompiledWords
    language: Compiled
    who: Compiled
    form: Mapping[str, Shape]
    within_s: float | None

    async def run(self, step: Step) -> Outcome:
        text = self.show(step, str(step.value(self.language)))
        question = Question(step.name, text, str(step.value(self.who) or ""), self.form)
        fields = await answered(step, question, step.path, self.within_s)
        return Outcome(fields, fields)


async def answered(step: Step, question: Question, key: str, within_s: float | None = None) -> dict[str, Any]:
    """The form as a person filled it in. In a run that is kept they are asked once, whatever happens meanwhile.

    Args:
        key: The place of the question in the run.
        within_s: How many seconds they have, from when they were first asked.
    Raises:
        GraphBubbleUp: nobody is there, and the run waits until somebody has answered.
        Refused: nobody is there, and the run is not kept.
        StepTimeout: they did not answer in time.
        InputError: the answer does not fit the form.
    """
    journal = step.turn.journal
    given, waited_s = await journal.answer(key, question) if journal is not None else (None, 0.0)
    left = None if within_s is None else within_s - waited_s
    if left is not None and left <= 0:
        raise StepTimeout("nobody answered in time", at=step.name)
    if given is None:
        form = {name: shape.model_dump(exclude_defaults=True) for name, shape in question.form.items()}
        step.emit(Asked(step=step.name, text=question.text, who=question.who, form=form, key=key))
        given = _filled(step, question, await _told(step, question, key, left))
        if journal is not None:
            given = await journal.answered(key, given)
        step.emit(Answered(step=step.name, fields=dict(given), key=key))
    return _filled(step, question, given)


def _filled(step: Step, question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return filled(question.form, given)
    except Misfit as error:
        raise InputError(f"the answer does not fit the form: {error}", at=step.name, hint=error.hint) from None


async def _told(step: Step, question: Question, key: str, left: float | None) -> Mapping[str, Any]:
    given = await _put(step, question, left)
    if given is not None:
        return given
    if step.turn.journal is not None:
        paused(key)
    asked = " ".join(question.text.split())[:120]
    raise Refused(f"nobody is there to answer: {asked}", at=step.name, hint=_NOBODY)


async def _put(step: Step, question: Question, left: float | None) -> Mapping[str, Any] | None:
    """Ask, if somebody is there."""
    if step.turn.answer is None:
        return None
    limit = asyncio.timeout(left)
    try:
        async with limit:
            return await step.turn.answer(question)
    except TimeoutError:
        if not limit.expired():
            raise
        raise StepTimeout("nobody answered in time", at=step.name) from None


async def approved(step: Step, what: str, *, key: str = "") -> None:
    """Ask a person whether something may be done.

    Args:
        what: What is to be done, as the person is shown it.
        key: The place of the question in the run; by default that of what is asked before the node begins.
    Raises:
        Refused: they say no, or nobody is there to say yes.
        InputError: the answer is neither.
    """
    key = key or f"{step.path}:approve"
    if not (await answered(step, Question(step.name, what, "", APPROVE), key))["approve"]:
        raise NotAgreed(f"{NO}: {what.splitlines()[0]}", at=step.name, key=key)


def compile_ask(node: Ask, bench: Bench) -> AskRunner:
    within = node.timeout if isinstance(node.timeout, str) else node.timeout and node.timeout.run
    return AskRunner(
        compile_words(node.show, bench),
        bench.language(node.language),
        bench.value(node.who),
        dict(node.form),
        seconds(within) if within else None,
    )
