"""kind: retrieve - what the knowledge, and the web where app.yaml names it, say to a question."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ....agents.events import Retrieved
from ....agents.guards.addressing import fit_to_be_said, speaks_to_a_model
from ....agents.guards.length import words_in
from ....tools.base.errors import InputError
from ....tools.knowledge.evidence import Sentence, best_sentences, quotes
from ....tools.knowledge.follow_up import follow_up
from ....tools.knowledge.passages import sentences
from ....tools.knowledge.questions import is_question
from ....tools.knowledge.search import Found
from ...spec.kinds.memory import Retrieve
from ..step import Bench, Compiled, Outcome, Step

PASSAGES = 12
"""Passages looked through for the best sentences."""


@dataclass(frozen=True, slots=True)
class RetrieveRunner:
    node: Retrieve
    text: Compiled
    language: Compiled
    quotes: Compiled
    max_words: Compiled
    folder: Path | None
    within: Path

    async def run(self, step: Step) -> Outcome:
        question, language = str(step.value(self.text)), str(step.value(self.language))
        found, problem = await self._found(step, question, language)
        limits = (int(step.value(limit) or 0) for limit in (self.quotes, self.max_words))
        result: dict[str, Any] = {
            **self._result(found, question, language, *limits),
            "is_question": is_question(question),
            "problem": problem,
        }
        titles = tuple(row["title"] for row in result["passages"])
        step.emit(Retrieved(step=step.name, known=result["known"], titles=titles))
        return Outcome(result["passages"], result)

    async def _found(self, step: Step, question: str, language: str) -> tuple[list[Found], str]:
        """What the knowledge says and, only where that is nothing, the web; both are asked at once."""
        try:
            async with asyncio.TaskGroup() as group:
                web = group.create_task(step.turn.engines.web(question, language)) if self.node.web else None
                found = await self._known(step, question, language)
                if web is None or _evidence(found, question, 1):
                    if web is not None:
                        web.cancel()  # what the family and the workflow say comes first, and nobody waits for the web
                    return found, ""
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        pages, problem = web.result()
        return [*pages, *found], problem

    async def _known(self, step: Step, question: str, language: str) -> list[Found]:
        search = await step.turn.engines.knowledge(self.folder, own=self.node.own, within=self.within)
        return await asyncio.to_thread(search.find, question, language, PASSAGES)

    def _result(
        self, found: Sequence[Found], question: str, language: str, most: int, max_words: int
    ) -> dict[str, Any]:
        chosen = _evidence(found, question, self.node.sentences)
        best = chosen[0] if chosen else None
        passage = found[best.source].passage if best else None
        return {
            "known": bool(chosen),
            "passages": _rows(found, chosen),
            "best": "\n".join(one.text for one in quotes(found, chosen, most)) if chosen else "",
            "topic": passage.article if passage else "",
            "follow_up": follow_up(found, chosen, language, may=partial(_is_short, max_words)) if passage else "",
            "further_reading": passage.further_reading if passage else "",
        }


def _evidence(found: Sequence[Found], question: str, most: int) -> list[Sentence]:
    """The best sentences, without those that speak to a model; none where nothing found is evidence."""
    if not any(one.is_evidence for one in found):
        return []
    fit = [fit_to_be_said(sentences(one.passage.text), (one.passage.title, *one.passage.also)) for one in found]
    every = best_sentences(found, question, sum(map(len, fit)))
    return [one for one in every if fit[one.source][one.place]][:most]


def _is_short(max_words: int, question: str) -> bool:
    """Whether a question may be put to the child: one sentence within the limit, and no instruction."""
    alone = len(sentences(question)) == 1 and not speaks_to_a_model(question)
    return alone and (not max_words or words_in(question) <= max_words)


def _rows(found: Sequence[Found], chosen: Sequence[Sentence]) -> list[dict[str, str]]:
    """A row for each passage, the best last: a small model answers from what it read last."""
    rows = []
    for source in reversed(dict.fromkeys(sentence.source for sentence in chosen)):
        passage = found[source].passage
        texts = [one.text for one in sorted(chosen, key=lambda one: one.place) if one.source == source]
        text = ("" if passage.language == "zh" else " ").join(texts)
        rows.append({"title": passage.title, "text": text, "source": passage.source})
    return rows


def compile_retrieve(node: Retrieve, bench: Bench) -> RetrieveRunner:
    folder = bench.folder / node.folder if node.folder else None
    if folder is not None:
        from ....tools.knowledge.folder import files_in

        files_in(folder, within=bench.folder)  # what is wrong with the folder is told now
    elif not (node.own or node.web):
        raise InputError("a retrieve node needs a folder, own: true or web: true")
    value = bench.value
    return RetrieveRunner(
        node,
        value(node.text),
        bench.language(node.language),
        value(node.quotes),
        value(node.max_words),
        folder,
        bench.folder,
    )
