"""kind: extract - a model fills in fields from a text, and can write nothing that does not fit them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....agents.events import Extracted
from ....agents.models.chat import ChatRequest, Message
from ....tools.base.errors import EndpointBrokeOff
from ...spec.forms import Misfit, bounds, filled
from ...spec.kinds.think import Extract
from ...spec.shapes import Shape, json_schema
from ..step import Bench, Compiled, Outcome, Step
from .completing import completed
from .words import CompiledWords, compile_words


@dataclass(frozen=True, slots=True)
class ExtractRunner:
    node: Extract
    text: Compiled
    question: CompiledWords
    language: Compiled
    schema: Mapping[str, Any]

    async def run(self, step: Step) -> Outcome:
        question = self.question(step, str(step.value(self.language)))
        system = "\n".join([question, *_lines(self.node.fields)])
        messages = (Message("system", system), Message("user", str(step.value(self.text))))
        request = ChatRequest(messages, schema=self.schema, max_tokens=self.node.max_tokens)
        reply = await completed(step, self.node.role, request)
        if reply.finish == "length":
            problem = f"the fields were not complete after {self.node.max_tokens} tokens"
            raise EndpointBrokeOff(problem, at=step.name, hint="Raise max_tokens, or extract fewer fields")
        fields = _fields(reply.text, self.node.fields, step.name)
        step.emit(Extracted(step=step.name, fields=fields))
        return Outcome(fields, fields)


def _lines(fields: Mapping[str, Shape], indent: str = "") -> list[str]:
    """The fields as a model is told them: not every server shows it what the schema says of their meaning."""
    lines = []
    for name, shape in fields.items():
        said = [part for part in (shape.about, ", ".join(shape.enum), bounds(shape)) if part]
        lines.append(f"{indent}- {name}" + (f": {'; '.join(said)}" if said else ""))
        inner = shape.items if shape.type == "list" and shape.items else shape
        lines += _lines(inner.fields, indent + "  ")
    return lines


def _fields(text: str, fields: Mapping[str, Shape], step: str) -> dict[str, Any]:
    try:
        return filled(fields, json.loads(_bare(text)))
    except Misfit as error:
        problem = f"the model did not keep to the schema: {error}"
    except (ValueError, RecursionError):
        problem = f"the model did not keep to the schema, it wrote {text[:80]!r}"
    raise EndpointBrokeOff(
        problem, at=step, hint="Run antiphon doctor to see whether its server honours JSON schemas"
    ) from None


def _bare(text: str) -> str:
    """JSON without the fence that a model puts around it whose server does not honour schemas."""
    text = text.strip()
    return text.strip("`").removeprefix("json").strip() if text.startswith("```") else text


def compile_extract(node: Extract, bench: Bench) -> ExtractRunner:
    return ExtractRunner(
        node,
        bench.value(node.text),
        compile_words(node.question, bench),
        bench.language(node.language),
        json_schema(node.fields),
    )
