"""kind: python and tool - functions of the program's own: what they may return, and what their errors become."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from antiphon import Workflow, run, tool
from antiphon.agents.events import Called
from antiphon.tools.base.errors import InputError, ToolFailed


@dataclass
class Point:
    x: int
    tags: tuple[str, ...]


class Trip(BaseModel):
    to: str
    stops: list[Point] = []


def called(name: str, **arguments: Any) -> dict[str, Any]:
    return {"kind": "python", "function": name, "with": arguments}


async def returned(ran: Any, value: Any) -> Any:
    def give() -> Any:
        return value

    return (await ran(called("give"), kind="object", functions=(give,))).output["value"]


async def test_a_function_is_given_what_it_asks_for(ran: Any) -> None:
    def double(number: int) -> int:
        return number * 2

    result = await ran(called("double", number="${input.n}"), kind="integer", given={"n": 4}, functions=(double,))
    assert result.output["value"] == 8


async def test_a_coroutine_is_awaited(ran: Any) -> None:
    async def slowly(text: str) -> str:
        await asyncio.sleep(0)
        return text.upper()

    result = await ran(called("slowly", text="a"), kind="string", functions=(slowly,))
    assert result.output["value"] == "A"


async def test_a_call_is_told_with_its_arguments(ran: Any) -> None:
    def give(x: str) -> dict[str, str]:
        return {"x": x}

    result = await ran(called("give", x="1"), functions=(give,))
    calls = [one for one in result.events if isinstance(one, Called)]
    assert [(one.step, one.tool, one.arguments) for one in calls] == [("it", "give", {"x": "1"})]


async def test_dataclasses_and_models_become_plain(ran: Any) -> None:
    value = await returned(ran, {"trip": Trip(to="Rome", stops=[Point(1, ("a",))])})
    assert value == {"trip": {"to": "Rome", "stops": [{"x": 1, "tags": ["a"]}]}}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), r"returned a object, which is no plain data"),
        ({"when": [date(2026, 1, 1)]}, r"returned a datetime.date at 'when\[0\]', which is no plain data"),
        ({1: "a"}, "returned a int at .*a key"),
        (b"x", "returned a bytes"),
    ],
)
async def test_what_is_no_plain_data_is_refused(ran: Any, value: Any, said: str) -> None:
    with pytest.raises(ToolFailed, match=f"it: the function give {said}"):
        await returned(ran, value)


async def test_what_holds_itself_is_refused(ran: Any) -> None:
    endless: dict[str, Any] = {}
    endless["me"] = endless
    with pytest.raises(ToolFailed, match="no plain data"):
        await returned(ran, endless)


async def test_an_error_of_the_function_names_the_node_and_keeps_its_cause(ran: Any) -> None:
    def fail() -> str:
        raise ValueError("no such city")

    with pytest.raises(ToolFailed) as caught:
        await ran(called("fail"), kind="string", functions=(fail,))
    assert str(caught.value) == "it: the function fail failed: ValueError: no such city."
    assert isinstance(caught.value.__cause__, ValueError)


async def test_a_function_cannot_end_the_program(ran: Any) -> None:
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(ToolFailed, match="the function leave failed: SystemExit: 3"):
        await ran(called("leave"), functions=(leave,))


async def test_a_complaint_of_a_model_inside_is_not_one_about_the_arguments(ran: Any) -> None:
    def fail() -> Any:
        return Trip.model_validate({})

    with pytest.raises(ToolFailed, match="the function fail failed: ValidationError"):
        await ran(called("fail"), functions=(fail,))


async def test_our_own_errors_pass(ran: Any) -> None:
    def fail() -> str:
        raise InputError("too far away", hint="Choose another city")

    with pytest.raises(InputError, match=r"^it: too far away. Choose another city."):
        await ran(called("fail"), kind="string", functions=(fail,))


async def test_an_argument_that_turns_out_wrong_is_told(ran: Any) -> None:
    def double(number: int) -> int:
        return number * 2

    with pytest.raises(InputError, match="tool double: argument 'number': Input should be a valid integer"):
        await ran(
            called("double", number="${input.all.n}"), kind="integer", given={"all": {"n": "x"}}, functions=(double,)
        )


async def test_a_function_that_hangs_holds_up_nobody(ran: Any) -> None:
    def hang() -> None:
        time.sleep(5)

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await ran(called("hang") | {"timeout": "100ms"}, functions=(hang,))
    assert time.monotonic() - began < 3


async def test_cancellation_passes_through(ran: Any) -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        begun.set()
        await asyncio.sleep(60)

    work = asyncio.create_task(ran(called("wait"), functions=(wait,)))
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


@pytest.fixture
def with_a_tool(tmp_path: Path) -> Callable[..., Workflow]:
    def make(**settings: Any) -> Workflow:
        @tool
        def weigh(text: str) -> float:
            if not text:
                raise LookupError("nothing to weigh")
            return len(text) / 2

        file = tmp_path / "workflow.yaml"
        file.write_text(
            "schema: workflow/v1\nname: t\ninput: {text: {type: string}}\nstate: {w: {type: number}}\n"
            'output: {w: "${state.w}"}\ntools: {weigh: {}}\nstart: a\nnodes:\n'
            '  a: {kind: tool, tool: weigh, with: {text: "${input.text}"}, into: w, next: end}\n'
        )
        return Workflow.load(file, tools=[weigh])

    return make


async def test_a_tool_gives_what_it_returns(with_a_tool: Callable[..., Workflow]) -> None:
    assert (await run(with_a_tool(), "four")).output == {"w": 2.0}


async def test_an_error_of_a_tool_is_one_of_the_tool(with_a_tool: Callable[..., Workflow]) -> None:
    with pytest.raises(ToolFailed, match="a: the tool weigh failed: LookupError: nothing to weigh"):
        await run(with_a_tool(), text="")
