"""A conversation that takes place is written down as a test: what was said, replied, called, and came of it."""

import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from ...agents.events import Answered, Called, Event, Heard, StepStarted
from ...agents.models.abilities import Abilities
from ...agents.models.chat import Chat, ChatRequest, Collected, Delta, Reply
from ...agents.sound import Sound
from ...tools.base.errors import AntiphonError
from ..compile.step import Act
from .outcomes import Turned
from .scripts import decisions_of
from .types import Exchange

Data = dict[str, Any]
"""A part of the file of tests, as plain values."""


LONGEST = 400
"""Characters of an argument that a recorded test asks for again."""


@dataclass(slots=True)
class _Asked:
    """A request, and what came of it; `beside` where another was under way."""

    request: ChatRequest
    reply: Reply | None = None
    error: str = ""
    beside: bool = False


class _Listening:
    """A chat model that is listened to; all else it can is its own, and so are its `abilities`."""

    def __init__(self, chat: Chat, replies: list[_Asked]) -> None:
        self.inner, self._replies = chat, replies

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        asked, collected = _Asked(request), Collected()
        for other in self._replies:
            if other.reply is None and not other.error:
                asked.beside = other.beside = True
        self._replies.append(asked)
        try:
            async with aclosing(self.inner.stream(request)) as deltas:  # type: ignore[type-var]
                async for delta in deltas:
                    collected.feed(delta)
                    yield delta
        except AntiphonError as error:
            asked.error = _FAILURES.get(type(error).__name__, "broke_off")
            raise
        finally:
            asked.reply = collected.reply()


_FAILURES = {"EndpointTimeout": "timeout", "EndpointUnreachable": "unreachable", "EndpointRefused": "refused"}


@dataclass(slots=True)
class Recording:
    """Listens to the turns of a conversation, and gives them as a test.

    Attributes:
        turns: What was said in each, as the file has it.
    """

    turns: list[Data] = field(default_factory=list)
    _replies: list[_Asked] = field(default_factory=list)
    _chats: list[_Listening] = field(default_factory=list)
    _doubles: dict[str, dict[str, list[Data]]] = field(default_factory=lambda: {"tools": {}, "services": {}})
    _new: list[tuple[str, str, Data]] = field(default_factory=list)

    def chat(self, role: str, chat: Chat) -> Chat:
        """The model, listened to."""
        listening = _Listening(chat, self._replies)
        self._chats.append(listening)
        return listening

    def act(self, name: str, given: Mapping[str, Any], act: Act, *, effects: bool) -> Act:
        """The call, with what it gives noted."""
        kind, key, arguments = _named(name, given)

        async def listened(idempotency: str) -> Any:
            try:
                value = await act(idempotency)
            except AntiphonError as error:
                self._new.append((kind, key, {"with": arguments, "raises": error.problem}))
                raise
            self._new.append((kind, key, {"with": arguments, "returns": _body(value) if kind == "services" else value}))
            return value

        return listened

    def told(self, replies: Iterable[Reply], calls: Iterable[tuple[str, Mapping[str, Any], Any, str]]) -> None:
        """What is known of a turn that nobody listened to.

        Args:
            replies: Of the models, in their order.
            calls: The name, the arguments, what it gave back, and the words it failed with, or "".
        """
        self._replies += [_Asked(ChatRequest(()), reply) for reply in replies]
        for name, given, value, problem in calls:
            kind, key, arguments = _named(name, given)
            gave = {"raises": problem} if problem else {"returns": _body(value) if kind == "services" else value}
            self._new.append((kind, key, {"with": arguments, **gave}))

    def went_on(self, given: Mapping[str, Any], events: Sequence[Event]) -> None:
        """A turn has come to its end, or waits for a person.

        Args:
            given: Its inputs.
        """
        turn = Turned(Exchange(), events, None, 0.0)
        answers = {name: value for one in events if isinstance(one, Answered) for name, value in one.fields.items()}
        calls = [{"tool": one.tool, "with": _short(one.arguments)} for one in events if isinstance(one, Called)]
        asked = any(one.beside for one in self._replies)
        parts: Data = {
            **_given(given, events),
            "script": [_scripted(one, with_prompt=asked and one.beside) for one in self._replies],
            "decisions": self._decisions() if _has_agent(events) else "",
            "answers": answers,
            "expect": _expected(turn),
            "must_call": calls,
        }
        kept = {name: value for name, value in parts.items() if value or name == "script"}
        self.turns.append(json.loads(json.dumps(kept, ensure_ascii=False, default=str)))
        for kind, key, entry in self._new:
            self._doubles[kind].setdefault(key, []).append(entry)
        self.broke_off()

    def _decisions(self) -> str:
        """How an agent's model told what to call; "" where no agent asked what it is able to."""
        found = (getattr(one, "abilities", None) for one in self._chats)
        able = next((one for one in found if isinstance(one, Abilities)), None)
        return decisions_of(able) if able is not None else ""

    def broke_off(self) -> None:
        """A turn failed: nothing of it is kept."""
        self._replies.clear()
        self._new.clear()

    def case(self) -> Data:
        """The whole conversation as a test."""
        name = " ".join(str(self.turns[0].get("say", "")).split())[:60] or "a recorded run"
        own = self.turns[0] if len(self.turns) == 1 else {"turns": self.turns}
        doubles = {
            kind: {key: _single(entries) for key, entries in of_kind.items()}
            for kind, of_kind in self._doubles.items()
            if of_kind
        }
        plain: Data = json.loads(json.dumps({"name": name, **doubles, **own}, ensure_ascii=False, default=str))
        return plain


def _named(name: str, given: Mapping[str, Any]) -> tuple[str, str, Data]:
    """Where a call stands in the file, by which name, and with which arguments."""
    method, space, service = name.partition(" ")
    return ("services", service, {"method": method, **given}) if space else ("tools", name, dict(given))


def _given(given: Mapping[str, Any], events: Sequence[Event]) -> Data:
    """What was said, and the other inputs; what was heard in a recording is said."""
    heard = next((event.text for event in events if isinstance(event, Heard) and not event.typed), "")
    rest = {name: value for name, value in given.items() if name not in ("text", "audio") and not _is_sound(value)}
    return {"say": str(given.get("text") or heard), "inputs": rest}


def _has_agent(events: Sequence[Event]) -> bool:
    """Whether an agent thought, and so decided in a way of its server."""
    return any(isinstance(one, StepStarted) and one.kind == "agent" for one in events)


def _is_sound(value: Any) -> bool:
    return isinstance(value, Sound)


def _scripted(asked: _Asked, *, with_prompt: bool) -> Any:
    """A reply as the file has it. Where several were under way at once, each says to which request it belongs."""
    reply = asked.reply or Reply("")
    last = asked.request.messages[-1].content if asked.request.messages else ""
    more: Data = {"when": last} if with_prompt and last else {}
    if asked.error:
        return {"fails": asked.error, **more}
    if reply.reasoning:
        more["reasoning"] = reply.reasoning
    if reply.logprobs:
        more["logprobs"] = [{token: round(value, 4) for token, value in one.items()} for one in reply.logprobs]
    if reply.calls:
        more["calls"] = [{"tool": call.name, "with": _json(call.arguments) or {}} for call in reply.calls]
    if reply.finish == "length":
        more["cut_off"] = True
    value = _json(reply.text)
    if isinstance(value, dict | list) and asked.request.schema is not None and reply.finish != "length":
        return {"json": value, **more}
    return {"says": reply.text, **more} if more else reply.text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _expected(turn: Turned) -> Data:
    """What came of it: the answer whole, and the plain values of the output."""
    if turn.waits_for is not None:
        return {"paused": turn.waits_for or True}
    plain = {
        name: value
        for name, value in turn.output.items()
        if name not in ("answer", "question") and isinstance(value, str | int | float) and value != turn.said
    }
    return {**({"equals": turn.said} if turn.said else {}), **({"output": plain} if plain else {})}


def _single(entries: list[Data]) -> Any:
    """What calls gave, in their order; of a single call its arguments do not matter here, as must_call has them."""
    if len(entries) == 1:
        return {name: value for name, value in entries[0].items() if name != "with"}
    return [{**one, "with": _short(one["with"])} for one in entries]


def _short(arguments: Mapping[str, Any]) -> Data:
    """Arguments without those that nobody would read."""
    return {name: value for name, value in arguments.items() if len(str(value)) <= LONGEST}


def _body(answer: Any) -> Any:
    """What a service answered, as a test writes it."""
    return answer["text"] if answer["json"] is None else answer["json"]
