"""A workflow as a Mermaid flowchart."""

from collections.abc import Iterator

from .types import END, NodeBase, WorkflowSpec

_SHAPES = {
    "listen": ("([", "])"),
    "speak": ("([", "])"),
    "guard": ("{{", "}}"),
    "classify": ("{", "}"),
    "tool": ("[/", "/]"),
}
_STYLES = {
    "listen": "fill:#e0f2fe,stroke:#0369a1",
    "speak": "fill:#e0f2fe,stroke:#0369a1",
    "guard": "fill:#fef3c7,stroke:#b45309",
    "llm": "fill:#ede9fe,stroke:#6d28d9",
    "classify": "fill:#ede9fe,stroke:#6d28d9",
    "tool": "fill:#dcfce7,stroke:#15803d",
    "set": "fill:#f3f4f6,stroke:#4b5563",
}


def mermaid(spec: WorkflowSpec) -> str:
    """Mermaid text (https://mermaid.js.org/syntax/flowchart.html); thick arrows carry text that is being written."""
    return "\n".join(_lines(spec)) + "\n"


def _lines(spec: WorkflowSpec) -> Iterator[str]:
    yield "flowchart TD"
    yield f"  begin((start)) --> n_{spec.start}"
    for name, node in spec.nodes.items():
        kind = str(getattr(node, "kind"))  # noqa: B009 - each kind of node declares its own
        left, right = _SHAPES.get(kind, ("[", "]"))
        yield f'  n_{name}{left}"{name}<br/><small>{kind}</small>"{right}'
    for name, node in spec.nodes.items():
        yield from _edges(name, node, spec)
    yield "  finish((end))"
    for kind, style in _STYLES.items():
        members = [f"n_{name}" for name, node in spec.nodes.items() if getattr(node, "kind", "") == kind]
        if members:
            yield f"  classDef {kind} {style},color:#111827"
            yield f"  class {','.join(members)} {kind}"


def _edges(name: str, node: NodeBase, spec: WorkflowSpec) -> Iterator[str]:
    if node.next:
        flows = node.next != END and spec.nodes[node.next].follows == name
        yield f"  n_{name} {'==>' if flows else '-->'} {_target(node.next)}"
    for case in node.route:
        label = _quoted(case.when) if case.when else "else"
        yield f'  n_{name} -->|"{label}"| {_target(case.target)}'


def _target(name: str) -> str:
    return "finish" if name == END else f"n_{name}"


def _quoted(text: str) -> str:
    """Mermaid's own escapes for what its parser would take as syntax."""
    escapes = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "|": "#124;"}
    return "".join(escapes.get(char, char) for char in text)
