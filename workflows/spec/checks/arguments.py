"""What a node gives under `with`: what the tool, function or workflow takes, and all it needs."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from ....tools.base.errors import Problem
from ....tools.base.suggest import did_you_mean
from ....tools.base.yaml_reading import Path_
from ..kinds.act import Python, ToolCall
from ..kinds.common import NodeBase
from ..kinds.control import Flow
from ..known import KEY, Subject
from ..shapes import Type
from ..signatures import Parameter, Signature, signature_of
from ..types import WorkflowSpec


def check_arguments(subject: Subject, path: Path_, node: NodeBase) -> Iterator[Problem]:
    """Unknown and missing arguments; their types are checked with all other values."""
    if not isinstance(node, ToolCall | Python | Flow):
        return
    taken = signature(subject, node)
    if taken is None:
        return
    what = node.use if isinstance(node, Flow) else node.tool if isinstance(node, ToolCall) else node.function
    missing = [name for name, one in taken.parameters.items() if one.required and name not in node.arguments]
    for name in node.arguments:
        if name not in taken.parameters and not taken.open:
            meant = get_close_matches(name, missing, n=1)
            missing = [one for one in missing if one not in meant]
            hint = did_you_mean(name, taken.parameters) or "It takes none"
            where = subject.at((*path, "with", name), KEY)
            yield Problem(where, f"{what!r} takes no {name!r}", hint, "E310", width=len(name))
    if missing:
        names = ", ".join(map(repr, missing))
        whole = f"Write with: {{{', '.join(f'{name}: ...' for name in missing)}}}"
        hint = f"Add {names} to what stands there" if node.arguments else whole
        yield Problem(subject.at((*path, "with"), KEY), f"{what!r} needs {names}", hint, "E310")


def signature(subject: Subject, node: ToolCall | Python | Flow) -> Signature | None:
    """What a node's tool, function or workflow takes; None where nobody can tell before it runs."""
    if isinstance(node, Flow):
        used = subject.flows.used(subject.folder, node.use)
        return _of_workflow(used.spec) if used is not None else None
    tool = subject.tools.get(node.tool) if isinstance(node, ToolCall) else subject.known.functions.get(node.function)
    return signature_of(tool) if tool is not None else None


def _of_workflow(spec: WorkflowSpec) -> Signature:
    takes: Mapping[str, Parameter] = {
        name: Parameter(one.as_type, one.default is None and one.type != "audio") for name, one in spec.input.items()
    }
    return Signature(takes, Type("object"))


def wanted(subject: Subject, node: NodeBase) -> Mapping[str, Type]:
    """The types of the arguments a node may give."""
    taken = signature(subject, node) if isinstance(node, ToolCall | Python | Flow) else None
    return {name: one.type for name, one in taken.parameters.items()} if taken is not None else {}
