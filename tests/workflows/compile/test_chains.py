"""Nodes that follow one another, in loops and maps; tokens; text that stalls; answers that are kept."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.agents.events import Said
from antiphon.agents.models.chat import Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.tools.base.errors import EndpointBrokeOff, InputError, LimitReached
from antiphon.workflows.compile.failures import StepTimeout

from .running import outcome, steps

WRITE = '{kind: llm, role: chat, prompt: {user: "Tell me {{ word }}"}, next: guard}'
GUARD = "{kind: guard, follows: write, side: answer, max_sentences: 1, next: speak}"
SPEAK = "{kind: speak, follows: guard, next: end}"
THREE = f"start: write\n    nodes:\n      write: {WRITE}\n      guard: {GUARD}\n      speak: {SPEAK}"
MAP = f"""
output: {{}}
start: each
nodes:
  each:
    kind: map
    over: "${{['a', 'b', 'a']}}"
    as: word
    max_parallel: 1
    {THREE}
    next: end
"""
LOOP = (
    MAP.replace("kind: map", "kind: loop")
    .replace("over: \"${['a', 'b', 'a']}\"", "max: 2")
    .replace("as: word", "as: word")
)
LOOP = LOOP.replace("    max_parallel: 1\n", "")


def said(result: Any) -> list[str]:
    return [event.text.strip() for event in result.events if isinstance(event, Said)]


async def test_three_nodes_are_one_step_in_every_pass_of_a_map(tmp_path: Path) -> None:
    chat = Scripted(["One. More.", "Two. More.", "Three."])
    result = await outcome(tmp_path, MAP, engines={"chat": chat})
    assert said(result) == ["One.", "Two.", "Three."]
    assert [one for one in steps(result) if one.endswith("#1")] == ["each.write#1", "each.guard#1", "each.speak#1"]


async def test_three_nodes_are_one_step_in_every_pass_of_a_loop(tmp_path: Path) -> None:
    result = await outcome(tmp_path, LOOP, engines={"chat": Scripted(["One.", "Two."])})
    assert said(result) == ["One.", "Two."]
    assert steps(result)[1:] == ["each.write", "each.guard", "each.speak"] * 2


async def test_what_was_kept_is_guarded_and_spoken_again(tmp_path: Path) -> None:
    chat = Scripted(["One. More.", "Two."])
    text = MAP.replace(WRITE, WRITE.replace(", next", ", cache: {for: 1m}, next"))
    result = await outcome(tmp_path, text, engines={"chat": chat})
    assert said(result) == ["One.", "Two.", "One."]
    assert len(chat.requests) == 2
    assert steps(result, "StepFinished").count("each.guard#2") == 1


async def test_an_answer_that_was_cut_off_is_not_kept(tmp_path: Path) -> None:
    chat = Scripted([Reply("One. And then it", finish="length"), "Two.", "One. And then it ended."])
    text = MAP.replace(WRITE, WRITE.replace(", next", ", cache: {for: 1m}, next"))
    await outcome(tmp_path, text, engines={"chat": chat})
    assert len(chat.requests) == 3


async def test_a_failure_in_a_chain_names_the_node_it_is_of(tmp_path: Path) -> None:
    class Broken:
        def say(self, *_: Any, **__: Any) -> Any:
            raise InputError("this voice is broken")

    with pytest.raises(InputError, match=r"each\.speak#0: this voice is broken"):
        await outcome(tmp_path, MAP, engines={"chat": Scripted(["One."]), "speak": Broken()}, spoken=True)


async def test_a_model_that_fails_is_told_once_in_a_chain(tmp_path: Path) -> None:
    text = LOOP.replace("    next: end\n", "    on_error: {to: end}\n    next: end\n")
    chat = Scripted([EndpointBrokeOff("it broke off")])
    result = await outcome(tmp_path, text, engines={"chat": chat})
    assert (steps(result, "StepFailed"), steps(result, "Recovered")) == (["each.write"], ["each"])


async def test_a_model_that_stalls_is_stopped_and_one_that_is_only_slow_is_not(tmp_path: Path) -> None:
    text = "output: {}\nstart: write\nnodes:\n  write: {kind: llm, role: chat, prompt: {user: Hi},"
    text += " timeout: {idle: 150ms}, next: end}\n"
    slow = Scripted(["one two three four five six"], delay_s=0.05)
    await outcome(tmp_path, text, engines={"chat": slow})
    with pytest.raises(StepTimeout, match=r"^write: it took longer than 0\.15 s without a sign of life"):
        await outcome(tmp_path, text, engines={"chat": Scripted(["one two"], delay_s=10)})


TOKENS = """
output: {}
start: again
nodes:
  again:
    kind: loop
    max: 3
    do: {kind: map, over: "${[1]}", as: x, do: {kind: llm, role: chat, prompt: {user: Hi}}}
    next: end
"""


async def test_tokens_are_counted_once_however_deep_they_are_written(tmp_path: Path) -> None:
    def chat() -> Scripted:
        return Scripted([Reply("Hi.", usage=Usage(5, 10))] * 3)

    assert await outcome(tmp_path, "limits: {tokens: 30}" + TOKENS, engines={"chat": chat()})
    with pytest.raises(LimitReached, match="more than 29 tokens"):
        await outcome(tmp_path, "limits: {tokens: 29}" + TOKENS, engines={"chat": chat()})


@pytest.mark.parametrize(
    ("at", "name"),
    [("max: 3", "again"), ('over: "${[1]}"', "again.do"), ("prompt: {user: Hi}", "again.do.do#0")],
)
async def test_a_node_and_a_block_have_tokens_of_their_own(tmp_path: Path, at: str, name: str) -> None:
    more = "\n    limits: {tokens: 25}" if at == "max: 3" else ", limits: {tokens: 25}"
    chat = Scripted([Reply("Hi.", usage=Usage(5, 10))] * 3)
    with pytest.raises(LimitReached, match=f"^{name}(#0)?: its models have written more than 25 tokens"):
        await outcome(tmp_path, TOKENS.replace(at, at + more), engines={"chat": chat})
    assert len(chat.requests) == 3
