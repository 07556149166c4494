"""What stands in for models and tools while a test is played: the script, and what calls give back."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...agents.models.abilities import Abilities
from ...agents.models.chat import Chat, ChatRequest, Delta, Reply, ToolCall
from ...agents.models.scripted import Scripted
from ...tools.base.errors import (
    AntiphonError,
    EndpointBrokeOff,
    EndpointRefused,
    EndpointTimeout,
    EndpointUnreachable,
    InputError,
    ServiceError,
    ToolFailed,
)
from ...tools.base.printable import shortened
from ..compile.step import Act
from .types import Decisions, Doubles, Instead, ScriptedReply

_FAILURES: Mapping[str, type[AntiphonError]] = {
    "timeout": EndpointTimeout,
    "unreachable": EndpointUnreachable,
    "refused": EndpointRefused,
    "broke_off": EndpointBrokeOff,
}


ABLE: Mapping[str, Abilities] = {
    "native": Abilities(tools=True),
    "schema": Abilities(),
    "words": Abilities(schema=False),
}
"""What a model's server can do, by the name that a file of tests has for how an agent's decisions are written."""


def decisions_of(able: Abilities) -> str:
    """The name for it in a file of tests."""
    return "native" if able.tools else "schema" if able.schema else "words"


class Script:
    """A chat model that plays the replies of a turn.

    A request gets the first reply whose `when` it has in it, else the next that has no `when`.

    Attributes:
        abilities: Its tools are called natively, unless the script has log-probabilities or says otherwise.
        left: Replies that were not asked for yet.
        unanswered: What was asked when no reply was left for it.
    """

    def __init__(self, replies: Sequence[str | ScriptedReply], decisions: Decisions = "") -> None:
        self.left = [ScriptedReply(says=one) if isinstance(one, str) else one for one in replies]
        self.unanswered: list[str] = []
        self.abilities = ABLE[decisions or ("schema" if any(one.logprobs for one in self.left) else "native")]

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Play one reply.

        Raises:
            EndpointError: the reply is that error, or there is none for this request.
        """
        async for delta in Scripted([self._next(request)]).stream(request):
            yield delta

    def _next(self, request: ChatRequest) -> Reply | AntiphonError:
        asked = "\n".join(message.content for message in request.messages)
        fits = next((one for one in self.left if one.when and one.when in asked), None)
        found = fits or next((one for one in self.left if not one.when), None)
        if found is None:
            last = request.messages[-1].content if request.messages else ""
            self.unanswered.append(last)
            return EndpointBrokeOff(f"the script has no reply left for: {shortened(last, 200)}", at="script")
        self.left.remove(found)
        if found.fails:
            return _FAILURES[found.fails](f"the script says so: {found.fails}", at="script")
        return _reply(found)


def _reply(one: ScriptedReply) -> Reply:
    written = "json_" in one.model_fields_set
    calls = tuple(
        ToolCall(f"call_{i}", call.tool, json.dumps(call.arguments, ensure_ascii=False))
        for i, call in enumerate(one.calls)
    )
    finish = "length" if one.cut_off else "tool_calls" if calls else "stop"
    text = json.dumps(one.json_, ensure_ascii=False) if written else one.says
    return Reply(text, one.reasoning, calls, finish=finish, logprobs=tuple(one.logprobs))


@dataclass(slots=True)
class StandIn:
    """Answers calls as a test says.

    Attributes:
        tools, services: What is given back, by name.
        refused: The calls that were not done, as that would have changed something outside.
    """

    tools: Doubles
    services: Doubles
    refused: list[str] = field(default_factory=list)
    _turns: dict[int, int] = field(default_factory=dict)

    def chat(self, role: str, chat: Chat) -> Chat:
        """The model itself, or the script that was given in its place."""
        return chat

    def act(self, name: str, given: Mapping[str, Any], act: Act, *, effects: bool) -> Act:
        """What is done in place of a call.

        Raises:
            InputError: it would change something outside, and nobody said what it gives back.
        """
        method, space, service = name.partition(" ")
        if space and service in self.services:
            return self._instead(name, {"method": method, **given}, self.services[service], is_service=True)
        if name in self.tools:
            return self._instead(name, given, self.tools[name], is_service=False)
        if not effects:
            return act
        self.refused.append(name)
        where = f"services: {{{service}: " if space else f"tools: {{{name}: "
        hint = f"Say what it gives back, in the file of the test: {where}{{returns: ...}}}}"
        raise InputError(f"{name} changes something outside, which a test does not do by itself", hint=hint)

    def _instead(self, name: str, given: Mapping[str, Any], said: Any, *, is_service: bool) -> Act:
        all_: Sequence[Instead] = [said] if isinstance(said, Instead) else said
        fitting = [one for one in all_ if fits(one.arguments, given)]
        if not fitting:
            problem = (
                f"the test does not say what {name} gives back for {shortened(json.dumps(given, default=str), 200)}"
            )
            self.refused.append(name)
            raise InputError(problem, hint="Add an entry that fits, or one without `with`")
        fresh = [one for one in fitting if not self._turns.get(id(one))]
        found = (fresh or fitting[-1:])[0]
        self._turns[id(found)] = 1

        async def act(key: str) -> Any:
            if found.raises:
                raise (ServiceError if is_service else ToolFailed)(found.raises, at=name)
            return answered(found.returns) if is_service else found.returns

        return act


def answered(value: Any) -> dict[str, Any]:
    """What a service answers, as an `http` node has it."""
    is_text = isinstance(value, str)
    text = value if is_text else json.dumps(value, ensure_ascii=False)
    return {"status": 200, "ok": True, "json": None if is_text else value, "text": text}


def fits(wanted: Any, given: Any) -> bool:
    """Whether a value is what is wanted; an object may have more keys than are wanted."""
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        return all(name in given and fits(value, given[name]) for name, value in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(given, list | tuple):
        return len(wanted) == len(given) and all(map(fits, wanted, given))
    if isinstance(wanted, bool) or isinstance(given, bool):
        return wanted is given
    return bool(wanted == given)
