"""What a server can do: found out by two questions, remembered for a week, asked again where it is not known."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from antiphon.agents.models import known_abilities
from antiphon.agents.models.abilities import Abilities, abilities_of
from antiphon.agents.models.cached_chat import Cached
from antiphon.agents.models.known_abilities import recall, remember
from antiphon.agents.models.openai_chat import OpenAIChat
from antiphon.agents.models.scripted import Scripted
from antiphon.agents.roles.types import OpenAIChat as Role

BOTH = Abilities(schema=True, tools=True)


def calls(say: Any, *calls: tuple[str, str, str]) -> list[Any]:
    """A streamed reply as vLLM sends it: each call named first, its arguments in pieces, all under their index."""
    play = [say.head()]
    for index, (id_, name, arguments) in enumerate(calls):
        first = {"index": index, "id": id_, "type": "function", "function": {"name": name, "arguments": ""}}
        rest = [{"index": index, "function": {"arguments": piece}} for piece in (arguments[:5], arguments[5:]) if piece]
        play += [say.event({"choices": [{"index": 0, "delta": {"tool_calls": [one]}}]}) for one in (first, *rest)]
    return [
        *play,
        say.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
        say.DONE,
    ]


def answer(say: Any, text: str) -> list[Any]:
    return [say.head(), say.text(text), say.text("", "stop"), say.DONE]


def role(base_url: str) -> Role:
    return Role(base_url=base_url, model="m", retries=0)


async def test_a_server_is_asked_two_questions_once(serving: Callable[..., Any], say: Any) -> None:
    plays = answer(say, '{"colour": "teal"}'), calls(say, ("a", "get_weather", '{"city": "Paris"}'))
    async with serving(*plays) as server, OpenAIChat(role(server.base_url)) as chat:
        found = await abilities_of(chat), await abilities_of(chat)
        assert (found, len(server.requests)) == ((BOTH, BOTH), 2)


async def test_a_server_that_does_neither_is_asked_in_words(serving: Callable[..., Any], say: Any) -> None:
    async with serving(answer(say, "Blue.")) as server, OpenAIChat(role(server.base_url)) as chat:
        assert await abilities_of(chat) == Abilities(schema=False, tools=False)


async def test_a_server_that_says_nothing_is_taken_to_keep_to_schemas(serving: Callable[..., Any], say: Any) -> None:
    async with serving([say.head("500 No", "text/plain"), b"no"]) as server, OpenAIChat(role(server.base_url)) as chat:
        assert (await abilities_of(chat), recall(server.base_url, "m")) == (Abilities(), None)


async def test_a_model_that_says_what_it_can_do_is_believed() -> None:
    chat = Scripted([])
    chat.abilities = BOTH  # type: ignore[attr-defined]
    assert await abilities_of(chat) == BOTH


async def test_a_scripted_model_keeps_to_schemas() -> None:
    assert await abilities_of(Scripted([])) == Abilities(schema=True, tools=False)


def test_what_was_found_is_forgotten_after_a_week(own_home: Path) -> None:
    remember("http://a/v1", "m", BOTH)
    (path,) = (own_home / "state" / "abilities").iterdir()
    old = json.loads(path.read_text()) | {"at": time.time() - known_abilities.MAX_AGE_S - 1}
    path.write_text(json.dumps(old))
    assert recall("http://a/v1", "m") is None


def test_a_damaged_memory_is_no_memory(own_home: Path) -> None:
    remember("http://a/v1", "m", BOTH)
    (path,) = (own_home / "state" / "abilities").iterdir()
    path.write_text('{"at": "never"')
    assert recall("http://a/v1", "m") is None


def test_only_this_user_may_read_what_was_found(own_home: Path) -> None:
    remember("http://a/v1", "m", BOTH)
    assert (own_home / "state" / "abilities").stat().st_mode & 0o077 == 0


async def test_what_passes_a_server_on_can_do_as_much(own_home: Path) -> None:
    remember("http://127.0.0.1:9/v1", "m", BOTH)
    async with OpenAIChat(role("http://127.0.0.1:9/v1")) as chat:
        cached = Cached(chat, None)
        assert (await abilities_of(cached), cached.abilities) == (BOTH, BOTH)
