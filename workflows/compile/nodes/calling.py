"""How a tool or a registered function is called by a node: what it may give back, and what its errors become."""

from asyncio import CancelledError
from collections.abc import Mapping
from typing import Any

from ....agents.events import Called
from ....tools.base.errors import AntiphonError, ToolFailed
from ....tools.base.plain import NotPlain, plain
from ....tools.base.tool import Tool
from ..failures import is_stopped
from ..step import Compiled, Outcome, Step


async def called(step: Step, what: str, tool: Tool, arguments: Mapping[str, Compiled]) -> Outcome:
    """Call it with the values its arguments have now.

    Args:
        what: "tool" or "function", for messages.
    Raises:
        InputError: it does not take these arguments.
        ToolFailed: it raised an error of its own, or returned what is no plain data.
    """
    given = {name: step.value(value) for name, value in arguments.items()}
    step.emit(Called(step=step.name, tool=tool.name, arguments=given))
    try:
        value = plain(await tool(**_its_own(given)))
    except AntiphonError as error:
        error.at = error.at or step.name
        raise
    except NotPlain as error:
        place = f" at {error.where.lstrip('.')!r}" if error.where else ""
        hint = "A state holds text, numbers, true and false, lists, dicts, dataclasses and Pydantic models"
        problem = f"the {what} {tool.name} returned a {error}{place}, which is no plain data"
        raise ToolFailed(problem, at=step.name, hint=hint) from None
    except (Exception, SystemExit, CancelledError) as error:
        if isinstance(error, CancelledError) and is_stopped():
            raise
        raise ToolFailed(f"the {what} {tool.name} failed: {_told(error)}", at=step.name) from error
    return Outcome(value, value)


def _its_own(value: Any) -> Any:
    """A value that may be changed in place without changing the state."""
    match value:
        case list() | tuple():
            return [_its_own(item) for item in value]
        case dict():
            return {key: _its_own(item) for key, item in value.items()}
        case _:
            return value


def _told(error: BaseException) -> str:
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said[:400]}" if said else type(error).__name__
