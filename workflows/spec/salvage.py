"""What can still be checked of a file whose shape is wrong in places: those are taken out, and stand for nothing.

Of what is left, only those complaints are believed that cannot come from what was taken out.
"""

from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from ...tools.base.written import written_path
from ...tools.base.yaml_reading import Document, Path_
from .types import WorkflowSpec

_STANDS_FOR_NOTHING = {"kind": "wait", "for": "1s"}
_ANYTHING = {"type": "object"}
_ALWAYS = frozenset(
    "E206 E207 E304 E305 E306 E307 E308 E404 E405 E410 E411 E501 E505 E507 E601 E603 E604 E605 E606".split()
)
"""Complaints about files, grammar and what a node says by itself: nothing that is missing can cause them."""
_DECLARED = frozenset("E302 E309 E502 E506 E602".split())
"""Complaints that need all names that are declared under input and state."""
_TYPED = frozenset("E503 E504 E508".split())
"""Complaints that need their types, too."""
_NODES, _TOOLS = frozenset({"E301"}), frozenset({"E303"})
_ROUNDS = 4


def salvaged(document: Document) -> tuple[WorkflowSpec, frozenset[str]] | None:
    """A spec without its wrong parts, and the codes that can be believed of it; None where too little is left."""
    value: Any = deepcopy(document.value)
    sure = _ALWAYS | _DECLARED | _TYPED | _NODES | _TOOLS
    for _ in range(_ROUNDS):
        try:
            return WorkflowSpec.model_validate(value, by_alias=True, by_name=False), sure
        except ValidationError as error:
            for one in error.errors(include_url=False):
                path, missing = written_path(one["loc"], document, WorkflowSpec), one["type"] == "missing"
                if not path and missing:
                    path = (str(one["loc"][-1]),)
                if not path or not _taken_out(value, path, one["loc"][-1] == "[key]"):
                    return None
                sure -= _in_doubt(path, one["loc"][-1] == "[key]")
    return None


def _in_doubt(path: Path_, is_key: bool) -> frozenset[str]:
    """The complaints that may come from taking out what is at `path`."""
    if path[0] in ("input", "state"):
        return _TYPED if _is_field(path, is_key) else _TYPED | _DECLARED
    if path[0] == "tools":
        return _TOOLS
    return _NODES if path[0] == "nodes" and is_key else frozenset()


def _taken_out(value: Any, path: Path_, is_key: bool) -> bool:
    """Put a node that does nothing in the place of a wrong one, and remove what is wrong elsewhere."""
    node = _node(path)
    if node:
        holder = _at(value, node[:-1])
        if not isinstance(holder, dict):
            return False
        if is_key and len(node) == len(path):
            holder.pop(node[-1], None)
        else:
            holder[node[-1]] = _STANDS_FOR_NOTHING | ({} if node[-1] == "do" else {"next": "end"})
        return True
    if path[0] in ("name", "start", "nodes"):  # a file cannot do without these
        nodes = value.get("nodes")
        value[path[0]] = "unnamed" if path[0] == "name" else next(iter(nodes), "end") if isinstance(nodes, dict) else ""
        return path[0] != "nodes"
    if _is_field(path, is_key) and isinstance(value[path[0]], dict):
        value[path[0]][path[1]] = dict(_ANYTHING)
        return True
    cut = path[:2] if path[0] in ("input", "state", "output", "record", "tools") else path[:1]
    holder = _at(value, cut[:-1])
    if isinstance(holder, dict):
        holder.pop(cut[-1], None)
    return isinstance(holder, dict)


def _is_field(path: Path_, is_key: bool) -> bool:
    """Whether what is wrong is inside a declared field, whose name counts all the same."""
    return path[0] in ("input", "state") and len(path) > (2 if is_key else 1)


def _node(path: Path_) -> Path_:
    """The innermost node that a path leads into; () where it leads into none."""
    found: Path_ = ()
    while True:
        match path[len(found) :]:
            case ("nodes", _, *_):
                found = path[: len(found) + 2]
            case ("do", *_) if found:
                found = path[: len(found) + 1]
            case _:
                return found


def _at(value: Any, path: Path_) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value
