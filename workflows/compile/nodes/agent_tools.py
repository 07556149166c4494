"""What an agent may call: each call asked about where its file says so, made once, and told as an observation."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from langgraph.errors import GraphBubbleUp

from ....agents.events import Called, Returned
from ....agents.planning.types import Call as Wanted
from ....agents.planning.types import Observation, Offered, Planner
from ....tools.base.errors import AntiphonError, InputError, ServiceError, ToolFailed
from ....tools.base.suggest import did_you_mean
from ....tools.base.tool import Tool
from ....tools.base.toolset import side_by_side
from ..failures import ItemFailed
from ..step import Call, Step
from .agent_budget import Purse
from .ask import NotAgreed, approved
from .calling import acted, check, made

LONGEST = 4000
"""Characters of an observation: what is longer would leave a small model no room to think."""
WITHDRAWN = 2
"""A tool that failed so often in one answer is no longer offered: its first error was told, and did not help."""
FAILURES = (ToolFailed, ServiceError, InputError, ItemFailed)
"""What a model is told of and may go on after."""


@dataclass(slots=True)
class Toolbox:
    """The tools of one answer.

    Attributes:
        hidden: Tools the strategy itself uses, and no model is told of.
        asks: Those whose every call a person must agree to.
        used: The calls that were made, as plain data.
    """

    step: Step
    tools: Mapping[str, Tool]
    hidden: Mapping[str, Tool] = field(default_factory=dict)
    asks: frozenset[str] = frozenset()
    used: list[dict[str, Any]] = field(default_factory=list)
    _failures: Counter[str] = field(default_factory=Counter)
    _count: int = 0
    _offered: dict[str, Offered] = field(default_factory=dict)

    @classmethod
    async def filled(
        cls,
        step: Step,
        own: Mapping[str, Tool],
        sets: Mapping[str, Mapping[str, Any]],
        ask_before: Iterable[str],
        planner: Planner,
    ) -> "Toolbox":
        """With what the file names, and what the strategy needs.

        Args:
            sets: Names that stand for tools only this machine knows, with their settings.
        """
        opened = {name: await _of_machine(step, name, settings) for name, settings in sets.items()}
        tools = side_by_side(own, opened)
        named = {tool.function for name in ask_before for tool in opened.get(name, ())}
        asks = {*ask_before, *(name for name, tool in tools.items() if tool.function in named)}
        hidden = dict[str, Tool]()
        for name in getattr(planner, "USES", ()):
            hidden |= {tool.name: tool for tool in await _of_machine(step, name, {})}
        return cls(step, tools, hidden, frozenset(asks))

    def offered(self) -> tuple[Offered, ...]:
        """What a model is told of."""
        for name, tool in self.tools.items():
            if name not in self._offered:
                self._offered[name] = Offered(name, tool.description, tool.schema(), tool.examples)
        return tuple(one for name, one in self._offered.items() if self._failures[name] < WITHDRAWN)

    async def call(self, calls: Sequence[Wanted], purse: Purse) -> tuple[Observation, ...]:
        """Make calls side by side, after a person has agreed to those that are asked about, one after the other.

        Raises:
            GraphBubbleUp: the run waits for a person; what else was called is kept.
        """
        numbered = [(self._count + i, one) for i, one in enumerate(calls)]
        self._count += len(calls)
        with purse.resting():
            refused = await self._refused(numbered)
        made = await _all([self._observed(number, one, purse) for number, one in numbered if number not in refused])
        others = iter(made)
        return tuple(refused[number] if number in refused else next(others) for number, _ in numbered)

    async def _refused(self, numbered: Sequence[tuple[int, Wanted]]) -> dict[int, Observation]:
        """What a person does not agree to. All of it is asked before the run waits for any answer."""
        refused, waits = dict[int, Observation](), list[BaseException]()
        for number, one in numbered:
            try:
                await self._agreed(number, one)
            except NotAgreed as error:
                refused[number] = Observation(one, error.problem, failed=True, refused=True)
            except GraphBubbleUp as wait:
                waits.append(wait)
        if waits:
            raise waits[0]
        return refused

    async def _agreed(self, number: int, wanted: Wanted) -> None:
        tool = self.tools.get(wanted.tool)
        if tool is None or wanted.tool not in self.asks or not _fits(tool, wanted):
            return
        given = (f"  {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in wanted.arguments.items())
        text = "\n".join([wanted.tool, *given])
        # a yes holds for this call with these arguments, and for no other that may come to stand in its place
        meant = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]
        await approved(self.step, text, key=f"{self.step.path}:{number}:approve:{meant}")

    async def _observed(self, number: int, wanted: Wanted, purse: Purse) -> Observation:
        """One call, and what the model is told of it.

        Its first error goes back to the model; a tool that fails again is no longer offered.
        """
        tool = self.tools.get(wanted.tool)
        limit = asyncio.timeout_at(None if tool is not None and tool.effects else purse.until)
        try:
            async with limit:
                value, failed = await self._made(number, wanted), False
        except TimeoutError:
            if not limit.expired():
                raise
            purse.late, value, failed = True, "it took longer than the time that was left", True
        except FAILURES as error:
            value, failed = _told(error), True
            self.step.emit(Returned(step=self.step.name, tool=wanted.tool, value=value, failed=True))
        if failed and wanted.tool in self.tools:
            self._failures[wanted.tool] += 1
            if self._failures[wanted.tool] == WITHDRAWN:
                value = f"{value} (It has failed {WITHDRAWN} times and can no longer be called.)"
        self.used.append({"tool": wanted.tool, "arguments": dict(wanted.arguments), "value": value, "failed": failed})
        return Observation(wanted, _text(value, LONGEST), failed)

    async def _made(self, number: int, wanted: Wanted) -> Any:
        tool = self.tools.get(wanted.tool) or self.hidden.get(wanted.tool)
        if tool is None or self._failures[wanted.tool] >= WITHDRAWN:
            known = [one.name for one in self.offered()]
            hint = did_you_mean(wanted.tool, known)
            self.step.emit(Called(step=self.step.name, tool=wanted.tool, arguments=dict(wanted.arguments)))
            raise ToolFailed(f"there is no tool {wanted.tool!r}", hint=hint)
        step, given = self.step, wanted.arguments

        async def act(key: str) -> Any:
            return await made(step, "tool", tool, given, key)

        if tool.effects:
            check(tool, given)  # a mistake here is before anything happened
            return await acted(
                step, tool.name, given, act, effects=True, keyed=tool.is_keyed, ordinal=number, exact=True
            )
        return await self._looked_up(Call(f"{step.path}:{number}", step.name, tool.name, given), act)

    async def _looked_up(self, call: Call, act: Any) -> Any:
        """What changes nothing may be done again, but a run that goes on shall see what it saw before."""
        journal = self.step.turn.journal
        if journal is None:
            return await acted(self.step, call.tool, call.arguments, act, effects=False, keyed=True)
        self.step.emit(Called(step=self.step.name, tool=call.tool, arguments=dict(call.arguments), key=call.key))
        known = await journal.recalled(call)
        if known is not None:
            return _known(known.value)
        double = self.step.turn.engines.double()
        if double is not None:
            act = double.act(call.tool, call.arguments, act, effects=False)
        try:
            value = await act(f"{self.step.turn.run}/{call.key}")
        except FAILURES as error:
            await journal.noted(call, {"problem": _told(error)})
            raise
        await journal.noted(call, {"value": value})
        self.step.emit(Returned(step=self.step.name, tool=call.tool, value=value, key=call.key))
        return value


def _known(kept: Mapping[str, Any]) -> Any:
    """What a look gave before.

    Raises:
        ToolFailed: it failed.
    """
    if "problem" in kept:
        raise ToolFailed(kept["problem"])
    return kept["value"]


def _fits(tool: Tool, wanted: Wanted) -> bool:
    """Whether the tool takes these arguments: nobody is asked about a call that cannot be made."""
    try:
        check(tool, wanted.arguments)
    except InputError:
        return False
    return True


async def _of_machine(step: Step, name: str, settings: Mapping[str, Any]) -> tuple[Tool, ...]:
    if name == "python":
        from ....tools.python.tool import python_tool

        return (python_tool(step.turn.engines.interpreter()),)
    return await step.turn.engines.toolset(name, settings)


async def _all(several: list[Any]) -> list[Observation]:
    """All results; what one raises is raised when the others have ended, so that nothing is cut off in the middle."""
    results = await asyncio.gather(*several, return_exceptions=True)
    for one in results:
        if isinstance(one, BaseException):
            raise one
    return cast(list[Observation], results)


def _text(value: Any, most: int) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= most else f"{text[:most]}... ({len(text) - most} more characters)"


def _told(error: AntiphonError) -> str:
    """An error as a model reads it: what is wrong, and the way out."""
    return f"{error.problem}. {error.hint}" if error.hint else error.problem
