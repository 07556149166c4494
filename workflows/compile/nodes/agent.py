"""kind: agent - a model thinks, calls tools and answers, by a strategy."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from ....agents.events import Warned
from ....agents.models.abilities import Abilities, abilities_of
from ....agents.models.chat import name_of
from ....agents.planning.likeness import compared
from ....agents.planning.types import Task
from ....tools.base.errors import EndpointError
from ....tools.base.tool import Tool
from ...spec.kinds.agent import AgentNode
from ...spec.known import OF_MACHINE
from ..step import Bench, Step
from .agent_budget import Purse
from .agent_loop import Deliberation
from .agent_thinking import Thinker
from .agent_tools import Toolbox
from .prompts import CompiledPrompt, compile_prompt


@dataclass(frozen=True, slots=True)
class AgentStreamer:
    """
    Attributes:
        tools: Those of the workflow that it may call, by name.
        sets: What stands for tools that only the machine knows: a name, and its settings in the file.
        effects: Whether its calls may change something outside, or ask a person.
    """

    node: AgentNode
    prompt: CompiledPrompt
    tools: Mapping[str, Tool]
    sets: Mapping[str, Mapping[str, Any]]
    effects: bool

    async def stream(self, step: Step, source: AsyncIterator[str] | None, notes: dict[str, Any]) -> AsyncIterator[str]:
        node, engines = self.node, step.turn.engines
        chat = await engines.chat(node.role)
        told = self.prompt.told(step)
        toolbox = await Toolbox.filled(step, self.tools, self.sets, node.ask_before, node.plan)
        history = step.turn.history[-node.memory :] if node.memory else ()
        task = Task(
            told.user,
            told.system,
            (*told.examples, *history),
            toolbox.offered(),
            told.language,
            node.max_tokens,
            await abilities_of(chat) if toolbox.tools else Abilities(),
        )
        if name_of(chat) and getattr(node.plan, "WEIGHS_LIKENESS", False):  # a script decides by itself
            try:
                task = await compared(task, engines.embedding)
            except EndpointError as error:  # it helps to choose a tool, and one can choose without
                step.emit(Warned(problem=f"tools are chosen without the role embed: {error}"))
        purse = Purse.of(node.plan.budget)
        thinker = Thinker(step, chat, purse, keeps=bool(toolbox.tools or toolbox.hidden))
        at_work = Deliberation(step, node.plan, task, thinker, toolbox, purse)
        async with aclosing(at_work.answer()) as pieces:
            async for piece in pieces:
                yield piece
        found = {"stopped": at_work.spent, "calls": toolbox.used, "notes": dict(at_work.notes)}
        notes |= {"text": at_work.found, **found}


def compile_agent(node: AgentNode, bench: Bench) -> AgentStreamer:
    own = {name: bench.tools[name] for name in node.tools if name in bench.tools}
    sets = {name: bench.settings[name] for name in node.tools if name not in own}
    acts = any(tool.effects for tool in own.values()) or any(name not in OF_MACHINE for name in sets)
    return AgentStreamer(node, compile_prompt(node.prompt, bench), own, sets, acts or bool(node.ask_before))
