"""kind: llm - a model writes."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from ....agents.events import Finished, Wrote
from ....agents.models.chat import ChatRequest, Finish, TextDelta, Usage, name_of
from ...spec.kinds.think import Llm
from ..step import Bench, BrokenOff, Step
from .prompts import CompiledPrompt, compile_prompt


@dataclass(frozen=True, slots=True)
class LlmStreamer:
    node: Llm
    prompt: CompiledPrompt

    async def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]:
        chat = await step.turn.engines.chat(self.node.role)
        request = ChatRequest(
            self.prompt.messages(step), max_tokens=self.node.max_tokens, temperature=self.node.temperature
        )
        async with aclosing(chat.stream(request)) as deltas:  # type: ignore[type-var]
            async for delta in deltas:
                match delta:
                    case TextDelta(text):
                        step.emit(Wrote(step=step.name, text=text))
                        yield text
                    case Usage(prompt, completion, cached):
                        step.emit(
                            Finished(
                                step=step.name,
                                prompt_tokens=prompt,
                                cached_tokens=cached,
                                completion_tokens=completion,
                                model=name_of(chat),
                            )
                        )
                    case Finish("length"):
                        yield BrokenOff()
                    case _:
                        pass


def compile_llm(node: Llm, bench: Bench) -> LlmStreamer:
    return LlmStreamer(node, compile_prompt(node.prompt, bench))
