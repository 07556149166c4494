"""kind: guard - what may not pass: a question as a whole, an answer sentence by sentence."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from ....agents.events import Cited, Dropped, Guarded, Rewrote, Warned
from ....agents.guards.answer import AnswerGuard
from ....agents.guards.evidence import support
from ....agents.guards.guard import RulesGuard
from ....agents.guards.instructions import guard_instructions
from ....agents.guards.length import words_in
from ....agents.guards.question import ModelGuard, QuestionGuard
from ....agents.models.chat import ChatRequest, complete
from ...spec.types import Guard
from ..step import Bench, Compiled, Outcome, Step, in_one_piece
from .prompts import CompiledPrompt, compile_prompt


@dataclass(frozen=True, slots=True)
class Limits:
    """The checks of one guard, with their values in this run."""

    language: str
    rules: AnswerGuard | None
    passages: Sequence[dict[str, Any]]
    needs_evidence: bool
    max_words: int
    question: str

    def reason_against(self, sentence: str) -> tuple[str, int | None]:
        """Why a sentence may not pass ("" when it may), and the passage it rests on."""
        if self.rules is not None:
            verdict = self.rules.check(sentence, language=self.language)
            if not verdict.allowed:
                return verdict.category, None
        if self.max_words and (count := words_in(sentence)) > self.max_words:
            return f"{count} words, at most {self.max_words}", None
        if not self.needs_evidence:
            return "", None
        found = support(sentence, [passage["text"] for passage in self.passages], question=self.question)
        return found.reason, found.passage


@dataclass(frozen=True, slots=True)
class AnswerStreamer:
    """Lets whole sentences through, rewrites one that fails once, and drops it when it fails again."""

    node: Guard
    rules: RulesGuard | None
    compiled: dict[str, Compiled]
    rewrite: CompiledPrompt | None

    async def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]:
        from ....agents.speech.clauses import clauses

        limits = self._limits(step)
        text = source if source is not None else in_one_piece(str(step.value(self.compiled["text"])))
        used: list[int] = []
        async with aclosing(clauses(text, sentences=True)) as sentences:
            async for sentence in sentences:
                passed, passage = await self._pass(step, _printable(sentence), limits)
                if passage is not None and passage not in used:
                    used.append(passage)
                if passed:
                    yield passed if limits.language == "zh" else passed + " "
        if limits.needs_evidence:
            notes["sources"] = [_source(limits.passages[i]) for i in used]
            step.emit(Cited(sources=tuple(notes["sources"])))

    def _limits(self, step: Step) -> Limits:
        value = {name: step.value(compiled) for name, compiled in self.compiled.items()}
        instructions = guard_instructions(0, value["language"])  # not to be recited, whatever the age they name
        return Limits(
            value["language"],
            AnswerGuard(self.rules, instructions) if self.rules else None,
            value["evidence"] or (),
            bool(self.node.evidence),
            int(value["max_words"] or 0),
            str(value["question"]),
        )

    async def _pass(self, step: Step, sentence: str, limits: Limits) -> tuple[str, int | None]:
        reason, passage = limits.reason_against(sentence)
        if not reason:
            return sentence, passage
        if self.rewrite is None:
            step.emit(Dropped(step=step.name, text=sentence, reason=reason))
            return "", None
        anew = await self._anew(step, sentence, reason)
        still, passage = limits.reason_against(anew) if anew else ("nothing was written", None)
        if still:
            step.emit(Dropped(step=step.name, text=sentence, reason=f"{reason}; rewritten as {anew!r}: {still}"))
            return "", None
        step.emit(Rewrote(step=step.name, before=sentence, after=anew, reason=reason))
        return anew, passage

    async def _anew(self, step: Step, sentence: str, reason: str) -> str:
        assert self.rewrite is not None
        assert self.node.rewrite is not None
        messages = self.rewrite.messages(step, result={"sentence": sentence, "reason": reason})
        chat = await step.turn.engines.chat(self.node.rewrite.role)
        reply = await complete(chat, ChatRequest(messages, max_tokens=self.node.rewrite.max_tokens))
        return " ".join(reply.text.split()) if reply.finish == "stop" else ""


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


def _printable(sentence: str) -> str:
    """Without control characters, which would steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in sentence).strip()


def _source(passage: dict[str, Any]) -> dict[str, str]:
    return {"title": str(passage.get("title", "")), "source": str(passage.get("source", ""))}


def compile_guard(node: Guard, bench: Bench) -> AnswerStreamer | QuestionRunner:
    from ....agents.guards.finding import open_rules

    value = bench.scope.value
    compiled = {
        "text": value(node.text),
        "language": value(node.language),
        "evidence": value(node.evidence),
        "question": value(node.question),
        "max_words": value(node.max_words),
    }
    rules = open_rules(node.rules, bench.folder) if node.rules else None
    if node.side == "question":
        assert rules is not None
        return QuestionRunner(rules, compiled)
    rewrite = compile_prompt(node.rewrite.prompt, bench) if node.rewrite else None
    return AnswerStreamer(node, rules, compiled, rewrite)
