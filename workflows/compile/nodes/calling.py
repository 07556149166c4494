"""How a tool or a registered function is called by a node: once, what it may give back, and what its errors become."""

from asyncio import CancelledError
from collections.abc import Mapping
from typing import Any

from ....agents.events import Called, Returned
from ....tools.base.errors import AntiphonError, ToolFailed
from ....tools.base.plain import NotPlain, plain
from ....tools.base.tool import KEY, Tool
from ..failures import is_stopped
from ..step import Act, Call, Outcome, Step


async def called(step: Step, what: str, tool: Tool, given: Mapping[str, Any], *, effects: bool) -> Outcome:
    """Call it with these arguments.

    Args:
        what: "tool" or "function", for messages.
        effects: Whether it changes something outside, and must not happen twice.
    Raises:
        InputError: it does not take these arguments.
        ToolFailed: it raised an error of its own, or returned what is no plain data.
    """
    if effects:
        check(tool, given)  # a mistake here is before anything happened

    async def act(key: str) -> Any:
        return await made(step, what, tool, given, key)

    value = await acted(step, tool.name, given, act, effects=effects, keyed=tool.is_keyed)
    return Outcome(value, value)


def check(tool: Tool, given: Mapping[str, Any]) -> None:
    """Look whether a tool takes these arguments.

    Raises:
        InputError: it does not.
    """
    tool.checked(_its_own(given) | ({KEY: ""} if tool.is_keyed else {}))


async def acted(
    step: Step,
    name: str,
    given: Mapping[str, Any],
    act: Act,
    *,
    effects: bool,
    keyed: bool,
    ordinal: int = 0,
    exact: bool = False,
) -> Any:
    """Do what a node does outside, tell of it, and where it changes something, do it once.

    Args:
        ordinal: The how manieth call of the node it is, from 0.
        exact: Whether it is another call where its arguments are others.

    Raises:
        GraphBubbleUp: nobody knows whether it took place before, and the run waits until somebody says so.
    """
    call = Call(f"{step.path}:{ordinal}", step.name, name, given, keyed, exact)
    journal = step.turn.journal if effects else None
    double = step.turn.engines.double()
    if double is not None:
        act = double.act(name, given, act, effects=effects)
    step.emit(Called(step=step.name, tool=name, arguments=dict(given), key=call.key if journal else ""))
    if journal is not None:
        return await journal.once(call, act)
    value = await act(f"{step.turn.run}/{call.key}")
    step.emit(Returned(step=step.name, tool=name, value=value))
    return value


async def made(step: Step, what: str, tool: Tool, given: Mapping[str, Any], key: str) -> Any:
    """Call a tool: what it gives back, as plain data.

    Raises:
        InputError, ToolFailed: as `called`.
    """
    try:
        return plain(await tool(**{**_its_own(given), **({KEY: key} if tool.is_keyed else {})}))
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
