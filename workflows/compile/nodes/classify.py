"""kind: classify - a model chooses one label, and cannot choose another."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ....agents.events import Decided
from ....agents.models.chat import ChatRequest, Message
from ....tools.base.errors import EndpointBrokeOff
from ...spec.kinds.think import Classify
from ...spec.names import Words
from ..step import Bench, Compiled, Outcome, Step, in_language
from .completing import completed
from .words import CompiledWords, compile_words


@dataclass(frozen=True, slots=True)
class ClassifyRunner:
    node: Classify
    text: Compiled
    question: CompiledWords
    language: Compiled

    async def run(self, step: Step) -> Outcome:
        language = str(step.value(self.language))
        labels = "\n".join(f"- {name}: {_said(words, language)}" for name, words in self.node.labels.items())
        system = f"{self.question(step, language)}\n{labels}"
        schema = {
            "type": "object",
            "properties": {"label": {"enum": list(self.node.labels)}},
            "required": ["label"],
            "additionalProperties": False,
        }
        request = ChatRequest(
            (Message("system", system), Message("user", str(step.value(self.text)))), schema=schema, max_tokens=32
        )
        reply = await completed(step, self.node.role, request)
        label = _label(reply.text, self.node.labels, step.name)
        step.emit(Decided(step=step.name, label=label))
        return Outcome(label, {"label": label})


def _said(words: Words, language: str) -> str:
    return words if isinstance(words, str) else str(in_language(words, language))


def _label(text: str, labels: Iterable[str], step: str) -> str:
    """The label in an answer; a server that does not honour schemas may give it bare."""
    try:
        label = str(json.loads(text)["label"])
    except (ValueError, TypeError, KeyError):
        label = text.strip().strip("\"'.`").lower()
    if label not in labels:
        raise EndpointBrokeOff(
            f"the model did not keep to the schema, it wrote {text[:80]!r}",
            at=step,
            hint="Run antiphon doctor to see whether its server honours JSON schemas",
        )
    return label


def compile_classify(node: Classify, bench: Bench) -> ClassifyRunner:
    return ClassifyRunner(
        node, bench.value(node.text), compile_words(node.question, bench), bench.language(node.language)
    )
