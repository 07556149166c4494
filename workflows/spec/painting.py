"""What a run did, to be painted on the picture of its workflow: how far each node came, and the ways it took."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .levels import Level, levels
from .names import END
from .types import Block, WorkflowSpec

State = Literal["done", "running", "failed", "idle"]
_PASS = re.compile(r"#\d+")


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one node of a level to another, or to its end."""

    source: str
    target: str
    kind: Literal["next", "route", "follow", "error"]
    label: str = ""


def arrows_of(level: Level) -> Iterator[Arrow]:
    """Every way of a level, as it is written."""
    for name, node in level.nodes.items():
        for target in node.nexts:
            follows = target != END and level.nodes[target].follows == name
            yield Arrow(name, target, "follow" if follows else "next")
        for case in node.route:
            yield Arrow(name, case.target, "route", case.when or "else")
        if node.on_error and node.on_error.to:
            yield Arrow(name, node.on_error.to, "error", "error")


@dataclass(slots=True)
class Visits:
    """What happened to a node; `open` and `failed` hold the passes of maps it was in: "" or "#3"."""

    started: int = 0
    seconds: float | None = None
    open: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Painting:
    """A run to be painted on; one that has not started paints nothing.

    Attributes:
        visits: By the full name of a node: `polish.draft`.
        ways: The ways that were taken: prefix of the level, source, target, whether after an error.
    """

    started: bool = False
    visits: dict[str, Visits] = field(default_factory=dict)
    ways: set[tuple[str, str, str, bool]] = field(default_factory=set)

    @property
    def ended(self) -> bool:
        """Whether the run came to the end of its workflow."""
        return any(not prefix and target == END for prefix, _, target, _ in self.ways)

    def state(self, full: str) -> State:
        """How far a node came."""
        seen = self.visits.get(full)
        if seen is None:
            return "idle"
        return "failed" if seen.failed else "running" if seen.open else "done"

    def told(self, full: str) -> str:
        """How often a node ran and how long that took in all: "3 times, 1.2 s"."""
        seen = self.visits.get(full, Visits())
        times = [f"{seen.started} times"] if seen.started > 1 else []
        return ", ".join([*times, *([] if seen.seconds is None else [_seconds(seen.seconds)])])

    def taken(self, level: Level, arrow: Arrow) -> bool:
        """Whether the run went this way."""
        return (level.prefix, arrow.source, arrow.target, arrow.kind == "error") in self.ways


NOTHING = Painting()


def painting_of(spec: WorkflowSpec, events: Iterable[Mapping[str, Any]]) -> Painting:
    """What the events of a run, as `as_dict` gives them, say about the nodes of its workflow.

    Steps of other workflows inside this one are not in its picture, and left out.
    """
    painter = _Painter({level.prefix: level for level in levels(spec)}, Painting(started=True))
    for event in events:
        painter.take(event)
    painter.finish()
    return painter.painting


def _seconds(seconds: float) -> str:
    if seconds < 0.001:
        return "under 1 ms"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


@dataclass(slots=True, eq=False)
class _Gone:
    """A visit that has ended, and where the run may have gone from there: to all of `targets`, or to one of them."""

    level: Level
    name: str
    passes: str
    targets: list[str]
    failed: bool


@dataclass(slots=True)
class _Painter:
    levels: Mapping[str, Level]
    painting: Painting
    gone: list[_Gone] = field(default_factory=list)

    def take(self, event: Mapping[str, Any]) -> None:
        """Go on by one event."""
        step, what = str(event.get("step", "")), event.get("event")
        full, passes = _PASS.sub("", step), "".join(_PASS.findall(step))
        prefix, _, name = full.rpartition(".")
        level = self.levels.get(f"{prefix}." if prefix else "")
        if what == "RunFinished":
            self._end(self.levels[""], "")
        if level is None or name not in level.nodes or what not in _STEPS:
            return
        seen = self.painting.visits.setdefault(full, Visits())
        if what == "StepStarted":
            seen.started += 1
            seen.open.add(passes)
            seen.failed.discard(passes)
            self._arrive(level, name, passes)
            return
        seen.open.discard(passes)
        if what == "StepFinished":
            seen.seconds = (seen.seconds or 0.0) + float(event.get("seconds") or 0.0)
            seen.failed = {one for one in seen.failed if not one.startswith(passes)}
        else:
            seen.failed.add(passes)
        if what != "StepFailed":  # it may be tried again
            self._leave(level, name, passes, failed=what == "Recovered")

    def finish(self) -> None:
        """A block that an error left has failed, too."""
        visits = self.painting.visits
        for full, seen in visits.items():
            if seen.open and any(other.startswith(f"{full}.") and visits[other].failed for other in visits):
                seen.failed |= seen.open

    def _arrive(self, level: Level, name: str, passes: str) -> None:
        """A node begins: it was come to from the latest that may have led here, or from all where it waits for all."""
        node = level.nodes[name]
        if node.follows:
            self.painting.ways.add((level.prefix, node.follows, name, False))
            return
        from_ = [one for one in self.gone if one.level is level and one.passes == passes and name in one.targets]
        if not from_ and name == level.start:
            self._end(level, passes)  # a loop's next pass
        for one in from_ if node.wait_for else from_[-1:]:
            self._took(one, name)

    def _leave(self, level: Level, name: str, passes: str, *, failed: bool) -> None:
        node = level.nodes[name]
        if isinstance(node, Block):
            self._end(self.levels[f"{level.prefix}{name}."], passes)
        to = node.on_error.to if failed and node.on_error else ""
        if failed and not to:  # it goes on from the last of those that are one step with it
            while after := [one for one in node.nexts if one in level.nodes and level.nodes[one].follows == name]:
                name, node = after[0], level.nodes[after[0]]
        targets = [to] if to else [*node.nexts, *(case.target for case in node.route)]
        self.gone.append(_Gone(level, name, passes, targets, bool(to)))

    def _end(self, level: Level, passes: str) -> None:
        """A level has come to its end."""
        for one in [*self.gone]:
            if one.level is level and one.passes.startswith(passes):
                if END in one.targets:
                    self._took(one, END)
                if one in self.gone:
                    self.gone.remove(one)

    def _took(self, one: _Gone, target: str) -> None:
        self.painting.ways.add((one.level.prefix, one.name, target, one.failed))
        one.targets.remove(target)
        if one.level.nodes[one.name].route or not one.targets:
            self.gone.remove(one)


_STEPS = ("StepStarted", "StepFinished", "StepFailed", "Recovered")
