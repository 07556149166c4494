"""What a person says a call gave back is held to what its function declares."""

from typing import Any

from ...tools.base.errors import InputError
from ..spec.known import Subject
from ..spec.shapes import ANY, Type, difference
from ..spec.signatures import signature_of
from ..storage.types import CallRow
from ..workflow import Workflow


def returns_of(workflow: Workflow, tool: str) -> Type:
    """What a tool or function that a workflow calls returns by its annotations; `any` where nothing is known of it."""
    seen = set[int]()
    for one, _ in workflow.every_node():
        if id(one) in seen:
            continue
        seen.add(id(one))
        tools = Subject(one.spec, one.source.folder, one.source.at, one.known).tools
        found = tools.get(tool) or one.known.functions.get(tool)
        if found is not None and (signature := signature_of(found)) is not None:
            return signature.returns
    return ANY


def check_result(call: CallRow, result: Any, returns: Type) -> None:
    """Refuse what a call cannot have given back: what comes after it in the workflow would fail with it.

    Raises:
        InputError: it is of another type; None counts as a result that is missing.
    """
    found = difference(result, returns)
    if found is None:
        return
    hint = f"Give it as JSON: antiphon runs settle {call.run} {call.key} --happened --result JSON"
    if result is None:
        problem = f"a result is needed: {call.tool} gives back {_a(returns)}"
    elif found.is_missing:
        problem = f"the result lacks {found.where.lstrip('.')!r}: {call.tool} gives back {_a(returns)}"
    else:
        where = f" at {found.where.lstrip('.')!r}" if found.where else ""
        problem = f"{found.value!r}{where} is not what {call.tool} gives back: that is {_a(found.wanted)}"
    raise InputError(problem, at=call.key, hint=hint)


def _a(type_: Type) -> str:
    return f"{'an' if type_.name[0] in 'aeiou' else 'a'} {type_}"
