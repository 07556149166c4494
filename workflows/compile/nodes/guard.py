"""kind: guard - what may not pass: a question as a whole, an answer sentence by sentence."""

from dataclasses import dataclass

from ....agents.events import Guarded, Warned
from ....agents.guards.guard import RulesGuard
from ....agents.guards.question import ModelGuard, QuestionGuard
from ...spec.kinds.voice import SENTENCE, Guard
from ..step import Bench, Compiled, Outcome, Step
from .guard_answer import AnswerStreamer
from .prompts import compile_prompt


@dataclass(frozen=True, slots=True)
class QuestionRunner:
    """Looks at the whole question before anything else does."""

    rules: RulesGuard
    compiled: dict[str, Compiled]

    async def run(self, step: Step) -> Outcome:
        text, language = str(step.value(self.compiled["text"])), step.value(self.compiled["language"])
        engines = step.turn.engines
        model = ModelGuard(await engines.chat("guard"), self.rules.rules) if engines.has("guard") else None
        verdict = await QuestionGuard(self.rules, model).check(text, language=language)
        if verdict.warning:
            step.emit(Warned(problem=verdict.warning))
        if not verdict.allowed:
            step.emit(
                Guarded(step=step.name, side="question", category=verdict.category, reaction=verdict.reaction or "")
            )
        result = {
            "allowed": verdict.allowed,
            "category": verdict.category,
            "reaction": verdict.reaction or "",
            "reply": verdict.reply,
        }
        return Outcome(verdict.allowed, result)


def compile_guard(node: Guard, bench: Bench) -> AnswerStreamer | QuestionRunner:
    from ....agents.guards.finding import open_rules

    value = bench.value
    compiled = {
        "text": value(node.text),
        "language": bench.language(node.language),
        "evidence": value(node.evidence),
        "question": value(node.question),
        "max_words": value(node.max_words),
        "max_sentences": value(node.max_sentences),
    }
    rules = open_rules(node.rules, bench.folder) if node.rules else None
    if node.side == "question":
        assert rules is not None
        return QuestionRunner(rules, compiled)
    rewrite = compile_prompt(node.rewrite.prompt, bench, result=SENTENCE) if node.rewrite else None
    return AnswerStreamer(node, rules, compiled, rewrite)
