"""kind: classify - a model chooses one label, and cannot choose another."""

import json
from dataclasses import dataclass

from ....agents.events import Decided
from ....agents.models.chat import ChatRequest, Message, complete
from ....tools.base.errors import EndpointBrokeOff
from ...spec.types import Classify, Words
from ..step import Bench, Compiled, Outcome, Step, in_language


@dataclass(frozen=True, slots=True)
class ClassifyRunner:
    node: Classify
    text: Compiled
    language: Compiled

    async def run(self, step: Step) -> Outcome:
        language = step.value(self.language)

        def say(words: Words) -> str:
            return words if isinstance(words, str) else str(in_language(words, language))

        labels = "\n".join(f"- {name}: {say(words)}" for name, words in self.node.labels.items())
        system = f"{say(self.node.question)}\n{labels}"
        schema = {
            "type": "object",
            "properties": {"label": {"enum": list(self.node.labels)}},
            "required": ["label"],
            "additionalProperties": False,
        }
        request = ChatRequest(
            (Message("system", system), Message("user", str(step.value(self.text)))), schema=schema, max_tokens=32
        )
        label = _label((await complete(await step.turn.engines.chat(self.node.role), request)).text, step.name)
        step.emit(Decided(step=step.name, label=label))
        return Outcome(label, {"label": label})


def _label(text: str, step: str) -> str:
    try:
        return str(json.loads(text)["label"])
    except (ValueError, TypeError, KeyError):
        raise EndpointBrokeOff(
            f"the model did not keep to the schema, it wrote {text[:80]!r}",
            at=step,
            hint="Run antiphon doctor to see whether its server honours JSON schemas",
        ) from None


def compile_classify(node: Classify, bench: Bench) -> ClassifyRunner:
    return ClassifyRunner(node, bench.scope.value(node.text), bench.scope.value(node.language))
