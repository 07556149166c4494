"""A workflow as a Mermaid flowchart, plain or with the state of a run painted on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .kinds.common import NodeBase
from .kinds.control import End
from .levels import DO, Level, levels
from .names import END
from .painting import NOTHING, Painting, arrows_of
from .types import Block, Loop, Map, WorkflowSpec

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "perceive": ("listen",),
    "think": ("llm", "agent", "classify", "extract"),
    "act": ("tool", "python", "code", "http", "emit"),
    "remember": ("retrieve", "recall", "remember"),
    "control": ("set", "flow", "wait"),
    "check": ("guard",),
    "speak": ("speak", "ask"),
    "stop": ("end",),
}
_COLOURS = {
    "perceive": "fill:#e0f2fe,stroke:#0369a1",
    "think": "fill:#ede9fe,stroke:#6d28d9",
    "act": "fill:#dcfce7,stroke:#15803d",
    "remember": "fill:#ccfbf1,stroke:#0f766e",
    "control": "fill:#f3f4f6,stroke:#4b5563",
    "check": "fill:#fef3c7,stroke:#b45309",
    "speak": "fill:#fce7f3,stroke:#be185d",
    "stop": "fill:#e5e7eb,stroke:#111827",
    "rim": "fill:#ffffff,stroke:#374151,stroke-width:2px",
    "dot": "fill:#374151,stroke:#374151",
    "block": "fill:#fafafa,stroke:#374151,stroke-width:3px",
}
_SHAPES = {
    "listen": ("([", "])"),
    "speak": ("([", "])"),
    "ask": ("([", "])"),
    "guard": ("{{", "}}"),
    "classify": ("{", "}"),
    "tool": ("[/", "/]"),
    "python": ("[/", "/]"),
    "code": ("[/", "/]"),
    "http": ("[/", "/]"),
    "emit": (">", "]"),
    "retrieve": ("[(", ")]"),
    "recall": ("[(", ")]"),
    "remember": ("[(", ")]"),
    "flow": ("[[", "]]"),
    "end": ("(((", ")))"),
}
_ARROWS = {"follow": "==>", "error": "-.->"}
_STATES = {
    "done": "stroke:#16a34a,stroke-width:3px",
    "running": "stroke:#f59e0b,stroke-width:4px",
    "failed": "stroke:#dc2626,stroke-width:4px",
    "idle": "fill:#ffffff,stroke:#9ca3af,stroke-dasharray:4 4,color:#6b7280",
}
_TAKEN, _NOT_TAKEN = "stroke:#16a34a,stroke-width:3px", "stroke:#d1d5db"
LONGEST = 60
"""Characters of a condition that are shown."""


def mermaid(spec: WorkflowSpec, painting: Painting = NOTHING) -> str:
    """Mermaid text (https://mermaid.js.org/syntax/flowchart.html).

    Thick arrows carry text that is being written, dotted ones are taken after an error; a frame is a map or a loop.

    Args:
        painting: What a run came to, see `painting_of`.
    """
    picture = _Picture(painting)
    every = list(levels(spec))
    by_prefix = {level.prefix: level for level in every}
    picture.lines += [*(_room(painting) if len(every) > 1 else ()), "flowchart TD", "  begin((start))"]
    picture.level(every[0], by_prefix, 1)
    ends = any(one.target == END for one in arrows_of(every[0]))
    picture.lines += ["  finish((end))"] if ends else []
    reached = painting.ended or not painting.started
    picture.members.setdefault("rim", []).extend(["begin", *(["finish"] if ends and reached else [])])
    picture.members.setdefault("idle", []).extend(["finish"] if ends and not reached else [])
    picture.arrow("begin", f"n_{spec.start}", "", taken=painting.state(spec.start) != "idle")
    for level in every:
        picture.arrows(level)
    return "\n".join([*picture.lines, *picture.styles()]) + "\n"


@dataclass
class _Picture:
    painting: Painting
    lines: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    links: dict[bool, list[int]] = field(default_factory=lambda: {True: [], False: []})

    def level(self, level: Level, inner: Mapping[str, Level], depth: int) -> None:
        """The nodes of a level, those of its blocks inside frames."""
        pad = "  " * depth
        for name, node in level.nodes.items():
            id_, full = _id(level, name), f"{level.prefix}{name}"
            if isinstance(node, Block):
                self.lines.append(f'{pad}subgraph {id_}["{_title(name, node)}{self._told(full)}"]')
                self.lines.append(f"{pad}  direction TB")
                self._ends(inner[f"{full}."], f"{pad}  ")
                self.level(inner[f"{full}."], inner, depth + 1)
                self.lines.append(f"{pad}end")
                self._paint(id_, full, "block")
            else:
                left, right = _SHAPES.get(_kind(node), ("[", "]"))
                self.lines.append(f'{pad}{id_}{left}"{_label(name, node)}{self._told(full)}"{right}')
                self._paint(id_, full, _family(node))

    def _ends(self, level: Level, pad: str) -> None:
        """Where a pass of several nodes begins and ends."""
        if DO not in level.nodes or len(level.nodes) > 1:
            self.lines += [f'{pad}{_begin(level)}((" "))', f'{pad}{_finish(level)}((" "))']
            self.members.setdefault("dot", []).extend([_begin(level), _finish(level)])

    def arrows(self, level: Level) -> None:
        """Every way between the nodes of a level."""
        several = level.block is None or level.block.do is None
        if level.block is not None and several:
            entered = self.painting.state(f"{level.prefix}{level.start}") != "idle"
            self.arrow(_begin(level), _id(level, level.start), "", taken=entered)
        for one in arrows_of(level) if several else ():
            target = _finish(level) if one.target == END else _id(level, one.target)
            shown = _ARROWS.get(one.kind, "-->") + (f'|"{_quoted(_short(one.label))}"|' if one.label else "")
            self.arrow(_id(level, one.source), target, shown, taken=self.painting.taken(level, one))

    def arrow(self, source: str, target: str, shown: str, *, taken: bool) -> None:
        """One arrow; they are numbered in this order."""
        self.links[taken].append(len(self.links[True]) + len(self.links[False]))
        self.lines.append(f"  {source} {shown or '-->'} {target}")

    def styles(self) -> Iterator[str]:
        """How everything looks."""
        looks = {family: f"{colours},color:#111827" for family, colours in _COLOURS.items()}
        for name, look in (looks | _STATES).items():
            if self.members.get(name):
                yield f"  classDef {name} {look}"
                yield f"  class {','.join(self.members[name])} {name}"
        if self.painting.started:
            for taken, look in ((True, _TAKEN), (False, _NOT_TAKEN)):
                if self.links[taken]:
                    yield f"  linkStyle {','.join(map(str, self.links[taken]))} {look}"

    def _paint(self, id_: str, full: str, family: str) -> None:
        self.members.setdefault(family, []).append(id_)
        if self.painting.started:
            self.members.setdefault(self.painting.state(full), []).append(id_)

    def _told(self, full: str) -> str:
        """How often a node ran, and for how long."""
        told = self.painting.told(full)
        return f"<br/><small>{told}</small>" if told else ""


def _room(painting: Painting) -> list[str]:
    """Titles of frames have two lines, and one more with a run painted on; Mermaid leaves room for one."""
    bottom = 48 if painting.started else 30
    return [f'%%{{init: {{"flowchart": {{"subGraphTitleMargin": {{"top": 4, "bottom": {bottom}}}}}}}}}%%']


def _id(level: Level, name: str) -> str:
    """Names have small letters only, so a capital one parts them."""
    return f"n_{level.prefix.replace('.', 'X')}{name}"


def _begin(level: Level) -> str:
    return f"b_{level.prefix.replace('.', 'X')}"


def _finish(level: Level) -> str:
    return f"e_{level.prefix.replace('.', 'X')}" if level.block else "finish"


def _kind(node: NodeBase) -> str:
    return str(getattr(node, "kind"))  # noqa: B009 - each kind of node declares its own


def _family(node: NodeBase) -> str:
    return next(family for family, kinds in FAMILIES.items() if _kind(node) in kinds)


def _label(name: str, node: NodeBase) -> str:
    more = ", waits for all" if node.wait_for else ""
    how = ", fails" if isinstance(node, End) and node.fail else ""
    return f"{name}<br/><small>{_kind(node)}{more}{how}</small>"


def _title(name: str, node: Block) -> str:
    """What a frame says: how often, over what, until when."""
    parts = [_kind(node)]
    match node:
        case Map():
            parts += [f"{node.as_} of {_short(str(node.over).removeprefix('${').removesuffix('}'))}"]
            parts += [f"{node.max_parallel} at a time"]
        case Loop():
            parts += [f"until {_short(node.until)}"] if node.until else []
            parts += [f"while {_short(node.while_)}"] if node.while_ else []
            parts += [f"at most {node.max} times"]
    parts += ["waits for all"] if node.wait_for else []
    return f"{name}<br/><small>{_quoted(' · '.join(parts))}</small>"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _quoted(text: str) -> str:
    """Mermaid's own escapes for what its parser would take as syntax."""
    escapes = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "|": "#124;", "`": "#96;"}
    return "".join(escapes.get(char, char) for char in text)
