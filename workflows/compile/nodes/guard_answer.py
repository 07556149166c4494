"""A guard on the answer's side: sentence by sentence, while the answer is being written."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from ....agents.events import Cited, Dropped, Rewrote
from ....agents.guards.answer import AnswerGuard
from ....agents.guards.evidence import nearest, repeats, support
from ....agents.guards.guard import RulesGuard
from ....agents.guards.instructions import guard_instructions
from ....agents.guards.length import words_in
from ....agents.models.chat import ChatRequest
from ....tools.base.printable import printable
from ....tools.knowledge.passages import sentences
from ...spec.kinds.voice import Guard
from ..step import BrokenOff, Compiled, Step, in_one_piece
from .completing import completed
from .prompts import CompiledPrompt

SAID_ALREADY = "said already"
BROKEN_OFF = "broken off"
TOO_MANY = "too many sentences, at most {}"

_ENDED = re.compile(r"[.!?。！？…][\"'”’」』）)\]】》*_]*$")


@dataclass(slots=True)
class Checks:
    """The checks of one guard, with their values in this run, and what has passed so far."""

    language: str
    rules: AnswerGuard | None
    passages: Sequence[dict[str, Any]]
    needs_evidence: bool
    max_words: int
    max_sentences: int
    question: str
    said: list[str] = field(default_factory=list)
    used: list[int] = field(default_factory=list)
    broken_off: bool = False

    @property
    def texts(self) -> list[str]:
        """What the evidence says."""
        return [passage["text"] for passage in self.passages]

    @property
    def room(self) -> int:
        """So many sentences may still be said."""
        return self.max_sentences - len(self.said) if self.max_sentences else 1_000

    def reason_against(self, sentence: str) -> str:
        """Why a sentence may not pass; "" when it may."""
        return self._looked_at(sentence)[0]

    def say(self, sentence: str) -> str:
        """Note that a sentence passes; it comes back as a piece of the text."""
        passage = self._looked_at(sentence)[1]
        if passage is not None and passage not in self.used:
            self.used.append(passage)
        self.said.append(sentence)
        return sentence if self.language == "zh" else sentence + " "

    def _looked_at(self, sentence: str) -> tuple[str, int | None]:
        if self.rules is not None:
            verdict = self.rules.check(sentence, language=self.language)
            if not verdict.allowed:
                return verdict.category, None
        if self.max_words and (count := words_in(sentence)) > self.max_words:
            return f"{count} words, at most {self.max_words}", None
        if not self.needs_evidence:
            return "", None
        found = support(sentence, self.texts, question=self.question)
        return found.reason, found.passage


@dataclass(frozen=True, slots=True)
class AnswerStreamer:
    """Lets whole sentences through; one that fails gives way to the evidence's own words, or is rewritten once."""

    node: Guard
    rules: RulesGuard | None
    compiled: dict[str, Compiled]
    rewrite: CompiledPrompt | None

    async def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]:
        from ....agents.speech.clauses import clauses

        checks = self._checks(step)
        text = source if source is not None else in_one_piece(str(step.value(self.compiled["text"])))
        held: list[str] = []  # the last sentence there is room for waits: more may follow, to be put into one
        async with aclosing(clauses(_watched(text, checks), sentences=True)) as written:
            async for sentence in written:
                if checks.broken_off and not _ENDED.search(sentence):
                    step.emit(Dropped(step=step.name, text=sentence, reason=BROKEN_OFF))
                    continue
                if checks.room <= 1 or held:
                    held.append(printable(sentence, " ").strip())
                    continue
                for piece in await self._passed(step, printable(sentence, " ").strip(), checks):
                    yield piece
        for piece in await self._last(step, held, checks):
            yield piece
        if checks.needs_evidence:
            notes["sources"] = [_source(checks.passages[i]) for i in checks.used]
            step.emit(Cited(sources=tuple(notes["sources"])))

    def _checks(self, step: Step) -> Checks:
        value = {name: step.value(compiled) for name, compiled in self.compiled.items()}
        instructions = guard_instructions(0, value["language"])  # not to be recited, whatever the age they name
        return Checks(
            value["language"],
            AnswerGuard(self.rules, instructions) if self.rules else None,
            value["evidence"] or (),
            bool(self.node.evidence),
            int(value["max_words"] or 0),
            int(value["max_sentences"] or 0),
            str(value["question"]),
        )

    async def _last(self, step: Step, held: Sequence[str], checks: Checks) -> list[str]:
        """The last sentence there is room for: as it is, or what was held put into one."""
        new = [one for one in held if not self._is_repeated(step, one, checks)]
        if checks.room < 1:  # what was written anew may have taken the room of several
            for one in new:
                step.emit(Dropped(step=step.name, text=one, reason=TOO_MANY.format(checks.max_sentences)))
            return []
        if len(new) < 2:
            return [piece for one in new for piece in await self._passed(step, one, checks)]
        reason, joined = (
            TOO_MANY.format(checks.max_sentences),
            "".join(new) if checks.language == "zh" else " ".join(new),
        )
        short = await self._anew(step, joined, reason, checks)
        if short:
            step.emit(Rewrote(step=step.name, before=joined, after=" ".join(short), reason=reason))
            return [checks.say(one) for one in short]
        first = await self._passed(step, new[0], checks)
        for one in new[1:]:
            step.emit(Dropped(step=step.name, text=one, reason=reason))
        return first

    async def _passed(self, step: Step, sentence: str, checks: Checks) -> list[str]:
        """What is said of a sentence, in pieces."""
        if self._is_repeated(step, sentence, checks):
            return []
        reason = checks.reason_against(sentence)
        if not reason:
            return [checks.say(sentence)]
        instead = [nearest(sentence, checks.texts)]
        if not instead[0] or repeats(instead[0], checks.said) or checks.reason_against(instead[0]):
            instead = await self._anew(step, sentence, reason, checks)
        if not instead:
            step.emit(Dropped(step=step.name, text=sentence, reason=reason))
            return []
        step.emit(Rewrote(step=step.name, before=sentence, after=" ".join(instead), reason=reason))
        return [checks.say(one) for one in instead]

    def _is_repeated(self, step: Step, sentence: str, checks: Checks) -> bool:
        if not repeats(sentence, checks.said):
            return False
        step.emit(Dropped(step=step.name, text=sentence, reason=SAID_ALREADY))
        return True

    async def _anew(self, step: Step, sentence: str, reason: str, checks: Checks) -> list[str]:
        """The sentences a model writes instead, if there is room for them and all of them pass."""
        if self.rewrite is None or self.node.rewrite is None:
            return []
        messages = self.rewrite.messages(step, result={"sentence": sentence, "reason": reason})
        request = ChatRequest(messages, max_tokens=self.node.rewrite.max_tokens)
        reply = await completed(step, self.node.rewrite.role, request)
        anew = sentences(printable(" ".join(reply.text.split()), " ").strip()) if reply.finish == "stop" else []
        passes = 0 < len(anew) <= checks.room and not any(map(checks.reason_against, anew))
        return anew if passes and not any(repeats(one, [*checks.said, *anew[:i]]) for i, one in enumerate(anew)) else []


async def _watched(text: AsyncIterator[str], checks: Checks) -> AsyncIterator[str]:
    """The pieces of a text; what was broken off is noted before its last sentence is known."""
    async for piece in text:
        checks.broken_off = isinstance(piece, BrokenOff)
        yield piece


def _source(passage: dict[str, Any]) -> dict[str, str]:
    return {"title": str(passage.get("title", "")), "source": str(passage.get("source", ""))}
