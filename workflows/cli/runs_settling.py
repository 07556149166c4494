"""`antiphon runs settle`: a person says what became of a call."""

import json
from typing import TYPE_CHECKING, Any

import click

from ...tools.base.errors import InputError
from .answering import somebody_is_there
from .runs_told import INDENT, call_told

if TYPE_CHECKING:
    from ...agents.roles.types import App
    from ..storage.store import Store
    from ..storage.types import CallRow, RunRow


async def settled(app: "App", id: str, key: str, happened: bool | None, result: str | None) -> "tuple[RunRow, CallRow]":
    """Settle a call; who gives no word is asked, if they are there. The run, and the call as it is now.

    Args:
        key: Of the call; "" where there is but one that is open, or none is and a person has settled but one.
        result: What it gave back, as JSON.
    Raises:
        NoSuchRun, RunHeld: there is none of that name, or the call may still be under way.
        InputError: there is no such call, or several; the result is no JSON; or nobody is there to ask.
    """
    from ..run.resuming import settle
    from ..storage.store import open_store

    if result is not None and happened is not True:
        raise InputError("a result goes with --happened", at="--result", hint="What did not happen gave nothing back")
    value = _parsed(result) if result is not None else None
    async with open_store(app) as store:
        row = await store.runs.get(id)
        key = key or await _only(store, row)
        call = await store.calls.find(row.id, key)
        if happened is None or (happened and result is None and somebody_is_there()):
            await _show(store, call)
            happened, value = _asked(row.id, happened)
        return row, await settle(store, row.id, key, happened, value, app=app)


async def _only(store: "Store", row: "RunRow") -> str:
    from ..run.resuming import was_settled
    from ..storage.types import OPEN

    calls = await store.calls.of(row.id)
    keys = [one.key for one in calls if one.state in OPEN]
    if not keys and row.status != "done":  # what a person has said can be put right
        keys = [one.key for one in calls if await was_settled(store, one)]
    if not keys:
        raise InputError(f"it is known of every call of the run {row.id} what became of it")
    if len(keys) > 1:
        raise InputError(f"{len(keys)} calls are open", at=row.id, hint=f"Say which one: {', '.join(keys)}")
    return keys[0]


async def _show(store: "Store", call: "CallRow | None") -> None:
    from .runs_listing import when

    if call is None:
        return
    entry = await store.timeline.entry(call.given_entry)
    given = entry.data if entry is not None else None
    click.echo(f"call     {call_told(call.tool, given)}\n{INDENT}of {call.step}, {when(call.began)}", err=True)


def _asked(run: str, happened: bool | None) -> tuple[bool, Any]:
    """Whether it took place, and what it gave back."""
    if not somebody_is_there():
        hint = f"Look where it would have happened, then give --happened or --did-not-happen; antiphon runs show {run}"
        raise InputError("nobody is here to say whether it took place", hint=hint)
    if not (happened or click.confirm("Did it take place?", err=True)):
        return False, None
    while True:
        text = click.prompt("What did it give back, as JSON", default="null", err=True)
        try:
            return True, _parsed(text)
        except InputError as error:
            click.echo(f"{INDENT}{error}", err=True)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        hint = """Write texts in quotes: --result '"A-17"'"""
        raise InputError(f"{text[:60]!r} is no JSON", at="--result", hint=hint) from None
