"""LangChain's tools, our own and plain functions: all can be called in the same way."""

import subprocess
import sys
from datetime import date
from typing import Annotated, Any

import pytest
from langchain_core.tools import BaseTool, InjectedToolArg, InjectedToolCallId, StructuredTool, ToolException
from langchain_core.tools import tool as langchain_tool
from pydantic import BaseModel, Field

from antiphon import tool
from antiphon.tools.base.errors import InputError, ToolFailed
from antiphon.tools.base.langchain_tool import as_tool


class Day(BaseModel):
    """A day."""

    date: str


class Trip(BaseModel):
    days: list[Day] = Field(description="which days")
    city: str = "Berlin"


@langchain_tool
def temperature(city: str, unit: str = "C") -> dict[str, Any]:
    """How warm it is."""
    return {"city": city, "degrees": 21, "unit": unit}


async def test_a_langchain_tool_is_called_with_its_name_and_its_schema() -> None:
    made = as_tool(temperature)
    assert (made.name, made.description, made.effects) == ("temperature", "How warm it is.", False)
    assert made.schema()["required"] == ["city"]
    assert await made(city="Paris") == {"city": "Paris", "degrees": 21, "unit": "C"}


async def test_a_name_that_is_none_of_ours_is_made_one() -> None:
    made = as_tool(StructuredTool.from_function(lambda a: a, name="Web-Search Results", description="Searches."))
    assert made.name == "web_search_results"


async def test_a_schema_of_models_is_one_piece() -> None:
    @langchain_tool(args_schema=Trip)
    async def plan(days: list[Day], city: str) -> str:
        """Plan a trip."""
        return f"{days[0].date} in {city}"

    made = as_tool(plan)
    assert "$ref" not in str(made.schema())
    assert made.schema()["properties"]["days"]["description"] == "which days"
    assert await made(days=[{"date": "Monday"}]) == "Monday in Berlin"


async def test_its_exception_is_an_error_a_model_can_read() -> None:
    @langchain_tool
    def book(seat: str) -> str:
        """Book a seat."""
        raise ToolException(f"the seat {seat} is taken")

    with pytest.raises(ToolFailed, match="tool book: the seat 4A is taken"):
        await as_tool(book)(seat="4A")


async def test_an_exception_it_handles_itself_is_still_an_error() -> None:
    def book(seat: str) -> str:
        """Book a seat."""
        raise ToolException("taken")

    handled = StructuredTool.from_function(book, handle_tool_error="Try another seat.")
    with pytest.raises(ToolFailed, match="Try another seat"):
        await as_tool(handled)(seat="4A")


async def test_of_content_and_artifact_the_content_is_the_result() -> None:
    @langchain_tool(response_format="content_and_artifact")
    def draw(what: str) -> tuple[list[dict[str, str]], bytes]:
        """Draw."""
        return [{"type": "text", "text": f"I drew a {what}"}, {"type": "image", "base64": "..."}], b"picture"

    assert await as_tool(draw)(what="cat") == "I drew a cat\n(a image)"


async def test_the_id_of_a_call_is_given_and_asked_of_nobody() -> None:
    @langchain_tool
    def note(text: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> str:
        """Note it."""
        return f"{text} {bool(tool_call_id)}"

    made = as_tool(note)
    assert [*made.schema()["properties"]] == ["text"]
    assert await made(text="milk") == "milk True"


def test_what_only_a_graph_can_give_is_told_before_it_is_called() -> None:
    @langchain_tool
    def history(question: str, user: Annotated[str, InjectedToolArg]) -> str:
        """Search."""
        return user

    with pytest.raises(InputError, match="LangChain tool history: it is given user by a graph of its own"):
        as_tool(history)


async def test_a_class_of_ones_own_is_a_tool_too() -> None:
    class Echo(BaseTool):
        name: str = "echo"
        description: str = "Says it again."

        def _run(self, text: str) -> str:
            return text

    assert await as_tool(Echo())(text="hi") == "hi"


async def test_wrong_arguments_are_told_before_it_is_called() -> None:
    made = as_tool(temperature)
    with pytest.raises(InputError, match="argument 'city': give text, not 5"):
        await made(city=5)
    with pytest.raises(InputError, match=r"argument 'citty': there is none of that name. Did you mean 'city'\?"):
        await made(citty="Paris")


def test_a_plain_function_and_one_of_ours_are_tools() -> None:
    def area(width: float) -> float:
        """An area."""
        return width * width

    own = tool(area)
    assert as_tool(own) is own
    assert as_tool(area).name == "area"
    assert as_tool(area, effects=True).effects


@pytest.mark.parametrize("given", [3, "search", dict, None])
def test_anything_else_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match=r"is no tool. Give a typed function"):
        as_tool(given)


def test_nothing_of_langchain_is_imported_for_it() -> None:
    code = (
        "import sys; from antiphon.tools.base.langchain_tool import as_tool; as_tool(lambda x: x); "
        "print([name for name in sys.modules if name.startswith('langchain')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_what_is_no_plain_data_is_told_as_text() -> None:
    @langchain_tool
    def today() -> Any:
        """The date."""
        return date(2026, 1, 2)

    @langchain_tool
    def days() -> Any:
        """Dates."""
        return {"from": date(2026, 1, 2)}

    assert await as_tool(today)() == "2026-01-02"
    assert await as_tool(days)() == "{'from': datetime.date(2026, 1, 2)}"


@pytest.mark.parametrize("name", ["kwargs", "more"])
async def test_a_function_that_takes_any_argument_is_given_them(name: str) -> None:
    made: dict[str, Any] = {}
    exec(f'def search(query: str, **{name}) -> dict:\n    "Search."\n    return {{"query": query, **{name}}}', made)
    tool = as_tool(langchain_tool(made["search"]))
    assert (list(tool.schema()["properties"]), tool.schema()["additionalProperties"]) == (["query"], True)
    assert await tool(query="sky", limit=3) == {"query": "sky", "limit": 3}
    assert await tool(query="sky") == {"query": "sky"}
