"""kind: retrieve - what the knowledge, and the web where app.yaml names it, say to a question."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....agents.events import Retrieved
from ....tools.base.errors import InputError
from ....tools.knowledge.evidence import Sentence, best_sentences
from ....tools.knowledge.follow_up import follow_up
from ....tools.knowledge.search import Found
from ...spec.types import Retrieve
from ..step import Bench, Compiled, Outcome, Step

PASSAGES = 12
"""Passages looked through for the best sentences."""


@dataclass(frozen=True, slots=True)
class RetrieveRunner:
    node: Retrieve
    text: Compiled
    language: Compiled
    folder: Path | None
    within: Path

    async def run(self, step: Step) -> Outcome:
        question, language = str(step.value(self.text)), str(step.value(self.language))
        async with asyncio.TaskGroup() as group:
            web = group.create_task(step.turn.engines.web(question, language)) if self.node.web else None
            found = await self._known(step, question, language)
            if web is not None and any(one.is_evidence for one in found):
                web.cancel()  # what the family and the workflow say comes first, and nobody waits for the web
        problem = ""
        if web is not None and not web.cancelled():
            pages, problem = web.result()
            found = [*pages, *found] if pages else found
        result = self._result(found, question, language) | {"problem": problem}
        step.emit(
            Retrieved(step=step.name, known=result["known"], titles=tuple(row["title"] for row in result["passages"]))
        )
        return Outcome(result["passages"], result)

    async def _known(self, step: Step, question: str, language: str) -> list[Found]:
        search = await step.turn.engines.knowledge(self.folder, own=self.node.own, within=self.within)
        return await asyncio.to_thread(search.find, question, language, PASSAGES)

    def _result(self, found: Sequence[Found], question: str, language: str) -> dict[str, Any]:
        known = any(one.is_evidence for one in found)
        chosen = best_sentences(found, question, self.node.sentences) if known else []
        best = chosen[0] if chosen else None
        passage = found[best.source].passage if best else None
        return {
            "known": known,
            "passages": _rows(found, chosen),
            "best": best.text if best else "",
            "topic": passage.article if passage else "",
            "follow_up": follow_up(found, chosen, language) if passage else "",
            "further_reading": passage.further_reading if passage else "",
        }


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
    value = bench.scope.value
    return RetrieveRunner(node, value(node.text), value(node.language), folder, bench.folder)
